import type { Stats } from 'node:fs';
import { join } from 'node:path';
import type { ArtifactFacts, EntryFacts } from '#diagnose/app-facts.ts';
import { known, type Known } from '#diagnose/known.ts';
import { defined } from '#kernel/defined.ts';
import { compareWithSources } from './built-against-source.ts';
import { createBreather } from './deadline.ts';
import { asText, listFolder, lstatOf, readText } from './files.ts';
import { trackedAmong } from './git.ts';
import { findMaker } from './makers.ts';

/** What is looked for where nothing is configured, besides what the entry and tsconfig name. */
const USUAL = ['dist', 'build', 'out', '.next', '.output', '*.tar.gz', '*.tgz', '*.zip'];
const MOST_FILES = 20_000;
/** A rename or chmod moves the change of an inode away from that of its contents. */
const MOVED_MS = 1_000;
const ARCHIVE = /\.(tar\.(gz|bz2|xz|zst)|tgz|zip|tar|7z|rar)$/;

/** What lies in an artifact. */
export interface Inventory {
  readonly files: readonly string[];
  readonly bytes: number;
  readonly newestAt: number;
  readonly oldestAt: number;
  readonly appearedAt: number;
}

/**
 * When something came to lie here. A folder that was moved or unpacked keeps old times inside, but its own inode is changed then; where both agree,
 * its making counts.
 */
const appearedAt = ({ birthtimeMs, ctimeMs, mtimeMs }: Stats): number => {
  const isMoved = ctimeMs - mtimeMs > MOVED_MS;
  return Math.round(isMoved || birthtimeMs === 0 ? ctimeMs : birthtimeMs);
};

/** All files below a folder (or the file itself), with their times; links are not followed, node_modules not entered. */
export const takeInventory = async (path: string, signal: AbortSignal): Promise<Inventory | undefined> => {
  const top = await lstatOf(path);
  if (top === undefined) return undefined;
  const breathe = createBreather();
  const found: { readonly file: string; readonly stats: Stats }[] = [];
  const walk = async (folder: string): Promise<void> => {
    for (const entry of await listFolder(folder)) {
      if (signal.aborted || found.length >= MOST_FILES) return;
      await breathe();
      const file = join(folder, entry.name);
      if (entry.isDirectory() && entry.name !== 'node_modules') await walk(file);
      const stats = entry.isFile() ? await lstatOf(file) : undefined;
      if (stats !== undefined) found.push({ file, stats });
    }
  };
  if (top.isDirectory()) await walk(path);
  else found.push({ file: path, stats: top });
  const times = found.length === 0 ? [top.mtimeMs] : found.map(({ stats }) => stats.mtimeMs);
  return {
    files: found.map(({ file }) => file),
    bytes: found.reduce((sum, { stats }) => sum + stats.size, 0),
    newestAt: Math.round(times.reduce((a, b) => Math.max(a, b))),
    oldestAt: Math.round(times.reduce((a, b) => Math.min(a, b))),
    appearedAt: appearedAt(top),
  };
};

const toPattern = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '[^/]*')
      .replaceAll('?', '[^/]')}$`,
  );

/** Paths that a glob of one level means; a plain path means itself. Relative to the folder, without a trailing slash. */
export const matchGlob = async (dir: string, glob: string): Promise<readonly string[]> => {
  const clean = glob.replace(/^\.\//, '').replace(/\/+$/, '');
  if (clean === '' || clean.startsWith('/') || clean.split('/').includes('..')) return [];
  if (!/[*?]/.test(clean)) return (await lstatOf(join(dir, clean))) === undefined ? [] : [clean];
  const parts = clean.split('/');
  const parent = parts.slice(0, -1).join('/');
  const pattern = toPattern(parts.at(-1) ?? '');
  return (await listFolder(join(dir, parent)))
    .filter(({ name }) => pattern.test(name))
    .map(({ name }) => (parent === '' ? name : `${parent}/${name}`));
};

/** Where TypeScript is told to put what it builds, and where its sources begin. */
export const readTypeScriptFolders = async (
  dir: string,
): Promise<{ readonly out?: string; readonly root?: string }> => {
  const text = await readText(join(dir, 'tsconfig.json'));
  if (text === undefined) return {};
  // Comments and trailing commas are allowed there, so it is no JSON.
  const option = (key: string): string | undefined =>
    asText(
      new RegExp(`^[^/\\n]*"${key}"\\s*:\\s*"([^"]+)"`, 'm').exec(text)?.[1]?.replace(/^\.\//, '').replace(/\/+$/, ''),
    );
  return defined({ out: option('outDir'), root: option('rootDir') });
};

/** What is asked about the artifacts of an app. */
export interface ArtifactQuestion {
  readonly dir: string;
  /** As configured; with none, what is usual. */
  readonly globs: readonly string[];
  readonly entry: EntryFacts | undefined;
  readonly signal: AbortSignal;
}

const candidates = async (
  { dir, globs, entry }: ArtifactQuestion,
  out: string | undefined,
): Promise<readonly string[]> => {
  const asked = [
    ...(globs.length === 0 ? USUAL : globs),
    ...(entry?.artifact === undefined ? [] : [entry.artifact]),
    ...(out === undefined || out === '.' ? [] : [out]),
  ];
  const found = await Promise.all(asked.map((glob) => matchGlob(dir, glob)));
  return [...new Set(found.flat())];
};

/** Built things in the app's folder: how old they are, against what they were built from, and whether git tracks them. */
export const collectArtifacts = async (question: ArtifactQuestion): Promise<Known<readonly ArtifactFacts[]>> => {
  const { dir, entry, signal } = question;
  const typescript = await readTypeScriptFolders(dir);
  const paths = await candidates(question, typescript.out);
  const tracked = await trackedAmong(dir, paths, signal);
  const facts = await Promise.all(
    paths.map(async (path): Promise<readonly ArtifactFacts[]> => {
      const inventory = await takeInventory(join(dir, path), signal);
      if (inventory === undefined) return [];
      const kind: 'archive' | 'folder' = ARCHIVE.test(path) ? 'archive' : 'folder';
      const compared = await compareWithSources({
        dir,
        path,
        files: kind === 'folder' ? inventory.files : [],
        root: typescript.root,
        signal,
      });
      const madeBy = kind === 'folder' ? await findMaker(dir) : undefined;
      const { files, ...times } = inventory;
      return [
        defined({
          path,
          kind,
          ...times,
          files: files.length,
          ...compared,
          isTracked: tracked.known ? known(tracked.value.has(path)) : tracked,
          holdsEntry: entry?.file !== undefined && (entry.file === path || entry.file.startsWith(`${path}/`)),
          madeBy,
        }),
      ];
    }),
  );
  return known(facts.flat());
};
