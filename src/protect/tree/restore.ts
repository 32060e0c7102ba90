import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isThere } from '../runner/durable.ts';
import { makeNear } from '../runner/place.ts';
import type { Step } from '../action.ts';
import { filesBelow, holdsClosed, type TreeQuestion } from './code-files.ts';
import { copyEntry, packagesFolder, readTree, treeFolder, type KeptTree, type TreeFile } from './kept.ts';
import { linkPackages, packagesKey } from './packages.ts';

/** One thing that a return to a kept tree puts in its place, or takes away. Relative to the app's folder. */
export interface Return {
  readonly path: string;
  readonly comes: boolean;
}

/** What a return would change. */
export interface Difference {
  readonly returns: readonly Return[];
  /** The packages differ, and are kept. */
  readonly packages: boolean;
  /** The packages differ, but those of then were not kept. */
  readonly lacksPackages: boolean;
}

const topOf = (path: string): string => path.split('/')[0] ?? path;

/** A folder that holds nothing but code is swapped whole; where data lies among it, file by file. */
const isWholeFolder = async (dir: string, top: string, code: ReadonlySet<string>): Promise<boolean> => {
  const path = join(dir, top);
  if (!(await isThere(path))) return true;
  if (!(await lstat(path)).isDirectory() || (await holdsClosed(path))) return false;
  return (await filesBelow(dir, top)).every((file) => code.has(file));
};

const byPath = (files: readonly TreeFile[]): ReadonlyMap<string, string> =>
  new Map(files.map(({ path, hash }) => [path, hash]));

const changed = (now: readonly TreeFile[], then: readonly TreeFile[]): readonly Return[] => {
  const [old, kept] = [byPath(now), byPath(then)];
  const comes = then.filter(({ path, hash }) => old.get(path) !== hash).map(({ path }) => ({ path, comes: true }));
  const goes = now.filter(({ path }) => !kept.has(path)).map(({ path }) => ({ path, comes: false }));
  return [...comes, ...goes];
};

const grouped = async (
  dir: string,
  returns: readonly Return[],
  now: readonly TreeFile[],
  then: readonly TreeFile[],
): Promise<readonly Return[]> => {
  const code = new Set(now.map(({ path }) => path));
  const kept = new Set(then.map(({ path }) => topOf(path)));
  const whole = new Map<string, boolean>();
  const result: Return[] = [];
  for (const one of returns) {
    const top = topOf(one.path);
    if (top === one.path) {
      result.push(one);
      continue;
    }
    const isWhole = whole.get(top) ?? (await isWholeFolder(dir, top, code));
    if (isWhole && !whole.has(top)) result.push({ path: top, comes: kept.has(top) });
    if (!isWhole) result.push(one);
    whole.set(top, isWhole);
  }
  return result;
};

/** What differs between an app's folder and a kept tree. */
export const differenceTo = async (tree: KeptTree, question: TreeQuestion): Promise<Difference> => {
  const now = await readTree(question);
  const isOther = tree.packages !== undefined && (await packagesKey(question.dir)) !== tree.packages;
  return {
    returns: await grouped(question.dir, changed(now, tree.files), now, tree.files),
    packages: isOther && tree.hasPackages,
    lacksPackages: isOther && !tree.hasPackages,
  };
};

const swapOf = (dir: string, place: string, path: string, comes: boolean): Step => {
  const both = { do: 'swap' as const, path: join(dir, path), aside: join(place, 'aside', path) };
  return comes ? { ...both, staged: join(place, 'staged', path) } : both;
};

/** The steps of a return; `place` is where things are made ready and put aside, on the app's file system. */
export const returnSteps = (dir: string, place: string, { returns, packages }: Difference): readonly Step[] => [
  ...(packages ? [swapOf(dir, place, 'node_modules', true)] : []),
  ...returns.map(({ path, comes }) => swapOf(dir, place, path, comes)),
];

/** Makes ready what the steps put in place; the kept tree itself stays whole. */
export const makeReady = async (
  near: string,
  place: string,
  tree: KeptTree,
  { returns, packages }: Difference,
): Promise<void> => {
  await makeNear(place);
  const staged = join(place, 'staged');
  await mkdir(staged, { recursive: true, mode: 0o700 });
  const wanted = returns.filter(({ comes }) => comes).map(({ path }) => path);
  const isWanted = (file: string): boolean => wanted.includes(file) || wanted.includes(topOf(file));
  for (const { path } of tree.files.filter((file) => isWanted(file.path)))
    await copyEntry(join(treeFolder(near, tree.id), path), join(staged, path));
  if (packages && tree.packages !== undefined)
    await linkPackages(packagesFolder(near, tree.packages), join(staged, 'node_modules'));
};
