import type { EpochMs } from '../kernel/time.ts';
import { elapsedAt, type Escalation, type EscalationEffect, type EscalationRules } from './conversation.ts';
import type { PolicyStep } from './model.ts';

interface Moment {
  readonly at: EpochMs;
  readonly rules: EscalationRules;
  /** A relapse: whoever was told must hear that it is down again. */
  readonly again: boolean;
}
type Notify = Extract<EscalationEffect, { do: 'notify' }>;
type Spoken = readonly [Escalation, readonly Notify[]];

const isCritical = (state: Escalation): boolean => state.severity === 'critical';

const isOld = (state: Escalation, moment: Moment): boolean =>
  state.loudAtOnce || elapsedAt(state, moment.at) >= moment.rules.loudAfterMs;

const isLoud = (state: Escalation, step: PolicyStep, moment: Moment): boolean => {
  if (step.loud !== 'auto') return step.loud === 'always';
  return isCritical(state) && isOld(state, moment);
};

/** A channel that no step may make a sound on is told silently in repeats, too. */
const mayRing = (state: Escalation, channel: string): boolean =>
  state.policy.steps.some((step) => step.loud !== 'never' && step.notify.includes(channel));

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)];

/** When a step is due on the clock of the steps; never for what a warning does not tell. */
const dueAfter = (state: Escalation, step: PolicyStep, rules: EscalationRules): number => {
  if (!isCritical(state)) return step.afterMs === firstAfter(state) ? step.afterMs : Number.POSITIVE_INFINITY;
  return state.loudAtOnce && step.afterMs <= rules.loudAfterMs ? 0 : step.afterMs;
};

const firstAfter = (state: Escalation): number => Math.min(...state.policy.steps.map((step) => step.afterMs));

/** Notes down what was told: one message with sound, one without, no channel in both. */
const tell = (
  state: Escalation,
  moment: Moment,
  what: { reason: Notify['reason']; step: number; loud: readonly string[]; silent: readonly string[] },
): Spoken => {
  const loud = unique(what.loud);
  const silent = unique(what.silent).filter((name) => !loud.includes(name));
  const notify = (channels: readonly string[], isLoudly: boolean): readonly Notify[] =>
    channels.length === 0 ? [] : [{ do: 'notify', reason: what.reason, step: what.step, channels, loud: isLoudly }];
  const effects = [...notify(loud, true), ...notify(silent, false)];
  if (effects.length === 0) return [state, []];
  const next: Escalation = {
    ...state,
    told: unique([...state.told, ...loud, ...silent]),
    loudTold: state.loudTold || loud.length > 0,
    reached: what.reason === 'fallback' ? state.reached : [],
    lastToldAt: moment.at,
  };
  return [next, effects];
};

const tellExtra = (
  state: Escalation,
  moment: Moment,
  what: { reason: 'step' | 'repeat'; channels: readonly string[]; loud: boolean },
): Spoken => {
  const [loud, silent] = what.loud
    ? [what.channels.filter((name) => mayRing(state, name)), what.channels.filter((name) => !mayRing(state, name))]
    : [[], what.channels];
  const step = state.policy.steps.length + state.extras;
  return tell({ ...state, extras: state.extras + 1 }, moment, { reason: what.reason, step, loud, silent });
};

const relapse = (state: Escalation, moment: Moment): Spoken =>
  moment.again ? tellExtra(state, moment, { reason: 'step', channels: state.told, loud: state.loudTold }) : [state, []];

const steps = (state: Escalation, moment: Moment, spokenTo: readonly string[]): Spoken => {
  const elapsed = elapsedAt(state, moment.at);
  const due = state.policy.steps
    .map((step, index) => ({ step, index }))
    .filter(({ step, index }) => !state.fired.includes(index) && dueAfter(state, step, moment.rules) <= elapsed);
  if (due.length === 0) return [state, []];
  const channels = (loud: boolean): readonly string[] =>
    due
      .filter(({ step }) => isLoud(state, step, moment) === loud)
      .flatMap(({ step, index }) => step.notify.filter((name) => !state.early.includes(`${index}:${name}`)))
      .filter((name) => !spokenTo.includes(name));
  const fired = { ...state, fired: [...state.fired, ...due.map(({ index }) => index)] };
  const step = Math.max(...due.map(({ index }) => index));
  return tell(fired, moment, { reason: 'step', step, loud: channels(true), silent: channels(false) });
};

const toldAsAuto = (state: Escalation): readonly string[] =>
  state.policy.steps
    .filter((step, index) => step.loud === 'auto' && state.fired.includes(index))
    .flatMap((step) => step.notify);

