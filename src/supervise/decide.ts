import { defined } from '../kernel/defined.ts';
import { goodSince, judge, willLast } from './judge.ts';
import { appOf, type ProcessEvent } from './model.ts';
import { observe } from './observe.ts';
import type { SuperviseReason, SuperviseReasonCode } from './reason.ts';
import type { SuperviseRules } from './rules.ts';
import type { AppState, AppVerdict, SuperviseEffect } from './state.ts';
import type { Judgement } from './unwell.ts';

/** A verdict's reason is replaced by one further left only: graver, or closer to the cause. */
const GRAVEST_FIRST: readonly SuperviseReasonCode[] = [
  'app.boot-crash',
  'app.unstable-after-deploy',
  'app.gave-up',
  'manager.gone',
  'app.crash-loop',
  'app.restarting',
  'app.zombie',
  'app.unhealthy',
  'app.not-running',
];

/**
 * The machine of one app: takes an event into its state and says what changed. Events of other apps change nothing. Time comes with the events, so
 * `tick` has to come now and then (each second): some verdicts need only time to pass. The same events always give the same.
 */
export const decide = (
  state: AppState,
  event: ProcessEvent,
  rules: SuperviseRules,
): readonly [AppState, readonly SuperviseEffect[]] => {
  const app = appOf(event);
  if (app !== undefined && app !== state.app) return [state, []];
  const observed = observe(state, event, rules);
  const judgement = judge(observed, rules);
  const [judged, change] = ruled(observed, judgement, rules);
  const [after, wish] = wished(judged, state, event, change, rules);
  return [after, [...change, ...wish]];
};

type Ruling = readonly [AppState, readonly Extract<SuperviseEffect, { do: 'verdict' }>[]];

/** Where the judgement leads from the verdict that stands. */
const ruled = (state: AppState, judgement: Judgement, rules: SuperviseRules): Ruling => {
  const to = nextVerdict(state, judgement, rules);
  if (to === 'up' || to === 'pending') return to === state.verdict ? [state, []] : changed(state, to, judgement, false);
  const { reason } = judgement;
  if (judgement.is !== to || reason === undefined) return [state, []];
  if (to !== state.verdict) return changed(state, to, judgement, willLast(state, reason, state.at, rules));
  return deepened(state, judgement, reason, rules);
};

/** The same verdict still: told again only when its reason is a graver one, or it is known now that it will last. */
const deepened = (state: AppState, judgement: Judgement, reason: SuperviseReason, rules: SuperviseRules): Ruling => {
  const lasting = state.lasting || willLast(state, reason, state.since, rules);
  if (isGraver(reason.code, state.reason?.code, state.verdict))
    return changed(state, state.verdict, judgement, lasting);
  if (lasting === state.lasting) return [state, []];
  return changed(state, state.verdict, { ...judgement, reason: state.reason ?? reason }, lasting);
};

const isGraver = (code: SuperviseReasonCode, than: SuperviseReasonCode | undefined, verdict: AppVerdict): boolean => {
  if (code === than || than === undefined) return false;
  if (verdict === 'degraded') return true;
  const rank = (one: SuperviseReasonCode): number => {
    const index = GRAVEST_FIRST.indexOf(one);
    return index === -1 ? GRAVEST_FIRST.length : index;
  };
  return rank(code) < rank(than);
};

const isHurt = (verdict: AppVerdict): boolean => verdict === 'down' || verdict === 'degraded';

const nextVerdict = (state: AppState, { is }: Judgement, rules: SuperviseRules): AppVerdict => {
  const { verdict } = state;
  if (is === 'down') return 'down';
  if (is === 'unsure') return verdict;
  if (is === 'stopped') return isHurt(verdict) && !longStopped(state, rules) ? verdict : 'pending';
  const to = is === 'degraded' ? 'degraded' : 'up';
  return verdict === 'down' || (verdict === 'degraded' && to === 'up') ? onceStable(state, to, rules) : to;
};

