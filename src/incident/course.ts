import { defined } from '../kernel/defined.ts';
import type { EpochMs } from '../kernel/time.ts';
import { isLasting } from '../monitor/reason.ts';
import type { Decision, IncidentEffect, IncidentEvent, VerdictEvent, Ward } from './events.ts';
import type { Bracket, Incident, TimelineData } from './incident.ts';
import { betterTold, narrowed } from './evidence.ts';
import {
  bracket,
  easedFrom,
  easing,
  involvedOf,
  isHealing,
  isHurt,
  join,
  nothing,
  RANK,
  save,
  signRows,
  sourceOf,
  timeline,
  withOpen,
  withScenes,
} from './parts.ts';
import { isLastingScene } from './scene.ts';

import { downtime } from './times.ts';

/** What the machine has to know of the rules. */
export interface IncidentRules {
  readonly relapseMs: number;
}

const openIncident = (event: VerdictEvent): Incident =>
  join(
    {
      id: event.fresh.id,
      code: event.fresh.code,
      kind: event.of ?? 'service',
      serviceId: event.serviceId,
      severity: 'info',
      state: 'open',
      start: bracket(event.lastGood, event.firstBad ?? { at: event.at }),
      detectedAt: event.at,
      involved: [],
      loudAtOnce: staysDown(event) || (event.to === 'down' && event.afterDeploy),
      relapses: 0,
      transition: 1,
      toldLate: false,
      maintenance: false,
      flapping: false,
      ...defined({ lastChange: event.lastChange }),
      ...(event.scenes === undefined || event.scenes.length === 0 ? {} : { scenes: event.scenes }),
    },
    involvedOf(event),
  );

/** Does what is known on the host say that it will not heal by itself? */
const isLastingOf = ({ scenes }: Pick<VerdictEvent, 'scenes'>): boolean =>
  scenes?.some((scene) => isLastingScene(scene)) === true;

const verdictEntry = (incident: Incident, event: VerdictEvent): IncidentEffect =>
  timeline(incident, event.at, sourceOf(event.part), {
    type: 'verdict',
    monitorId: event.monitorId,
    from: event.from,
    to: event.to,
    ...defined({ reason: event.reason }),
  });

const mayRelapse = (
  ward: Ward,
  event: VerdictEvent,
  rules: IncidentRules,
): ward is Ward & { readonly last: Incident } =>
  ward.last?.closedAt !== undefined &&
  ward.last.closedBy === undefined &&
  !ward.last.toldLate &&
  // Another question that fails, or a trouble of another weight, has a start of its own.
  ward.last.involved.some(({ monitorId }) => monitorId === event.monitorId) &&
  involvedOf(event).severity === ward.last.severity &&
  // By the wall clock's time: one that was set back makes no relapse of what comes.
  Math.abs(event.at - ward.last.closedAt) <= rules.relapseMs;

const reopen = (last: Incident, event: VerdictEvent): Incident => {
  const { end: _end, closedAt: _closedAt, acknowledged: _acknowledged, withdrawn: _withdrawn, ...kept } = last;
  // What helped the last time has not helped for long.
  const { help: _help, ...open } = withScenes(kept, event.scenes);
  return join(
    {
      ...open,
      state: 'open',
      relapses: last.relapses + 1,
      transition: last.transition + 1,
      loudAtOnce: last.loudAtOnce || staysDown(event),
    },
    involvedOf(event),
  );
};

const onHurt = (ward: Ward, event: VerdictEvent, rules: IncidentRules): Decision => {
  if (ward.open !== undefined) return onWorse(ward, ward.open, event);
  if (mayRelapse(ward, event, rules)) {
    const incident = reopen(ward.last, event);
    return [
      { open: incident },
      [
        save(incident),
        ...signRows(incident, event.signs),
        timeline(incident, event.at, sourceOf(event.part), {
          type: 'relapse',
          ...defined({ reason: event.reason }),
        }),
        verdictEntry(incident, event),
        { do: 'tell', news: 'relapsed', incident },
      ],
    ];
  }
  const incident = openIncident(event);
  return [
    withOpen(ward, incident),
    [
      save(incident),
      ...signRows(incident, event.signs),
      timeline(incident, event.at, sourceOf(event.part), {
        type: 'opened',
        monitorId: event.monitorId,
        ...defined({ reason: event.reason }),
      }),
      verdictEntry(incident, event),
      { do: 'tell', news: 'opened', incident },
    ],
  ];
};

/** What was acknowledged or muted was the lesser trouble: the graver one wants an answer of its own. */
const unanswered = ({ acknowledged: _acknowledged, mutedUntil: _mutedUntil, ...rest }: Incident): Incident => rest;

/** Down by a cause that will not heal by itself. */
const staysDown = (event: VerdictEvent): boolean => event.to === 'down' && (event.lasting || isLastingOf(event));

const worsening = (before: Incident, now: Incident, at: EpochMs): readonly IncidentEffect[] => [
  timeline(now, at, 'check', { type: 'severity', from: before.severity, to: now.severity }),
  { do: 'tell', news: 'worse', incident: now },
];

