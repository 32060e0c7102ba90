import {
  copyFile,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  statfs,
  symlink,
  chmod,
  lchown,
} from 'node:fs/promises';
import { constants } from 'node:fs';
import { dirname, join } from 'node:path';
import { hashOf, isAbsence, isThere, syncPath, writeDurably } from '../runner/durable.ts';
import { makeNear } from '../runner/place.ts';
import { codeFiles, commitOf, type TreeQuestion } from './code-files.ts';
import { linkPackages, packagesKey } from './packages.ts';

/** A file of a tree: what it holds (a link: where it leads). */
export interface TreeFile {
  readonly path: string;
  readonly hash: string;
}

/** A tree that was kept while its app was healthy. */
export interface KeptTree {
  readonly version: 1;
  /** By content: the same tree is kept once. */
  readonly id: string;
  readonly keptAt: number;
  /** When it was last seen to be healthy. */
  readonly healthyAt: number;
  /** With a `+` when files differed from it. */
  readonly commit?: string;
  readonly files: readonly TreeFile[];
  readonly bytes: number;
  /** Which packages it ran with, and whether they are kept as well. */
  readonly packages?: string;
  readonly hasPackages: boolean;
}

const RECORD = 'kept.json';
const KEEP = 3;
const MOST_BYTES = 2 * 1024 ** 3;
const RESERVE_BYTES = 512 * 1024 ** 2;

const keptFolder = (near: string): string => join(near, 'kept');

/** Where the files of a kept tree lie. */
export const treeFolder = (near: string, id: string): string => join(keptFolder(near), id, 'tree');

/** Where kept packages lie. */
export const packagesFolder = (near: string, key: string): string => join(keptFolder(near), `packages-${key}`);

const contentHash = async (path: string): Promise<string> => {
  const stats = await lstat(path);
  if (stats.isSymbolicLink()) return hashOf(`link ${await readlink(path)}`);
  return hashOf(`${stats.mode & 0o111} ${hashOf(await readFile(path))}`);
};

/** The tree of an app as it is now. */
export const readTree = async (question: TreeQuestion): Promise<readonly TreeFile[]> => {
  const files: TreeFile[] = [];
  for (const path of await codeFiles(question)) files.push({ path, hash: await contentHash(join(question.dir, path)) });
  return files;
};

/** Copies a file or link with its mode and owner. */
export const copyEntry = async (from: string, to: string): Promise<number> => {
  await mkdir(dirname(to), { recursive: true, mode: 0o755 });
  const stats = await lstat(from);
  if (stats.isSymbolicLink()) await symlink(await readlink(from), to);
  else {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    await chmod(to, stats.mode & 0o7777);
  }
  if (process.getuid?.() === 0) {
    await lchown(to, stats.uid, stats.gid);
    await lchown(dirname(to), stats.uid, stats.gid);
  }
  return stats.size;
};

/** All kept trees, the one that was healthy last first. */
export const keptTrees = async (near: string): Promise<readonly KeptTree[]> => {
  try {
    const trees: KeptTree[] = [];
    for (const name of await readdir(keptFolder(near))) {
      const file = join(keptFolder(near), name, RECORD);
      if (!name.startsWith('.') && (await isThere(file)))
        trees.push(JSON.parse(await readFile(file, 'utf8')) as KeptTree);
    }
    return trees.sort((one, other) => other.healthyAt - one.healthyAt);
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
};

const removeAway = async (path: string): Promise<void> => {
  const gone = join(dirname(path), `.gone-${process.pid}-${Date.now()}`);
  await rename(path, gone);
  await rm(gone, { recursive: true, force: true });
};

const prune = async (near: string): Promise<void> => {
  let bytes = 0;
  const all = await keptTrees(near);
  const stays = all.filter((tree, at) => {
    bytes += tree.bytes;
    return at === 0 || (at < KEEP && bytes <= MOST_BYTES);
  });
  for (const { id } of all.filter((tree) => !stays.includes(tree))) await removeAway(join(keptFolder(near), id));
  for (const name of await readdir(keptFolder(near))) {
    const isNeeded = stays.some(({ packages, hasPackages }) => hasPackages && name === `packages-${packages ?? ''}`);
    if (/^packages-|^\.(gone|making)-/.test(name) && !isNeeded)
      await rm(join(keptFolder(near), name), { recursive: true, force: true });
  }
};

const keepPackages = async (near: string, dir: string, key: string | undefined): Promise<boolean> => {
  if (key === undefined) return false;
  const to = packagesFolder(near, key);
  return (await isThere(to)) || linkPackages(join(dir, 'node_modules'), to);
};

const hasRoom = async (near: string): Promise<boolean> => {
  const { bavail, bsize } = await statfs(near);
  return bavail * bsize > RESERVE_BYTES;
};

/** What keeping a tree came to. */
export type Keeping = { readonly outcome: 'kept' | 'known'; readonly tree: KeptTree } | { readonly outcome: 'no-room' };

/**
 * Keeps the tree of an app that is healthy now: its code, the file of variables (0600 where it lies), its packages by second names. The same tree is
 * not kept twice; older ones beyond three, or 2 GiB, go.
 */
export const keepTree = async (near: string, question: TreeQuestion, now: number): Promise<Keeping> => {
  const files = await readTree(question);
  const key = await packagesKey(question.dir);
  const id = hashOf(JSON.stringify([files, key])).slice(0, 12);
  const own = join(keptFolder(near), id);
  const known = (await keptTrees(near)).find((tree) => tree.id === id);
  if (known !== undefined) {
    const tree = { ...known, healthyAt: now };
    await writeDurably(join(own, RECORD), JSON.stringify(tree));
    return { outcome: 'known', tree };
  }
  await makeNear(keptFolder(near));
  if (!(await hasRoom(near))) return { outcome: 'no-room' };
  const making = join(keptFolder(near), `.making-${process.pid}`);
  await rm(making, { recursive: true, force: true });
  let bytes = 0;
  for (const { path } of files) bytes += await copyEntry(join(question.dir, path), join(making, 'tree', path));
  const commit = await commitOf(question.dir);
  const tree: KeptTree = {
    version: 1,
    id,
    keptAt: now,
    healthyAt: now,
    ...(commit === undefined ? {} : { commit }),
    files,
    bytes,
    ...(key === undefined ? {} : { packages: key }),
    hasPackages: await keepPackages(near, question.dir, key),
  };
  await mkdir(making, { recursive: true, mode: 0o700 });
  await writeDurably(join(making, RECORD), JSON.stringify(tree));
  await rename(making, own);
  await syncPath(keptFolder(near));
  await prune(near);
  return { outcome: 'kept', tree };
};
