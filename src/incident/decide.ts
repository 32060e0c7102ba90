import { onRecovering, onUpdate, onVerdict, stayOpen, type IncidentRules } from './course.ts';
import { onAgent, onLateScene, onScene } from './evidence.ts';
import type { Decision, IncidentEffect, IncidentEvent, Ward } from './events.ts';
import type { Incident, TimelineData } from './incident.ts';
import { onUnseen } from './unseen.ts';
import { isHurt, join, nothing, save, timeline, withOpen } from './parts.ts';

type Of<T extends IncidentEvent['type']> = Extract<IncidentEvent, { type: T }>;

const onAcknowledge = (ward: Ward, open: Incident, event: Of<'acknowledge'>): Decision => {
  if (open.acknowledged !== undefined) return nothing(ward);
  const incident: Incident = { ...open, acknowledged: { at: event.at, by: event.by } };
  return [
    withOpen(ward, incident),
    [
      save(incident),
      timeline(incident, event.at, 'person', { type: 'acknowledged', by: event.by }),
      { do: 'converse', change: 'acknowledged', incident },
    ],
  ];
};

const onMute = (ward: Ward, open: Incident, event: Of<'mute'>): Decision => {
  const incident: Incident = { ...open, mutedUntil: event.until };
  return [
    withOpen(ward, incident),
    [
      save(incident),
      timeline(incident, event.at, 'person', { type: 'muted', by: event.by, until: event.until }),
      { do: 'converse', change: 'muted', incident },
    ],
  ];
};

/** A person closes it: the machine of the monitors goes on, and fresh bad evidence opens a new one. */
const onResolve = (open: Incident, event: Of<'resolve'>): Decision => {
  const incident: Incident = {
    ...open,
    state: 'closed',
    closedAt: event.at,
    closedBy: event.by,
    transition: open.transition + 1,
  };
  return [
    { last: incident },
    [
      save(incident),
      timeline(incident, event.at, 'person', { type: 'closed', by: event.by }),
      { do: 'converse', change: 'closed', incident },
      { do: 'tell', news: 'recovered', incident },
    ],
  ];
};

const onAlerted = (ward: Ward, incident: Incident, event: Of<'alerted'>): Decision => {
  const { type: _type, at, ...told } = event;
  const effects: IncidentEffect[] = [timeline(incident, at, 'alert', { type: 'alert', ...told })];
  if (event.outcome !== 'accepted' || incident.alertedAt !== undefined) return [ward, effects];
  const alerted: Incident = { ...incident, alertedAt: at };
  return [
    ward.open?.id === incident.id ? withOpen(ward, alerted) : { ...ward, last: alerted },
    [save(alerted), ...effects],
  ];
};

const onWithdrawn = (ward: Ward, open: Incident, event: Of<'withdrawn'>): Decision => {
  const part = open.involved.find(({ monitorId }) => monitorId === event.monitorId);
  if (part === undefined) return nothing(ward);
  const incident = join(open, { ...part, verdict: 'pending', recovering: false });
  if (incident.involved.some(isHurt)) return stayOpen(ward, incident, event.at, []);
  const closed: Incident = {
    ...incident,
    state: 'closed',
    closedAt: event.at,
    withdrawn: true,
    transition: open.transition + 1,
  };
  return [
    { last: closed },
    [
      save(closed),
      timeline(closed, event.at, 'watch', { type: 'withdrawn', monitorId: event.monitorId }),
      { do: 'tell', news: 'recovered', incident: closed },
    ],
  ];
};

const noted = (
  ward: Ward,
  open: Incident,
  at: number,
  source: 'person' | 'deploy' | 'watch',
  data: TimelineData,
): Decision => [ward, [timeline(open, at, source, data)]];

const onDeploy = (ward: Ward, open: Incident, event: Of<'deploy'>): Decision => {
  const { type, at, ...deploy } = event;
  return noted(ward, open, at, 'deploy', { type, ...deploy });
};

const onStorm = (ward: Ward, open: Incident, event: Of<'joined-storm'>): Decision => {
  const incident: Incident = { ...open, parentId: event.stormId };
  return [
    withOpen(ward, incident),
    [save(incident), timeline(incident, event.at, 'watch', { type: 'joined-storm', stormId: event.stormId })],
  ];
};

type OnOpen = {
  readonly [T in Exclude<IncidentEvent['type'], 'verdict' | 'unseen' | 'alerted' | 'note' | 'scene'>]: (
    ward: Ward,
    open: Incident,
    event: Of<T>,
  ) => Decision;
};

const ON_OPEN: OnOpen = {
  recovering: onRecovering,
  update: onUpdate,
  acknowledge: onAcknowledge,
  mute: onMute,
  resolve: (_ward, open, event) => onResolve(open, event),
  deploy: onDeploy,
  blind: (ward, open, { at, from, to, monitorId }) =>
    noted(ward, open, at, 'watch', { type: 'blind', from, to, monitorId }),
  gap: (ward, open, { at, from, to }) => noted(ward, open, at, 'watch', { type: 'gap', from, to }),
  'joined-storm': onStorm,
  withdrawn: onWithdrawn,
  agent: onAgent,
};

const whenOpen = (ward: Ward, event: Of<keyof OnOpen>): Decision =>
  ward.open === undefined
    ? nothing(ward)
    : (ON_OPEN[event.type] as (ward: Ward, open: Incident, event: Of<keyof OnOpen>) => Decision)(
        ward,
        ward.open,
        event,
      );

/**
 * A service's incident: what changes, and what is to be done. Pure: time and names come in the event; the same events give the same states.
 * A note may also be written to an incident that is over; all else without an open incident changes nothing.
 */
export const decide = (ward: Ward, event: IncidentEvent, rules: IncidentRules): Decision => {
  switch (event.type) {
    case 'verdict':
      return onVerdict(ward, event, rules);
    case 'unseen':
      return onUnseen(ward, event);
    case 'alerted':
    case 'note':
      return whenKnown(ward, event);
    case 'scene':
      return ward.open === undefined ? onLateScene(ward, event, rules) : onScene(ward, ward.open, event);
    default:
      return whenOpen(ward, event);
  }
};

/** What may also concern an incident that is over. */
const whenKnown = (ward: Ward, event: Of<'alerted' | 'note'>): Decision => {
  const incident = ward.open ?? ward.last;
  if (incident === undefined) return nothing(ward);
  if (event.type === 'alerted') return onAlerted(ward, incident, event);
  return noted(ward, incident, event.at, 'person', { type: 'note', by: event.by, text: event.text });
};

export type { IncidentRules };
