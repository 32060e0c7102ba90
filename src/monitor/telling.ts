import type { Ms } from '../kernel/time.ts';
import {
  change,
  type Blindness,
  type Hurt,
  type MonitorState,
  type Question,
  type Turn,
  type VerdictDetail,
} from './state.ts';
import type { MonitorEffect, Verdict } from './verdict.ts';

const GRAVITY: readonly Hurt['cause'][] = ['partial', 'slow', 'warning'];

const gravestHurt = (state: MonitorState): Hurt | undefined =>
  GRAVITY.map((cause) => state.hurts.find((hurt) => hurt.cause === cause)).find((hurt) => hurt !== undefined);

/** What is held to be true, from all that is known: down before blind, blind before hurt, hurt before doubt. */
const verdictOf = (state: MonitorState): Verdict => {
  if (state.outage !== null) return 'down';
  if (state.blind !== null) return 'blind';
  if (state.hurts.length > 0) return 'degraded';
  return state.doubt === null ? state.mode : 'suspect';
};

const hurtDetail = (hurt: Hurt): VerdictDetail => ({
  firstBad: hurt.firstBad,
  lastBad: hurt.lastBad,
  ...(hurt.before === null ? {} : { lastGood: hurt.before }),
  reason: hurt.reason,
  bad: hurt.bad,
  asked: hurt.asked,
});

const doubtDetail = (state: MonitorState): VerdictDetail => {
  const { doubt } = state;
  if (doubt === null || doubt.firstBad === null) return {};
  return {
    firstBad: doubt.firstBad,
    ...(doubt.before === null ? {} : { lastGood: doubt.before }),
    ...(doubt.firstBad.reason === undefined ? {} : { reason: doubt.firstBad.reason }),
    bad: doubt.run.bad,
    asked: doubt.run.asked,
  };
};

const detailOf = (turn: Turn, to: Verdict): VerdictDetail => {
  const { state } = turn;
  const hurt = gravestHurt(state);
  if (to === 'degraded' && hurt !== undefined) return { ...hurtDetail(hurt), ...turn.detail };
  if (to === 'suspect') return doubtDetail(state);
  if (to === 'blind') return state.lastGood === null ? {} : { lastGood: state.lastGood };
  if (to === 'up' && turn.detail.firstGood === undefined && state.lastGood !== null)
    return { firstGood: state.lastGood };
  return turn.detail;
};

const freshControls = (turn: Turn): Pick<Extract<MonitorEffect, { do: 'verdict' }>, 'controls'> => {
  const { controls } = turn.state;
  if (controls === null || controls.total === 0 || turn.at - controls.at > turn.rules.controlFreshMs) return {};
  return { controls: { ok: controls.ok, total: controls.total } };
};

/** Tells the verdict when it is another one than before. */
export const tellVerdict = (turn: Turn): void => {
  const { state } = turn;
  const to = verdictOf(state);
  if (to === state.verdict) return;
  const effect: MonitorEffect = {
    do: 'verdict',
    at: turn.at,
    from: state.verdict,
    to,
    bad: 0,
    asked: 0,
    afterDeploy: false,
    ...detailOf(turn, to),
    ...freshControls(turn),
  };
  change(turn, { verdict: to, since: turn.at });
  turn.effects.push(effect);
};

interface Rhythm {
  readonly everyMs: Ms;
  /** Null: look at the controls only; the target is not asked. */
  readonly question: Question | null;
}

const blindRhythm = (turn: Turn, blind: Blindness): Rhythm => {
  const question = turn.state.outage?.question ?? 'full';
  if (blind.cause === 'asking') return { everyMs: turn.rules.downEveryMs, question };
  return blind.sighted
    ? { everyMs: turn.rules.recheckMs, question }
    : { everyMs: turn.rules.controlEveryMs, question: null };
};

const rhythmOf = (turn: Turn): Rhythm | null => {
  const { paused, doubt, outage, blind, cannotAsk } = turn.state;
  if (paused) return null;
  if (blind !== null) return blindRhythm(turn, blind);
  if (doubt !== null) return { everyMs: turn.rules.recheckMs, question: doubt.question };
  if (outage !== null) return { everyMs: turn.rules.downEveryMs, question: outage.question };
  return cannotAsk === null ? null : { everyMs: turn.rules.downEveryMs, question: 'full' };
};

/** Orders the next re-check when the one before is due: one order at a time, counted from start to start. */
export const orderRecheck = (turn: Turn): void => {
  const rhythm = rhythmOf(turn);
  const last = turn.state.recheckAt;
  if (rhythm === null) {
    if (last !== null) change(turn, { recheckAt: null });
    return;
  }
  if (last !== null && last > turn.at) return;
  const next = last === null ? turn.at : Math.max(turn.at, last + rhythm.everyMs);
  change(turn, { recheckAt: next });
  if (rhythm.question !== null)
    turn.effects.push({ do: 'recheck', afterMs: next - turn.at, question: rhythm.question });
  if (turn.state.blind !== null || turn.state.doubt !== null) turn.effects.push({ do: 'controls' });
};
