import { html } from 'hono/html';
import { catalog } from '#i18n/catalog.ts';
import { wordFinding } from '#diagnose/word.ts';
import type { Incident, Involved } from '#incident/incident.ts';
import { namedCause } from '#incident/scene.ts';
import { reasonText } from '../views/basics.ts';
import type { Names } from '../views/names.ts';
import { age, moment, type Html, type Look } from './parts.ts';

/** What an incident is called: its service, a storm's host, or the watch itself. */
export const incidentName = (incident: Incident, names: Names, look: Look): string => {
  const words = catalog(look.locale).pages.incident;
  if (incident.kind === 'watch') return words.watchKind;
  const { storm } = incident;
  if (storm !== undefined) {
    const count = words.storm(storm.serviceIds.length, storm.of);
    return storm.host === undefined ? count : `${count} · ${storm.host}`;
  }
  return names.service(incident.serviceId) ?? words.title(incident.code);
};

const hurt = (part: Involved): boolean => part.verdict === 'down' || part.verdict === 'degraded';

/** The gravest monitor in it. */
const gravest = (incident: Incident): Involved | undefined =>
  incident.involved.find((part) => part.verdict === 'down') ?? incident.involved.find(hurt) ?? incident.involved[0];

/** Why, in a sentence. */
export const causeText = (incident: Incident, look: Look): string => {
  const found = incident.scenes?.map((scene) => namedCause(scene)).find((finding) => finding !== undefined);
  if (found !== undefined && incident.storm === undefined) return wordFinding(found, look.locale).title;
  const reason = incident.storm?.commonCause ?? incident.reason ?? gravest(incident)?.reason;
  return reason === undefined ? catalog(look.locale).pages.look.causeUnknown : reasonText(reason, look.locale);
};

/** When it began, with both bounds where that is not exact. */
export const startText = (incident: Incident, look: Look): Html => {
  const { from, to } = incident.start;
  if (from === undefined) return html`${moment(look, to.at)} (${catalog(look.locale).pages.look.noBefore})`;
  if (Math.floor(from.at / 1000) === Math.floor(to.at / 1000)) return moment(look, to.at);
  return html`${moment(look, from.at)}–${moment(look, to.at)}`;
};

/** The same in a sentence: since when. */
export const sinceText = (incident: Incident, look: Look): Html =>
  html`${catalog(look.locale).pages.look.since} ${startText(incident, look)}`;

/** Evidence in numbers: how many checks, and how the own network is. */
export const evidenceText = (part: Involved, names: Names, look: Look): string => {
  const words = catalog(look.locale).pages.look;
  const name = names.monitor(part.monitorId) ?? part.monitorId;
  // Agents do not count checks: they say what they see.
  const seen =
    part.part === undefined || part.reason === undefined
      ? words.failing(part.bad, part.asked)
      : reasonText(part.reason, look.locale);
  const facts = [name, seen];
  if (part.controls !== undefined && part.controls.total > 0)
    facts.push(words.controls(part.controls.ok, part.controls.total));
  if (part.recovering) facts.push(words.recovering);
  return facts.join(' · ');
};

/** Who has it, or the button to take it. */
export const whoHasIt = (incident: Incident, look: Look, mayAct: boolean): Html => {
  const words = catalog(look.locale).pages.look;
  const { acknowledged } = incident;
  if (acknowledged !== undefined)
    return html`<span>${words.acknowledgedBy(acknowledged.by.name)} · ${age(look, acknowledged.at)}</span>`;
  if (!mayAct) return html`<span class="soft">${words.who}: ${words.nobody}</span>`;
  return html`<form method="post" action="/i/${incident.code}/acknowledge">
    <button class="main" id="ack-${incident.code}">${words.acknowledge}</button>
  </form>`;
};

/** An open incident, large, as the overview shows it first. */
export const incidentCard = (incident: Incident, names: Names, look: Look, mayAct: boolean): Html => {
  const words = catalog(look.locale).pages;
  const part = gravest(incident);
  const { lastChange } = incident;
  return html`<article class="card incident ${incident.severity}">
    <div class="head">
      <h3><a href="/i/${incident.code}">${incidentName(incident, names, look)}</a></h3>
      <span class="soft">${incident.code} · ${words.severity[incident.severity]}</span>
    </div>
    <p class="cause">${causeText(incident, look)}</p>
    <p>${sinceText(incident, look)} · ${age(look, incident.start.to.at)}</p>
    ${part === undefined ? '' : html`<p class="soft">${evidenceText(part, names, look)}</p>`}
    ${lastChange === undefined ? '' : html`<p class="soft">${words.look.lastChange}: ${lastChange.what} · ${moment(look, lastChange.at)}</p>`}
    <div class="row-actions">
      ${whoHasIt(incident, look, mayAct)}
      <a class="button" href="/i/${incident.code}">${words.look.details}</a>
    </div>
  </article>`;
};
