import type { Json } from '#kernel/json.ts';
import type { SecretSource } from './contract.ts';
import type { Mistake } from './document.ts';
import { mapLeaves, pathKey, type Path } from './path.ts';

/** A text in which `${…}` stood: as it was written, and what it became. */
interface ResolvedText {
  readonly written: string;
  readonly text: string;
  /** The text is one reference and nothing else. */
  readonly whole: boolean;
}

/** A tree after its references were looked up. */
export interface Resolved {
  readonly value: Json;
  readonly mistakes: readonly Mistake[];
  /** By path, each text that held a reference. */
  readonly texts: ReadonlyMap<string, ResolvedText>;
  readonly files: readonly string[];
}

const REFERENCE = /\$?\$\{([^}]*)\}/g;
const NAME = /^[A-Za-z_]\w*$/;

/** The variables and files that a text refers to, in order: `NAME` or `file:/path`. */
export const referencesIn = (text: string): readonly string[] =>
  Array.from(text.matchAll(REFERENCE))
    .filter((match) => !match[0].startsWith('$$'))
    .map((match) => match[1] ?? '');

type Found = { readonly text: string } | { readonly wrong: string; readonly hint?: string };

const lookUp = (reference: string, secrets: SecretSource): Found => {
  if (reference.startsWith('file:/')) {
    const text = secrets.file(reference.slice('file:'.length));
    if (text === undefined) return { wrong: `the file ${reference.slice('file:'.length)} cannot be read` };
    return text === '' ? { wrong: `the file ${reference.slice('file:'.length)} is empty` } : { text };
  }
  if (reference.startsWith('file:'))
    return { wrong: `\${${reference}} needs the whole path`, hint: 'write ${file:/path/from/the/root}' };
  if (!NAME.test(reference))
    return {
      wrong: '"${…}" with something in it that is no name',
      hint: 'write ${NAME}, ${file:/path}, or $${ for the signs themselves',
    };
  const text = secrets.env(reference);
  const hint = `start Dozor with ${reference}=… in its environment`;
  if (text === undefined) return { wrong: `the environment variable ${reference} is not set`, hint };
  return text === '' ? { wrong: `the environment variable ${reference} is empty`, hint } : { text };
};

/** Replaces every `${NAME}` and `${file:/path}` in the tree's texts; `$${` stands for `${`. What cannot be found is a mistake that names it, never a value. */
export const resolveReferences = (value: Json, secrets: SecretSource): Resolved => {
  const mistakes: Mistake[] = [];
  const texts = new Map<string, ResolvedText>();
  const files = new Set<string>();
  const resolveText = (written: string, path: Path): string => {
    let references = 0;
    const text = written.replaceAll(REFERENCE, (match, reference: string) => {
      if (match.startsWith('$$')) return match.slice(1);
      references += 1;
      if (reference.startsWith('file:/')) files.add(reference.slice('file:'.length));
      const found = lookUp(reference, secrets);
      if ('text' in found) return found.text;
      mistakes.push({ path, at: 'value', message: found.wrong, hint: found.hint });
      return match;
    });
    if (references > 0)
      texts.set(pathKey(path), { written, text, whole: references === 1 && /^\$\{[^}]*\}$/.test(written) });
    return text;
  };
  const resolved = mapLeaves(value, (leaf, path) => (typeof leaf === 'string' ? resolveText(leaf, path) : leaf));
  return { value: resolved, mistakes, texts, files: [...files] };
};
