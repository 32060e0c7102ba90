import { shortCode } from '../kernel/id.ts';
import { MINUTE, type EpochMs, type Ms } from '../kernel/time.ts';
import { nextRun } from './cron.ts';
import { reason, type Reason } from './reason.ts';
import type { Evidence, MonitorEffect, MonitorEvent, Verdict } from './verdict.ts';

/** When signs of life are expected: again and again, or at the times of a cron expression in a zone (UTC when absent). */
export type BeatSchedule = { readonly everyMs: Ms } | { readonly cron: string; readonly timezone?: string };

/** What a heartbeat is held to. */
export interface HeartbeatRules {
  readonly schedule: BeatSchedule;
  /** How late a sign of life may be. */
  readonly graceMs: Ms;
  /** How long a run may take from its start to its success; `graceMs` when absent. */
  readonly maxRunMs?: Ms;
}

/** A sign of life, or what happens to every monitor. An `exit` of 0 is a success. */
export type HeartbeatEvent =
  | {
      readonly type: 'beat';
      readonly at: EpochMs;
      readonly kind: 'start' | 'success' | 'fail' | 'exit';
      readonly code?: number;
    }
  | Extract<MonitorEvent, { type: 'maintenance' | 'pause' | 'resumed' | 'tick' | 'deploy' }>;

/** All that is remembered of a heartbeat: plain JSON. */
export interface HeartbeatState {
  readonly version: 1;
  readonly at: EpochMs;
  readonly verdict: Extract<Verdict, 'pending' | 'up' | 'down' | 'blind'>;
  readonly since: EpochMs;
  readonly paused: boolean;
  readonly maintenance: boolean;
  /** The last success. */
  readonly lastGood: Evidence | null;
  /** The latest evidence of the present trouble. */
  readonly lastBad: Evidence | null;
  /** The next sign of life is expected after this; null before the first one ever. */
  readonly basis: EpochMs | null;
  /** A run is under way since. */
  readonly startedAt: EpochMs | null;
  /** The brain was off; a sign of life may have been lost in it. */
  readonly gap: { readonly from: EpochMs; readonly to: EpochMs } | null;
  readonly blindFrom: EpochMs | null;
}

/** A heartbeat that was never heard of: it stays `pending` until its first sign of life. */
export const initialHeartbeat = (at: EpochMs): HeartbeatState => ({
  version: 1,
  at,
  verdict: 'pending',
  since: at,
  paused: false,
  maintenance: false,
  lastGood: null,
  lastBad: null,
  basis: null,
  startedAt: null,
  gap: null,
  blindFrom: null,
});

const expectedAfter = (basis: EpochMs, schedule: BeatSchedule): EpochMs | undefined =>
  'everyMs' in schedule ? basis + schedule.everyMs : nextRun(schedule.cron, schedule.timezone, basis);

/** How early a sign of life may come and still count for the run that follows: clocks differ by a little. */
const earlyMs = (rules: HeartbeatRules): Ms =>
  'everyMs' in rules.schedule ? rules.schedule.everyMs / 2 : Math.min(MINUTE, rules.graceMs / 2);

/** When the next sign of life is expected, without grace; undefined when none is. */
export const expectedAt = (state: HeartbeatState, rules: HeartbeatRules): EpochMs | undefined =>
  state.basis === null || state.paused ? undefined : expectedAfter(state.basis, rules.schedule);

interface Due {
  readonly at: EpochMs;
  /** From when on a sign of life could have come that would have met it. */
  readonly from: EpochMs;
  readonly reason: Reason;
}

const dueOf = (state: HeartbeatState, rules: HeartbeatRules): Due | undefined => {
  if (state.paused || state.maintenance || state.verdict === 'down') return undefined;
  if (state.startedAt !== null) {
    const runMs = rules.maxRunMs ?? rules.graceMs;
    return {
      at: state.startedAt + runMs,
      from: state.startedAt,
      reason: reason('heartbeat.overrun', { startedAt: state.startedAt, limitMs: runMs }),
    };
  }
  const expected = expectedAt(state, rules);
  if (expected === undefined) return undefined;
  return {
    at: expected + rules.graceMs,
    from: expected - earlyMs(rules),
    reason: reason('heartbeat.missed', { expectedAt: expected, graceMs: rules.graceMs }),
  };
};

