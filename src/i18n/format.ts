import type { Locale } from '../kernel/locale.ts';
import { DAY, HOUR, MINUTE, SECOND, type EpochMs, type Ms } from '../kernel/time.ts';

type Parts = Readonly<Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', string>>;

const formatters = new Map<string, Intl.DateTimeFormat>();

const formatterOf = (timezone: string): Intl.DateTimeFormat => {
  const known = formatters.get(timezone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formatters.set(timezone, made);
  return made;
};

/** @throws RangeError for a zone that does not exist; the configuration refuses those. */
const partsOf = (at: EpochMs, timezone: string): Parts =>
  Object.fromEntries(
    formatterOf(timezone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  ) as unknown as Parts;

/** Minutes since midnight by the clocks of a zone. */
export const minuteOfDay = (at: EpochMs, timezone: string): number => {
  const parts = partsOf(at, timezone);
  return Number(parts.hour) * 60 + Number(parts.minute);
};

/** The last midnight by the clocks of a zone (where clocks skip midnight: the day's first moment, to the hour). */
export const startOfDay = (at: EpochMs, timezone: string): EpochMs => {
  const today = formatDate(at, timezone);
  const whole = Math.floor(at / SECOND) * SECOND;
  const parts = partsOf(at, timezone);
  let start = whole - (minuteOfDay(at, timezone) * 60 + Number(parts.second)) * SECOND;
  // A change of the clocks since midnight shifts the reckoning by its hour.
  while (formatDate(start, timezone) !== today) start += HOUR / 2;
  while (formatDate(start - 1, timezone) === today) start -= HOUR / 2;
  return start;
};

/** `08:03:12` by the clocks of a zone. */
export const formatTime = (at: EpochMs, timezone: string): string => {
  const { hour, minute, second } = partsOf(at, timezone);
  return `${hour}:${minute}:${second}`;
};

/** `08:03`: where room is short. */
export const formatMinute = (at: EpochMs, timezone: string): string => formatTime(at, timezone).slice(0, 5);

/** `2025-12-22` by the calendar of a zone: the same in every language, never misread. */
export const formatDate = (at: EpochMs, timezone: string): string => {
  const { year, month, day } = partsOf(at, timezone);
  return `${year}-${month}-${day}`;
};

/** `08:03:12`, with the date before it when that is not the day of `now`. */
export const formatMoment = (at: EpochMs, now: EpochMs, timezone: string): string => {
  const date = formatDate(at, timezone);
  return date === formatDate(now, timezone) ? formatTime(at, timezone) : `${date} ${formatTime(at, timezone)}`;
};

/** `08:03:12–08:03:22`; one moment when both ends show the same; each end with its date when it is not today's or the days differ. */
export const formatRange = (from: EpochMs, to: EpochMs, now: EpochMs, timezone: string): string => {
  const first = formatMoment(from, now, timezone);
  const last = formatMoment(to, now, timezone);
  if (first === last) return first;
  if (formatDate(from, timezone) === formatDate(to, timezone)) return `${first}–${formatTime(to, timezone)}`;
  return `${formatDate(from, timezone)} ${formatTime(from, timezone)} – ${formatDate(to, timezone)} ${formatTime(to, timezone)}`;
};

const UNITS: Readonly<Record<Locale, Readonly<Record<'d' | 'h' | 'min' | 's' | 'ms', string>>>> = {
  en: { d: 'd', h: 'h', min: 'min', s: 's', ms: 'ms' },
  ru: { d: 'д', h: 'ч', min: 'мин', s: 'с', ms: 'мс' },
};

/**
 * A span in its two greatest units, the same everywhere: `8 min 31 s`, `3 h 2 min`, `17 s`; `8 мин 31 с`. Below a second: `0.6 s`, `40 ms`.
 * `secondsBelow`: seconds alone up to there.
 */
export const formatDuration = (span: Ms, locale: Locale, secondsBelow: Ms = MINUTE): string => {
  const unit = UNITS[locale];
  const whole = Math.max(0, span);
  if (whole < 100 && whole > 0) return `${Math.round(whole)} ${unit.ms}`;
  if (whole < SECOND && whole > 0) return `${trimmed(whole / SECOND, 2, locale)} ${unit.s}`;
  const seconds = Math.round(whole / SECOND);
  if (seconds * SECOND < secondsBelow) return `${seconds} ${unit.s}`;
  const rounded = seconds * SECOND;
  const pair = (big: Ms, small: Ms, names: readonly [string, string]): string => {
    const rest = Math.floor((rounded % big) / small);
    return `${Math.floor(rounded / big)} ${names[0]}${rest === 0 ? '' : ` ${rest} ${names[1]}`}`;
  };
  if (rounded < HOUR) return pair(MINUTE, SECOND, [unit.min, unit.s]);
  if (rounded < DAY) return pair(HOUR, MINUTE, [unit.h, unit.min]);
  return pair(DAY, HOUR, [unit.d, unit.h]);
};

/** A span between two bounds: `11–21 s`, `8 min 31 s – 8 min 41 s`; one when both show the same. */
export const formatBounds = (from: Ms, to: Ms, locale: Locale): string => {
  const first = formatDuration(from, locale);
  const last = formatDuration(to, locale);
  if (first === last) return first;
  const [number, unit, more] = first.split(' ');
  const [, lastUnit, lastMore] = last.split(' ');
  if (more === undefined && lastMore === undefined && unit === lastUnit) return `${number}–${last}`;
  return `${first} – ${last}`;
};

const pluralRules: Readonly<Record<Locale, Intl.PluralRules>> = {
  en: new Intl.PluralRules('en'),
  ru: new Intl.PluralRules('ru'),
};

/** The word that goes with a number. English has `one` and `other`, Russian `one`, `few` and `many` (for fractions: `few`). */
export const plural = (
  count: number,
  locale: Locale,
  words: { readonly one: string; readonly few?: string; readonly many: string },
): string => {
  const rule = pluralRules[locale].select(count);
  if (rule === 'one') return words.one;
  return rule === 'few' || (rule === 'other' && locale === 'ru') ? (words.few ?? words.many) : words.many;
};

const trimmed = (value: number, digits: number, locale: Locale): string => {
  const text = value
    .toFixed(digits)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
  return locale === 'ru' ? text.replace('.', ',') : text;
};

/** A number with at most so many decimals: `0.6`; in Russian with a comma. */
export const formatNumber = (value: number, locale: Locale, digits = 2): string => trimmed(value, digits, locale);

/** A share from 0 to 1 as `99.95 %`; never rounded up to 100 while something is missing. */
export const formatPercent = (share: number, locale: Locale, digits = 2): string => {
  const scale = 10 ** digits;
  const percent = share < 1 ? Math.min(Math.round(share * 100 * scale), 100 * scale - 1) / scale : share * 100;
  return `${trimmed(percent, digits, locale)} %`;
};

const BYTE_UNITS: Readonly<Record<Locale, readonly string[]>> = {
  en: ['B', 'KiB', 'MiB', 'GiB', 'TiB'],
  ru: ['Б', 'КиБ', 'МиБ', 'ГиБ', 'ТиБ'],
};

/** `1.4 GiB`: powers of 1024, one decimal below ten. */
export const formatBytes = (bytes: number, locale: Locale): string => {
  const names = BYTE_UNITS[locale];
  let power = 0;
  let rest = bytes;
  while (rest >= 1024 && power < names.length - 1) {
    rest /= 1024;
    power += 1;
  }
  return `${trimmed(rest, rest < 10 && power > 0 ? 1 : 0, locale)} ${names[power]}`;
};
