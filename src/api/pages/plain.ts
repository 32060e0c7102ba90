import { html } from 'hono/html';
import { catalog } from '#i18n/catalog.ts';
import type { Incident } from '#incident/incident.ts';
import type { Names } from '../views/names.ts';
import { causeText, incidentName, sinceText } from './incident-parts.ts';
import { age, type Html, type Look } from './parts.ts';

/** `/sign-in`: the script moves the code out of the URL's fragment into the form; only the button uses it up. */
export const signInPage = (look: Look, next: string, failure: string | undefined): Html => {
  const words = catalog(look.locale).pages.signIn;
  return html`<div class="card">
    <h1>${words.title}</h1>
    ${failure === undefined ? html`<p>${words.lead}</p>` : html`<p class="bad" role="alert">${words.failed}: ${failure}</p>`}
    <p id="ready" hidden>${words.ready}</p>
    <form class="stack" method="post" action="/sign-in">
      <label id="code-field"
        >${words.code}<input id="secret" name="secret" autocomplete="off" spellcheck="false" maxlength="200" required
      /></label>
      <input type="hidden" name="next" value="${next}" />
      <button class="main" id="enter">${words.button}</button>
    </form>
    <p class="soft" id="how">${words.how} <code>dozor sign-in</code></p>
  </div>`;
};

const stateOf = (incident: Incident, names: Names, look: Look): Html =>
  html`<div class="head">
      <h1>${incidentName(incident, names, look)}</h1>
      <span class="soft">${incident.code}</span>
    </div>
    <p class="cause">${causeText(incident, look)}</p>
    <p>${sinceText(incident, look)} · ${age(look, incident.start.to.at)}</p>`;

/** `/a/<token>` while the link is good: the state and one button. Opening it does nothing, so previews do not acknowledge. */
export const ackPage = (look: Look, incident: Incident, names: Names, path: string): Html => {
  const words = catalog(look.locale).pages.ack;
  const { acknowledged } = incident;
  const isOver = incident.state === 'closed';
  const said = isOver ? words.over : acknowledged === undefined ? words.lead : words.already(acknowledged.by.name);
  return html`<div class="card incident ${isOver ? 'over' : incident.severity}">
    ${stateOf(incident, names, look)}
    <p>${said}</p>
    ${isOver || acknowledged !== undefined ? '' : html`<form method="post" action="${path}"><button class="main" id="ack">${words.button}</button></form>`}
    <p><a href="/i/${incident.code}">${catalog(look.locale).pages.look.details}</a></p>
  </div>`;
};

/** The same after the button. */
export const ackDonePage = (look: Look, incident: Incident, names: Names): Html => {
  const words = catalog(look.locale).pages.ack;
  return html`<div class="card calm">
    <p class="cause up">${words.done}</p>
    ${stateOf(incident, names, look)}
    <p>${words.doneMore}</p>
    <p><a href="/i/${incident.code}">${catalog(look.locale).pages.look.details}</a></p>
  </div>`;
};

/** Something that did not work, in plain words, and where to go from here. */
export const sorryPage = (look: Look, title: string, more: string): Html => {
  const words = catalog(look.locale).pages.error;
  return html`<div class="card">
    <h1>${title}</h1>
    <p>${more}</p>
    <p><a href="/">${words.overview}</a></p>
  </div>`;
};
