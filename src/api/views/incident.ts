import type { z } from 'zod';
import type { Alert, Delivery } from '#alert/model.ts';
import { downtime } from '#incident/times.ts';
import type { Bracket, Incident, Involved, TimelineEntry } from '#incident/incident.ts';
import { defined } from '#kernel/defined.ts';
import type { Locale } from '#kernel/locale.ts';
import type { AlertView, IncidentView, TimelineView } from '../contract/incidents.ts';
import { evidenceView, reasonView, time, timeOrNone } from './basics.ts';
import { findingViews, repairView } from './host.ts';
import type { Names } from './names.ts';
import { timelineText } from './timeline-text.ts';

const bracketView = (bracket: Bracket, locale: Locale) =>
  defined({
    from: bracket.from === undefined ? undefined : evidenceView(bracket.from, locale),
    to: evidenceView(bracket.to, locale),
  });

const involvedView = (part: Involved, names: Names, locale: Locale) =>
  defined({
    ...part,
    monitor: names.monitor(part.monitorId),
    since: time(part.since),
    reason: reasonView(part.reason, locale),
    controls: part.controls === undefined ? undefined : { ...part.controls },
  });

const stormView = (storm: NonNullable<Incident['storm']>, names: Names, locale: Locale) =>
  defined({
    serviceIds: [...storm.serviceIds],
    services: storm.serviceIds.map((id) => names.service(id) ?? id),
    commonCause: reasonView(storm.commonCause, locale) ?? { code: '', params: {}, text: '' },
    of: storm.of,
    host: storm.host,
  });

const endView = (incident: Incident, locale: Locale) => {
  if (incident.end === undefined) return {};
  const span = downtime(incident, incident.end.to.at);
  return {
    end: bracketView(incident.end, locale),
    down: { leastMs: span.least, mostMs: span.most, certain: span.certain },
  };
};

const scenesView = ({ scenes = [], help }: Incident, names: Names, locale: Locale) => {
  const found = scenes
    .flatMap((scene) =>
      findingViews(scene.findings, locale).map((finding) => ({
        ...finding,
        app: names.monitor(scene.appId) ?? scene.appId,
      })),
    )
    .toSorted((a, b) => b.confidence - a.confidence);
  const mended = scenes.find(({ repair }) => repair !== undefined);
  return defined({
    findings: found.length === 0 ? undefined : found,
    repair:
      mended?.repair === undefined
        ? undefined
        : { ...repairView(mended.repair), app: names.monitor(mended.appId) ?? mended.appId },
    help: help === undefined ? undefined : { ...help, at: time(help.at) },
  });
};

const doneBy = <T extends { readonly name: string }>(actor: T | undefined): T | undefined =>
  actor === undefined ? undefined : { ...actor };

/** An incident with names and words. */
export const incidentView = (incident: Incident, names: Names, locale: Locale): z.input<typeof IncidentView> =>
  defined({
    id: incident.id,
    code: incident.code,
    kind: incident.kind,
    serviceId: incident.serviceId,
    service: names.service(incident.serviceId),
    parentId: incident.parentId,
    severity: incident.severity,
    state: incident.state,
    start: bracketView(incident.start, locale),
    detectedAt: time(incident.detectedAt),
    alertedAt: timeOrNone(incident.alertedAt),
    acknowledged:
      incident.acknowledged === undefined
        ? undefined
        : { at: time(incident.acknowledged.at), by: { ...incident.acknowledged.by } },
    mutedUntil: timeOrNone(incident.mutedUntil),
    ...endView(incident, locale),
    closedAt: timeOrNone(incident.closedAt),
    closedBy: doneBy(incident.closedBy),
    involved: incident.involved.map((part) => involvedView(part, names, locale)),
    reason: reasonView(incident.reason, locale),
    ...scenesView(incident, names, locale),
    relapses: incident.relapses,
    toldLate: incident.toldLate,
    maintenance: incident.maintenance,
    flapping: incident.flapping,
    lastChange:
      incident.lastChange === undefined
        ? undefined
        : { at: time(incident.lastChange.at), what: incident.lastChange.what },
    storm: incident.storm === undefined ? undefined : stormView(incident.storm, names, locale),
  }) as z.input<typeof IncidentView>;

/** A row of a timeline. */
export const timelineView = (entry: TimelineEntry, names: Names, locale: Locale): z.input<typeof TimelineView> => ({
  id: entry.id,
  incidentId: entry.incidentId,
  at: time(entry.at),
  source: entry.source,
  text: timelineText(entry.data, names, locale),
  data: entry.data,
});

const deliveryView = (delivery: Delivery, names: Names) =>
  defined({
    id: delivery.id,
    channel: names.channel(delivery.channelId),
    loud: delivery.loud,
    status: delivery.status,
    attempts: delivery.attempts,
    createdAt: time(delivery.createdAt),
    dueAt: time(delivery.dueAt),
    acceptedAt: timeOrNone(delivery.acceptedAt),
    error: delivery.error,
    receipt: delivery.receipt,
  });

/** An alert with its deliveries. */
export const alertView = (
  alert: Alert & { readonly deliveries: readonly Delivery[] },
  names: Names,
): z.input<typeof AlertView> =>
  defined({
    id: alert.id,
    incidentId: alert.incidentId,
    kind: alert.kind,
    severity: alert.severity,
    transition: alert.transition,
    createdAt: time(alert.createdAt),
    service: alert.facts.service,
    deliveries: alert.deliveries.map((one) => deliveryView(one, names)),
  });
