import { defined } from '../kernel/defined.ts';
import type { EpochMs, Ms } from '../kernel/time.ts';
import { superviseReason, type SuperviseReason } from './reason.ts';
import type { SuperviseRules } from './rules.ts';
import type { AppState, Health, Slot } from './state.ts';

/** What the evidence of this moment comes to; the machine adds what has to last before it counts. */
export interface Judgement {
  readonly is: 'down' | 'degraded' | 'good' | 'stopped' | 'unsure';
  readonly reason?: SuperviseReason;
  /** The first sign of it, and the last good sign before. */
  readonly firstBadAt?: EpochMs;
  readonly lastGoodAt?: EpochMs;
}

/** Are there health checks that tell of now? */
export const healthKnown = (state: AppState, rules: SuperviseRules): boolean =>
  state.health !== null && state.at - state.health.at <= rules.healthFreshMs;

/** Healthy now, by a check made after the last exit. */
export const serves = (state: AppState, rules: SuperviseRules): boolean => {
  const { health } = state;
  if (health === null || !health.ok || !healthKnown(state, rules)) return false;
  return health.at >= (state.exits.at(-1)?.at ?? 0);
};

/** The last good sign of all: a good check, or (where none is made) that it ran. */
export const lastGood = (state: AppState): EpochMs | undefined => {
  const { health } = state;
  if (health !== null) return health.ok ? health.at : health.goodAt;
  return state.exits.at(-1)?.goodAt;
};

/** An exception with a lasting cause in a process that lives on, dead inside (a rejection that the manager's wrapper swallowed). */
export const thrown = (state: AppState, rules: SuperviseRules): Judgement | undefined => {
  const { exception, diagnosis } = state;
  if (exception === null || diagnosis === null || serves(state, rules)) return undefined;
  if (!diagnosis.lasting || diagnosis.confidence < rules.sure || diagnosis.at < exception.at) return undefined;
  if (!atBoot(state.slots[exception.id], exception.at, rules)) return undefined;
  // without health checks, a process that has lived on for so long may well work
  if (state.health === null && state.at - exception.at >= rules.settledMs) return undefined;
  const reason = superviseReason('app.boot-crash', { cause: diagnosis.cause });
  return { is: 'down', reason, ...defined({ firstBadAt: exception.at, lastGoodAt: lastGood(state) }) };
};

/** Did it happen in the run that lasts, before it was ever healthy? */
const atBoot = (slot: Slot | undefined, at: EpochMs, rules: SuperviseRules): boolean =>
  slot !== undefined && !slot.healthy && slot.startedAt <= at && at - slot.startedAt <= rules.bootMs;

/** How long a new process may take until it is healthy. */
const patience = (state: AppState, rules: SuperviseRules): Ms =>
  state.slowestBootMs === 0
    ? rules.bootPatienceMs
    : Math.min(rules.bootPatienceMaxMs, Math.max(rules.bootPatienceMs, 3 * state.slowestBootMs));

/** It runs, but does not work: the check fails again and again, or its port stays closed. */
export const unhealthy = (state: AppState, rules: SuperviseRules): Judgement | undefined => {
  const { health } = state;
  if (health === null || health.ok || !healthKnown(state, rules)) return undefined;
  const oldest = Object.values(state.slots)
    .filter((slot) => slot.running)
    .toSorted((one, other) => one.startedAt - other.startedAt)[0];
  if (oldest === undefined) return undefined;
  const since = Math.max(health.since, oldest.startedAt);
  if (!longEnough(state, health, oldest, since, rules)) return { is: 'unsure' };
  const seen = { status: oldest.status, forMs: state.at - since };
  const reason =
    health.port?.open === false
      ? superviseReason('app.zombie', { ...seen, port: health.port.port })
      : superviseReason('app.unhealthy', defined({ ...seen, detail: health.detail }) as SuperviseReason['params']);
  return { is: 'down', reason, ...defined({ firstBadAt: since, lastGoodAt: health.goodAt }) };
};

const longEnough = (state: AppState, health: Health, slot: Slot, since: EpochMs, rules: SuperviseRules): boolean => {
  const { exception } = state;
  // a process that has thrown at its start has told already why it will not come up
  const told = exception !== null && exception.at >= slot.startedAt;
  const wait = slot.healthy || told ? 0 : patience(state, rules);
  if (state.at - slot.startedAt < wait || state.at - since < rules.unhealthyMs) return false;
  return health.checks >= rules.unhealthyChecks;
};
