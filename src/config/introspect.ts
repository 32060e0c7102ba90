import { z } from 'zod';
import type { Json } from '#kernel/json.ts';
import { isMapping, type Path } from './path.ts';

/** Any zod schema. */
export type Schema = z.core.$ZodType;

/** The parts of zod's definitions that are looked at here. */
interface Definition {
  readonly type: string;
  readonly innerType?: Schema;
  readonly in?: Schema;
  readonly out?: Schema;
  readonly getter?: () => Schema;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly element?: Schema;
  readonly options?: readonly Schema[];
  readonly valueType?: Schema;
  readonly values?: readonly unknown[];
  readonly entries?: Readonly<Record<string, string | number>>;
  readonly defaultValue?: unknown;
  readonly left?: Schema;
  readonly items?: readonly Schema[];
}

const definitionOf = (schema: Schema): Definition => schema._zod.def as unknown as Definition;

const innerOf = (schema: Schema): Schema | undefined => {
  const definition = definitionOf(schema);
  if (definition.innerType !== undefined) return definition.innerType;
  if (definition.type === 'lazy') return definition.getter?.();
  if (definition.type !== 'pipe') return undefined;
  const input = definition.in;
  return input !== undefined && definitionOf(input).type !== 'transform' ? input : definition.out;
};

/** The schema without its optional, default and transforming wrappings. */
export const unwrap = (schema: Schema): Schema => {
  let current = schema;
  for (let inner = innerOf(current); inner !== undefined; inner = innerOf(current)) current = inner;
  return current;
};

/** What was noted on the schema or on any of its wrappings (`title`, `description`, `secret`, `format`); the outermost wins. */
export const metaOf = (schema: Schema): Readonly<Record<string, unknown>> => {
  const inner = innerOf(schema);
  return { ...(inner === undefined ? {} : metaOf(inner)), ...z.globalRegistry.get(schema) };
};

/** The value that stands in when nothing is written, as it would be written; undefined when there is none. */
export const defaultOf = (schema: Schema): Json | undefined => {
  const definition = definitionOf(schema);
  if (definition.type === 'default' || definition.type === 'prefault') return definition.defaultValue as Json;
  const inner = innerOf(schema);
  return inner === undefined ? undefined : defaultOf(inner);
};

/** The keys of an object schema with their schemas; undefined when the schema is none. */
export const shapeOf = (schema: Schema): Readonly<Record<string, Schema>> | undefined =>
  definitionOf(unwrap(schema)).shape;

/** The alternatives of a union; undefined when the schema is none. */
export const optionsOf = (schema: Schema): readonly Schema[] | undefined => {
  const definition = definitionOf(unwrap(schema));
  return definition.type === 'union' ? definition.options : undefined;
};

/** The fixed values that a literal or enum takes; undefined when the schema is none. */
export const literalsOf = (schema: Schema): readonly unknown[] | undefined => {
  const definition = definitionOf(unwrap(schema));
  if (definition.type === 'literal') return definition.values;
  return definition.type === 'enum' ? Object.values(definition.entries ?? {}) : undefined;
};

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  array: Array.isArray,
  tuple: Array.isArray,
  object: isMapping,
  record: isMapping,
};

const fits = (schema: Schema, value: Json | undefined): boolean => {
  const bare = unwrap(schema);
  const literals = literalsOf(bare);
  if (literals !== undefined) return literals.includes(value);
  const { type, shape, options } = definitionOf(bare);
  if (options !== undefined) return options.some((option) => fits(option, value));
  if (!(TYPES[type]?.(value) ?? true)) return false;
  if (shape === undefined || !isMapping(value)) return true;
  return Object.entries(shape).every(([key, part]) => {
    const fixed = definitionOf(part).type === 'literal' ? literalsOf(part) : undefined;
    return fixed === undefined || fixed.includes(value[key]);
  });
};

/** The schema that is meant for this very value: unwrapped, and of a union the alternative that fits. */
export const schemaFor = (schema: Schema, value: Json | undefined): Schema => {
  const options = optionsOf(schema);
  if (options === undefined) return unwrap(schema);
  const option = options.find((candidate) => fits(candidate, value));
  return option === undefined ? unwrap(schema) : schemaFor(option, value);
};

/** The schema of a value's child, still wrapped; undefined when the schema knows no such child. */
export const childOf = (schema: Schema, part: string | number): Schema | undefined => {
  const { shape, element, items, valueType, left } = definitionOf(unwrap(schema));
  if (typeof part === 'number') return items?.[part] ?? element;
  if (shape !== undefined) return Object.hasOwn(shape, part) ? shape[part] : undefined;
  return valueType ?? (left === undefined ? undefined : childOf(left, part));
};

/** The schema at a path of a value, still wrapped; undefined when the path leads nowhere. */
export const schemaAt = (root: Schema, path: Path, value: Json | undefined): Schema | undefined => {
  let schema: Schema | undefined = root;
  let current: Json | undefined = value;
  for (const part of path) {
    schema = childOf(schemaFor(schema, current), part);
    if (schema === undefined) return undefined;
    current = (current as Readonly<Record<string | number, Json>> | null | undefined)?.[part];
  }
  return schema;
};
