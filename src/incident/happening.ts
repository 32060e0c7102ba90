import type { EpochMs, Ms } from '../kernel/time.ts';
import type { Severity } from '../monitor/model.ts';
import type { Reason } from '../monitor/reason.ts';
import type { Verdict } from '../monitor/verdict.ts';
import type { Finding } from '../diagnose/finding.ts';

/** Who did something, and from where. */
export interface Actor {
  /** A person's or token's name; `dozor` for the watch itself. */
  readonly name: string;
  readonly via: 'telegram' | 'link' | 'cli' | 'api' | 'screen' | 'self';
}

/** One row of an incident's timeline: when, what, and where it is known from. */
export type TimelineData =
  | { readonly type: 'opened'; readonly reason?: Reason; readonly monitorId?: string }
  | {
      readonly type: 'verdict';
      readonly monitorId: string;
      readonly from: Verdict;
      readonly to: Verdict;
      readonly reason?: Reason;
    }
  | { readonly type: 'check'; readonly monitorId: string; readonly class: string; readonly reason?: Reason }
  | { readonly type: 'joined-storm'; readonly stormId: string }
  | { readonly type: 'child'; readonly incidentId: string; readonly serviceId: string }
  | { readonly type: 'relapse'; readonly reason?: Reason }
  | { readonly type: 'flapping' }
  | { readonly type: 'severity'; readonly from: Severity; readonly to: Severity }
  | {
      readonly type: 'alert';
      readonly channel: string;
      readonly loud: boolean;
      readonly outcome: 'accepted' | 'failed' | 'dropped' | 'merged';
      readonly error?: string;
      readonly tookMs?: number;
    }
  | { readonly type: 'acknowledged'; readonly by: Actor }
  | { readonly type: 'unacknowledged'; readonly by: Actor }
  | { readonly type: 'muted'; readonly by: Actor; readonly until: EpochMs }
  | { readonly type: 'note'; readonly by: Actor; readonly text: string }
  | { readonly type: 'deploy'; readonly version?: string; readonly by?: string }
  | { readonly type: 'maintenance'; readonly on: boolean; readonly name?: string }
  | { readonly type: 'blind'; readonly from: EpochMs; readonly to: EpochMs; readonly monitorId?: string }
  | { readonly type: 'gap'; readonly from: EpochMs; readonly to: EpochMs }
  | { readonly type: 'recovering'; readonly monitorId: string }
  | { readonly type: 'recovered'; readonly downMs: number; readonly marginMs: number }
  | { readonly type: 'closed'; readonly by: Actor }
  /** The monitor is not watched any more, so nobody will see it recover. */
  | { readonly type: 'withdrawn'; readonly monitorId: string }
  /** From an agent: what became of an app's processes, */
  | {
      readonly type: 'process';
      readonly appId: string;
      readonly what:
        | 'exit'
        | 'start'
        | 'gave-up'
        | 'restart-by-hand'
        | 'memory-restart'
        | 'oom-kill'
        | 'manager-gone'
        | 'manager-back';
      readonly code?: number;
      readonly signal?: string;
      readonly uptimeMs?: Ms;
      readonly restarts?: number;
    }
  /** what changed on its disk (names, never values), */
  | {
      readonly type: 'change';
      readonly appId: string;
      readonly what:
        | 'artifact-appeared'
        | 'artifact-gone'
        | 'lock-file'
        | 'env-names'
        | 'git-head'
        | 'entry'
        | 'ecosystem';
      readonly path: string;
      readonly detail?: string;
    }
  /** how a repair fares, */
  | {
      readonly type: 'repair';
      readonly appId: string;
      readonly phase: 'proposed' | 'starting' | 'applied' | 'verified' | 'failed' | 'undone' | 'left' | 'given-up';
      readonly action: string;
      readonly planId: string;
      readonly cause?: string;
      readonly plan?: string;
      readonly inMs?: Ms;
      readonly error?: string;
      readonly by?: Actor;
    }
  /** and what was found to be the cause. */
  | { readonly type: 'finding'; readonly appId: string; readonly finding: Finding }
  /** Somebody asked an agent for something; `outcome` once it answered. */
  | {
      readonly type: 'order';
      readonly appId: string;
      readonly do: string;
      readonly by: Actor;
      readonly outcome?: 'done' | 'failed' | 'refused' | 'expired';
      readonly output?: string;
    }
  /** An agent fell silent, or is back. */
  | { readonly type: 'agent'; readonly hostId: string; readonly gone: boolean };
