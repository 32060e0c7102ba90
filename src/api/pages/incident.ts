import { html } from 'hono/html';
import { catalog } from '#i18n/catalog.ts';
import type { SelfHealth, WatcherStanding } from '#engine/brain.ts';
import { formatBounds, formatDuration } from '#i18n/format.ts';
import type { Incident, TimelineEntry } from '#incident/incident.ts';
import { detection, downtime } from '#incident/times.ts';
import type { Page } from '#store/contract.ts';
import { reasonText } from '../views/basics.ts';
import type { Names } from '../views/names.ts';
import { timelineText } from '../views/timeline-text.ts';
import { causeText, evidenceText, incidentName, startText, whoHasIt } from './incident-parts.ts';
import { age, moment, pair, verdictMark, type Html, type Look } from './parts.ts';
import { watchStrip } from './watch-card.ts';

/** All that an incident's page shows. */
export interface IncidentSeen {
  readonly incident: Incident;
  readonly timeline: Page<TimelineEntry>;
  readonly names: Names;
  readonly mayAct: boolean;
  readonly health: SelfHealth;
  readonly watchers: readonly WatcherStanding[];
}

const length = (incident: Incident, look: Look): string => {
  const words = catalog(look.locale).pages.incident;
  const { least, most, certain } = downtime(incident, incident.closedAt ?? look.now);
  if (incident.state === 'open' && incident.end === undefined) return formatDuration(most, look.locale);
  const shown = formatBounds(least, most, look.locale);
  return certain ? shown : `${shown} (${words.unsureStart})`;
};

const detected = (incident: Incident, look: Look): Html => {
  const words = catalog(look.locale).pages.incident;
  const { least, most } = detection(incident);
  const after = formatBounds(least, most, look.locale);
  return html`${moment(look, incident.detectedAt)} (${words.detectedAfter(after)})`;
};

const actions = (seen: IncidentSeen, look: Look): Html => {
  const words = catalog(look.locale).pages.incident;
  const { incident } = seen;
  if (!seen.mayAct || incident.state === 'closed') return html``;
  return html`<form method="post" action="/i/${incident.code}/mute"><button id="mute">${words.mute}</button></form>
    <form method="post" action="/i/${incident.code}/resolve"><button id="resolve">${words.resolve}</button></form>`;
};

const head = (seen: IncidentSeen, look: Look): Html => {
  const { incident, names } = seen;
  const words = catalog(look.locale).pages;
  const isOver = incident.state === 'closed';
  const failed = incident.involved.map(
    (part) =>
      html`<div>
        ${isOver ? (part.reason === undefined ? '' : html`${reasonText(part.reason, look.locale)} `) : html`${verdictMark(part.verdict, look.locale)} `}<span
          class="soft"
          >${evidenceText(part, names, look)}</span
        >
      </div>`,
  );
  return html`<section
    class="card incident ${isOver ? 'over' : incident.severity}"
    data-part="head"
    data-now="${new Date(look.now).toISOString()}"
  >
    <div class="head">
      <h1>${incidentName(incident, names, look)}</h1>
      <span class="soft"
        >${incident.code} · ${words.severity[incident.severity]} ·
        ${isOver ? words.incident.closed : words.incident.open}</span
      >
    </div>
    <p class="cause">${causeText(incident, look)}</p>
    <div class="row-actions">
      ${isOver && incident.acknowledged === undefined ? '' : whoHasIt(incident, look, seen.mayAct && !isOver)}${actions(seen, look)}
    </div>
    <dl class="pairs">
      ${facts(incident, look)}${incident.involved.length === 0 ? '' : pair(words.incident.what, html`${failed}`)}${stormed(seen, look)}
    </dl>
  </section>`;
};

const facts = (incident: Incident, look: Look): Html => {
  const words = catalog(look.locale).pages;
  const { lastChange, mutedUntil, alertedAt, end } = incident;
  return html`${pair(words.incident.started, html`${startText(incident, look)}${end === undefined ? html` · ${age(look, incident.start.to.at)}` : ''}`)}
  ${pair(words.incident.detected, detected(incident, look))}
  ${pair(words.incident.alerted, alertedAt === undefined ? words.incident.notAlerted : moment(look, alertedAt))}
  ${end === undefined ? '' : pair(words.incident.ended, moment(look, end.to.at))}
  ${pair(end === undefined ? words.incident.lasts : words.incident.lasted, length(incident, look))}
  ${lastChange === undefined ? '' : pair(words.look.lastChange, html`${lastChange.what} · ${moment(look, lastChange.at)}`)}
  ${mutedUntil === undefined || mutedUntil <= look.now ? '' : pair(words.incident.mutedUntil, moment(look, mutedUntil))}`;
};

const stormed = ({ incident, names }: IncidentSeen, look: Look): Html => {
  const words = catalog(look.locale).pages.incident;
  if (incident.storm === undefined) return html``;
  return pair(words.services, incident.storm.serviceIds.map((id) => names.service(id) ?? id).join(', '));
};

const timeline = (seen: IncidentSeen, look: Look): Html => {
  const words = catalog(look.locale).pages.incident;
  const rows = seen.timeline.items.map(
    (entry) =>
      html`<li>
        ${moment(look, entry.at)}<span class="kind">${words.source[entry.source]}</span
        ><span class="text">${timelineText(entry.data, seen.names, look.locale)}</span>
      </li>`,
  );
  const { next } = seen.timeline;
  return html`<section class="card" data-part="timeline">
    <h2>${words.timeline}</h2>
    ${
      rows.length === 0
        ? html`<p class="soft">${words.noTimeline}</p>`
        : html`<ol class="timeline">
            ${rows}
          </ol>`
    }
    ${next === undefined ? '' : html`<p><a href="/i/${seen.incident.code}?cursor=${encodeURIComponent(next)}">${words.older}</a></p>`}
  </section>`;
};

/** The live part of an incident's page. */
export const incidentMain = (seen: IncidentSeen, look: Look): Html =>
  html`${watchStrip(seen.health, seen.watchers, look)}
    <nav data-part="back"><a href="/">← ${catalog(look.locale).pages.incident.back}</a></nav>
    ${head(seen, look)} ${timeline(seen, look)}`;

/** The form for a note; outside the live part, so that nothing typed is lost. */
export const noteForm = (seen: IncidentSeen, look: Look): Html => {
  const words = catalog(look.locale).pages.incident;
  if (!seen.mayAct) return html``;
  return html`<form class="card stack" method="post" action="/i/${seen.incident.code}/note">
    <label>${words.addNote}<textarea name="text" rows="2" maxlength="4000" required></textarea></label>
    <button>${words.saveNote}</button>
  </form>`;
};
