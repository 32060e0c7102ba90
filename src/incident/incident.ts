import type { EpochMs } from '../kernel/time.ts';
import type { Severity } from '../monitor/model.ts';
import type { Reason } from '../monitor/reason.ts';
import type { Evidence, Verdict } from '../monitor/verdict.ts';
import type { Actor, TimelineData } from './happening.ts';
import type { Help, Scene } from './scene.ts';

export type { Actor, TimelineData } from './happening.ts';

/** A moment that is only known to lie between two pieces of evidence; `from` is absent when there was none before (left-censored). */
export interface Bracket {
  readonly from?: Evidence;
  readonly to: Evidence;
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

/** A timeline row as stored. */
export interface TimelineEntry {
  readonly id: string;
  readonly incidentId: string;
  readonly at: EpochMs;
  /** The room it is known from. */
  readonly source: 'check' | 'host' | 'alert' | 'person' | 'deploy' | 'watch';
  readonly data: TimelineData;
}
