import { formatDuration } from '#i18n/format.ts';
import type { Locale } from '#kernel/locale.ts';
import type { Ms } from '#kernel/time.ts';
import type { Brain, MonitorStanding } from '#engine/brain.ts';
import { catalog, type Catalog } from '#i18n/catalog.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

/** What a report is written from: the part of the brain that is read for it. */
export type Watched = Pick<Brain, 'services' | 'watchers' | 'channels' | 'settings'>;

const rhythm = (words: Catalog['cli'], span: (ms: Ms) => string, { monitor, beatPath }: MonitorStanding): string =>
  beatPath === undefined
    ? words.every(span(monitor.everyMs), monitor.pulse === undefined ? undefined : span(monitor.pulse.everyMs))
    : `${words.passive}: ${beatPath}`;

const watchedLines = (brain: Watched, words: Catalog['cli'], locale: Locale): string => {
  const services = brain.services();
  const span = (ms: Ms): string => formatDuration(ms, locale);
  const rows = services.flatMap(({ service, monitors }) =>
    monitors.map((standing) => [
      `  ${service.name}`,
      standing.monitor.name,
      standing.monitor.kind,
      rhythm(words, span, standing),
    ]),
  );
  if (rows.length === 0) return `${words.watchingNothing}\n`;
  return `${words.watching(rows.length, services.length)}\n${table(rows)}`;
};

const watcherLines = (brain: Watched, words: Catalog['cli'], terminal: Pick<Terminal, 'paint'>): string => {
  const watchers = brain.watchers();
  if (watchers.length === 0) return `${terminal.paint('red', words.unwatched)}\n  ${words.unwatchedFix}\n`;
  const names = (list: typeof watchers): string =>
    list
      .map(({ watcher, state, detail }) => {
        const why = detail === undefined ? '' : `, ${detail}`;
        return `${watcher.name} (${watcher.kind}: ${words.watcherState[state]}${why})`;
      })
      .join(', ');
  const watching = watchers.filter(({ state }) => state === 'answers');
  const others = watchers.filter(({ state }) => state !== 'answers');
  if (watching.length === 0) return `${terminal.paint('red', words.notYetWatched(names(others)))}\n`;
  const missing = others.length === 0 ? '' : `  ${terminal.paint('red', words.notWatching(names(others)))}\n`;
  return `${words.watched(names(watching))}\n${missing}`;
};

/** What `dozor up` says when it has started: what it watches, where it listens, how to sign in, whom it tells, who watches it. */
export const startReport = (
  brain: Watched,
  start: { readonly url: string; readonly signInLink: string; readonly notActedOn: readonly string[] },
  terminal: Pick<Terminal, 'paint'>,
): string => {
  const { locale } = brain.settings();
  const words = catalog(locale).cli;
  const channels = brain.channels().map(({ name }) => name);
  return [
    watchedLines(brain, words, locale),
    channels.length === 0 ? `${terminal.paint('red', words.toldNobody)}\n` : `${words.told(channels.join(', '))}\n`,
    `${words.listening(start.url)}\n`,
    `${words.signIn(terminal.paint('cyan', start.signInLink))}\n`,
    watcherLines(brain, words, terminal),
    start.notActedOn.length === 0 ? '' : `${words.notActedOn(start.notActedOn.join(', '))}\n`,
  ].join('');
};
