import { join, relative } from 'node:path';
import type { ArtifactFacts, ShadowFact } from '#diagnose/app-facts.ts';
import { createBreather } from './deadline.ts';
import { asRecord, readJson, readText, statOf } from './files.ts';
import { relativeImports, resolveImport, withoutComments } from './imports.ts';

type Compared = Pick<ArtifactFacts, 'olderThanSource' | 'withoutSource' | 'brokenImports'>;

/** What is compared. */
export interface Comparison {
  readonly dir: string;
  /** The artifact, relative to the folder. */
  readonly path: string;
  /** Its files, absolute. */
  readonly files: readonly string[];
  /** Where sources begin, when tsconfig says so. */
  readonly root: string | undefined;
  readonly signal: AbortSignal;
}

const MOST_FOUND = 20;
const MOST_COMPARED = 2_000;
const BUILT = /\.([cm]?js)$/;

const sourceEndings = (built: string): readonly string[] => {
  if (built.endsWith('.mjs')) return ['.mts', '.mjs'];
  if (built.endsWith('.cjs')) return ['.cts', '.cjs'];
  return ['.ts', '.tsx', '.js', '.jsx', '.coffee'];
};

/** Where the source of a built file may lie: below src/, below tsconfig's root, or where the built folder repeats the whole tree. */
const sourceOf = async ({ dir, path, root }: Comparison, built: string): Promise<string | undefined> => {
  const inside = relative(join(dir, path), built).replace(BUILT, '');
  const bases = [
    ...new Set(
      [root, 'src', '.', 'lib', 'app', 'server'].filter((one): one is string => one !== undefined && one !== path),
    ),
  ];
  for (const base of bases)
    for (const ending of sourceEndings(built)) {
      const candidate = join(dir, base, inside + ending);
      if (candidate !== built && (await statOf(candidate))?.isFile() === true) return candidate;
    }
  return undefined;
};

/** The texts that a program carries from source to what is built, whatever compiles it: its longer strings. */
const stringsOf = (text: string): ReadonlySet<string> =>
  new Set([...withoutComments(text).matchAll(/(["'])((?:(?!\1)[^\\\n]){4,200})\1/g)].map(([, , inner = '']) => inner));

/** What compilers add by themselves. */
const ADDED =
  /^(use strict|__esModule|default|tslib|require|exports|object|function|undefined|\.{1,2}\/.*|node:.*|Symbol.*|string|symbol)$/;

/**
 * Was this built from this very source? By the source map's copy where there is one; else not so when the built file says things that the source
 * does not say. Undefined when neither tells.
 */
const isSame = async (built: string, source: string): Promise<boolean | undefined> => {
  const [builtText, sourceText] = await Promise.all([readText(built, 500_000), readText(source, 500_000)]);
  if (builtText === undefined || sourceText === undefined) return undefined;
  const map = asRecord(await readJson(`${built}.map`, 2_000_000));
  const [original] = Array.isArray(map?.['sourcesContent']) ? (map['sourcesContent'] as readonly unknown[]) : [];
  if (typeof original === 'string') return original === sourceText;
  const strange = [...stringsOf(builtText)].filter((text) => !ADDED.test(text) && !sourceText.includes(text));
  return strange.length > 0 ? false : undefined;
};

const compareOne = async (comparison: Comparison, built: string, source: string): Promise<ShadowFact | undefined> => {
  const [builtStat, sourceStat] = await Promise.all([statOf(built), statOf(source)]);
  if (builtStat === undefined || sourceStat === undefined) return undefined;
  // Times alone do not tell: a checkout gives every file a new one.
  const same = await isSame(built, source);
  const isOlder = builtStat.mtimeMs < sourceStat.mtimeMs;
  if (same === true || (!isOlder && same !== false)) return undefined;
  return {
    built: relative(comparison.dir, built),
    source: relative(comparison.dir, source),
    builtAt: Math.round(builtStat.mtimeMs),
    sourceAt: Math.round(sourceStat.mtimeMs),
    ...(same === undefined ? {} : { differs: !same }),
  };
};

const brokenOf = async (dir: string, built: string): Promise<Compared['brokenImports']> => {
  const text = await readText(built, 500_000);
  if (text === undefined) return [];
  const found = await Promise.all(
    relativeImports(text).map(async (specifier) =>
      (await resolveImport(built, specifier)) === undefined ? [{ file: relative(dir, built), specifier }] : [],
    ),
  );
  return found.flat();
};

/** The built files against their sources: which are older or say something else, whose source is gone, which of their imports lead nowhere. */
export const compareWithSources = async (comparison: Comparison): Promise<Compared> => {
  const olderThanSource: ShadowFact[] = [];
  const withoutSource: string[] = [];
  const brokenImports: Compared['brokenImports'][number][] = [];
  const breathe = createBreather();
  for (const built of comparison.files.filter((file) => BUILT.test(file)).slice(0, MOST_COMPARED)) {
    if (comparison.signal.aborted) break;
    await breathe();
    const source = await sourceOf(comparison, built);
    const shadow = source === undefined ? undefined : await compareOne(comparison, built, source);
    if (source === undefined) withoutSource.push(relative(comparison.dir, built));
    if (shadow !== undefined) olderThanSource.push(shadow);
    brokenImports.push(...(await brokenOf(comparison.dir, built)));
  }
  return {
    olderThanSource: olderThanSource.slice(0, MOST_FOUND),
    withoutSource: withoutSource.slice(0, MOST_FOUND),
    brokenImports: brokenImports.slice(0, MOST_FOUND),
  };
};
