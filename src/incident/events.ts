import type { EpochMs, Ms } from '../kernel/time.ts';
import type { Severity } from '../monitor/model.ts';
import type { Reason } from '../monitor/reason.ts';
import type { Evidence, Verdict } from '../monitor/verdict.ts';
import type { Actor, Incident, Involved, TimelineData, TimelineEntry } from './incident.ts';
import type { Help, Scene, Sign } from './scene.ts';

/** What a service's troubles hang on: its open incident, if any, and the one that ended last (for relapses). */
export interface Ward {
  readonly open?: Incident;
  readonly last?: Incident;
}

/** A sign of an agent with its moment on the host. */
export interface DatedSign {
  readonly at: EpochMs;
  readonly sign: Sign;
}

/** A monitor's verdict as the incident takes it; an app's, or a trouble of a host, in the same way. */
export interface VerdictEvent {
  readonly type: 'verdict';
  /** Absent: a monitor's. */
  readonly part?: Involved['part'];
  /** What the incident is of, should one open; a service when absent. */
  readonly of?: 'service' | 'host';
  /** What the agents know of the service's apps now, and the signs that led to it. */
  readonly scenes?: readonly Scene[];
  readonly signs?: readonly DatedSign[];
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
      readonly part?: Involved['part'];
      readonly scenes?: readonly Scene[];
      readonly signs?: readonly DatedSign[];
    }
  /** An agent knows more of an app, be it part of the trouble or not. */
  | {
      readonly type: 'scene';
      readonly at: EpochMs;
      readonly scene: Scene;
      readonly signs: readonly DatedSign[];
      /** What was done to bring it back. */
      readonly help?: Help;
      /** A person is needed: a repair failed, or is given up. */
      readonly needsPerson?: boolean;
      /** Only for the timeline: the message need not be changed by it. */
      readonly quiet?: boolean;
    }
  /** An agent fell silent or is back: what it knew may not be so any more. */
  | { readonly type: 'agent'; readonly at: EpochMs; readonly hostId: string; readonly gone: boolean }
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
  /**
   * People have news to hear. `evidence`: what was told can be told better; `named`: the cause is known now, which whoever was told without it
   * wants to hear.
   */
  | {
      readonly do: 'tell';
      readonly news:
        | 'opened'
        | 'worse'
        | 'eased'
        | 'relapsed'
        | 'update'
        | 'recovered'
        | 'unseen'
        | 'evidence'
        | 'named';
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
