import { basename } from 'node:path';
import type { Json } from '#kernel/json.ts';
import { formatSpan, parseSpan } from '#kernel/time.ts';
import type { SecretSource } from './contract.ts';
import { childOf, defaultOf, metaOf, schemaAt, schemaFor, shapeOf, type Schema } from './introspect.ts';
import { placesOf, readConfigText, readText, SCHEMAS, type Reading } from './load.ts';
import { isMapping, mapLeaves, pathText, valueAt, type Path } from './path.ts';
import { referencesIn } from './reference.ts';
import { pulseByDefault } from './schema-monitor.ts';
import { ownTimezone } from './schema-settings.ts';
import { mapSecrets, MASK, maskText, maskUrls } from './secret-fields.ts';
import type { FaultPlace } from '#kernel/fault.ts';

/** Where an effective value comes from. */
type Origin =
  | { readonly from: 'file'; readonly file: string; readonly line: number; readonly column: number }
  /** The file refers to it: names of variables, or `file:/path`. */
  | {
      readonly from: 'environment';
      readonly names: readonly string[];
      readonly file: string;
      readonly line: number;
      readonly column: number;
    }
  | { readonly from: 'default' };

/** One effective value of the configuration. */
export interface Explained {
  /** As `services[0].monitors[0].every`. */
  readonly path: string;
  /** As it would be written; secrets masked, references as they are written. Null when nothing holds. */
  readonly value: Json;
  readonly origin: Origin;
  /** What the key means. */
  readonly description?: string;
}

/** Every effective value of a configuration with its origin, and what is wrong with it. */
export interface Explanation {
  readonly values: readonly Explained[];
  readonly mistakes: readonly FaultPlace[];
}

/** Explains a configuration file. @throws Fault CONFIG_UNREADABLE; mistakes in it are part of the answer. */
export const explain = async (file: string, secrets: SecretSource): Promise<Explanation> =>
  explainText(await readConfigText(file), file, secrets);

/** Explains a configuration's text; `file` is only its name. Never throws for what the text holds. */
export const explainText = (text: string, file: string, secrets: SecretSource): Explanation => {
  const reading = readText(text, secrets);
  const root = reading.document.value === undefined ? undefined : hidden(reading.document.value, SCHEMAS.file);
  const walk = new Walk(basename(file), reading);
  if (root === undefined || isMapping(root)) walk.object(SCHEMAS.file, root, []);
  return { values: walk.values, mistakes: placesOf(file, reading.document, reading.mistakes) };
};

class Walk {
  readonly values: Explained[] = [];
  readonly #file: string;
  readonly #reading: Reading;

  constructor(file: string, reading: Reading) {
    this.#file = file;
    this.#reading = reading;
  }

  /** Every key that the schema knows here, then those that it does not know. */
  object(schema: Schema, value: Json | undefined, path: Path): void {
    const written = isMapping(value) ? value : {};
    const shape = shapeOf(schema) ?? {};
    for (const [key, child] of Object.entries(shape).toSorted(([a], [b]) => rank(a) - rank(b))) {
      if (Object.hasOwn(written, key)) this.#written(child, written[key] ?? null, [...path, key]);
      else this.#absent(child, [...path, key], written);
    }
    for (const [key, item] of Object.entries(written)) {
      if (Object.hasOwn(shape, key)) continue;
      const child = childOf(schema, key);
      if (child === undefined) this.#leaf(undefined, item, [...path, key]);
      else this.#written(child, item, [...path, key]);
    }
  }

  #written(schema: Schema, value: Json, path: Path): void {
    const fitting = schemaFor(schema, value);
    const opaque = metaOf(schema)['secret'] === true;
    if (isMapping(value) && !opaque && (shapeOf(fitting) !== undefined || childOf(fitting, '') !== undefined)) {
      this.object(fitting, value, path);
      return;
    }
    if (Array.isArray(value) && value.some((item) => isMapping(item))) {
      for (const [index, item] of (value as readonly Json[]).entries()) {
        const child = childOf(fitting, index);
        if (child === undefined) this.#leaf(undefined, item, [...path, index]);
        else this.#written(child, item, [...path, index]);
      }
      return;
    }
    this.#leaf(schema, value, path);
  }

  #leaf(schema: Schema | undefined, value: Json, path: Path): void {
    const position = this.#reading.document.position(path, 'value');
    const written = valueAt(this.#reading.document.value, path) ?? null;
    const names = textsIn(written).flatMap((text) => referencesIn(text));
    const place = { file: this.#file, ...position };
    const origin: Origin = names.length === 0 ? { from: 'file', ...place } : { from: 'environment', names, ...place };
    this.#add(schema, path, value, origin);
  }

  #absent(schema: Schema, path: Path, siblings: Readonly<Record<string, Json>>): void {
    const value = defaultOf(schema) ?? this.#computed(path, siblings);
    const shape = shapeOf(schema);
    if (shape !== undefined && isMapping(value)) this.object(schema, undefined, path);
    else if (value !== undefined) this.#add(schema, path, value, { from: 'default' });
  }

  /** Defaults that hang on other keys. */
  #computed(path: Path, siblings: Readonly<Record<string, Json>>): Json | undefined {
    const key = path.at(-1);
    if (path.length === 1 && key === 'timezone') return ownTimezone();
    if (path.at(-3) !== 'monitors') return undefined;
    if (key === 'severity')
      return valueAt(this.#reading.document.value, [...path.slice(0, 2), 'severity']) ?? 'critical';
    return key === 'pulse' ? this.#pulse(siblings) : undefined;
  }

  #pulse(siblings: Readonly<Record<string, Json>>): Json | undefined {
    const kind = SCHEMAS.seams.kinds.find((candidate) => candidate.kind === siblings['kind']);
    if (kind === undefined) return undefined;
    const every = siblings['every'];
    const everyMs = (typeof every === 'string' ? parseSpan(every) : undefined) ?? kind.defaults.everyMs;
    const pulseMs = pulseByDefault(kind, everyMs);
    return pulseMs === undefined ? 'off' : formatSpan(pulseMs);
  }

  #add(schema: Schema | undefined, path: Path, value: Json, origin: Origin): void {
    const description = schema === undefined ? undefined : metaOf(schema)['description'];
    this.values.push({
      path: pathText(path),
      value,
      origin,
      ...(typeof description === 'string' ? { description } : {}),
    });
  }
}

/** Names go first, so that a reader knows what the lines after it are about. */
const FIRST = ['name', 'id', 'kind'];

const rank = (key: string): number => (FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length);

const textsIn = (value: Json): readonly string[] => {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(textsIn);
  return isMapping(value) ? Object.values(value).flatMap(textsIn) : [];
};

/** The tree with its secrets masked, whatever alternative of a union they stand in. */
const hidden = (value: Json, schema: Schema): Json =>
  mapLeaves(mapSecrets(value, schema, maskText), (leaf, path) => {
    if (typeof leaf === 'string') return maskUrls(leaf);
    const at = leaf === null ? undefined : schemaAt(schema, path, value);
    return at !== undefined && metaOf(at)['secret'] === true ? MASK : leaf;
  });
