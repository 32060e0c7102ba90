import { defined } from '../kernel/defined.ts';
import type { AlertFacts, AlertKind, SceneFacts } from '../alert/model.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { Incident, Involved } from '../incident/incident.ts';
import { ownerOf } from './host-troubles.ts';
import type { Registry } from './registry.ts';
import type { Tally } from './tally.ts';

/** What the facts need to know of a monitor beyond its incident: how people see its question, and how it went. */
export interface MonitorFacts {
  readonly label: string;
  readonly tally?: Pick<Tally, 'bad' | 'asked' | 'lastBadAt'>;
}

/** What the facts are made from besides the incident. */
export interface FactsWorld {
  readonly registry: Registry;
  readonly about: (monitorId: string) => MonitorFacts | undefined;
  /** The host of the incident's service inside which nobody looks any more. */
  readonly silentAgent: (incident: Incident) => { readonly host: string; readonly since: EpochMs } | undefined;
}

const RANK = { critical: 0, warning: 1, info: 2 } as const;

const isTold = ({ verdict }: Involved): boolean => verdict === 'down' || verdict === 'degraded';

/** The gravest first; what has healed is told only when nothing else is left. */
const toldParts = (incident: Incident): readonly Involved[] => {
  const hurt = incident.involved.filter(isTold);
  return (hurt.length > 0 ? hurt : incident.involved).toSorted((a, b) => RANK[a.severity] - RANK[b.severity]);
};

const failureOf = (
  part: Involved,
  registry: Registry,
  seen: MonitorFacts | undefined,
): AlertFacts['failures'][number] => {
  const tally = seen?.tally;
  // The verdict's own count reaches further back where failures are rare; the tally goes on where they are not.
  const counts = tally !== undefined && tally.bad >= part.bad ? tally : part;
  return {
    monitor: registry.resource(ownerOf(part.monitorId))?.name ?? part.monitorId,
    ...defined({ part: part.part }),
    label: seen?.label ?? '',
    bad: counts.bad,
    asked: counts.asked,
    ...defined({ reason: part.reason, lastAt: tally?.lastBadAt }),
  };
};

const bracketFacts = ({ start, end, detectedAt }: Incident): Partial<AlertFacts> => ({
  startTo: start.to.at,
  detectedAt,
  ...defined({ startFrom: start.from?.at, endFrom: end?.from?.at, endTo: end?.to.at }),
});

const stormFacts = ({ storm, reason }: Incident, registry: Registry): Partial<AlertFacts> =>
  defined({
    services: storm?.serviceIds.map((id) => registry.resource(id)?.name ?? id),
    of: storm?.of,
    cause: storm?.commonCause ?? reason,
  });

const answerFacts = ({ acknowledged, closedBy, withdrawn, flapping, lastChange }: Incident): Partial<AlertFacts> =>
  defined({
    acknowledgedBy: acknowledged?.by.name,
    acknowledgedAt: acknowledged?.at,
    recoveredBy: closedBy?.name,
    textKey: withdrawn === true ? 'withdrawn' : undefined,
    flapping: flapping ? true : undefined,
    lastChange,
  });

const isInTrouble = (incident: Incident, appId: string): boolean =>
  incident.involved.some(({ monitorId, verdict }) => monitorId === appId && verdict === 'down');

/** What the agents know, the apps in trouble first. */
const scenesOf = (incident: Incident, registry: Registry): readonly SceneFacts[] => {
  const weight = ({ appId, findings }: SceneFacts): number =>
    (isInTrouble(incident, appId) ? 2 : 0) + (findings.length > 0 ? 1 : 0);
  return (incident.scenes ?? [])
    .map((scene): SceneFacts => {
      const app = registry.apps().find(({ id }) => id === scene.appId);
      const name = app?.name ?? registry.resource(scene.appId)?.name ?? scene.appId;
      return { ...scene, app: name, manager: app?.manager ?? 'pm2' };
    })
    .toSorted((a, b) => weight(b) - weight(a));
};

const hostFacts = (incident: Incident, { registry, silentAgent }: FactsWorld): Partial<AlertFacts> => {
  const scenes = scenesOf(incident, registry);
  return defined({
    scenes: scenes.length === 0 ? undefined : scenes,
    help: incident.help,
    silentAgent: incident.kind === 'storm' ? undefined : silentAgent(incident),
    isHost: incident.kind === 'host' ? true : undefined,
  });
};

/** What people are told of an incident as it stands now; times are the wall clock's. */
export const incidentFacts = (kind: AlertKind, incident: Incident, world: FactsWorld): AlertFacts => {
  const { registry, about } = world;
  const parts = toldParts(incident);
  const controls = parts.find((part) => (part.controls?.total ?? 0) > 0)?.controls;
  return {
    kind,
    severity: incident.severity,
    incidentId: incident.id,
    code: incident.code,
    failures: parts.map((part) => failureOf(part, registry, about(part.monitorId))),
    ...bracketFacts(incident),
    ...stormFacts(incident, registry),
    ...answerFacts(incident),
    ...hostFacts(incident, world),
    ...defined({ service: serviceName(incident, registry), controls }),
  };
};

const serviceName = ({ kind, storm, serviceId }: Incident, registry: Registry): string | undefined => {
  if (kind === 'storm') return storm?.host;
  return serviceId === undefined ? undefined : registry.resource(serviceId)?.name;
};
