import { z } from 'zod';
import type { Json } from '#kernel/json.ts';
import type { Mistake } from './document.ts';
import { literalsOf, metaOf, optionsOf, schemaAt, schemaFor, shapeOf, unwrap, type Schema } from './introspect.ts';
import { isMapping, valueAt, type Path } from './path.ts';
import { didYouMean } from './suggest.ts';

type Issue = z.core.$ZodIssue;

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a mapping (lines of key: value)',
  record: 'a mapping (lines of key: value)',
  null: 'nothing',
};

const wordOf = (value: Json): string => {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (isMapping(value)) return 'a mapping';
  return typeof value === 'boolean' ? String(value) : `a ${typeof value === 'number' ? 'number' : 'text'}`;
};

/** What a schema wants, in words: `a span such as 10s`, `"off"`, `a list`. */
const wantedBy = (schema: Schema): string => {
  if (metaOf(schema)['format'] === 'span') return 'a span of time such as 10s, 2m or 1h30m';
  const literals = literalsOf(schema);
  if (literals !== undefined) return literals.map((value) => JSON.stringify(value)).join(' or ');
  const options = optionsOf(schema);
  if (options !== undefined) return [...new Set(options.map(wantedBy))].join(', or ');
  return TYPE_WORDS[unwrap(schema)._zod.def.type] ?? 'another kind of value';
};

interface Tree {
  readonly schema: Schema;
  readonly value: Json | undefined;
}

/** Turns zod's issues into mistakes in plain words, with what was probably meant. Values are never repeated. */
export const describeIssues = (issues: readonly Issue[], tree: Tree): readonly Mistake[] =>
  issues.flatMap((issue) => describe(issue, [], tree));

const describe = (issue: Issue, base: Path, tree: Tree): readonly Mistake[] => {
  const path = [...base, ...issue.path.filter((part) => typeof part !== 'symbol')];
  const value = valueAt(tree.value, path);
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue.keys, path, tree);
  if (issue.code === 'custom') return [ownWords(issue, path)];
  if (issue.code === 'invalid_key') return [wrongKey(issue, path)];
  if (value === undefined) return [missing(path, tree)];
  return wrongValue(issue, path, value, tree);
};

const ownWords = (issue: Extract<Issue, { code: 'custom' }>, path: Path): Mistake => {
  const hint = (issue.params as { hint?: string } | undefined)?.hint;
  return { path, at: 'value', message: issue.message, hint };
};

const wrongKey = (issue: Extract<Issue, { code: 'invalid_key' }>, path: Path): Mistake => {
  const [first] = issue.issues;
  return { path, at: 'key', message: first === undefined ? 'is not written as it must be' : limit(first) };
};

const wrongValue = (issue: Issue, path: Path, value: Json, tree: Tree): readonly Mistake[] => {
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return union(issue.errors, path, tree);
  if (issue.code === 'invalid_union') return [unknownWord(path, value, kindsAt(path, tree))];
  if (issue.code === 'invalid_value') return [unknownWord(path, value, issue.values.map(String))];
  if (issue.code === 'invalid_type') return [wrongType(path, value, tree)];
  return [{ path, at: 'value', message: limit(issue) }];
};

const unknownKeys = (keys: readonly string[], path: Path, tree: Tree): readonly Mistake[] => {
  const here = valueAt(tree.value, path);
  const schema = schemaAt(tree.schema, path, tree.value);
  const known = schema === undefined ? [] : Object.keys(shapeOf(schemaFor(schema, here)) ?? {});
  const free = known.filter((key) => !isMapping(here) || !Object.hasOwn(here, key));
  return keys.map((key) => ({
    path: [...path, key],
    at: 'key',
    message: `unknown key "${key}"`,
    hint: didYouMean(key, free) ?? `possible here: ${known.join(', ')}`,
  }));
};

const exampleOf = (schema: Schema): string | undefined => {
  const { examples } = metaOf(schema);
  return Array.isArray(examples) && (typeof examples[0] === 'string' || typeof examples[0] === 'number')
    ? String(examples[0])
    : undefined;
};

