import type { CauseId } from '../diagnose/causes.ts';
import { HOUR, MINUTE, SECOND, type EpochMs, type Ms } from '../kernel/time.ts';

/** What the agent may do by itself for an app: nothing; what a person said yes to; what a trial boot proved and undo can revert. */
export type RepairMode = 'off' | 'ask' | 'auto';

/** When an agent repairs, and how often. */
export interface RepairRules {
  /** A repair that begins by itself is announced so long before. */
  readonly announceMs: Ms;
  /** A cause is repaired once in so long; then a person is called. */
  readonly onceWithinMs: Ms;
  /** After a verified repair nothing new is begun for so long, unless the app is seen up before. */
  readonly calmMs: Ms;
  /** A cause that is less certain is repaired only when somebody says so. */
  readonly certain: number;
  /** A cause that is less likely is not even proposed for. */
  readonly likely: number;
  /** Pauses before an app is started again whose cause passes; the last one repeats. */
  readonly passingPausesMs: readonly Ms[];
  /** Pauses before an app is started again whose cause is its own or unknown; after the last a person is called. */
  readonly openPausesMs: readonly Ms[];
}

/** What holds unless told otherwise. */
export const REPAIR_RULES: RepairRules = {
  announceMs: 10 * SECOND,
  onceWithinMs: HOUR,
  calmMs: 30 * SECOND,
  certain: 0.8,
  likely: 0.5,
  passingPausesMs: [1 * SECOND, 2 * SECOND, 4 * SECOND, 8 * SECOND, 15 * SECOND],
  openPausesMs: [15 * SECOND, 1 * MINUTE, 5 * MINUTE],
};

/** What starting an app again is called, as an action and as its plan: no file is touched. */
export const START = 'start';

/** A finding, as far as repairing goes. */
export interface Diagnosis {
  readonly cause: CauseId;
  readonly confidence: number;
  readonly action?: string;
}

/** A plan that was worked out and tried beside the running app. */
export interface ProvenPlan {
  readonly id: string;
  readonly action: string;
  /** The planned state has booted on a private port. */
  readonly isProven: boolean;
  /** All of it can be reverted. */
  readonly isUndoable: boolean;
  /** What a person may read before saying yes. */
  readonly text: string;
}

/** Where the repairs of one app stand; kept over restarts of the agent. */
export interface RepairState {
  readonly mode: RepairMode;
  readonly phase: 'idle' | 'planning' | 'proposed' | 'announced' | 'applying' | 'undoing' | 'asking' | 'starting';
  readonly isDown: boolean;
  /** The manager starts it no more. */
  readonly hasGivenUp: boolean;
  readonly diagnoses: readonly Diagnosis[];
  readonly plan?: ProvenPlan & { readonly cause: CauseId };
  /** The announced repair begins, or the next start is tried. */
  readonly dueAt?: EpochMs;
  readonly tried: readonly { readonly cause: CauseId; readonly action: string; readonly at: EpochMs }[];
  /** Starts tried in this outage. */
  readonly starts: number;
  /** A person was called in this outage. */
  readonly hasCalled: boolean;
  /** A repair was verified just now: the verdict may still be catching up. */
  readonly calmUntil?: EpochMs;
  /** What was applied last, and may be undone. */
  readonly applied?: { readonly planId: string; readonly action: string };
}

/** What happened. */
export type RepairEvent =
  | { readonly type: 'mode'; readonly at: EpochMs; readonly mode: RepairMode }
  | { readonly type: 'verdict'; readonly at: EpochMs; readonly isDown: boolean }
  | { readonly type: 'gave-up'; readonly at: EpochMs }
  | { readonly type: 'running'; readonly at: EpochMs }
  | { readonly type: 'diagnosed'; readonly at: EpochMs; readonly diagnoses: readonly Diagnosis[] }
  | { readonly type: 'planned'; readonly at: EpochMs; readonly plan: ProvenPlan }
  | { readonly type: 'unplanned'; readonly at: EpochMs; readonly why: string }
  | {
      readonly type: 'order';
      readonly at: EpochMs;
      readonly what: 'repair' | 'leave' | 'undo';
      readonly planId: string;
    }
  /** All steps are done; health is being asked. */
  | { readonly type: 'applied'; readonly at: EpochMs; readonly planId: string }
  | {
      readonly type: 'ended';
      readonly at: EpochMs;
      readonly planId: string;
      readonly outcome: 'verified' | 'undone' | 'failed';
      readonly error?: string;
    }
  /** Whether what the app waits for answers; undefined when nobody knows where it is. */
  | { readonly type: 'dependency'; readonly at: EpochMs; readonly answers: boolean | undefined }
  | { readonly type: 'started'; readonly at: EpochMs; readonly ok: boolean; readonly error?: string }
  /** The agent was started again. */
  | { readonly type: 'resumed'; readonly at: EpochMs }
  | { readonly type: 'tick'; readonly at: EpochMs };

/** The phases of a repair that people are told of. */
export type RepairPhase = 'proposed' | 'starting' | 'applied' | 'verified' | 'failed' | 'undone' | 'left' | 'given-up';

/** What is to be done. */
export type RepairEffect =
  | { readonly do: 'plan'; readonly action: string; readonly cause: CauseId }
  | { readonly do: 'apply'; readonly planId: string }
  | { readonly do: 'undo'; readonly planId: string }
  /** The agent died in the middle: what was begun is finished or taken back. */
  | { readonly do: 'resume'; readonly planId: string }
  | { readonly do: 'ask-dependency' }
  | { readonly do: 'start' }
  | {
      readonly do: 'tell';
      readonly phase: RepairPhase;
      readonly action: string;
      readonly planId: string;
      readonly cause?: CauseId;
      readonly plan?: string;
      readonly inMs?: Ms;
      readonly error?: string;
    };

/** Nothing is known and nothing done yet. */
export const newRepairs = (mode: RepairMode): RepairState => ({
  mode,
  phase: 'idle',
  isDown: false,
  hasGivenUp: false,
  diagnoses: [],
  tried: [],
  starts: 0,
  hasCalled: false,
});
