const RULES: readonly (readonly [RegExp, string])[] = [
  // credentials inside an address: user:password@host
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@"'<>]+@/gi, '$1***@'],
  [/\b((?:proxy-)?authorization|cookie|set-cookie|x-api-key)(["']?\s*[:=]\s*)[^\r\n"']+/gi, '$1$2***'],
  [/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, '$1 ***'],
  [
    /\b([\w-]*(?:passw(?:or)?d|secret|token|api[_-]?key|access[_-]?key|signature|credential)s?)(["']?\s*[:=]\s*["']?)[^\s"'&,;}\]]+/gi,
    '$1$2***',
  ],
  // JSON Web Tokens
  [/\beyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]*/g, '***'],
];

/** Blots out what looks like a credential in text that came from a target or is told to people. */
export const redact = (text: string): string =>
  RULES.reduce((clean, [pattern, instead]) => clean.replace(pattern, instead), text);

/** Space, control characters (a terminal obeys them) and those that turn the direction of writing around. */
const UNPRINTABLE = /[\s\p{Cc}\u202A-\u202E\u2066-\u2069]+/gu;

/** Redacted, on one line, without control characters, and no longer than so many characters. */
export const brief = (text: string, length: number): string => {
  // one longer stretch than is shown, so that a credential cut in two is still seen as one
  const line = redact(text.slice(0, length * 2 + 200))
    .replace(UNPRINTABLE, ' ')
    .trim();
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
};
