import type { EpochMs } from '../kernel/time.ts';
import type { Severity } from '../monitor/model.ts';
import type { Reason } from '../monitor/reason.ts';
import type { Evidence, Verdict } from '../monitor/verdict.ts';

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

/** How one monitor stands within an incident. */
export interface Involved {
  readonly monitorId: string;
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
  readonly kind: 'service' | 'storm' | 'watch';
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
  | { readonly type: 'withdrawn'; readonly monitorId: string };

/** A timeline row as stored. */
export interface TimelineEntry {
  readonly id: string;
  readonly incidentId: string;
  readonly at: EpochMs;
  /** The room it is known from. */
  readonly source: 'check' | 'host' | 'alert' | 'person' | 'deploy' | 'watch';
  readonly data: TimelineData;
}
