import type { EpochMs, Ms } from '../kernel/time.ts';
import type { Severity } from '../monitor/model.ts';
import type { Reason } from '../monitor/reason.ts';
import type { Evidence, Verdict } from '../monitor/verdict.ts';
import type { Finding } from '../diagnose/finding.ts';
import type { Help, Scene } from './scene.ts';

/** A moment that is only known to lie between two pieces of evidence; `from` is absent when there was none before (left-censored). */
export interface Bracket {
  readonly from?: Evidence;
  readonly to: Evidence;
}

/** Who did something, and from where. */
export interface Actor {
  /** A person's or token's name; `dozor` for the watch itself. */
  readonly name: string;
  readonly via: 'telegram' | 'link' | 'cli' | 'api' | 'screen' | 'self';
}

/** How one monitor stands within an incident; or an app, or a trouble of a host. */
export interface Involved {
  /** The monitor's or app's id; a host's trouble is `<host id>/<key>`. */
  readonly monitorId: string;
  /** Absent: a monitor. */
  readonly part?: 'app' | 'host';
  readonly verdict: Verdict;
  readonly severity: Severity;
  readonly since: EpochMs;
  readonly reason?: Reason;
  /** How many of the last checks were bad. */
  readonly bad: number;
  readonly asked: number;
  readonly recovering: boolean;
  /** Controls that answered at the verdict. */
  readonly controls?: { readonly ok: number; readonly total: number };
}

/**
 * A span in which a service is hurt. At most one is open per service; a storm is a parent with one conversation and no service.
 * `watch` incidents are about Dozor itself (blind, its own gap, nobody watches it).
 */
export interface Incident {
  readonly id: string;
  /** Four letters for links and SMS: `7F3K`. Unique among all incidents. */
  readonly code: string;
  readonly kind: 'service' | 'storm' | 'watch' | 'host';
  /** The service's id; the host's for the troubles of a host that carries several services. */
  readonly serviceId?: string;
  /** The storm that tells for it. */
  readonly parentId?: string;
  readonly severity: Severity;
  readonly state: 'open' | 'closed';
  readonly start: Bracket;
  readonly detectedAt: EpochMs;
  /** When the first channel accepted the first alert. */
  readonly alertedAt?: EpochMs;
  readonly acknowledged?: { readonly at: EpochMs; readonly by: Actor };
  readonly mutedUntil?: EpochMs;
  readonly end?: Bracket;
  readonly closedAt?: EpochMs;
  readonly closedBy?: Actor;
  /** It closed because what failed is not watched any more (retired, paused): nobody saw it work, so it has no end. */
  readonly withdrawn?: true;
  readonly involved: readonly Involved[];
  /** The cause will not heal by itself, or a deploy came right before: loud at once. */
  readonly loudAtOnce: boolean;
  readonly reason?: Reason;
  readonly relapses: number;
  /** Counts the changes that people are told of; part of the dedup key of their alerts. */
  readonly transition: number;
  /** It was over before anybody could be told (Dozor was dead or the evidence came late). */
  readonly toldLate: boolean;
  readonly maintenance: boolean;
  readonly flapping: boolean;
  readonly lastChange?: { readonly at: EpochMs; readonly what: string };
  /** What the agents know of the service's apps. */
  readonly scenes?: readonly Scene[];
  /** What was done last to bring it back. */
  readonly help?: Help;
  /** For storms: the services in it and what they share. */
  readonly storm?: {
    readonly serviceIds: readonly string[];
    readonly commonCause: Reason;
    readonly of: number;
    readonly host?: string;
  };
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

/** A timeline row as stored. */
export interface TimelineEntry {
  readonly id: string;
  readonly incidentId: string;
  readonly at: EpochMs;
  /** The room it is known from. */
  readonly source: 'check' | 'host' | 'alert' | 'person' | 'deploy' | 'watch';
  readonly data: TimelineData;
}
