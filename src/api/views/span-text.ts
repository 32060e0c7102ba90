import { catalog } from '#i18n/catalog.ts';
import type { Locale } from '#kernel/locale.ts';
import { DAY, HOUR, MINUTE, SECOND, type Ms } from '#kernel/time.ts';

/** At most one digit after the point, below ten; the point is a comma in Russian. */
const number = (value: number, locale: Locale): string => {
  const text = value < 10 ? String(Math.round(value * 10) / 10) : String(Math.round(value));
  return locale === 'ru' ? text.replace('.', ',') : text;
};

/** A span for people, in at most two units: `8 min 31 s`, `2 h 5 min`, `120 ms`. */
export const spanText = (span: Ms, locale: Locale): string => {
  const { unit } = catalog(locale).pages;
  if (span < SECOND) return `${number(Math.max(0, span), locale)} ${unit.ms}`;
  if (span < 10 * SECOND) return `${number(span / SECOND, locale)} ${unit.s}`;
  const steps = [
    [DAY, unit.d, HOUR, unit.h],
    [HOUR, unit.h, MINUTE, unit.min],
    [MINUTE, unit.min, SECOND, unit.s],
  ] as const;
  for (const [large, name, small, smallName] of steps) {
    if (span < large) continue;
    const whole = Math.floor(span / large);
    const rest = Math.floor((span - whole * large) / small);
    return rest === 0 ? `${whole} ${name}` : `${whole} ${name} ${rest} ${smallName}`;
  }
  return `${Math.round(span / SECOND)} ${unit.s}`;
};