/** Nothing was told aloud yet and the trouble stays: the silent ones hear it again with sound. */
const sound = (state: Escalation, moment: Moment, spokenTo: readonly string[]): Spoken => {
  if (state.loudTold || !isCritical(state) || !isOld(state, moment)) return [state, []];
  const channels = toldAsAuto(state).filter((name) => !spokenTo.includes(name));
  return channels.length === 0 ? [state, []] : tellExtra(state, moment, { reason: 'step', channels, loud: true });
};

const fallback = (state: Escalation, moment: Moment): Spoken => {
  const failing = state.exhausted.filter((name) => !state.fellBack.includes(name));
  if (failing.length === 0) return [state, []];
  const noted = { ...state, fellBack: [...state.fellBack, ...failing] };
  if (state.reached.length > 0) return [noted, []];
  const isNew = (name: string): boolean => !state.told.includes(name) && !state.exhausted.includes(name);
  const index = state.policy.steps.findIndex((step, at) => !state.fired.includes(at) && step.notify.some(isNew));
  const step = state.policy.steps[index];
  if (step === undefined) return [noted, []];
  const channels = step.notify.filter(isNew);
  const early = { ...noted, early: [...state.early, ...channels.map((name) => `${index}:${name}`)] };
  const loud = isCritical(state) ? step.loud === 'always' || isLoud(state, step, moment) : false;
  return tell(early, moment, {
    reason: 'fallback',
    step: index,
    loud: loud ? channels : [],
    silent: loud ? [] : channels,
  });
};

const repeatDueAt = (state: Escalation): EpochMs | undefined => {
  const { repeatEveryMs, until } = state.policy;
  if (repeatEveryMs === undefined || state.lastToldAt === undefined || !isCritical(state)) return undefined;
  if (state.acknowledgedAt !== undefined && until === 'acknowledged') return undefined;
  return state.lastToldAt + repeatEveryMs;
};

const repeat = (state: Escalation, moment: Moment): Spoken => {
  const dueAt = repeatDueAt(state);
  if (dueAt === undefined || dueAt > moment.at || state.told.length === 0) return [state, []];
  const counted = { ...state, repeats: state.repeats + 1 };
  const loud = state.acknowledgedAt === undefined;
  return tellExtra(counted, moment, { reason: 'repeat', channels: state.told, loud });
};

/** When steps, and the sound after a silent one, may fall due. */
const stepMoments = (state: Escalation, rules: EscalationRules): readonly EpochMs[] => {
  if (state.acknowledgedAt !== undefined) return [];
  const origin = state.startedAt + state.heldMs;
  const waiting = state.policy.steps.filter((_step, index) => !state.fired.includes(index));
  const mayRingLater = !state.loudTold && isCritical(state) && toldAsAuto(state).length > 0;
  return [
    ...waiting.map((step) => origin + dueAfter(state, step, rules)),
    ...(mayRingLater ? [origin + rules.loudAfterMs] : []),
  ];
};

/** The next moment at which something may fall due; undefined while nothing can. */
const nextWake = (state: Escalation, moment: Moment): EpochMs | undefined => {
  if (state.ended || state.withheld) return undefined;
  if (state.mutedUntil !== undefined) return state.mutedUntil;
  const next = Math.min(repeatDueAt(state) ?? Number.POSITIVE_INFINITY, ...stepMoments(state, moment.rules));
  return Number.isFinite(next) ? Math.max(next, moment.at + 1) : undefined;
};

const speakNow = (state: Escalation, moment: Moment): Spoken => {
  if (state.ended || state.withheld || state.mutedUntil !== undefined) return [state, []];
  if (state.acknowledgedAt !== undefined) return repeat(state, moment);
  let next = state;
  const effects: Notify[] = [];
  const parts = [relapse, steps, sound, fallback];
  for (const part of parts) {
    const [after, said] = part(
      next,
      moment,
      effects.flatMap((effect) => effect.channels),
    );
    next = after;
    effects.push(...said);
  }
  return effects.length > 0 ? [next, effects] : repeat(next, moment);
};

/** Says what is due at this moment and when to look again. Pure; part of `decideEscalation`. */
export const speak = (state: Escalation, moment: Moment): readonly [Escalation, readonly EscalationEffect[]] => {
  const [next, effects] = speakNow(state, moment);
  const wakeAt = nextWake(next, moment);
  return [next, wakeAt === undefined ? effects : [...effects, { do: 'wake', at: wakeAt }]];
};