const missing = (path: Path, tree: Tree): Mistake => {
  const schema = schemaAt(tree.schema, path, tree.value) ?? discriminator(path, tree);
  const key = String(path.at(-1) ?? '');
  const hint = schema === undefined ? undefined : `${key}: ${exampleOf(schema) ?? wantedBy(schema)}`;
  return { path, at: 'key', message: `"${key}" is missing`, hint };
};

/** The kinds that a missing `kind:` may take: no alternative fits yet, so all are gathered. */
const discriminator = (path: Path, tree: Tree): Schema | undefined => {
  const words = kindsAt(path, tree);
  return words.length === 0 ? undefined : z.enum(words);
};

const kindsAt = (path: Path, tree: Tree): readonly string[] => {
  const parent = schemaAt(tree.schema, path.slice(0, -1), tree.value);
  const options = parent === undefined ? [] : (optionsOf(parent) ?? []);
  const key = String(path.at(-1));
  return options.flatMap((option) => {
    const part = shapeOf(option)?.[key];
    return part === undefined ? [] : (literalsOf(part) ?? []).map(String);
  });
};

const unknownWord = (path: Path, value: Json, words: readonly string[]): Mistake => {
  const listed = words.length > 1 ? `must be one of ${words.join(', ')}` : `must be ${words.join('')}`;
  const hint = typeof value === 'string' ? didYouMean(value, words) : undefined;
  return { path, at: 'value', message: listed, hint: hint?.startsWith('did') === true ? hint : undefined };
};

const wrongType = (path: Path, value: Json, tree: Tree): Mistake => {
  const schema = schemaAt(tree.schema, path, tree.value);
  const wanted = schema === undefined ? 'another kind of value' : wantedBy(schema);
  const message = `must be ${wanted}, and is ${wordOf(value)}`;
  if (value === null) return { path, at: 'value', message, hint: 'leave the line out, or write a value' };
  const span = wanted.includes('span of time');
  if (typeof value === 'number' && span)
    return { path, at: 'value', message, hint: `a unit is missing: ${value}s, ${value}m` };
  const quoted = wanted.startsWith('a text') && (typeof value === 'number' || typeof value === 'boolean');
  return { path, at: 'value', message, hint: quoted ? 'put it in quotes' : undefined };
};

const rootIssue = (issue: Issue): boolean =>
  issue.path.length === 0 &&
  (issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union');

/** Of the alternatives the one that the writer meant is that whose type fits; when none does, all are named. */
const union = (branches: readonly (readonly Issue[])[], path: Path, tree: Tree): readonly Mistake[] => {
  const fitting = branches.filter((issues) => !issues.some(rootIssue)).toSorted((a, b) => a.length - b.length)[0];
  if (fitting !== undefined) return fitting.flatMap((issue) => describe(issue, path, tree));
  const value = valueAt(tree.value, path) ?? null;
  return [wrongType(path, value, tree)];
};

/** Zod's own words for a broken limit begin so; any other message was written by whoever made the schema, for people. */
const ZODS_OWN = /^(Invalid|Too )/;

const limit = (issue: Issue): string => {
  if (!ZODS_OWN.test(issue.message)) return issue.message;
  if (issue.code === 'too_small') return smallest(issue);
  if (issue.code === 'too_big')
    return issue.origin === 'string'
      ? `must have at most ${issue.maximum} letters`
      : `must be at most ${issue.maximum}`;
  return (issue.code === 'invalid_format' ? FORMATS[issue.format] : undefined) ?? 'is not written as it must be';
};

const smallest = (issue: Extract<Issue, { code: 'too_small' }>): string => {
  if (issue.origin === 'string' || issue.origin === 'array')
    return issue.minimum === 1 ? 'must not be empty' : `needs at least ${issue.minimum}`;
  return issue.inclusive === false ? `must be more than ${issue.minimum}` : `must be at least ${issue.minimum}`;
};

const FORMATS: Readonly<Record<string, string>> = {
  url: 'must be a whole URL such as https://api.example.com/health',
  email: 'must be a mail address',
  ipv4: 'must be an IPv4 address',
  ipv6: 'must be an IPv6 address',
};
