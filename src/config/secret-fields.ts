import type { Json } from '#kernel/json.ts';
import { childOf, metaOf, schemaFor, shapeOf, type Schema } from './introspect.ts';
import { isMapping, type Path } from './path.ts';

const isSecret = (schema: Schema): boolean => metaOf(schema)['secret'] === true;

/** Names that say what they hold, wherever people may choose the keys themselves (headers). */
const SECRET_NAME = /pass(word|phrase|wd)|secret|token|api[-_]?key|authorization|cookie|credential/i;

/**
 * A copy of the value in which every text under a field with meta `secret: true` (or with a header's telling name) went through `change`; all else stays. A secret mapping or
 * list (headers) counts with all the texts in it.
 */
export const mapSecrets = (
  value: Json,
  schema: Schema,
  change: (text: string, path: Path) => string,
  path: Path = [],
  within = false,
): Json => {
  const fitting = schemaFor(schema, value);
  const secret = within || isSecret(schema) || isSecret(fitting);
  if (typeof value === 'string') return secret ? change(value, path) : value;
  const go = (part: string | number, item: Json): Json => {
    const child = childOf(fitting, part);
    const told = secret || (typeof part === 'string' && shapeOf(fitting) === undefined && SECRET_NAME.test(part));
    if (child !== undefined) return mapSecrets(item, child, change, [...path, part], told);
    return told ? mapSecrets(item, fitting, change, [...path, part], true) : item;
  };
  if (Array.isArray(value)) return (value as readonly Json[]).map((item, index) => go(index, item));
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, go(key, item)]));
};

/** What stands for a secret where it must not be seen. */
export const MASK = '••••••';

const isReference = (text: string): boolean => /^\$\{[^}]*\}$/.test(text);

const USER_INFO = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/?#@]*:)([^\s/?#@]+)(?=@)/gi;
/** Parameters whose names say what they hold, and those that carry a key or a signature by habit. */
const PARAMETER =
  /([?&](?:[\w.-]*(?:pass(?:word|phrase|wd)|secret|token|api[-_]?key|access[-_]?key|credential)[\w-]*|key|sig|signature|auth)=)([^\s&#]+)/gi;

/** The text without the secrets of a URL in it: `smtp://user:••••••@host`, `https://host/health?token=••••••`. References are kept. */
export const maskUrls = (text: string): string =>
  [USER_INFO, PARAMETER].reduce(
    (clean, pattern) =>
      clean.replaceAll(pattern, (whole, head: string, value: string) =>
        isReference(value) ? whole : `${head}${MASK}`,
      ),
    text,
  );

/** A secret as it may be shown: references (`${NAME}`) say where it comes from and are kept, all else is masked. */
export const maskText = (text: string): string => (isReference(text) ? text : MASK);
