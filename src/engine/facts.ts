import { defined } from '../kernel/defined.ts';
import type { AlertFacts, AlertKind } from '../alert/model.ts';
import type { Incident, Involved } from '../incident/incident.ts';
import type { Registry } from './registry.ts';

/** What the facts need to know of a monitor beyond its incident: how people see its question, and when it was last asked. */
export interface MonitorFacts {
  readonly label: string;
  readonly lastAt?: number;
}

const RANK = { critical: 0, warning: 1, info: 2 } as const;

const isTold = ({ verdict }: Involved): boolean => verdict === 'down' || verdict === 'degraded';

/** What people are told of an incident as it stands now; times are the wall clock's. */
export const incidentFacts = (
  kind: AlertKind,
  incident: Incident,
  registry: Registry,
  about: (monitorId: string) => MonitorFacts | undefined,
): AlertFacts => {
  const hurt = incident.involved.filter(isTold);
  const told = (hurt.length > 0 ? hurt : incident.involved).toSorted((a, b) => RANK[a.severity] - RANK[b.severity]);
  const controls = told.find((part) => part.controls !== undefined && part.controls.total > 0)?.controls;
  return {
    kind,
    severity: incident.severity,
    incidentId: incident.id,
    code: incident.code,
    startTo: incident.start.to.at,
    detectedAt: incident.detectedAt,
    failures: told.map((part) => {
      const seen = about(part.monitorId);
      return {
        monitor: registry.resource(part.monitorId)?.name ?? part.monitorId,
        label: seen?.label ?? '',
        bad: part.bad,
        asked: part.asked,
        ...defined({ reason: part.reason, lastAt: seen?.lastAt }),
      };
    }),
    ...defined({
      service: serviceName(incident, registry),
      startFrom: incident.start.from?.at,
      endFrom: incident.end?.from?.at,
      endTo: incident.end?.to.at,
      controls,
      lastChange: incident.lastChange,
      services: incident.storm?.serviceIds.map((id) => registry.resource(id)?.name ?? id),
      of: incident.storm?.of,
      cause: incident.storm?.commonCause ?? incident.reason,
      acknowledgedBy: incident.acknowledged?.by.name,
      acknowledgedAt: incident.acknowledged?.at,
      recoveredBy: incident.closedBy?.name,
      flapping: incident.flapping ? true : undefined,
    }),
  };
};

const serviceName = (incident: Incident, registry: Registry): string | undefined =>
  incident.kind === 'storm'
    ? incident.storm?.host
    : incident.serviceId === undefined
      ? undefined
      : registry.resource(incident.serviceId)?.name;
