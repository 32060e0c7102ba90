import type { Json } from '#kernel/json.ts';
import type { Mistake } from './document.ts';
import { isMapping, type Path } from './path.ts';
import { didYouMean } from './suggest.ts';

/** A thing of a list in the file, with its place. */
export interface Listed {
  readonly item: Readonly<Record<string, Json>>;
  readonly path: Path;
}

/** The mappings of a list under a key, with their places; what is no mapping is told by the schema. */
export const listed = (parent: Json | undefined, key: string, path: Path = []): readonly Listed[] => {
  const list = isMapping(parent) ? parent[key] : undefined;
  if (!Array.isArray(list)) return [];
  return (list as readonly Json[]).flatMap((item, index) =>
    isMapping(item) ? [{ item, path: [...path, key, index] }] : [],
  );
};

/** A value that is a text. */
export const text = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

/** The names of things. */
export const names = (things: readonly Listed[]): readonly string[] =>
  things.flatMap(({ item }) => text(item['name']) ?? []);

/** A name that must be known: a mistake with the nearest one when it is not. */
export const reference = (
  what: string,
  value: Json | undefined,
  path: Path,
  known: readonly string[],
): readonly Mistake[] => {
  const name = text(value);
  if (name === undefined || known.includes(name)) return [];
  const hint = known.length === 0 ? `the file defines no ${what}` : didYouMean(name, [...new Set(known)]);
  return [{ path, at: 'value', message: `there is no ${what} "${name}"`, hint }];
};

/** The same for each name of a list. */
export const references = (
  what: string,
  value: Json | undefined,
  path: Path,
  known: readonly string[],
): readonly Mistake[] =>
  Array.isArray(value)
    ? (value as readonly Json[]).flatMap((item, index) => reference(what, item, [...path, index], known))
    : [];
