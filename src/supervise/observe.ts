import { defined } from '../kernel/defined.ts';
import { HOUR, type EpochMs } from '../kernel/time.ts';
import type { ProcessEvent } from './model.ts';
import type { SuperviseRules } from './rules.ts';
import { exited, gaveUp, seen, started } from './slots.ts';
import type { AppState, Health } from './state.ts';

/** So many moments of memory trouble are kept. */
const MOMENTS = 20;

/** Takes an event into what is known; says nothing of the verdict. */
export const observe = (state: AppState, event: ProcessEvent, rules: SuperviseRules): AppState => {
  const at = Math.max(state.at, event.at);
  return forgotten(taken({ ...state, at }, event, at, rules), at, rules);
};

type Takers = {
  readonly [Type in ProcessEvent['type']]: (
    state: AppState,
    event: Extract<ProcessEvent, { type: Type }>,
    at: EpochMs,
    rules: SuperviseRules,
  ) => AppState;
};

/** One for each event: a missing one does not compile. */
const TAKERS: Takers = {
  started: (state, event, at, rules) => started(state, event.process, at, rules),
  exited,
  exception: (state, { process }, at) => ({
    ...state,
    exception: { at, id: process.id, startedAt: process.startedAt },
  }),
  'gave-up': (state, event, at) => gaveUp(state, event.process, at),
  'oom-kill': (state, _event, at) => ({ ...state, oomKills: [...state.oomKills, at].slice(-MOMENTS) }),
  seen: (state, event, at, rules) => seen(state, event.processes, at, rules),
  manager: (state, event, at) => managerSeen(state, event, at),
  health: (state, event, at) => healthSeen(state, event, at),
  diagnosed: (state, { cause, confidence, lasting }, at) => ({
    ...state,
    diagnosis: { at, cause, confidence, lasting },
  }),
  // what crashed before belongs to the old release
  deploy: (state, event, at, rules) => ({
    ...state,
    deploy: { at, graceMs: event.graceMs ?? rules.deployGraceMs },
    exits: [],
    diagnosis: null,
    exception: null,
  }),
  tick: (state) => state,
};

const taken = (state: AppState, event: ProcessEvent, at: EpochMs, rules: SuperviseRules): AppState => {
  const take = TAKERS[event.type] as (...all: [AppState, ProcessEvent, EpochMs, SuperviseRules]) => AppState;
  return take(state, event, at, rules);
};

/** A manager that went away by itself takes its list along: the next one may start without it. */
const managerSeen = (state: AppState, event: Extract<ProcessEvent, { type: 'manager' }>, at: EpochMs): AppState => {
  const { manager } = state;
  if (event.running) return { ...state, manager: { ...manager, goneSince: 0 } };
  if (event.wanted !== true)
    return {
      ...state,
      manager: {
        goneSince: manager.goneSince === 0 ? at : manager.goneSince,
        lost: manager.lost || Object.values(state.slots).some((slot) => !slot.stopped),
      },
    };
  const slots = Object.fromEntries(
    Object.entries(state.slots).map(([id, slot]) => [
      id,
      { ...slot, running: false, stopped: true, downSince: slot.running ? at : slot.downSince },
    ]),
  );
  return { ...state, slots };
};

const healthSeen = (state: AppState, event: Extract<ProcessEvent, { type: 'health' }>, at: EpochMs): AppState => {
  const before = state.health;
  // an exit in between ends the row
  const exitAt = state.exits.at(-1)?.at ?? 0;
  const same = before !== null && before.ok === event.ok && before.at >= exitAt;
  const health: Health = defined({
    ok: event.ok,
    at,
    since: same ? before.since : at,
    checks: same ? before.checks + 1 : 1,
    goodAt: goodUntil(before),
    detail: event.detail,
    port: event.port,
  });
  return event.ok ? healthyNow({ ...state, health }, at) : { ...state, health };
};

const goodUntil = (health: Health | null): EpochMs | undefined => (health?.ok === true ? health.at : health?.goodAt);

/** What runs now has come up well; how long it took is learned. */
const healthyNow = (state: AppState, at: EpochMs): AppState => {
  let { slowestBootMs } = state;
  const slots = Object.fromEntries(
    Object.entries(state.slots).map(([id, slot]) => {
      if (!slot.running || slot.healthy) return [id, slot];
      // the first run may have begun long before it was watched: that tells nothing of its start
      if (slot.startedAt >= state.begunAt) slowestBootMs = Math.max(slowestBootMs, at - slot.startedAt);
      return [id, { ...slot, healthy: true }];
    }),
  );
  return { ...state, slots, slowestBootMs };
};

/** Lets go what is too old to count. */
const forgotten = (state: AppState, at: EpochMs, rules: SuperviseRules): AppState => {
  const horizon = Math.max(rules.slowMs, rules.fastMs, rules.deployWatchMs);
  const memory = (moments: readonly EpochMs[]): readonly EpochMs[] =>
    kept(moments, (moment) => at - moment < rules.memoryMs);
  const { deploy } = state;
  return {
    ...state,
    exits: kept(state.exits, (exit) => at - exit.at < horizon),
    memoryRestarts: memory(state.memoryRestarts),
    oomKills: memory(state.oomKills),
    hours: kept(state.hours, ({ hour }) => Math.floor(at / HOUR) - hour <= 48),
    deploy: deploy !== null && at - deploy.at >= rules.deployWatchMs ? null : deploy,
  };
};

/** The same list when nothing goes. */
const kept = <T>(list: readonly T[], keep: (one: T) => boolean): readonly T[] =>
  list.every(keep) ? list : list.filter(keep);
