import type { EpochMs, Ms } from '../kernel/time.ts';
import type { AppFacts, ExitFact } from './app-facts.ts';
import type { Reading } from './crash.ts';
import type { Facts } from './facts.ts';
import type { Clue, ClueSource, Params } from './finding.ts';
import { valueOf } from './known.ts';
import { subjectOf } from './signature.ts';

/** How an app stands by what was looked at, not by its manager's word. */
export type Standing = 'up' | 'down' | 'not-known';

const standingByProcesses = (app: AppFacts): Standing => {
  const manager = valueOf(app.manager);
  if (manager === undefined || manager.kind === 'none') return 'not-known';
  return manager.processes.some(({ isAlive }) => isAlive) ? 'not-known' : 'down';
};

/** Is it up? An answer below 500 to its health address, or its own open port where there is none, says so; a closed port or no process says no. */
export const standingOf = (app: AppFacts): Standing => {
  const health = valueOf(app.health);
  if (health === undefined) return standingByProcesses(app);
  if (health.foreignOwner !== undefined || !health.isOpen) return 'down';
  if (health.url === undefined) return 'up';
  return health.status !== undefined && health.status < 500 ? 'up' : 'down';
};

/** What the crash's words make of a circumstance: they name it, they say nothing, or they name something else. */
export type Support = 'named' | 'silent' | 'other';

const DECIDING = 0.6;

/** Does a deciding error of the crash fit the pattern? */
export const supportOf = (reading: Reading, pattern: RegExp): Support => {
  if (reading.everything.trim() === '') return 'silent';
  return reading.suspects.some(({ report, weight }) => weight >= DECIDING && pattern.test(subjectOf(report)))
    ? 'named'
    : 'other';
};

/** How sure a circumstance alone makes: by what the crash says, and only half as much for an app that is up. */
export const sureBy = (
  facts: Facts,
  support: Support,
  sure: { readonly named: number; readonly silent: number; readonly other: number },
): number => {
  const isUp = facts.app !== undefined && standingOf(facts.app) === 'up';
  return support === 'named' || !isUp ? sure[support] : sure[support] / 2;
};

/** A statement as evidence. */
export const clue = (source: ClueSource, says: string, params: Params, at?: EpochMs): Clue =>
  at === undefined ? { source, says, params } : { source, says, params, at };

/** Ends that are farther apart than this belong to different troubles. */
const QUIET: Ms = 10 * 60_000;

/** The first end of the run of ends that leads up to the last one. */
export const firstOfStreak = (exits: readonly ExitFact[]): ExitFact | undefined => {
  let at = exits.length - 1;
  while (at > 0 && (exits[at]?.at ?? 0) - (exits[at - 1]?.at ?? 0) < QUIET) at -= 1;
  return exits[at];
};

/** When the trouble began, as the manager's log tells it. */
export const troubleSince = (app: AppFacts): EpochMs | undefined => firstOfStreak(valueOf(app.logs)?.exits ?? [])?.at;

/** `{ beforeMs }`: how long before the first end something happened; nothing when it came after, or more than a day before. */
export const beforeTrouble = (app: AppFacts, at: EpochMs): Params => {
  const since = troubleSince(app);
  const span = since === undefined ? -1 : since - at;
  // The manager's log tells whole seconds.
  return span < -1_000 || span > 24 * 60 * 60_000 ? {} : { beforeMs: Math.round(Math.max(0, span) / 1_000) * 1_000 };
};
