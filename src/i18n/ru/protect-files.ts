import type { fileSays as en, SaidParams } from '../en/protect-files.ts';

/** What the actions that edit files say: keys of `says`. */
export const fileSays: typeof en = {
  'limits.done': ({ app }: SaidParams): string =>
    `PM2 остановит ${app} после 3 запусков, не проживших и 30 секунд`,
  'limits.open': ({ app, restarts, uptime }: SaidParams): string =>
    `У ${app} max_restarts ${restarts} и min_uptime ${uptime} вместо 3 и 30s`,
  'limits.not-pm2': ({ app }: SaidParams): string => `${app} работает не под PM2`,
};
