import { html } from 'hono/html';
import { catalog } from '#i18n/catalog.ts';
import type { MonitorStanding, SelfHealth, ServiceStanding, WatcherStanding } from '#engine/brain.ts';
import type { Incident } from '#incident/incident.ts';
import { reasonText } from '../views/basics.ts';
import type { Names } from '../views/names.ts';
import { insidePart, type Inside } from './inside.ts';
import { incidentCard, incidentName } from './incident-parts.ts';
import { age, moment, verdictMark, type Html, type Look } from './parts.ts';
import { spanText } from '../views/span-text.ts';
import { isWatchWell, watchCard, watchStrip } from './watch-card.ts';

/** All that the overview shows. */
export interface Overview extends Inside {
  readonly open: readonly Incident[];
  readonly recent: readonly Incident[];
  readonly services: readonly ServiceStanding[];
  readonly health: SelfHealth;
  readonly watchers: readonly WatcherStanding[];
  readonly names: Names;
  readonly mayAct: boolean;
}

const calm = (seen: Overview, look: Look): Html => {
  const words = catalog(look.locale).pages.look;
  const active = seen.services.filter((one) => !one.paused);
  if (seen.services.length === 0) return html``;
  const allUp = active.length > 0 && active.every((one) => one.verdict === 'up');
  if (allUp && !isWatchWell(seen.health))
    return html`<div class="card calm unsure">
      <h3>${words.noIncident}</h3>
      <p>${words.quietButUnwell}</p>
    </div>`;
  if (allUp)
    return html`<div class="card calm">
      <h3>${words.allQuiet}</h3>
      <p>${words.allQuietMore(active.length)}</p>
    </div>`;
  return html`<div class="card calm unsure">
    <h3>${words.noIncident}</h3>
    <p>${words.notAllUp}</p>
  </div>`;
};

/** What nobody has comes before what somebody has, within its severity. */
const urgency = ({ severity, acknowledged }: Incident): number =>
  ({ critical: 0, warning: 2, info: 4 })[severity] + (acknowledged === undefined ? 0 : 1);

const incidents = (seen: Overview, look: Look): Html => {
  const words = catalog(look.locale).pages.look;
  const shown = seen.open
    .filter((one) => one.parentId === undefined)
    .toSorted((one, other) => urgency(one) - urgency(other) || other.detectedAt - one.detectedAt);
  const body =
    shown.length === 0
      ? calm(seen, look)
      : html`<h2>${words.openIncidents}</h2>
          <div class="stack">${shown.map((one) => incidentCard(one, seen.names, look, seen.mayAct))}</div>`;
  return html`<section data-part="incidents" aria-label="${words.openIncidents}">${body}</section>`;
};

const flags = (on: { readonly inMaintenance: boolean; readonly muted?: boolean }, look: Look): Html => {
  const words = catalog(look.locale).pages.look;
  return html`${on.inMaintenance ? html` <span class="flag">${words.maintenance}</span>` : ''}${on.muted === true ? html` <span class="flag">${words.muted}</span>` : ''}`;
};

const lastAnswer = (standing: MonitorStanding, look: Look): Html => {
  const words = catalog(look.locale).pages.look;
  const { last } = standing;
  if (last === undefined) return html`<span>${words.latency} ${words.never}</span>`;
  const text = last.reason ?? last.warning;
  return text === undefined
    ? html`<span>${words.latency} ${spanText(last.tookMs, look.locale)}</span>`
    : html`<span>${reasonText(text, look.locale)}</span>`;
};

const monitorRow = (standing: MonitorStanding, look: Look): Html => {
  const words = catalog(look.locale).pages.look;
  const { monitor } = standing;
  return html`<li>
    <span>${monitor.name} <span class="flag">${monitor.kind}</span>${flags(standing, look)}</span>
    <span class="facts"
      >${lastAnswer(standing, look)}<span>${words.since} ${moment(look, standing.since)}</span
      >${standing.nextAt === undefined ? '' : html`<span>${words.next} ${moment(look, standing.nextAt)}</span>`}</span
    >
    ${verdictMark(standing.verdict, look.locale, monitor.paused)}
  </li>`;
};

const lastOf = (standing: ServiceStanding): MonitorStanding | undefined =>
  standing.monitors
    .filter((one) => one.last !== undefined)
    .toSorted((one, other) => (other.last?.startedAt ?? 0) - (one.last?.startedAt ?? 0))[0];

const serviceRow = (standing: ServiceStanding, look: Look): Html => {
  const words = catalog(look.locale).pages.look;
  const hurt = standing.verdict !== 'up' && standing.verdict !== 'pending' && !standing.paused;
  const last = lastOf(standing)?.last;
  return html`<li>
    <details id="service-${standing.service.id}" ${hurt ? html`open data-hurt` : ''}>
      <summary>
        <span class="title">${standing.service.name}${flags(standing, look)}</span>
        ${verdictMark(standing.verdict, look.locale, standing.paused)}
        <span class="facts"
          ><span>${words.since} ${moment(look, standing.since)} · ${age(look, standing.since)}</span
          >${last === undefined || last.class !== 'ok' ? '' : html`<span>${words.latency} ${spanText(last.tookMs, look.locale)}</span>`}<span
            >${words.monitors(standing.monitors.length)}</span
          ></span
        >
      </summary>
      <ul class="monitors">
        ${standing.monitors.map((one) => monitorRow(one, look))}
      </ul>
    </details>
  </li>`;
};

const WEIGHT = { down: 0, degraded: 1, suspect: 2, blind: 3, pending: 4, up: 5 } as const;

const services = (seen: Overview, look: Look): Html => {
  const words = catalog(look.locale).pages.look;
  const rows = seen.services.toSorted((one, other) => WEIGHT[one.verdict] - WEIGHT[other.verdict]);
  const body =
    rows.length === 0
      ? html`<div class="card">
          <h3>${words.noServices}</h3>
          <p>${words.noServicesMore}</p>
        </div>`
      : html`<h2>${words.services}</h2>
          <ul class="services">
            ${rows.map((one) => serviceRow(one, look))}
          </ul>`;
  return html`<section data-part="services" aria-label="${words.services}">${body}</section>`;
};

const recentRow = (incident: Incident, seen: Overview, look: Look): Html => {
  const length = (incident.end?.to.at ?? incident.closedAt ?? look.now) - incident.start.to.at;
  return html`<li>
    <a href="/i/${incident.code}">${incident.code}</a><span>${incidentName(incident, seen.names, look)}</span
    ><span class="soft">${moment(look, incident.start.to.at)} · ${spanText(Math.max(0, length), look.locale)}</span>
  </li>`;
};

const recent = (seen: Overview, look: Look): Html => {
  const words = catalog(look.locale).pages.look;
  return html`<section class="card" data-part="recent">
    <h2>${words.recent}</h2>
    ${
      seen.recent.length === 0
        ? html`<p class="soft">${words.noRecent}</p>`
        : html`<ul class="recent">
            ${seen.recent.map((one) => recentRow(one, seen, look))}
          </ul>`
    }
  </section>`;
};

/** The overview's live part: what is wrong now, the services, the watch itself. */
export const overviewMain = (seen: Overview, look: Look): Html =>
  html`${watchStrip(seen.health, seen.watchers, look)} ${incidents(seen, look)} ${services(seen, look)}
    ${insidePart(seen, look)}
    <div class="two">${watchCard(seen.health, seen.watchers, look)} ${recent(seen, look)}</div>`;
