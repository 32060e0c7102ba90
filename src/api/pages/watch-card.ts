import { html } from 'hono/html';
import { catalog } from '#i18n/catalog.ts';
import type { SelfHealth, WatcherStanding } from '#engine/brain.ts';
import { age, moment, pair, type Html, type Look } from './parts.ts';
import { spanText } from '../views/span-text.ts';

const watcherText = (standing: WatcherStanding, look: Look): Html => {
  const words = catalog(look.locale).pages.watch;
  const good = standing.state === 'answers';
  return html`<div class="${good ? '' : 'bad'}">
    ${standing.watcher.name}:
    ${words.watcherState[standing.state]}${standing.detail === undefined ? '' : ` (${standing.detail})`}${standing.lastAt === undefined ? '' : html` · ${age(look, standing.lastAt)}`}
  </div>`;
};

const watchedBy = (health: SelfHealth, watchers: readonly WatcherStanding[], look: Look): Html => {
  const words = catalog(look.locale).pages.watch;
  return html`${watchers.map((one) => watcherText(one, look))}${
    health.watched ? '' : html`<div class="bad">${words.unwatched}</div> `
  }`;
};

const network = (health: SelfHealth, look: Look): Html => {
  const words = catalog(look.locale).pages;
  const { state, ok, total } = health.network;
  const text = words.watch.networkState[state];
  const shown = total > 0 ? `${text} (${ok}/${total})` : text;
  return html`<span class="${state === 'bad' || state === 'poor' ? 'bad' : ''}">${shown}</span>`;
};

/** Is the watch itself well, and does somebody outside watch it? */
export const isWatchWell = (health: SelfHealth): boolean => health.ok && health.watched;

/** What makes everything else on the page doubtful, above it all: nobody watches the watch, or it is not well. */
export const watchStrip = (health: SelfHealth, watchers: readonly WatcherStanding[], look: Look): Html => {
  const words = catalog(look.locale).pages.watch;
  const hints = watchers.map((one) => html`<p>${one.watcher.name}: ${one.detail ?? words.watcherState[one.state]}</p>`);
  const unwatched = health.watched
    ? ''
    : html`<p>${words.nobodyWatches}</p>
        ${hints.length === 0 ? html`<p>${words.unwatchedFix}</p>` : hints}`;
  const problems = health.problems.map((problem) => html`<p>${problem}</p>`);
  return html`<div data-part="strip" class="${isWatchWell(health) ? '' : 'strip'}">${unwatched}${problems}</div>`;
};

/** The watch's own health: a line for each thing that could make it useless; red if nobody watches it. */
export const watchCard = (health: SelfHealth, watchers: readonly WatcherStanding[], look: Look): Html => {
  const words = catalog(look.locale).pages.watch;
  const span = (ms: number): string => spanText(ms, look.locale);
  const isWell = isWatchWell(health);
  return html`<section class="card" data-part="watch" data-now="${new Date(look.now).toISOString()}">
    <h2>${words.title}: <span class="${isWell ? 'up' : 'bad'}">${isWell ? words.well : words.unwell}</span></h2>
    ${health.channelFaults.map((fault) => html`<p class="bad">${fault.channel}: ${fault.message}</p>`)}
    ${health.bugs === 0 ? '' : html`<p class="bad">${words.bugs(health.bugs)}</p>`}
    <dl class="pairs">
      ${pair(words.watchers, watchedBy(health, watchers, look))}
      ${pair(words.lateness, words.latenessValue(span(health.lateness.p99), span(health.lateness.max)))}
      ${pair(words.outbox, health.outboxWaiting === 0 ? words.outboxEmpty : words.outboxValue(health.outboxWaiting, span(health.outboxOldestMs)))}
      ${pair(words.network, network(health, look))}
      ${pair(words.store, health.storeFailing ? html`<span class="bad">${words.storeFailing}</span>` : words.storeOk)}
      ${pair(words.checks, health.checksTotal.toLocaleString(look.locale))}
      ${pair(words.running, html`${moment(look, health.startedAt)} · ${age(look, health.startedAt)} · ${health.version}`)}
    </dl>
  </section>`;
};
