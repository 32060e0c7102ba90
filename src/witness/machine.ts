import { defined } from '../kernel/defined.ts';
import type { EpochMs, Ms } from '../kernel/time.ts';
import type { WitnessRules } from '../config/witness-rules.ts';
import type { WitnessBriefing } from '../engine/brain.ts';
import type { Judgement } from './judgement.ts';

/** The brain has been silent from its last sign on. */
export interface Silence {
  readonly since: EpochMs;
  readonly toldAt: EpochMs;
  /** How often it was told. */
  readonly times: number;
}

/** The brain answers but is not well. */
export interface Unwellness {
  readonly since: EpochMs;
  readonly told: boolean;
  readonly problems: readonly string[];
}

/** What a witness knows of its brain. Plain JSON, so that a restart goes on where it was. */
export interface WitnessState {
  /** When the brain last answered. */
  readonly heardAt?: EpochMs;
  /** Silence counts from here on at the earliest: the start, or the end of the witness's own blindness. */
  readonly watchingSince: EpochMs;
  /** Questions in a row without an answer. */
  readonly unanswered: number;
  /** A judgement is asked for no sooner than this. */
  readonly judgeAfter: EpochMs;
  readonly silence?: Silence;
  readonly unwell?: Unwellness;
}

/** What happens to a witness; times are those of its own steady clock. */
export type WitnessEvent =
  | { readonly type: 'answered'; readonly at: EpochMs; readonly problems: readonly string[] }
  | { readonly type: 'unanswered'; readonly at: EpochMs }
  | { readonly type: 'tick'; readonly at: EpochMs }
  /** The judgement that was asked for; the brain was asked once more after it and did not answer. */
  | { readonly type: 'judged'; readonly at: EpochMs; readonly judgement: Judgement };

/** What is to be told of the brain. */
export type WitnessNews =
  | { readonly news: 'silent'; readonly since: EpochMs; readonly times: number; readonly judgement: Judgement }
  | { readonly news: 'back'; readonly since: EpochMs; readonly to: EpochMs }
  | { readonly news: 'unwell'; readonly since: EpochMs; readonly problems: readonly string[] };

/** What is to be done. */
export type WitnessEffect =
  /** Look at the own network and at the brain's services, ask the brain once more, and give `judged` (or `answered`). */
  | { readonly do: 'judge' }
  | ({ readonly do: 'tell' } & WitnessNews)
  /** Give a tick then; the latest wake replaces earlier ones. */
  | { readonly do: 'wake'; readonly at: EpochMs };

/** What the machine goes by: the rules, and how often the brain is asked. */
export type Pace = WitnessRules & { readonly everyMs: Ms };

type Decision = readonly [WitnessState, readonly WitnessEffect[]];
type Of<Type extends WitnessEvent['type']> = Extract<WitnessEvent, { type: Type }>;

/** Less than so many questions without an answer are no silence, however far apart they are. */
const LEAST_UNANSWERED = 3;

/** A witness that begins to watch now. */
export const beginning = (at: EpochMs): WitnessState => ({ watchingSince: at, unanswered: 0, judgeAfter: at });

/**
 * The state of a former run, taken over: silence that was told is not told again; but what happened while nobody watched is not held against
 * the brain, unless the witness was away for a moment only.
 */
export const resumed = (state: WitnessState, lastSeenAt: EpochMs, at: EpochMs, rules: WitnessRules): WitnessState =>
  state.silence !== undefined || at - lastSeenAt < rules.silentAfterMs
    ? { ...state, judgeAfter: at }
    : { ...state, watchingSince: at, unanswered: 0, judgeAfter: at };

/** From when on the brain has given no sign. */
export const silentSince = ({ heardAt = 0, watchingSince }: WitnessState): EpochMs => Math.max(heardAt, watchingSince);

const limitOf = (pace: Pace): Ms => Math.max(pace.silentAfterMs, LEAST_UNANSWERED * pace.everyMs);

const dueAt = (state: WitnessState, pace: Pace): EpochMs =>
  Math.max(
    state.judgeAfter,
    state.silence === undefined ? silentSince(state) + limitOf(pace) : state.silence.toldAt + pace.repeatEveryMs,
  );

const look = (state: WitnessState, at: EpochMs, pace: Pace): Decision => {
  const due = dueAt(state, pace);
  if (at < due) return [state, [{ do: 'wake', at: due }]];
  if (state.unanswered < LEAST_UNANSWERED) return [state, []];
  // one judgement at a time: the next is asked for when this one did not come
  return [{ ...state, judgeAfter: at + limitOf(pace) }, [{ do: 'judge' }]];
};

const unwellAfter = (before: Unwellness | undefined, event: Of<'answered'>, pace: Pace): Unwellness | undefined => {
  const { at, problems } = event;
  if (problems.length === 0) return undefined;
  const since = before?.since ?? at;
  return { since, told: before?.told === true || at - since >= pace.unwellAfterMs, problems };
};

const answered = (state: WitnessState, event: Of<'answered'>, pace: Pace): Decision => {
  const { silence, unwell: before, ...rest } = state;
  const { at } = event;
  const unwell = unwellAfter(before, event, pace);
  const next: WitnessState = { ...rest, heardAt: at, unanswered: 0, judgeAfter: at, ...defined({ unwell }) };
  const effects: WitnessEffect[] = [];
  if (silence !== undefined) effects.push({ do: 'tell', news: 'back', since: silence.since, to: at });
  if (unwell?.told === true && before?.told !== true)
    effects.push({ do: 'tell', news: 'unwell', since: unwell.since, problems: unwell.problems });
  return [next, [...effects, { do: 'wake', at: dueAt(next, pace) }]];
};

const judged = (state: WitnessState, event: Of<'judged'>, pace: Pace): Decision => {
  const { at, judgement } = event;
  // a sign that came meanwhile makes the judgement void
  if (state.unanswered === 0) return [state, []];
  if (judgement.sight === 'blind') {
    // what was not answered while the own network was down says nothing: silence counts anew, told silence stays as it is
    const blind = state.silence === undefined ? { ...state, watchingSince: at } : state;
    const next = { ...blind, judgeAfter: at + limitOf(pace) };
    return [next, [{ do: 'wake', at: dueAt(next, pace) }]];
  }
  const silence: Silence = {
    since: state.silence?.since ?? silentSince(state),
    toldAt: at,
    times: (state.silence?.times ?? 0) + 1,
  };
  const next: WitnessState = { ...state, silence, judgeAfter: at };
  return [
    next,
    [
      { do: 'tell', news: 'silent', since: silence.since, times: silence.times, judgement },
      { do: 'wake', at: dueAt(next, pace) },
    ],
  ];
};

/** The witness's state after an event, and what is to be done. Pure; times come with the event. */
export const decideWitness = (state: WitnessState, event: WitnessEvent, pace: Pace): Decision => {
  switch (event.type) {
    case 'answered':
      return answered(state, event, pace);
    case 'unanswered':
      return look({ ...state, unanswered: state.unanswered + 1 }, event.at, pace);
    case 'tick':
      return look(state, event.at, pace);
    case 'judged':
      return judged(state, event, pace);
    default:
      return event satisfies never;
  }
};

/** The problems in a briefing; empty when the brain is well. */
export const problemsIn = ({ brain }: WitnessBriefing): readonly string[] => (brain.healthy ? [] : brain.problems);
