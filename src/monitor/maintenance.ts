import type { EpochMs } from '../kernel/time.ts';
import { nextRun } from './cron.ts';
import type { MaintenanceWindow } from './model.ts';

/** The earliest start of the window after a moment. */
const startAfter = (window: MaintenanceWindow, after: EpochMs): EpochMs | undefined => {
  if (window.cron !== undefined) return nextRun(window.cron, window.timezone, after);
  return window.at !== undefined && window.at > after ? window.at : undefined;
};

/** The start of the window that covers a moment; undefined when it does not. */
const startCovering = (window: MaintenanceWindow, at: EpochMs): EpochMs | undefined => {
  const start = startAfter(window, at - window.forMs);
  return start !== undefined && start <= at ? start : undefined;
};

/** Does the window cover the moment? Its start belongs to it, its end does not. */
const covers = (window: MaintenanceWindow, at: EpochMs): boolean => startCovering(window, at) !== undefined;

/** The windows in which nobody is told of a service's troubles at a moment; a window that names no service is for all. */
export const windowsCovering = (
  windows: readonly MaintenanceWindow[],
  service: string,
  at: EpochMs,
): readonly MaintenanceWindow[] =>
  windows.filter((window) => (window.services.length === 0 || window.services.includes(service)) && covers(window, at));

/**
 * The next moment at which any window may begin or end; undefined when none will. Windows of one cron expression may overlap, so
 * ask again at that moment.
 */
export const nextMaintenanceChange = (windows: readonly MaintenanceWindow[], at: EpochMs): EpochMs | undefined => {
  const moments = windows.flatMap((window) => {
    const start = startCovering(window, at);
    const end = start === undefined ? undefined : start + window.forMs;
    return [startAfter(window, at), end].filter((moment) => moment !== undefined);
  });
  return moments.length === 0 ? undefined : Math.min(...moments);
};
