import type { EpochMs, Ms } from '../kernel/time.ts';
import type { Severity } from '../monitor/model.ts';
import type { Policy } from './model.ts';

/**
 * One conversation with people about one incident (or storm): what its policy has told so far and what comes next. Plain JSON, so that it
 * survives a restart. The clock of the steps is `elapsed`: time since the start less the time in which nobody was to be told
 * (acknowledged, recovered, muted), so that a relapse goes on where the incident stood and does not fire every later step at once.
 */
export interface Escalation {
  readonly incidentId: string;
  /** A copy from the moment of opening: an edit of the file changes no running conversation. */
  readonly policy: Policy;
  readonly severity: Severity;
  readonly startedAt: EpochMs;
  /** The cause will not heal by itself: the steps up to `loudAfterMs` fire at once and with sound. */
  readonly loudAtOnce: boolean;
  /** Indexes of the steps that were told. */
  readonly fired: readonly number[];
  /** Channels told so far, in the order of telling. */
  readonly told: readonly string[];
  /** Channels told ahead of their step by a fallback, as `step:channel`: their step leaves them out. */
  readonly early: readonly string[];
  /** Something was told with sound already. */
  readonly loudTold: boolean;
  /** Persons' channels that accepted since the last step or repeat: while there is one, no fallback is needed. */
  readonly reached: readonly string[];
  /** Channels that did not get through, and those of them that were answered by a fallback. */
  readonly exhausted: readonly string[];
  readonly fellBack: readonly string[];
  readonly repeats: number;
  /** Notifications besides the steps: gives each its own number. */
  readonly extras: number;
  readonly lastToldAt?: EpochMs;
  readonly acknowledgedAt?: EpochMs;
  readonly mutedUntil?: EpochMs;
  /** Checks succeed again: what falls due waits. */
  readonly withheld: boolean;
  readonly ended: boolean;
  /** Since when the clock of the steps stands still, and for how long it did before. */
  readonly quietSince?: EpochMs;
  readonly heldMs: Ms;
}

/** What happens to a conversation. */
export type EscalationEvent =
  /** Begins it; on a running one begins it anew (a warning became critical: what was acknowledged or muted was the lesser trouble). */
  | {
      readonly type: 'opened';
      readonly at: EpochMs;
      readonly incidentId: string;
      readonly policy: Policy;
      readonly loudAtOnce: boolean;
      readonly severity: Severity;
      /** Somebody muted the service before it broke. */
      readonly mutedUntil?: EpochMs;
      /** Its checks succeed again already (it kept quiet until now): it is told if they fail once more. */
      readonly withheld?: boolean;
    }
  | { readonly type: 'tick'; readonly at: EpochMs }
  | { readonly type: 'acknowledged'; readonly at: EpochMs }
  | { readonly type: 'unacknowledged'; readonly at: EpochMs }
  | { readonly type: 'muted'; readonly at: EpochMs; readonly until: EpochMs }
  | { readonly type: 'recovering'; readonly at: EpochMs; readonly on: boolean }
  | { readonly type: 'recovered'; readonly at: EpochMs }
  | { readonly type: 'relapsed'; readonly at: EpochMs }
  /** The gravest part has healed, something lesser is left; `withheld`: that is healing, too. */
  | { readonly type: 'eased'; readonly at: EpochMs; readonly severity: Severity; readonly withheld: boolean }
  /** The cause became one that will not heal by itself. */
  | { readonly type: 'loud-now'; readonly at: EpochMs }
  /** A channel failed for good, had no accepted delivery for `fallbackMs`, or accepted what its provider could not deliver. */
  | { readonly type: 'exhausted'; readonly at: EpochMs; readonly channel: string }
  /** A channel that reaches a person (no webhook) accepted a message: a failure of another channel needs no fallback. May be left out. */
  | { readonly type: 'accepted'; readonly at: EpochMs; readonly channel: string };

/** What is to be done. */
export type EscalationEffect =
  /**
   * Tell these channels. `step` is unique within the conversation for each channel: an index into the policy's steps, or a number beyond
   * them for repeats, relapses and the sound that follows a silent step.
   */
  | {
      readonly do: 'notify';
      readonly reason: 'step' | 'repeat' | 'fallback';
      readonly step: number;
      readonly channels: readonly string[];
      readonly loud: boolean;
    }
  /** Give a tick then; the latest wake replaces earlier ones. */
  | { readonly do: 'wake'; readonly at: EpochMs };

/** Thresholds: when a trouble that lasts is told with sound, and when a silent channel is passed over. */
export interface EscalationRules {
  readonly loudAfterMs: Ms;
  /** Kept here for the sender, which reports `exhausted` after so long. */
  readonly fallbackMs: Ms;
}

/** How long the conversation has lasted, less the spans in which nobody was to be told. */
export const elapsedAt = (state: Escalation, at: EpochMs): Ms =>
  Math.max(0, (state.quietSince ?? at) - state.startedAt - state.heldMs);
