import type { EpochMs, Ms } from '../kernel/time.ts';
import type { Reason } from './reason.ts';
import type { DetectionRules } from './rules.ts';
import type { Evidence, MonitorEffect, MonitorEvent, Verdict } from './verdict.ts';

/** Which of a monitor's two questions: the full check's, or that of a pulse with a path of its own. */
export type Question = 'full' | 'pulse';

/** A check as the machine is told of it. */
export type CheckEvent = Extract<MonitorEvent, { type: 'check' }>;

/** The checks of a run in numbers, with what they said, so that a message can say `6 of 6 checks` and why. */
export interface Run {
  readonly bad: number;
  readonly asked: number;
  /** At most four codes with the weight of their evidence and what was last said. */
  readonly said: readonly { readonly reason: Reason; readonly weight: number }[];
}

/** A suspicion under way: it ends as a verdict, or is cleared by the question that failed. */
export interface Doubt {
  readonly question: Question;
  /** Summed log-likelihood ratio of down against up, never below 0. */
  readonly score: number;
  readonly openedAt: EpochMs;
  /** Null while the score is 0: good answers have outweighed all that was bad. */
  readonly firstBad: Evidence | null;
  /** The last good evidence before `firstBad`. */
  readonly before: Evidence | null;
  readonly lastBad: Evidence | null;
  /** When the latest bad check began; what began earlier is no newer evidence. */
  readonly badStart: EpochMs;
  /** Where the span of evidence is counted from: `firstBad`, or later when the brain was off in between. */
  readonly spanFrom: EpochMs | null;
  readonly okRun: number;
  readonly run: Run;
  /** The target itself has answered wrongly in this run, it was not only silent. */
  readonly isHard: boolean;
  /** How the own network was when the latest bad check ran. */
  readonly network: CheckEvent['network'];
}

/** What is kept while down. */
export interface Outage {
  readonly question: Question;
  readonly lastBad: Evidence;
  /** When the latest bad check began. */
  readonly badStart: EpochMs;
  /** The first good check of the present good run; null while it fails. */
  readonly firstGood: Evidence | null;
  /** When the latest good check of that run began. */
  readonly goodStart: EpochMs;
  readonly okRun: number;
  /** How long it must stay good before it counts as up. */
  readonly stableMs: Ms;
  readonly flaps: number;
}

/** A span in which the target cannot be judged. */
export interface Blindness {
  readonly from: EpochMs;
  readonly cause: 'network' | 'asking';
  /** The first good look at the controls of the present run of good looks. */
  readonly goodSince: EpochMs | null;
  /** The controls have been good for long enough: the next fresh check decides. */
  readonly sighted: boolean;
  /** Good checks in a row, and since when: the target itself proves that it can be seen. */
  readonly oks: number;
  readonly oksSince: EpochMs | null;
}

/** The running sum that finds failures too rare for a suspicion (Page's CUSUM). */
export interface PartialFailures {
  readonly sum: number;
  readonly episodes: number;
  /** Failures in the present episode. */
  readonly inEpisode: number;
  readonly firstBad: Evidence;
  readonly before: Evidence | null;
  readonly lastBad: Evidence;
  readonly bad: number;
  readonly asked: number;
}

/** The latest good answers to one question: `1` slow, `0` in time, oldest first; since when the first of them was slow. */
export interface Pace {
  readonly looks: string;
  readonly since: EpochMs;
}

/** Why a monitor is degraded; at most one of each cause. */
export interface Hurt {
  readonly cause: 'partial' | 'slow' | 'warning';
  readonly reason: Reason;
  readonly question: Question;
  readonly firstBad: Evidence;
  readonly before: Evidence | null;
  readonly lastBad: Evidence;
  readonly bad: number;
  readonly asked: number;
}

/** All that the machine remembers of a monitor: plain JSON, below a kilobyte while all is well. */
export interface MonitorState {
  readonly version: 1;
  /** The latest event's time; nothing happens before it. */
  readonly at: EpochMs;
  /** The verdict as it was last told, and since when. */
  readonly verdict: Verdict;
  readonly since: EpochMs;
  readonly mode: 'pending' | 'up' | 'down';
  readonly paused: boolean;
  readonly maintenance: boolean;
  readonly lastGood: Evidence | null;
  readonly doubt: Doubt | null;
  readonly outage: Outage | null;
  readonly blind: Blindness | null;
  readonly cannotAsk: { readonly since: EpochMs; readonly count: number } | null;
  readonly partial: PartialFailures | null;
  readonly pace: { readonly full: Pace | null; readonly pulse: Pace | null };
  readonly hurts: readonly Hurt[];
  readonly controls: { readonly at: EpochMs; readonly ok: number; readonly total: number } | null;
  readonly controlsBadSince: EpochMs | null;
  readonly poorUntil: EpochMs | null;
  readonly deploy: { readonly at: EpochMs; readonly graceUntil: EpochMs } | null;
  /** When the next re-check was ordered for. */
  readonly recheckAt: EpochMs | null;
  /** The brain was off while in doubt, and no fresh check has decided yet. */
  readonly gap: { readonly from: EpochMs; readonly to: EpochMs } | null;
  /** The last outage's end and the span of good it took, for relapses. */
  readonly calm: { readonly endedAt: EpochMs; readonly stableMs: Ms } | null;
}

/** A monitor of which nothing is known yet. */
export const initial = (at: EpochMs): MonitorState => ({
  version: 1,
  at,
  verdict: 'pending',
  since: at,
  mode: 'pending',
  paused: false,
  maintenance: false,
  lastGood: null,
  doubt: null,
  outage: null,
  blind: null,
  cannotAsk: null,
  partial: null,
  pace: { full: null, pulse: null },
  hurts: [],
  controls: null,
  controlsBadSince: null,
  poorUntil: null,
  deploy: null,
  recheckAt: null,
  gap: null,
  calm: null,
});

/** The brackets and counts of a change of verdict. */
export type VerdictDetail = Partial<
  Omit<Extract<MonitorEffect, { do: 'verdict' }>, 'do' | 'at' | 'from' | 'to' | 'controls'>
>;

/** One event being worked on: the state so far (replaced, never changed in place) and the effects so far. */
export interface Turn {
  state: MonitorState;
  detail: VerdictDetail;
  readonly effects: MonitorEffect[];
  readonly at: EpochMs;
  readonly rules: DetectionRules;
}

/** Replaces some of the turn's state. */
export const change = (turn: Turn, part: Partial<MonitorState>): void => {
  turn.state = { ...turn.state, ...part };
};