/** When a `tick` must be fed at the latest, so that silence is noticed; undefined when nothing is due. */
export const nextDeadline = (state: HeartbeatState, rules: HeartbeatRules): EpochMs | undefined =>
  dueOf(state, rules)?.at;

/** Is a sign of life overdue, though still within its grace? */
export const isLate = (state: HeartbeatState, rules: HeartbeatRules, at: EpochMs): boolean => {
  const expected = expectedAt(state, rules);
  return state.verdict !== 'down' && expected !== undefined && at > expected;
};

type Step = readonly [HeartbeatState, readonly MonitorEffect[]];

const turnTo = (
  state: HeartbeatState,
  to: HeartbeatState['verdict'],
  detail: Partial<Extract<MonitorEffect, { do: 'verdict' }>>,
): Step => {
  const effects: MonitorEffect[] = [];
  if (state.blindFrom !== null && to !== 'blind')
    effects.push({ do: 'blind-span', from: state.blindFrom, to: state.at });
  const next = { ...state, blindFrom: to === 'blind' ? state.blindFrom : null };
  if (to === state.verdict) return [next, effects];
  effects.push({
    do: 'verdict',
    at: state.at,
    from: state.verdict,
    bad: 0,
    asked: 0,
    afterDeploy: false,
    ...detail,
    to,
  });
  return [{ ...next, verdict: to, since: state.at }, effects];
};

const fall = (state: HeartbeatState, why: Reason, badAt: EpochMs): Step => {
  const bad: Evidence = { at: badAt, reason: why };
  return turnTo({ ...state, lastBad: bad, startedAt: null, gap: null }, 'down', {
    firstBad: bad,
    lastBad: bad,
    ...(state.lastGood === null ? {} : { lastGood: state.lastGood }),
    reason: why,
    bad: 1,
    asked: 1,
  });
};

const basisAfter = (state: HeartbeatState, rules: HeartbeatRules): EpochMs => {
  if ('everyMs' in rules.schedule) return state.at;
  const next = expectedAfter(state.at, rules.schedule);
  return next !== undefined && next - state.at <= earlyMs(rules) ? next : state.at;
};

const succeed = (state: HeartbeatState, rules: HeartbeatRules): Step => {
  const good: Evidence = { at: state.at };
  const detail = { firstGood: good, ...(state.lastBad === null ? {} : { lastBad: state.lastBad }) };
  const heard = {
    ...state,
    lastGood: good,
    lastBad: null,
    basis: basisAfter(state, rules),
    startedAt: null,
    gap: null,
  };
  return turnTo(heard, 'up', detail);
};

const fail = (state: HeartbeatState, rules: HeartbeatRules, code: number | undefined): Step => {
  const why = reason('heartbeat.failed', code === undefined ? {} : { code });
  // The job did run: its next run is expected like after a success.
  const heard = { ...state, basis: basisAfter(state, rules), startedAt: null };
  if (state.maintenance) return [heard, []];
  if (state.verdict === 'down') return [{ ...heard, lastBad: { at: state.at, reason: why } }, []];
  return fall(heard, why, state.at);
};

const takeBeat = (
  state: HeartbeatState,
  event: Extract<HeartbeatEvent, { type: 'beat' }>,
  rules: HeartbeatRules,
): Step => {
  if (state.paused) return [state, []];
  switch (event.kind) {
    case 'start':
      return [{ ...state, startedAt: state.at }, []];
    case 'success':
      return succeed(state, rules);
    case 'fail':
      return fail(state, rules, event.code);
    case 'exit':
      return event.code === 0 ? succeed(state, rules) : fail(state, rules, event.code);
  }
};

