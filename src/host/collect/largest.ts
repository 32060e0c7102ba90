import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SizeFact } from '#diagnose/machine-facts.ts';
import { known, unknown, type Known } from '#diagnose/known.ts';
import { createBreather } from './deadline.ts';
import { lstatOf } from './files.ts';

/** Where room is usually lost; looked at first, since time is short. */
const LIKELY = ['/var/log', '/root/.pm2', '/home', '/tmp', '/var/www', '/srv', '/opt', '/var/lib', '/var', '/root'];

interface Folder {
  readonly path: string;
  readonly inside: Map<string, Folder>;
  bytes: number;
  files: number;
}

const BLOCK = 512;
/** A child that holds this much of its folder stands for it: the deeper name says more. */
const STANDS_FOR_PARENT = 0.8;
/** What is smaller than this part of all is not worth naming. */
const WORTH_NAMING = 0.03;
const MOST_NAMED = 8;

interface Walk {
  readonly device: number;
  readonly signal: AbortSignal;
  readonly breathe: () => Promise<void>;
  readonly seen: Set<string>;
}

const measure = async (path: string, walk: Walk): Promise<Folder> => {
  const folder: Folder = { path, inside: new Map(), bytes: 0, files: 0 };
  if (walk.seen.has(path) || walk.signal.aborted) return folder;
  walk.seen.add(path);
  const names = await readdir(path).catch(() => []);
  for (const name of names) {
    if (walk.signal.aborted) break;
    await walk.breathe();
    const child = join(path, name);
    const found = await lstatOf(child);
    if (found === undefined || found.dev !== walk.device) continue;
    if (!found.isDirectory()) {
      const bytes = found.blocks * BLOCK;
      folder.bytes += bytes;
      folder.files += 1;
      if (bytes > 50_000_000) folder.inside.set(child, { path: child, inside: new Map(), bytes, files: 1 });
      continue;
    }
    const inner = await measure(child, walk);
    folder.inside.set(child, inner);
    folder.bytes += inner.bytes;
    folder.files += inner.files;
  }
  return folder;
};

/** Goes down while one child is nearly all of its folder; then names what is big beside each other. */
const naming = (folder: Folder, least: number, by: 'bytes' | 'files'): readonly Folder[] => {
  const children = [...folder.inside.values()].filter((child) => child[by] >= least);
  const covered = children.reduce((sum, child) => sum + child[by], 0);
  if (children.length === 0 || covered < folder[by] * STANDS_FOR_PARENT)
    return [folder, ...children.flatMap((child) => naming(child, least, by))];
  return children.flatMap((child) => naming(child, least, by));
};

/**
 * The folders (and single huge files) that take the most room, or hold the most files, on the file system of a path. Walks until it is through or
 * the signal aborts, the likely places first; what it gives then are lower bounds. Other file systems below are left out, links are not followed.
 */
export const collectLargest = async (
  mount: string,
  signal: AbortSignal,
  by: 'bytes' | 'files' = 'bytes',
  likely: readonly string[] = LIKELY,
): Promise<Known<readonly SizeFact[]>> => {
  const root = await lstatOf(mount);
  if (root === undefined) return unknown('absent');
  const walk: Walk = { device: root.dev, signal, breathe: createBreather(), seen: new Set() };
  const tops: Folder[] = [];
  for (const path of [
    ...likely.filter((one) => one !== mount && one.startsWith(mount === '/' ? '/' : `${mount}/`)),
    mount,
  ]) {
    const found = await lstatOf(path);
    if (found?.dev === root.dev && found.isDirectory()) tops.push(await measure(path, walk));
  }
  const total = tops.reduce((sum, folder) => sum + folder[by], 0);
  const named = tops.flatMap((folder) => naming(folder, total * WORTH_NAMING, by));
  const best = named
    .filter((folder) => folder[by] > 0 && folder.path !== mount)
    .sort((a, b) => b[by] - a[by])
    .slice(0, MOST_NAMED);
  return known(best.map(({ path, bytes, files }) => ({ path, bytes, files })));
};
