import { formatDuration, formatNumber } from '#i18n/format.ts';
import { catalog } from '#i18n/catalog.ts';
import type { Locale } from '#kernel/locale.ts';
import { SECOND, type Ms } from '#kernel/time.ts';

/** A span for people, as everywhere: `8 min 31 s`, `2 h 5 min`, `17 s`; what an answer took is told finer: `1.3 s`, `120 ms`, `0.4 ms`. */
export const spanText = (span: Ms, locale: Locale): string => {
  if (span >= 10 * SECOND) return formatDuration(span, locale);
  const { unit } = catalog(locale).pages;
  const fine = (value: number): string => formatNumber(value, locale, value < 10 ? 1 : 0);
  return span < SECOND ? `${fine(Math.max(0, span))} ${unit.ms}` : `${fine(span / SECOND)} ${unit.s}`;
};
