import type { EpochMs } from '../kernel/time.ts';
import type { CheckClass, Reason } from './reason.ts';
import type { CheckSource } from './check.ts';

/** What the watch holds to be true of a monitor's question. */
export type Verdict = 'pending' | 'up' | 'suspect' | 'down' | 'degraded' | 'blind';

/** How the way to the target was while a check ran: the worst of the own-network loop from 2 s before its start to its end. */
export type OwnNetwork = 'ok' | 'poor' | 'bad' | 'none';

/** One end of a bracket: when, and which check saw it. */
export interface Evidence {
  readonly at: EpochMs;
  readonly reason?: Reason;
  readonly source?: CheckSource;
}

/** What happens to a monitor. `at` never goes back (the engine maps a jumping wall clock to a steady one). */
export type MonitorEvent =
  | {
      readonly type: 'check';
      readonly at: EpochMs;
      readonly startedAt: EpochMs;
      readonly class: CheckClass;
      readonly source: CheckSource;
      /** A pulse with a path of its own asks another question than the full check: only the question that failed can clear a doubt. */
      readonly question: 'full' | 'pulse';
      readonly network: OwnNetwork;
      readonly reason?: Reason;
      readonly warning?: Reason;
    }
  /** One look at the controls on the route to this target. `total` 0: none needed (loopback) or none ever answered: no veto. */
  | { readonly type: 'controls'; readonly at: EpochMs; readonly ok: number; readonly total: number }
  | { readonly type: 'deploy'; readonly at: EpochMs; readonly graceMs?: number }
  | { readonly type: 'maintenance'; readonly at: EpochMs; readonly on: boolean }
  | { readonly type: 'pause'; readonly at: EpochMs; readonly on: boolean }
  /** The brain is back after a gap in which it saw nothing (from `from` to `at`). */
  | { readonly type: 'resumed'; readonly at: EpochMs; readonly from: EpochMs }
  | { readonly type: 'tick'; readonly at: EpochMs };

/** What is to be done about it. */
export type MonitorEffect =
  /** Ask again after so long, on a fresh connection, with the question that failed. */
  | { readonly do: 'recheck'; readonly afterMs: number; readonly question: 'full' | 'pulse' }
  /** Look at the controls now. */
  | { readonly do: 'controls' }
  /** A full check now: only fresh evidence may decide. */
  | { readonly do: 'verify' }
  /** The verdict changed. For `down` and `degraded`: the bracket of the start; for `up` after those: the bracket of the end. */
  | {
      readonly do: 'verdict';
      readonly at: EpochMs;
      readonly from: Verdict;
      readonly to: Verdict;
      readonly lastGood?: Evidence;
      readonly firstBad?: Evidence;
      readonly lastBad?: Evidence;
      readonly firstGood?: Evidence;
      readonly reason?: Reason;
      /** How many of the last checks were bad, for the message: `6 of 6 checks`. */
      readonly bad: number;
      readonly asked: number;
      readonly afterDeploy: boolean;
      readonly controls?: { readonly ok: number; readonly total: number };
    }
  /** While down: checks succeed again, or fail again; escalation is withheld while they succeed. */
  | { readonly do: 'recovering'; readonly at: EpochMs; readonly on: boolean }
  /** A span in which this monitor could not be judged. */
  | { readonly do: 'blind-span'; readonly from: EpochMs; readonly to: EpochMs }
  /** While down or degraded: it flaps, or a warning grew (a certificate's next threshold). */
  | { readonly do: 'update'; readonly at: EpochMs; readonly kind: 'flapping' | 'reason'; readonly reason?: Reason }
  /**
   * Bad evidence was saved before a gap, and it is good again before what was seen afterwards sufficed: it came and went unseen. `from` is when the
   * brain ceased to see, `to` the end of the good check that says so.
   */
  | {
      readonly do: 'unseen';
      readonly firstBad: Evidence;
      readonly lastBad: Evidence;
      readonly lastGood?: Evidence;
      readonly from: EpochMs;
      readonly to: EpochMs;
    };
