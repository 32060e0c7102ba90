import type { EpochMs } from '../kernel/time.ts';
import type { AlertFacts, AlertKind, Delivery } from '../alert/model.ts';
import type { Incident } from '../incident/incident.ts';
import type { Turn } from './core.ts';

/** What became of a message, for the incident's timeline. */
export interface Outcome {
  readonly channel: string;
  readonly loud: boolean;
  readonly outcome: 'accepted' | 'failed' | 'dropped' | 'merged';
  readonly error?: string;
  readonly tookMs?: number;
}

/** What the dispatch asks and tells the rest of the engine. */
export interface DispatchListener {
  /** A channel got through with a message of an incident, or is given up for now. */
  heard(
    incidentId: string,
    event: { readonly type: 'accepted' | 'exhausted'; readonly at: EpochMs; readonly channel: string },
  ): void;
  noted(turn: Turn, incidentId: string, outcome: Outcome): void;
  /** A message was accepted, or was before a restart: what became of it may be asked for. */
  accepted(delivery: Delivery): void;
  /** When somebody answered for the incident, on the watch's own time; undefined when nobody has. */
  answeredAt(incidentId: string): EpochMs | undefined;
  /** The incident as it stands. */
  incident(id: string): Incident | undefined;
  /** What is to be said of an incident now. */
  facts(kind: AlertKind, incident: Incident): AlertFacts;
}
