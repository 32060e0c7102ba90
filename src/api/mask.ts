import type { Json } from '#kernel/json.ts';

/** What stands in place of a secret. Sent back in an edit, it means: keep what is there. */
export const MASK = '••••••';

/** Names of keys whose values are secrets, besides those that a kind's schema marks. */
const SECRET_KEY =
  /pass(word|phrase|wd)?$|secret|token|api_?key|^key$|authorization|cookie|credential|private|^basic$|^bearer$|^signature$/i;
/** A `${…}` reference says where the secret is, not what it is. */
const REFERENCE = /^\$\{[^}]*\}$/;
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)([^\s/@]+)(@)/gi;

type Tree = { readonly [key: string]: Json };

const isTree = (value: Json | undefined): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const maskText = (text: string): string =>
  text.replaceAll(URL_PASSWORD, (whole, head: string, password: string, tail: string) =>
    REFERENCE.test(password) ? whole : head + MASK + tail,
  );

const maskSecret = (value: Json): Json => {
  if (value === null || value === '') return value;
  return typeof value === 'string' && REFERENCE.test(value) ? value : MASK;
};

/** The definition as it may be shown: secrets masked, references left. `isSecret` knows keys by the kind's schema (paths as `a.b`). */
export const masked = (value: Json, isSecret: (path: string) => boolean = () => false, path = ''): Json => {
  if (typeof value === 'string') return maskText(value);
  if (Array.isArray(value)) return value.map((one: Json) => masked(one, isSecret, path));
  if (!isTree(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const at = path === '' ? key : `${path}.${key}`;
      return [key, SECRET_KEY.test(key) || isSecret(at) ? maskSecret(inner) : masked(inner, isSecret, at)];
    }),
  );
};

const unmaskText = (text: string, before: Json | undefined): Json => {
  if (!text.includes(MASK) || typeof before !== 'string') return text;
  return text === MASK || maskText(before) === text ? before : text;
};

/** The new definition with every mask that came back replaced by what was there before. */
export const unmasked = (value: Json, before: Json | undefined): Json => {
  if (typeof value === 'string') return value === MASK && before !== undefined ? before : unmaskText(value, before);
  if (Array.isArray(value)) {
    const old: readonly Json[] = Array.isArray(before) ? before : [];
    return value.map((one: Json, index) => unmasked(one, old[index]));
  }
  if (!isTree(value)) return value;
  const old = isTree(before) ? before : {};
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unmasked(inner, old[key])]));
};

/** RFC 7396's merge patch: keys that are given replace, null removes, the rest stays. */
export const mergePatch = (before: Json, patch: Json): Json => {
  if (!isTree(patch)) return patch;
  const merged = new Map<string, Json>(Object.entries(isTree(before) ? before : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key) ?? null, value));
  }
  return Object.fromEntries(merged);
};
