import type { EpochMs, Ms } from '../kernel/time.ts';
import type { Severity } from '../monitor/model.ts';
import type { Reason } from '../monitor/reason.ts';
import type { Evidence, Verdict } from '../monitor/verdict.ts';
import type { Actor, Incident, TimelineData, TimelineEntry } from './incident.ts';

/** What a service's troubles hang on: its open incident, if any, and the one that ended last (for relapses). */
export interface Ward {
  readonly open?: Incident;
  readonly last?: Incident;
}

/** A monitor's verdict as the incident takes it. */
export interface VerdictEvent {
  readonly type: 'verdict';
  readonly at: EpochMs;
  readonly serviceId: string;
  readonly monitorId: string;
  /** How grave it is when this monitor is down; degraded is a warning at most. */
  readonly severity: Severity;
  readonly from: Verdict;
  readonly to: Verdict;
  readonly reason?: Reason;
  readonly lastGood?: Evidence;
  readonly firstBad?: Evidence;
  readonly lastBad?: Evidence;
  readonly firstGood?: Evidence;
  readonly bad: number;
  readonly asked: number;
  readonly controls?: { readonly ok: number; readonly total: number };
  readonly lasting: boolean;
  readonly afterDeploy: boolean;
  readonly lastChange?: { readonly at: EpochMs; readonly what: string };
  /** Names for an incident, should one open. */
  readonly fresh: { readonly id: string; readonly code: string };
}

/** What happens to a service's incident. */
export type IncidentEvent =
  | VerdictEvent
  | { readonly type: 'recovering'; readonly at: EpochMs; readonly monitorId: string; readonly on: boolean }
  | {
      readonly type: 'update';
      readonly at: EpochMs;
      readonly monitorId: string;
      readonly kind: 'flapping' | 'reason';
      readonly reason?: Reason;
    }
  | {
      readonly type: 'unseen';
      readonly at: EpochMs;
      readonly serviceId: string;
      readonly monitorId: string;
      readonly severity: Severity;
      readonly firstBad: Evidence;
      readonly lastBad?: Evidence;
      readonly lastGood?: Evidence;
      readonly firstGood: Evidence;
      readonly fresh: { readonly id: string; readonly code: string };
    }
  | { readonly type: 'acknowledge'; readonly at: EpochMs; readonly by: Actor }
  | { readonly type: 'note'; readonly at: EpochMs; readonly by: Actor; readonly text: string }
  | { readonly type: 'mute'; readonly at: EpochMs; readonly by: Actor; readonly until: EpochMs }
  | { readonly type: 'resolve'; readonly at: EpochMs; readonly by: Actor }
  | { readonly type: 'deploy'; readonly at: EpochMs; readonly version?: string; readonly by?: string }
  | {
      readonly type: 'blind';
      readonly at: EpochMs;
      readonly from: EpochMs;
      readonly to: EpochMs;
      readonly monitorId: string;
    }
  | { readonly type: 'gap'; readonly at: EpochMs; readonly from: EpochMs; readonly to: EpochMs }
  | {
      readonly type: 'alerted';
      readonly at: EpochMs;
      readonly channel: string;
      readonly loud: boolean;
      readonly outcome: 'accepted' | 'failed' | 'dropped' | 'merged';
      readonly error?: string;
      readonly tookMs?: Ms;
    }
  | { readonly type: 'joined-storm'; readonly at: EpochMs; readonly stormId: string }
  /** The monitor was paused, retired or taken into maintenance: it says nothing any more. */
  | { readonly type: 'withdrawn'; readonly at: EpochMs; readonly monitorId: string };

/** What is to be done about it. */
export type IncidentEffect =
  | { readonly do: 'save'; readonly incident: Incident }
  | {
      readonly do: 'timeline';
      readonly incidentId: string;
      readonly at: EpochMs;
      readonly source: TimelineEntry['source'];
      readonly data: TimelineData;
    }
  /** People have news to hear. */
  | {
      readonly do: 'tell';
      readonly news: 'opened' | 'worse' | 'eased' | 'relapsed' | 'update' | 'recovered' | 'unseen';
      readonly incident: Incident;
    }
  /** The conversation goes on otherwise: somebody has it, nobody wants to hear it, it may be healing, its cause turned out lasting. */
  | {
      readonly do: 'converse';
      readonly change: 'acknowledged' | 'muted' | 'recovering' | 'failing-again' | 'loud-now' | 'closed';
      readonly incident: Incident;
    };

/** The machine's answer. */
export type Decision = readonly [Ward, readonly IncidentEffect[]];