/** After a pause or maintenance only what is expected from now on counts. */
const expectAfresh = (state: HeartbeatState): HeartbeatState => ({
  ...state,
  basis: state.basis === null ? null : state.at,
  startedAt: null,
  gap: null,
});

const takePause = (state: HeartbeatState, on: boolean): Step => {
  if (on === state.paused) return [state, []];
  const changed = { ...expectAfresh(state), paused: on };
  const to = on ? state.verdict : 'pending';
  return turnTo(changed, to === 'blind' ? 'pending' : to, {});
};

const takeMaintenance = (state: HeartbeatState, on: boolean): Step =>
  on === state.maintenance ? [state, []] : [{ ...(on ? state : expectAfresh(state)), maintenance: on }, []];

const takeResumed = (state: HeartbeatState, since: EpochMs): Step => {
  const from = Math.min(since, state.at, state.gap?.from ?? since);
  return [{ ...state, gap: { from, to: state.at } }, []];
};

const take = (state: HeartbeatState, event: HeartbeatEvent, rules: HeartbeatRules): Step => {
  switch (event.type) {
    case 'beat':
      return takeBeat(state, event, rules);
    case 'pause':
      return takePause(state, event.on);
    case 'maintenance':
      return takeMaintenance(state, event.on);
    case 'resumed':
      return takeResumed(state, event.from);
    case 'deploy':
    case 'tick':
      return [state, []];
  }
};

const meetDeadline = (state: HeartbeatState, rules: HeartbeatRules): Step => {
  const due = dueOf(state, rules);
  if (due === undefined || state.at < due.at) return [state, []];
  const { gap } = state;
  if (gap === null || gap.to < due.from || gap.from > due.at) return fall(state, due.reason, due.at);
  // It may have been sent while nobody could hear it: unknown, and the next one decides.
  const basis = Math.max(gap.to, due.at);
  const waiting = { ...state, basis, startedAt: null, gap: null, blindFrom: state.blindFrom ?? gap.from };
  return turnTo(waiting, 'blind', state.lastGood === null ? {} : { lastGood: state.lastGood });
};

const rewound = (state: HeartbeatState, at: EpochMs): HeartbeatState => {
  const earlier = (moment: EpochMs | null): EpochMs | null => (moment === null ? null : Math.min(moment, at));
  return {
    ...state,
    at,
    since: Math.min(state.since, at),
    lastGood: state.lastGood === null ? null : { ...state.lastGood, at: Math.min(state.lastGood.at, at) },
    lastBad: state.lastBad === null ? null : { ...state.lastBad, at: Math.min(state.lastBad.at, at) },
    basis: earlier(state.basis),
    startedAt: earlier(state.startedAt),
    gap: null,
    blindFrom: earlier(state.blindFrom),
  };
};

/**
 * What a heartbeat's machine makes of an event, in the vocabulary of `decide`. Pure; feed a `tick` at `nextDeadline`. A sign of life that may have been
 * lost while the brain was off makes the heartbeat blind, never down.
 */
export const decideHeartbeat = (
  state: HeartbeatState,
  event: HeartbeatEvent,
  rules: HeartbeatRules,
): readonly [HeartbeatState, readonly MonitorEffect[]] => {
  const known = event.type === 'resumed' && event.at < state.at ? rewound(state, event.at) : state;
  const [taken, effects] = take({ ...known, at: Math.max(event.at, known.at) }, event, rules);
  const [settled, more] = meetDeadline(taken, rules);
  return [settled, [...effects, ...more]];
};

/**
 * The key of a heartbeat whose definition names none: always the same for the same monitor and installation, and not to be guessed without the secret that
 * `mac` holds (HMAC-SHA256 keyed by `secret.key`).
 */
export const derivedKey = (monitorId: string, mac: (text: string) => Uint8Array): string =>
  shortCode(20, (count) => mac(`heartbeat key of ${monitorId}`).slice(0, count)).toLowerCase();
