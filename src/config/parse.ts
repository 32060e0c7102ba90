import type { z } from 'zod';
import type { Json } from '#kernel/json.ts';
import type { SecretSource } from './contract.ts';
import type { Mistake } from './document.ts';
import { describeIssues } from './issue.ts';
import { mapLeaves, pathKey } from './path.ts';
import { resolveReferences, type Resolved } from './reference.ts';

/** A tree that was resolved and held against its schema. */
export interface Parsed<T> {
  /** Undefined when there are mistakes. */
  readonly output: T | undefined;
  readonly mistakes: readonly Mistake[];
  /** The tree with its references looked up. */
  readonly resolved: Resolved;
}

/**
 * Looks up the references of a tree and checks it. Environment variables are texts: where a reference alone stands for a number or a
 * yes-or-no, its text is read as one.
 */
export const parseResolved = <S extends z.ZodType>(
  schema: S,
  written: Json,
  secrets: SecretSource,
): Parsed<z.output<S>> => {
  const resolved = resolveReferences(written, secrets);
  const first = schema.safeParse(resolved.value);
  if (first.success) return { output: mistakeFree(resolved, first.data), mistakes: resolved.mistakes, resolved };
  const wrong = describeIssues(first.error.issues, { schema, value: resolved.value });
  const retyped = retype(resolved, new Set(wrong.map((mistake) => pathKey(mistake.path))));
  const second = retyped === undefined ? first : schema.safeParse(retyped);
  if (second.success) return { output: mistakeFree(resolved, second.data), mistakes: resolved.mistakes, resolved };
  const mistakes = second === first ? wrong : describeIssues(second.error.issues, { schema, value: retyped });
  return { output: undefined, mistakes: [...resolved.mistakes, ...withoutValues(mistakes, resolved)], resolved };
};

const mistakeFree = <T>(resolved: Resolved, output: T): T | undefined =>
  resolved.mistakes.length === 0 ? output : undefined;

const retype = (resolved: Resolved, wrong: ReadonlySet<string>): Json | undefined => {
  let changed = false;
  const value = mapLeaves(resolved.value, (leaf, path) => {
    const key = pathKey(path);
    if (typeof leaf !== 'string' || !wrong.has(key) || resolved.texts.get(key)?.whole !== true) return leaf;
    const typed = typedText(leaf);
    changed ||= typed !== leaf;
    return typed;
  });
  return changed ? value : undefined;
};

const typedText = (text: string): Json => {
  if (text === 'true' || text === 'false') return text === 'true';
  const number = Number(text);
  return /^-?\d+(\.\d+)?$/.test(text) && (!Number.isInteger(number) || Number.isSafeInteger(number)) ? number : text;
};

/** What came from outside is never repeated in a message; what could not be found is told once. */
export const withoutValues = (mistakes: readonly Mistake[], resolved: Resolved): readonly Mistake[] => {
  const unresolved = new Set(resolved.mistakes.map((mistake) => pathKey(mistake.path)));
  const texts = [...resolved.texts.values()].toSorted((a, b) => b.text.length - a.text.length);
  const clean = (words: string): string =>
    texts.reduce((rest, { text, written }) => (text.length < 3 ? rest : rest.replaceAll(text, () => written)), words);
  return mistakes.flatMap((mistake) => {
    const key = pathKey(mistake.path);
    if (unresolved.has(key)) return [];
    const { message, hint } = mistake;
    const cleaned = { ...mistake, message: clean(message), hint: hint === undefined ? undefined : clean(hint) };
    const text = resolved.texts.get(key);
    if (text === undefined) return [cleaned];
    return [
      { ...cleaned, hint: `the value comes from ${text.written.match(/\$\{[^}]*\}/g)?.join(' and ') ?? 'outside'}` },
    ];
  });
};
