import { LOCALES, type Locale } from '#kernel/locale.ts';

const isLocale = (text: string | undefined): text is Locale => LOCALES.some((one) => one === text);

/** The language of an answer: `?lang=`, else the first known one of Accept-Language (by its q), else the fallback. */
export const chooseLocale = (lang: string | undefined, accept: string | undefined, fallback: Locale): Locale => {
  if (isLocale(lang)) return lang;
  const wanted = (accept ?? '')
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', ...rest] = part.trim().toLowerCase().split(';');
      const q = rest.map((one) => /^\s*q=([\d.]+)$/.exec(one)?.[1]).find((one) => one !== undefined);
      return { language: tag.split('-')[0], weight: q === undefined ? 1 : Number(q) };
    })
    .filter((one) => one.weight > 0)
    .toSorted((one, other) => other.weight - one.weight);
  return wanted.map((one) => one.language).find(isLocale) ?? fallback;
};
