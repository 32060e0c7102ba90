import { defined } from '../kernel/defined.ts';
import type { Alert, AlertFacts, AlertKind } from '../alert/model.ts';
import type { DispatchListener } from './dispatch-listener.ts';

/** What is sent about an incident that is still open is said as things stand at the moment of sending. */
const SAID_FRESH: ReadonlySet<AlertKind> = new Set(['down', 'degraded', 'storm', 'reminder', 'update']);

/** The facts of an alert at the moment of sending. */
export const freshFacts = (alert: Alert, listener: Pick<DispatchListener, 'incident' | 'facts'>): AlertFacts => {
  const incident = alert.incidentId === undefined ? undefined : listener.incident(alert.incidentId);
  if (incident === undefined || incident.state === 'closed' || !SAID_FRESH.has(alert.kind)) return alert.facts;
  const { storeFailed, reminder } = alert.facts;
  return { ...listener.facts(alert.kind, incident), ...defined({ storeFailed, reminder }) };
};
