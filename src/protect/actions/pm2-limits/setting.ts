import type { Tree } from './tree.ts';

/** A setting of PM2 and the value that it shall have. */
export interface Setting {
  readonly key: 'max_restarts' | 'min_uptime' | 'exp_backoff_restart_delay';
  readonly value: number | string;
}

/** What the document asks for: give up after three starts that live less than half a minute. */
export const LIMITS: readonly Setting[] = [
  { key: 'max_restarts', value: 3 },
  { key: 'min_uptime', value: '30s' },
];

/** Set besides, where no agent restarts the app once what it needs answers again. */
export const BACKOFF: Setting = { key: 'exp_backoff_restart_delay', value: 100 };

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000 };

/** A value as PM2 takes it: spans such as `30s` are milliseconds, numbers may be texts; undefined for what is neither. */
export const numberOf = (value: Tree | undefined): number | undefined => {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  const [, digits, unit = ''] = /^\s*(\d+)\s*([hms]?)\s*$/.exec(value) ?? [];
  return digits === undefined ? undefined : Number(digits) * (UNITS[unit] ?? 1);
};

/** Whether a value means what is wanted. A count has to be a number: PM2 refuses `'3'`. */
export const fulfils = (value: Tree | undefined, setting: Setting): boolean =>
  (setting.key === 'min_uptime' || typeof value === 'number') && numberOf(value) === numberOf(setting.value);
