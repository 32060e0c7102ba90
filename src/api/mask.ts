import { maskSecrets } from '#auth/secrets.ts';
import { SCHEMAS } from '#config/load.ts';
import { MASK, maskText, maskUrls } from '#config/secret-fields.ts';
import type { Json } from '#kernel/json.ts';
import type { ResourceKind } from '#store/contract.ts';

export { MASK };

/** Names of keys whose values are secrets, besides those that a kind's schema marks. */
const SECRET_KEY =
  /pass(word|phrase|wd)?$|secret|token|api_?key|^key$|authorization|cookie|credential|private|^signature$/i;

type Tree = { readonly [key: string]: Json };

const isTree = (value: Json | undefined): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const hidden = (value: Json): Json => {
  if (value === null || value === '') return value;
  return typeof value === 'string' ? maskText(value) : MASK;
};

const maskByName = (value: Json): Json => {
  if (typeof value === 'string') return maskUrls(value);
  if (Array.isArray(value)) return value.map(maskByName);
  if (!isTree(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, SECRET_KEY.test(key) ? hidden(inner) : maskByName(inner)]),
  );
};

/** The definition as it may be shown: what the kind's schema or a key's name says to be secret is masked, `${…}` references are left. */
export const masked = (kind: ResourceKind, spec: Json): Json => {
  const bySchema = maskByName(maskSecrets(spec, SCHEMAS.specs[kind]));
  // A dead-man's URL is all that its service asks for.
  if (kind !== 'watcher' || !isTree(bySchema) || typeof bySchema['url'] !== 'string') return bySchema;
  return { ...bySchema, url: maskText(bySchema['url']) };
};

const unmaskText = (text: string, before: Json | undefined): Json => {
  if (!text.includes(MASK) || typeof before !== 'string') return text;
  return text === MASK || maskUrls(before) === text ? before : text;
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
