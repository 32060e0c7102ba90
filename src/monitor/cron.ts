import { Cron } from 'croner';
import type { EpochMs } from '../kernel/time.ts';

/**
 * The first run of a cron expression after a moment, in a zone (UTC when absent); undefined when there is none any more. In a zone with summer time
 * a run in the hour that is left out comes right after it.
 * @throws TypeError or RangeError for an expression or a zone that is none: the configuration checks both.
 */
export const nextRun = (cron: string, timezone: string | undefined, after: EpochMs): EpochMs | undefined =>
  // croner computes with Date objects; this one stands for the moment given, no clock is read.
  // oxlint-disable-next-line no-restricted-globals
  new Cron(cron, { timezone: timezone ?? 'UTC' }).nextRun(new Date(after))?.getTime();
