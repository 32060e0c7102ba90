/** Values that stand in a sentence of an action. */
export type SaidParams = Readonly<Record<string, string | number>>;

/** What the actions that edit files say: keys of `says`. */
export const fileSays = {
  'limits.done': ({ app }: SaidParams): string => `PM2 stops ${app} after 3 starts that fail within 30 s`,
  'limits.open': ({ app, restarts, uptime }: SaidParams): string =>
    `${app} has max_restarts ${restarts} and min_uptime ${uptime} instead of 3 and 30s`,
  'limits.not-pm2': ({ app }: SaidParams): string => `${app} is not run by PM2`,
} satisfies Readonly<Record<string, (params: SaidParams) => string>>;
