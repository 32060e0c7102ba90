import type { Json } from '#kernel/json.ts';

/** Where something stands in a tree of values: keys and list positions from the top. */
export type Path = readonly (string | number)[];

/** The path as one word, for maps. */
export const pathKey = (path: Path): string => JSON.stringify(path);

/** The path as people read it: `services[0].monitors[1].url`. */
export const pathText = (path: Path): string => {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[\w-]+$/.test(part)) text += text === '' ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
  }
  return text;
};

/** Is the value a mapping? */
export const isMapping = (value: unknown): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value under a path, undefined when there is none. */
export const valueAt = (root: Json | undefined, path: Path): Json | undefined => {
  let value = root;
  for (const part of path) {
    if (Array.isArray(value) && typeof part === 'number') value = (value as readonly Json[])[part];
    else if (isMapping(value) && Object.hasOwn(value, part)) value = value[part];
    else return undefined;
  }
  return value;
};

/** A copy of the tree in which every leaf went through `change`. */
export const mapLeaves = (value: Json, change: (leaf: Json, path: Path) => Json, path: Path = []): Json => {
  if (Array.isArray(value))
    return (value as readonly Json[]).map((item, index) => mapLeaves(item, change, [...path, index]));
  if (!isMapping(value)) return change(value, path);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapLeaves(item, change, [...path, key])]));
};
