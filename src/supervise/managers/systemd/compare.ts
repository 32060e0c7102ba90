import { defined } from '../../../kernel/defined.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { ProcessEvent } from '../../model.ts';
import { unitState, type Unit } from './unit.ts';

/** Is this the same run of the main process? Starts are told by the second only, so the process number counts as well. */
const sameRun = (one: Unit, other: Unit): boolean => one.startedAt === other.startedAt && one.lastPid === other.lastPid;

/** Has the latest run of this unit ended? */
const hasEnded = (unit: Unit): boolean => unit.pid === 0 && unit.exitedAt > 0 && unit.exitedAt >= unit.startedAt;

/**
 * What happened to a unit between two looks. An end is unwanted when systemd itself counts a restart for it or calls its result a failure, wanted
 * (stop, restart by hand) otherwise: then the counter stays or begins anew.
 */
export const unitEvents = (
  before: Unit | undefined,
  after: Unit,
  app: string,
  now: EpochMs,
): readonly ProcessEvent[] => {
  const events: ProcessEvent[] = [];
  if (before !== undefined) events.push(...endOf(before, after, app, now));
  const isNew = before === undefined || !sameRun(before, after);
  if (before !== undefined && isNew && after.pid > 0)
    events.push({ type: 'started', at: moment(after.startedAt, now), process: unitState(after, app) });
  if (before !== undefined && before.active !== 'failed' && after.active === 'failed')
    events.push({ type: 'gave-up', at: now, process: unitState(after, app) });
  events.push({ type: 'seen', at: now, app, processes: after.loaded ? [unitState(after, app)] : [] });
  return events;
};

const moment = (at: EpochMs, now: EpochMs): EpochMs => (at > 0 ? Math.min(at, now) : now);

/** Did the run end against everybody's will? Either systemd restarts the unit for it, or calls it a failure. */
const isFault = (before: Unit, after: Unit, replaced: boolean): boolean => {
  if (after.restarts > before.restarts || after.sub === 'auto-restart' || after.active === 'failed') return true;
  return !replaced && after.result !== 'success' && after.result !== '';
};

const endOf = (before: Unit, after: Unit, app: string, now: EpochMs): readonly ProcessEvent[] => {
  if (before.pid === 0 || hasEnded(before)) return [];
  const replaced = !sameRun(before, after);
  if (!replaced && !hasEnded(after)) return [];
  const at = moment(replaced ? after.startedAt : after.exitedAt, now);
  const wanted = !isFault(before, after, replaced);
  const exited: ProcessEvent = {
    type: 'exited',
    at,
    process: { ...unitState(before, app), status: after.active },
    uptimeMs: Math.max(0, at - before.startedAt),
    wanted,
    // of a run that has been replaced already, how it ended is no longer told
    ...defined(replaced ? {} : { code: after.code, signal: after.signal }),
    ...(wanted ? { why: 'by-hand' as const } : {}),
  };
  return after.result === 'oom-kill' ? [exited, { type: 'oom-kill', at, app, pid: before.pid }] : [exited];
};
