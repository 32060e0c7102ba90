import type { AlertView, IncidentView, TimelineView } from '#api/contract.ts';
import { formatBounds } from '#i18n/format.ts';
import type { EpochMs, Ms } from '#kernel/time.ts';
import { lasted, moment, zoneLine } from './moment.ts';
import { table } from './table.ts';

const titleOf = (incident: IncidentView): string =>
  incident.storm === undefined
    ? (incident.service ?? (incident.kind === 'watch' ? 'Dozor itself' : 'a service that is gone'))
    : `${incident.storm.services.length} of ${incident.storm.of} services`;

const at = (text: string, now: EpochMs): string => moment(Date.parse(text), now);

/** A moment between its bounds: `08:03:12–08:03:22`; one time alone when there was no good evidence before. */
const bracket = (one: { from?: { at: string } | undefined; to: { at: string } }, now: EpochMs): string =>
  one.from === undefined ? `before ${at(one.to.at, now)}` : `${at(one.from.at, now)}–${at(one.to.at, now)}`;

/** A span between its bounds: `8 min 26 s – 8 min 36 s`. */
const between = (least: Ms, most: Ms): string => formatBounds(least, most, 'en');

const duration = (incident: IncidentView, now: EpochMs): string =>
  incident.down === undefined
    ? `for ${lasted(now - Date.parse(incident.start.to.at))}`
    : between(incident.down.leastMs, incident.down.mostMs);

const stateOf = (incident: IncidentView): string => {
  if (incident.state === 'closed') return 'closed';
  return incident.acknowledged === undefined ? 'open' : `acknowledged by ${incident.acknowledged.by.name}`;
};

/** One incident as a row of a table. */
export const incidentRow = (incident: IncidentView, now: EpochMs): readonly string[] => [
  incident.code,
  incident.severity,
  titleOf(incident),
  stateOf(incident),
  moment(Date.parse(incident.start.to.at), now),
  duration(incident, now),
  incident.reason?.text ?? '',
];

const facts = (incident: IncidentView, now: EpochMs): readonly (readonly string[])[] => [
  ['Started', bracket(incident.start, now)],
  ['Detected', at(incident.detectedAt, now)],
  ['Alerted', incident.alertedAt === undefined ? 'not yet' : at(incident.alertedAt, now)],
  ...(incident.acknowledged === undefined
    ? []
    : [['Acknowledged', `${at(incident.acknowledged.at, now)} by ${incident.acknowledged.by.name}`]]),
  ...(incident.end === undefined ? [] : [['Ended', bracket(incident.end, now)]]),
  ['Lasted', duration(incident, now)],
  ...(incident.lastChange === undefined
    ? []
    : [['Last change', `${incident.lastChange.what} · ${at(incident.lastChange.at, now)}`]]),
];

const failures = (incident: IncidentView): string =>
  table(
    incident.involved.map((one) => [
      `  ${one.monitor ?? one.monitorId}`,
      one.verdict,
      one.reason?.text ?? '',
      `${one.bad} of ${one.asked} checks`,
    ]),
  );

const alertLines = (alerts: readonly AlertView[], now: EpochMs): string =>
  table(
    alerts.flatMap(({ kind, deliveries }) =>
      deliveries.map((one) => [
        `  ${at(one.acceptedAt ?? one.createdAt, now)}`,
        kind,
        one.channel,
        one.loud ? 'loud' : 'silent',
        one.error === undefined ? one.status : `${one.status}: ${one.error}`,
      ]),
    ),
  );

/** An incident with its timeline and alerts, oldest first. */
export const incidentText = (
  incident: IncidentView,
  timeline: readonly TimelineView[],
  alerts: readonly AlertView[],
  now: EpochMs,
): string => {
  const rows = timeline.toReversed().map((one) => [`  ${at(one.at, now)}`, one.source, one.text]);
  return [
    `${incident.code}  ${titleOf(incident)}: ${incident.reason?.text ?? incident.kind} (${stateOf(incident)})\n\n`,
    table(facts(incident, now)),
    incident.involved.length === 0 ? '' : `\nMonitors:\n${failures(incident)}`,
    rows.length === 0 ? '' : `\nTimeline:\n${table(rows)}`,
    alerts.length === 0 ? '' : `\nAlerts:\n${alertLines(alerts.toReversed(), now)}`,
    `\n${zoneLine()}`,
  ].join('');
};
