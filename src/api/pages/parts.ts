import { html, raw } from 'hono/html';
import { catalog } from '#i18n/catalog.ts';
import type { Locale } from '#kernel/locale.ts';
import { DAY, type EpochMs } from '#kernel/time.ts';
import type { Verdict } from '#monitor/verdict.ts';
import { spanText } from '../views/span-text.ts';

/** Escaped HTML. */
export type Html = ReturnType<typeof html>;

/** What every part of a page needs to know. */
export interface Look {
  readonly locale: Locale;
  readonly timezone: string;
  readonly now: EpochMs;
}

const SHAPES: Readonly<Record<Verdict | 'still', string>> = {
  up: '<circle cx="7" cy="7" r="6" stroke="none"/>',
  down: '<path d="M4.5 1h5L13 4.5v5L9.5 13h-5L1 9.5v-5z" stroke="none"/>',
  degraded: '<path d="M7 1 13.5 12.5H.5z" stroke="none"/>',
  suspect: '<path d="M7 .5 13.5 7 7 13.5.5 7z" fill="none" stroke-width="2"/>',
  blind: '<path d="M1.5 12.5 12.5 1.5" stroke-width="2"/><circle cx="7" cy="7" r="5" fill="none" stroke-width="2"/>',
  pending: '<circle cx="7" cy="7" r="5" fill="none" stroke-width="2" stroke-dasharray="2.6 2.6"/>',
  still: '<path d="M3 2h3v10H3zM8 2h3v10H8z" stroke="none"/>',
};

/** A verdict by shape, word and colour; `still`: paused, whatever it was. */
export const verdictMark = (verdict: Verdict, locale: Locale, isPaused = false): Html => {
  const { verdict: words, look } = catalog(locale).pages;
  const sort = isPaused ? 'still' : verdict;
  return html`<span class="verdict ${sort}"
    ><svg viewBox="0 0 14 14" aria-hidden="true">${raw(SHAPES[sort])}</svg
    >${isPaused ? look.paused : words[verdict]}</span
  >`;
};

type Style = 'clock' | 'day' | 'near' | 'far' | 'exact';

const STYLES: Readonly<Record<Style, Intl.DateTimeFormatOptions>> = {
  clock: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  day: { year: 'numeric', month: '2-digit', day: '2-digit' },
  near: { day: 'numeric', month: 'short' },
  far: { dateStyle: 'medium' },
  exact: { dateStyle: 'full', timeStyle: 'long' },
};

/** Making a formatter costs a hundred times what using it does; there are five for each zone and language in use. */
const formatters = new Map<string, Intl.DateTimeFormat>();
const MAX_FORMATTERS = 100;

const format = (look: Look, at: EpochMs, style: Style): string => {
  const key = `${style} ${look.locale} ${look.timezone}`;
  const known = formatters.get(key);
  if (known !== undefined) return known.format(at);
  if (formatters.size >= MAX_FORMATTERS) formatters.clear();
  const language = look.locale === 'en' ? 'en-GB' : 'ru-RU';
  const made = new Intl.DateTimeFormat(language, { timeZone: look.timezone, ...STYLES[style] });
  formatters.set(key, made);
  return made.format(at);
};

const dayOf = (look: Look, at: EpochMs): string => format(look, at, 'day');

/** The clock time in the set zone; with the date when it was not today. */
const clockText = (look: Look, at: EpochMs): string => {
  const clock = format(look, at, 'clock');
  if (dayOf(look, at) === dayOf(look, look.now)) return clock;
  const near = look.now - at < 300 * DAY;
  return `${format(look, at, near ? 'near' : 'far')} ${clock}`;
};

const exact = (look: Look, at: EpochMs): string => format(look, at, 'exact');

/** An exact moment. */
export const moment = (look: Look, at: EpochMs): Html =>
  html`<time datetime="${new Date(at).toISOString()}" title="${exact(look, at)}">${clockText(look, at)}</time>`;

/** How long ago, counting on in the browser; the exact moment on hover. */
export const age = (look: Look, at: EpochMs): Html =>
  html`<time
    datetime="${new Date(at).toISOString()}"
    data-age="${new Date(at).toISOString()}"
    title="${exact(look, at)}"
    >${spanText(Math.max(0, Math.floor((look.now - at) / 1000) * 1000), look.locale)}</time
  >`;

/** One pair of a list of facts. */
export const pair = (term: string, value: Html | string): Html =>
  html`<dt>${term}</dt>
    <dd>${value}</dd>`;
