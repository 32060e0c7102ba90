/** Values that stand in a sentence of an action. */
export type SaidParams = Readonly<Record<string, string | number>>;

/** What the actions that edit files say: keys of `says`. */
export const fileSays = {
  'limits.done': ({ app }: SaidParams): string => `PM2 stops ${app} after 3 starts that fail within 30 s`,
  'limits.open': ({ app, restarts, uptime }: SaidParams): string =>
    `${app} has max_restarts ${restarts} and min_uptime ${uptime} instead of 3 and 30s`,
  'limits.open-live': ({ app, restarts, uptime }: SaidParams): string =>
    `PM2 runs ${app} with max_restarts ${restarts} and min_uptime ${uptime} ms instead of 3 and 30000, whatever the file says`,
  'limits.not-saved': ({ app }: SaidParams): string =>
    `The list that PM2 starts from at boot has other limits for ${app}, or not the app at all: pm2 save`,
  'limits.not-pm2': ({ app }: SaidParams): string => `${app} is not run by PM2`,
  'limits.no-file': ({ app, dir }: SaidParams): string =>
    `No PM2 configuration that has ${app} was found in ${dir} or above; name it under apps: in dozor.yaml (ecosystem)`,
  'limits.started-without-file': ({ app }: SaidParams): string =>
    `${app} was started without a configuration file. With this one, its limits hold after every start; add the environment that it needs`,
  'limits.unreadable': ({ path, why }: SaidParams): string => `${path} cannot be read: ${why}`,
  'limits.not-evaluated': ({ why }: SaidParams): string =>
    `The configuration does not evaluate here, so no edit of it can be proved right: ${why}`,
  'limits.no-such-app': ({ app, apps }: SaidParams): string => `The configuration has no app ${app}, only: ${apps}`,
  'limits.computed': ({ app }: SaidParams): string =>
    `The settings of ${app} come from code or data that no edit of this file alone was proved to change rightly`,
  'limits.shared': ({ app, others }: SaidParams): string =>
    `${app} takes its settings from code that it shares with ${others}: this changes them all`,
  'limits.gap': ({ app }: SaidParams): string =>
    `The reload ends ${app} before it starts anew (fork mode): requests are refused for a second or as long as it boots`,
  'limits.cluster': ({ app }: SaidParams): string =>
    `The reload replaces the workers of ${app} one by one: open connections are cut`,
  'limits.saves-list': (): string => 'pm2 save writes the whole list of apps as it runs now',
  'limits.no-pm2': ({ app }: SaidParams): string => `No PM2 was found here: ${app} gets its limits at its next start`,
  'limits.not-running': ({ app }: SaidParams): string =>
    `PM2 does not run ${app} now: it gets its limits at its next start from the file`,
  'limits.no-command': ({ app }: SaidParams): string =>
    `The command pm2 was not found, so the running ${app} keeps its old limits: pm2 reload FILE --only ${app}, then pm2 save`,
  'limits.odd-name': ({ app }: SaidParams): string =>
    `PM2 cannot name "${app}" alone (blanks and commas part names): reload its file by hand, then pm2 save`,
  'limits.backoff': ({ ms }: SaidParams): string =>
    `No agent stands behind it: once PM2 has given up, nobody starts the app again, so 3/30s alone turns a database restart right after a start into an outage. A pause that grows from ${ms} ms is set as well: loops become slow ones, and failing starts get seconds instead of one. It is no substitute for an agent`,
} satisfies Readonly<Record<string, (params: SaidParams) => string>>;
