import { defined } from '../kernel/defined.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { Severity } from '../monitor/model.ts';
import type { Evidence } from '../monitor/verdict.ts';
import type { DatedSign, Decision, IncidentEffect, VerdictEvent, Ward } from './events.ts';
import type { Bracket, Incident, Involved, TimelineData, TimelineEntry } from './incident.ts';
import type { Scene } from './scene.ts';

/** How grave a severity is, for comparing. */
export const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };
/** The gravest of several; info when there are none. */
export const worst = (severities: readonly Severity[]): Severity =>
  severities.reduce<Severity>((gravest, severity) => (RANK[severity] > RANK[gravest] ? severity : gravest), 'info');
/** Does this monitor say that the service is hurt? */
export const isHurt = (involved: Involved): boolean => involved.verdict === 'down' || involved.verdict === 'degraded';
/** Does every monitor that is hurt as gravely as the incident answer well again? What is less grave wakes nobody either way. */
export const isHealing = ({ involved, severity }: Incident): boolean => {
  const hurt = involved.filter((one) => isHurt(one) && RANK[one.severity] >= RANK[severity]);
  return hurt.length > 0 && hurt.every(({ recovering }) => recovering);
};
/** A moment between two pieces of evidence. */
export const bracket = (from: Evidence | undefined, to: Evidence): Bracket =>
  from === undefined ? { to } : { from, to };

/** A row for the timeline. */
export const timeline = (
  incident: Incident,
  at: EpochMs,
  source: TimelineEntry['source'],
  data: TimelineData,
): IncidentEffect => ({
  do: 'timeline',
  incidentId: incident.id,
  at,
  source,
  data,
});
/** The incident as it is now has to be saved. */
export const save = (incident: Incident): IncidentEffect => ({ do: 'save', incident });
/** Nothing changes. */
export const nothing = (ward: Ward): Decision => [ward, []];
/** The ward with this incident open. */
export const withOpen = (ward: Ward, open: Incident): Ward => ({ ...ward, open });

/** The gravest part has healed and something lesser is left: it stays open, and people hear that it is no longer as bad. */
export const easedFrom = (before: Incident, now: Incident): Incident =>
  RANK[now.severity] < RANK[before.severity] ? { ...now, loudAtOnce: false, transition: before.transition + 1 } : now;

/** What is to be done when it has eased; nothing when it has not. */
export const easing = (before: Incident, now: Incident, at: EpochMs): readonly IncidentEffect[] =>
  RANK[now.severity] < RANK[before.severity]
    ? [
        timeline(now, at, 'check', { type: 'severity', from: before.severity, to: now.severity }),
        { do: 'tell', news: 'eased', incident: now },
      ]
    : [];

/** How the monitor of a verdict stands within the incident; degraded is a warning at most. */
export const involvedOf = (event: VerdictEvent): Involved => ({
  monitorId: event.monitorId,
  ...defined({ part: event.part }),
  verdict: event.to,
  severity:
    event.to === 'degraded' ? (RANK[event.severity] > RANK.warning ? 'warning' : event.severity) : event.severity,
  since: event.firstBad?.at ?? event.at,
  ...defined({ reason: event.reason }),
  bad: event.bad,
  asked: event.asked,
  recovering: false,
  ...defined({ controls: event.controls }),
});

/** Where a part is known from. */
export const sourceOf = (part: Involved['part']): TimelineEntry['source'] => (part === undefined ? 'check' : 'host');

/** The agents' signs as rows of the timeline. */
export const signRows = (incident: Incident, signs: readonly DatedSign[] | undefined): readonly IncidentEffect[] =>
  (signs ?? []).map(({ at, sign }) => timeline(incident, at, sign.type === 'order' ? 'person' : 'host', sign));

/** The incident with what is known of its service's apps now. */
export const withScenes = (incident: Incident, scenes: readonly Scene[] | undefined): Incident => {
  if (scenes === undefined || scenes.length === 0) return incident;
  const ids = new Set(scenes.map(({ appId }) => appId));
  return { ...incident, scenes: [...(incident.scenes ?? []).filter(({ appId }) => !ids.has(appId)), ...scenes] };
};

/** Replaces the monitor's part; the gravest part gives the incident its severity and reason. */
export const join = (incident: Incident, part: Involved): Incident => {
  const involved = [...incident.involved.filter(({ monitorId }) => monitorId !== part.monitorId), part];
  const hurt = involved.filter(isHurt);
  if (hurt.length === 0) return { ...incident, involved };
  const severity = worst(hurt.map((one) => one.severity));
  const cause = hurt.find((one) => one.severity === severity && one.reason !== undefined)?.reason ?? incident.reason;
  return { ...incident, involved, severity, ...defined({ reason: cause }) };
};
