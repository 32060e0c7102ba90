import { html } from 'hono/html';
import { catalog } from '#i18n/catalog.ts';
import { wordFinding } from '#diagnose/word.ts';
import type { AppStanding, HostStanding } from '#engine/host-face.ts';
import { formatBytes } from '#i18n/format.ts';
import { reasonText } from '../views/basics.ts';
import { age, moment, verdictMark, type Html, type Look } from './parts.ts';

/** What the overview shows of hosts and apps. */
export interface Inside {
  readonly hosts: readonly HostStanding[];
  readonly apps: readonly AppStanding[];
}

const findings = ({ scene }: AppStanding, look: Look): Html => {
  const [best] = scene.findings;
  if (best === undefined) return html``;
  const { title, remedy } = wordFinding(best, look.locale);
  return html`<span class="cause">${title}</span><span class="soft">${remedy}</span>`;
};

const repair = ({ scene }: AppStanding, look: Look): Html => {
  if (scene.repair === undefined) return html``;
  const { timeline, page } = catalog(look.locale).hosts;
  const said = timeline.repair[scene.repair.phase]('', scene.repair.action).replace(/^: /, '');
  return html`<span>${page.repair}: ${said} · ${moment(look, scene.repair.at)}</span>`;
};

const appRow = (standing: AppStanding, look: Look): Html => {
  const { agent, page } = catalog(look.locale).hosts;
  const { app, host, reason } = standing;
  const isHurt = standing.verdict === 'down' || standing.verdict === 'degraded';
  return html`<li>
    <span
      >${app.name}
      <span class="flag">${app.manager}</span
      >${host === undefined ? '' : html` <span class="soft">${page.on(host.name)}</span>`}</span
    >
    <span class="facts"
      >${isHurt && reason !== undefined ? html`<span>${reasonText(reason, look.locale)}</span>` : ''}${isHurt ? findings(standing, look) : ''}${repair(standing, look)}<span
        >${catalog(look.locale).pages.look.since} ${moment(look, standing.since)}</span
      ></span
    >
    ${standing.agent === 'connected' ? verdictMark(standing.verdict, look.locale) : html`<span class="flag">${agent[standing.agent]}</span>`}
  </li>`;
};

const hostRow = ({ host, agent: state, lastSeenAt, troubles, vitals }: HostStanding, look: Look): Html => {
  const { agent, page } = catalog(look.locale).hosts;
  return html`<li>
    <span>${host.name} <span class="flag">${agent[state]}</span></span>
    <span class="facts"
      >${troubles.map(({ reason }) => html`<span class="cause">${reasonText(reason, look.locale)}</span>`)}${(vitals?.disks ?? []).slice(0, 3).map((disk) => html`<span>${page.disk(disk.mount, formatBytes(disk.freeBytes, look.locale))}</span>`)}${lastSeenAt === undefined ? '' : html`<span>${page.lastSeen} ${age(look, lastSeenAt)}</span>`}</span
    >
  </li>`;
};

/** Hosts and apps with what was found; nothing where none is defined. */
export const insidePart = ({ hosts, apps }: Inside, look: Look): Html => {
  if (hosts.length === 0 && apps.length === 0) return html``;
  const { title } = catalog(look.locale).hosts.page;
  return html`<section class="card" data-part="inside" aria-label="${title}">
    <h2>${title}</h2>
    <ul class="monitors">
      ${apps.map((one) => appRow(one, look))}${hosts.map((one) => hostRow(one, look))}
    </ul>
  </section>`;
};
