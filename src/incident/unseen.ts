import { defined } from '../kernel/defined.ts';
import type { Decision, IncidentEvent, Ward } from './events.ts';
import type { Incident } from './incident.ts';
import { bracket, nothing, save, signRows, sourceOf, timeline } from './parts.ts';

/** It came and went while nobody could look: told afterwards, closed at once. */
export const onUnseen = (ward: Ward, event: Extract<IncidentEvent, { type: 'unseen' }>): Decision => {
  if (ward.open !== undefined) return nothing(ward);
  const incident: Incident = {
    id: event.fresh.id,
    code: event.fresh.code,
    kind: 'service',
    serviceId: event.serviceId,
    severity: event.severity,
    state: 'closed',
    start: bracket(event.lastGood, event.firstBad),
    detectedAt: event.at,
    closedAt: event.at,
    end: bracket(event.lastBad ?? event.firstBad, event.firstGood),
    involved: [
      {
        monitorId: event.monitorId,
        ...defined({ part: event.part }),
        verdict: 'up',
        severity: event.severity,
        since: event.firstBad.at,
        ...defined({ reason: event.firstBad.reason }),
        bad: 1,
        asked: 1,
        recovering: false,
      },
    ],
    loudAtOnce: false,
    ...defined({ reason: event.firstBad.reason }),
    relapses: 0,
    transition: 1,
    toldLate: true,
    maintenance: false,
    flapping: false,
    ...(event.scenes === undefined ? {} : { scenes: event.scenes }),
  };
  return [
    { last: incident },
    [
      save(incident),
      ...signRows(incident, event.signs),
      timeline(incident, event.firstBad.at, sourceOf(event.part), { type: 'opened', monitorId: event.monitorId }),
      { do: 'tell', news: 'unseen', incident },
    ],
  ];
};
