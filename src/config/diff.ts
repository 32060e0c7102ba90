import type { Json } from '#kernel/json.ts';
import type { Schema } from './introspect.ts';
import { isMapping, pathText, type Path } from './path.ts';
import { mapSecrets, maskText, maskUrls } from './secret-fields.ts';

type Leaf = string | number | boolean | null;

const flatten = (value: Json, path: Path = []): readonly (readonly [string, Leaf])[] => {
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null))
    return [[pathText(path), `[${value.join(', ')}]`]];
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap((item, index) => flatten(item, [...path, index]));
  if (isMapping(value)) return Object.entries(value).flatMap(([key, item]) => flatten(item, [...path, key]));
  return [[pathText(path), value as Leaf]];
};

const shown = (value: Leaf | undefined): string => (value === undefined ? '–' : maskUrls(String(value)));

/** What changed from one definition to the next, a line a key: `every: 2m → 1m`. A changed secret is named and not shown. */
export const diffSpecs = (before: Json, after: Json, schema: Schema): readonly string[] => {
  const secrets = new Set<string>();
  const mask = (value: Json): Json =>
    mapSecrets(value, schema, (text, path) => {
      secrets.add(pathText(path));
      return maskText(text);
    });
  const masked = [before, after].map((value) => new Map(flatten(mask(value))));
  const [from, to] = [new Map(flatten(before)), new Map(flatten(after))];
  return [...new Set([...from.keys(), ...to.keys()])].flatMap((key) => {
    if (from.get(key) === to.get(key)) return [];
    const [old, now] = [shown(masked[0]?.get(key)), shown(masked[1]?.get(key))];
    return [old === now ? `${key}: changed` : `${key}: ${old} → ${now}`];
  });
};
