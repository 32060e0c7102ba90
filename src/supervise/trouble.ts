import { defined } from '../kernel/defined.ts';
import type { EpochMs, Ms } from '../kernel/time.ts';
import { superviseReason, type SuperviseReason } from './reason.ts';
import type { SuperviseRules } from './rules.ts';
import type { AppState, Exit, Slot } from './state.ts';

/** What is wrong with one process; the lower the rank, the graver or the better explained. */
export interface Trouble {
  readonly rank: number;
  readonly reason: SuperviseReason;
  readonly firstBadAt: EpochMs;
  readonly lastGoodAt?: EpochMs;
}

/**
 * How long a process has to last before it has outlived its loop: longer than any of its runs that crashed, so that a loop of 40 s is not called
 * over after 30.
 */
export const loopStableMs = (state: AppState, exits: readonly Exit[], rules: SuperviseRules): Ms => {
  const longest = Math.max(0, ...exits.map((exit) => exit.uptimeMs).filter((uptime) => uptime < rules.slowMs));
  const least = state.health === null ? rules.settledMs : rules.stableMs;
  return Math.min(rules.slowMs, Math.max(least, Math.round(1.5 * longest)));
};

/** Has the present run shown that the crashes are over? */
const outlived = (state: AppState, slot: Slot, exits: readonly Exit[], rules: SuperviseRules): boolean => {
  if (!slot.running) return false;
  const { health } = state;
  const since = Math.max(slot.startedAt, health?.ok === true ? health.since : 0);
  if (health !== null && !health.ok) return false;
  return state.at - since >= loopStableMs(state, exits, rules);
};

/** The gravest trouble of one process that nobody stopped; undefined when there is none. */
export const slotTrouble = (state: AppState, id: string, slot: Slot, rules: SuperviseRules): Trouble | undefined => {
  const exits = state.exits.filter((exit) => exit.id === id);
  const over = outlived(state, slot, exits, rules);
  return (
    (over ? undefined : crashing(state, slot, exits, rules)) ??
    (slot.gaveUpAt > 0 ? gaveUp(state, slot, exits) : undefined) ??
    (over ? undefined : looping(state, exits, rules)) ??
    notRunning(state, slot, rules)
  );
};

const fromExits = (
  rank: number,
  code: 'app.crash-loop' | 'app.restarting' | 'app.unstable-after-deploy',
  exits: readonly Exit[],
  withinMs: Ms,
): Trouble => {
  const last = exits.at(-1);
  const first = exits[0];
  const params = defined({ exits: exits.length, withinMs, code: last?.code, signal: last?.signal });
  return {
    rank,
    reason: superviseReason(code, params as SuperviseReason['params']),
    ...defined({ lastGoodAt: first?.goodAt }),
    firstBadAt: first?.at ?? 0,
  };
};

/** One exit at its start with a cause that the next start meets as well; or a few after a deploy. */
const crashing = (state: AppState, slot: Slot, exits: readonly Exit[], rules: SuperviseRules): Trouble | undefined => {
  const last = exits.at(-1);
  if (last === undefined) return undefined;
  return bootCrash(state, slot, last, exits, rules) ?? afterDeploy(state, exits, rules);
};

const bootCrash = (
  state: AppState,
  slot: Slot,
  last: Exit,
  exits: readonly Exit[],
  rules: SuperviseRules,
): Trouble | undefined => {
  const { diagnosis, health } = state;
  if (!last.boot || diagnosis === null || !diagnosis.lasting || diagnosis.confidence < rules.sure) return undefined;
  if (slot.running && health !== null && health.ok && health.since > last.at) return undefined;
  const first = firstOfRow(exits, rules);
  // found out about some earlier trouble
  if (diagnosis.at < first.at) return undefined;
  const { code, signal, uptimeMs } = last;
  const params = defined({ cause: diagnosis.cause, code, signal, uptimeMs });
  return {
    rank: 1,
    reason: superviseReason('app.boot-crash', params as SuperviseReason['params']),
    ...defined({ lastGoodAt: first.goodAt }),
    firstBadAt: first.at,
  };
};

const afterDeploy = (state: AppState, exits: readonly Exit[], rules: SuperviseRules): Trouble | undefined => {
  const { deploy } = state;
  if (deploy === null) return undefined;
  const since = exits.filter((exit) => exit.startedAt >= deploy.at);
  if (since.length < rules.deployExits) return undefined;
  return fromExits(2, 'app.unstable-after-deploy', since, state.at - deploy.at);
};

/** The first of the exits that followed each other without a good sign in between. */
const firstOfRow = (exits: readonly Exit[], rules: SuperviseRules): Exit => {
  let first = exits.at(-1) as Exit;
  for (const exit of exits.toReversed()) {
    if (first.at - exit.at >= rules.slowMs || exit.goodAt !== first.goodAt) break;
    first = exit;
  }
  return first;
};

const gaveUp = (state: AppState, slot: Slot, exits: readonly Exit[]): Trouble => {
  const first = exits[0];
  return {
    rank: 3,
    reason: superviseReason('app.gave-up', { status: slot.status }),
    ...defined({ lastGoodAt: first?.goodAt ?? state.health?.goodAt }),
    firstBadAt: Math.min(first?.at ?? slot.gaveUpAt, slot.gaveUpAt),
  };
};

const looping = (state: AppState, exits: readonly Exit[], rules: SuperviseRules): Trouble | undefined => {
  const fast = exits.filter((exit) => state.at - exit.at < rules.fastMs);
  if (fast.length >= rules.fastExits) return fromExits(4, 'app.crash-loop', fast, rules.fastMs);
  const slow = exits.filter((exit) => state.at - exit.at < rules.slowMs);
  return slow.length >= rules.slowExits ? fromExits(5, 'app.restarting', slow, rules.slowMs) : undefined;
};

const notRunning = (state: AppState, slot: Slot, rules: SuperviseRules): Trouble | undefined => {
  if (slot.running || state.at - slot.downSince < rules.notRunningMs) return undefined;
  return {
    rank: 6,
    reason: superviseReason('app.not-running', slot.status === '' ? {} : { status: slot.status }),
    firstBadAt: slot.downSince,
  };
};