/** Another monitor joins, or the same one got worse (degraded → down) or better (down → degraded). */
const onWorse = (ward: Ward, open: Incident, event: VerdictEvent): Decision => {
  const joined = join(withScenes(narrowed(open, event), event.scenes), involvedOf(event));
  const graver = RANK[joined.severity] > RANK[open.severity];
  const loud = !open.loudAtOnce && staysDown(event);
  const known: Incident = { ...(graver ? unanswered(joined) : joined), loudAtOnce: open.loudAtOnce || loud };
  const incident = graver ? { ...known, transition: open.transition + 1 } : easedFrom(open, known);
  const effects = [save(incident), ...signRows(incident, event.signs), verdictEntry(incident, event)];
  if (graver) return [withOpen(ward, incident), [...effects, ...worsening(open, incident, event.at)]];
  if (loud) effects.push({ do: 'converse', change: 'loud-now', incident });
  // What the agent knows makes the first message better, also when nothing is graver by it.
  if (event.part !== undefined) effects.push(betterTold(open, incident));
  return [withOpen(ward, incident), [...effects, ...easing(open, incident, event.at)]];
};

/** Something is still hurt, though perhaps nothing as grave as before. */
export const stayOpen = (ward: Ward, incident: Incident, at: EpochMs, before: readonly IncidentEffect[]): Decision => {
  const was = ward.open ?? incident;
  const now = easedFrom(was, incident);
  return [withOpen(ward, now), [save(now), ...before, ...easing(was, now, at)]];
};

/** Closes when no involved monitor is hurt any more; the end is bracketed by the last bad and the first good evidence. */
export const closeIfWell = (
  ward: Ward,
  incident: Incident,
  at: EpochMs,
  end: Bracket,
  before: readonly IncidentEffect[],
): Decision => {
  if (incident.involved.some(isHurt)) return stayOpen(ward, incident, at, before);
  const lastEnd = ward.open?.end ?? end;
  const closed: Incident = {
    ...incident,
    state: 'closed',
    closedAt: at,
    end: end.to.at >= lastEnd.to.at ? end : lastEnd,
    transition: incident.transition + 1,
  };
  const span = downtime(closed, at);
  return [
    { last: closed },
    [
      save(closed),
      ...before,
      timeline(closed, at, 'check', {
        type: 'recovered',
        downMs: Math.round((span.least + span.most) / 2),
        marginMs: Math.round((span.most - span.least) / 2),
      }),
      { do: 'tell', news: 'recovered', incident: closed },
    ],
  ];
};

const onWell = (ward: Ward, event: VerdictEvent): Decision => {
  const open = ward.open;
  const part = open?.involved.find(({ monitorId }) => monitorId === event.monitorId);
  if (open === undefined || part === undefined) return nothing(ward);
  const incident = join(withScenes(open, event.scenes), { ...part, verdict: event.to, recovering: false });
  const end = bracket(event.lastBad, event.firstGood ?? { at: event.at });
  return closeIfWell(ward, incident, event.at, end, [
    ...signRows(incident, event.signs),
    verdictEntry(incident, event),
  ]);
};

/** A monitor changed its verdict: the incident opens, worsens, heals or closes. */
export const onVerdict = (ward: Ward, event: VerdictEvent, rules: IncidentRules): Decision => {
  if (event.to === 'down' || event.to === 'degraded') return onHurt(ward, event, rules);
  if (event.to === 'up') return onWell(ward, event);
  return nothing(ward);
};

/** Checks succeed again, or fail again, while down: escalation is withheld while all that is hurt is healing. */
export const onRecovering = (
  ward: Ward,
  open: Incident,
  event: Extract<IncidentEvent, { type: 'recovering' }>,
): Decision => {
  const part = open.involved.find(({ monitorId }) => monitorId === event.monitorId);
  if (part === undefined || part.recovering === event.on) return nothing(ward);
  const incident = join(open, { ...part, recovering: event.on });
  const effects: IncidentEffect[] = [save(incident)];
  if (event.on) effects.push(timeline(incident, event.at, 'check', { type: 'recovering', monitorId: event.monitorId }));
  if (isHealing(open) !== isHealing(incident)) {
    effects.push({ do: 'converse', change: isHealing(incident) ? 'recovering' : 'failing-again', incident });
  }
  return [withOpen(ward, incident), effects];
};

/** It flaps, or its reason grew. */
export const onUpdate = (ward: Ward, open: Incident, event: Extract<IncidentEvent, { type: 'update' }>): Decision => {
  const part = open.involved.find(({ monitorId }) => monitorId === event.monitorId);
  if (part === undefined) return nothing(ward);
  const changed = event.reason === undefined ? open : join(open, { ...part, reason: event.reason });
  const turnedLoud =
    event.reason !== undefined && part.verdict === 'down' && isLasting(event.reason.code) && !open.loudAtOnce;
  const incident: Incident = {
    ...changed,
    flapping: open.flapping || event.kind === 'flapping',
    loudAtOnce: open.loudAtOnce || turnedLoud,
    transition: open.transition + 1,
  };
  const data: TimelineData =
    event.kind === 'flapping'
      ? { type: 'flapping' }
      : {
          type: 'verdict',
          monitorId: event.monitorId,
          from: part.verdict,
          to: part.verdict,
          ...defined({ reason: event.reason }),
        };
  const effects: IncidentEffect[] = [
    save(incident),
    timeline(incident, event.at, 'check', data),
    { do: 'tell', news: 'update', incident },
  ];
  if (turnedLoud) effects.push({ do: 'converse', change: 'loud-now', incident });
  return [withOpen(ward, incident), effects];
};