/** Recovered only when it has been good for a while. */
const onceStable = (state: AppState, to: AppVerdict, rules: SuperviseRules): AppVerdict => {
  const stable = state.health === null ? rules.settledMs : rules.stableMs;
  return state.at - goodSince(state) >= stable ? to : state.verdict;
};

const longStopped = (state: AppState, rules: SuperviseRules): boolean =>
  Object.values(state.slots).every((slot) => state.at - slot.downSince >= rules.stoppedWhileDownMs);

const changed = (state: AppState, to: AppVerdict, judgement: Judgement, lasting: boolean): Ruling => {
  const bad = isHurt(to);
  const effect: Extract<SuperviseEffect, { do: 'verdict' }> = {
    do: 'verdict',
    at: state.at,
    app: state.app,
    from: state.verdict,
    to,
    lasting,
    afterDeploy: state.deploy !== null,
    ...(bad ? evidenceOf(judgement) : {}),
    ...defined({
      firstGoodAt: to === 'up' && isHurt(state.verdict) ? goodSince(state) : undefined,
      status: Object.values(state.slots).find((slot) => !slot.stopped)?.status,
      port: state.health?.port,
    }),
  };
  const after: AppState = {
    ...state,
    verdict: to,
    since: to === state.verdict ? state.since : state.at,
    reason: bad ? (judgement.reason ?? state.reason) : null,
    lasting,
  };
  return [settled(after, state.verdict), [effect]];
};

/** What was counted and found out belongs to the trouble that is over. */
const settled = (state: AppState, from: AppVerdict): AppState => {
  const told = from === 'down' && state.verdict !== 'down' ? { ...state, toldHours: state.hours } : state;
  if (state.verdict !== 'up') return told;
  const exits = isHurt(from) ? [] : told.exits;
  return { ...told, exits, diagnosis: null, exception: null, wishes: { count: 0, at: state.wishes.at } };
};

/** The moments of a judgement; what would have been good after its first bad sign brackets nothing. */
const evidenceOf = (judgement: Judgement): Partial<Pick<Judgement, 'reason' | 'lastGoodAt' | 'firstBadAt'>> => {
  const { reason, lastGoodAt, firstBadAt } = judgement;
  const brackets = lastGoodAt === undefined || firstBadAt === undefined || lastGoodAt <= firstBadAt;
  return defined({ reason, lastGoodAt: brackets ? lastGoodAt : undefined, firstBadAt });
};

/** Wishes for a diagnosis: at exits and exceptions, and where a verdict came without any; the first few at once, later ones spaced. */
const wished = (
  state: AppState,
  before: AppState,
  event: ProcessEvent,
  change: readonly SuperviseEffect[],
  rules: SuperviseRules,
): readonly [AppState, readonly Extract<SuperviseEffect, { do: 'diagnose' }>[]] => {
  const wish = wishOf(state, before, event, change);
  if (wish === undefined) return [state, []];
  const { count, at } = state.wishes;
  if (count >= rules.diagnoses && state.at - at < rules.diagnosisEveryMs) return [state, []];
  return [{ ...state, wishes: { count: count + 1, at: state.at } }, [wish]];
};

const wishOf = (
  state: AppState,
  before: AppState,
  event: ProcessEvent,
  change: readonly SuperviseEffect[],
): Extract<SuperviseEffect, { do: 'diagnose' }> | undefined => {
  const wish = { do: 'diagnose', at: state.at, app: state.app } as const;
  const exit = state.exits.at(-1);
  if (exit !== undefined && exit !== before.exits.at(-1)) {
    const { id, startedAt, code, signal } = exit;
    return { ...wish, why: 'exit', process: id, startedAt, ...defined({ code, signal }) };
  }
  if (event.type === 'exception')
    return { ...wish, why: 'exception', process: event.process.id, startedAt: event.process.startedAt };
  const fell = change.some((effect) => effect.do === 'verdict' && effect.to === 'down' && effect.from !== 'down');
  return fell && state.diagnosis === null ? { ...wish, why: 'verdict' } : undefined;
};
