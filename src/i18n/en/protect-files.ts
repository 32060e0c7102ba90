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
  'limits.also': ({ app, others }: SaidParams): string =>
    `${app} takes its settings from code that it shares with ${others}: these get the limits as well, at their next start`,
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
  'sentry.done': ({ sdk }: SaidParams): string =>
    `Sentry is switched on and the app starts ${sdk}; whether an event has arrived is seen in the inbox only`,
  'sentry.off': ({ file }: SaidParams): string => `Sentry is off: ${file} does not have SENTRY_ENABLED=true`,
  'sentry.no-dsn': ({ file }: SaidParams): string =>
    `${file} has no usable SENTRY_DSN: make a project in Sentry, copy its DSN, and give it with --dsn`,
  'sentry.bad-dsn': (): string => 'The DSN given is none: it looks like https://KEY@HOST/PROJECT',
  'sentry.no-file': ({ app }: SaidParams): string =>
    `No file of variables of ${app} was found; name it under apps: in dozor.yaml (envFile)`,
  'sentry.not-text': ({ file }: SaidParams): string => `${file} is not UTF-8, so it is left as it is`,
  'sentry.sdk': ({ sdk, version }: SaidParams): string => `The app starts ${sdk} ${version} before anything else`,
  'sentry.unread': ({ sdk, version }: SaidParams): string =>
    `package.json has ${sdk} ${version}; whether the app starts it could not be read`,
  'sentry.sdk-absent': (): string => 'Sentry is configured, but the app has no Sentry SDK: nothing is ever sent',
  'sentry.sdk-not-started': ({ sdk }: SaidParams): string =>
    `Sentry is configured and ${sdk} is a dependency, but no code of the app starts it: nothing is ever sent`,
  'sentry.sdk-late': ({ sdk }: SaidParams): string =>
    `${sdk} is started after other modules: errors in these, and their spans, are not seen`,
  'sentry.patch-absent': ({ sdk, entry }: SaidParams): string =>
    `the app has no Sentry SDK. npm install ${sdk}, then start it before anything else in ${entry}`,
  'sentry.patch-not-started': ({ sdk, entry }: SaidParams): string =>
    `${sdk} is there, but nothing starts it: start it before anything else in ${entry}`,
  'sentry.patch-late': ({ sdk, entry }: SaidParams): string =>
    `${sdk} is started too late: load it before anything else in ${entry}`,
  'sentry.from-comment': ({ file }: SaidParams): string => `The DSN is the one that stands commented out in ${file}`,
  'sentry.gap': ({ app }: SaidParams): string =>
    `${app} is reloaded to read its variables: in fork mode requests are refused for a second or as long as it boots`,
  'sentry.next-start': ({ app }: SaidParams): string => `${app} reads it at its next start`,
  'boot.done': ({ app, by }: SaidParams): string => `${app} is in PM2's saved list, which is started at boot by ${by}`,
  'boot.not-pm2': ({ app }: SaidParams): string => `${app} is not run by PM2, or no PM2 was found`,
  'boot.not-running': ({ app }: SaidParams): string =>
    `PM2 does not run ${app} now: start it first, then pm2 save; saving now would leave it out`,
  'boot.no-command': (): string => 'The command pm2 was not found: type pm2 save',
  'boot.saves-list': ({ list }: SaidParams): string =>
    `pm2 save writes the whole list of apps as it runs now; the list before is kept as ${list}.bak`,
  'boot.startup': (): string => 'PM2 is not started at boot. This command sees to it (it needs root)',
  'boot.startup-cron': (): string =>
    'PM2 is not started at boot, and no systemd or OpenRC runs here. A line in the crontab does it; in a container, use pm2-runtime instead',
  'boot.not-started': ({ app }: SaidParams): string => `After a reboot ${app} stays away: nothing starts PM2 at boot`,
  'boot.saved-no-list': ({ app }: SaidParams): string =>
    `After a reboot ${app} stays away: PM2's list was never saved (pm2 save)`,
  'boot.saved-broken': (): string => "PM2's saved list cannot be read: pm2 save writes it anew",
  'boot.saved-missing': ({ app }: SaidParams): string =>
    `After a reboot ${app} stays away: it is not in PM2's saved list`,
  'boot.saved-other-path': ({ app, script }: SaidParams): string =>
    `After a reboot ${app} would be started from ${script}, which is not what runs now`,
  'boot.saved-gone': ({ app, script }: SaidParams): string =>
    `After a reboot ${app} stays away: the saved list starts ${script}, which is not there`,
  'logs.done': ({ by }: SaidParams): string => `The logs are rotated by ${by}`,
  'logs.none': ({ app }: SaidParams): string => `${app} has no log files that PM2 writes`,
  'logs.unbounded': ({ files, mb }: SaidParams): string => `The logs grow without end (${mb} MB now): ${files}`,
  'logs.copytruncate': (): string =>
    'Lines written while a log is copied and emptied can be lost (copytruncate); the app is not restarted. logrotate works at its next daily run',
  'logs.needs-root': ({ path }: SaidParams): string => `needs root: write it to ${path}, or pm2 install pm2-logrotate`,
  'logs.not-installed': ({ path }: SaidParams): string =>
    `logrotate is not installed (apt-get install logrotate, then this as ${path}), or pm2 install pm2-logrotate`,
  'deploy.none': (): string => 'No script builds on the server',
  'deploy.no-scripts': (): string => 'No deploy scripts were found',
  'deploy.found': ({ places }: SaidParams): string => `Scripts build on the server: ${places}`,
  'deploy.remove': ({ app }: SaidParams): string =>
    `${app} runs from source: what this builds is not needed, and shadows the source once it is there`,
  'deploy.built-in-place': ({ app, places }: SaidParams): string =>
    `${app} runs from what is built, and these build it in the very place it runs from (${places}): a failed or half-done build is what the next restart starts. Build elsewhere (CI, a folder of its own), then switch; dozor deploy does so`,
} satisfies Readonly<Record<string, (params: SaidParams) => string>>;
