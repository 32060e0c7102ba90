import { link, lstat, mkdir, readdir, readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { hashOf, isAbsence, isThere } from '../runner/durable.ts';

const LOCKS = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'package.json'];
/** What the package managers write down of what they installed. */
const INSTALLED = ['.package-lock.json', '.modules.yaml', '.yarn-integrity'];
const MOST_ENTRIES = 300_000;

const textOf = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isAbsence(error)) return '';
    throw error;
  }
};

/** Tells one installation of packages from another; undefined where there are none (or they lie elsewhere, behind a link). */
export const packagesKey = async (dir: string): Promise<string | undefined> => {
  const folder = join(dir, 'node_modules');
  if (!(await isThere(folder)) || !(await lstat(folder)).isDirectory()) return undefined;
  const texts = await Promise.all([
    ...LOCKS.map(async (name) => textOf(join(dir, name))),
    ...INSTALLED.map(async (name) => textOf(join(folder, name))),
  ]);
  return hashOf(texts.join('\0')).slice(0, 16);
};

interface Counting {
  entries: number;
}

const linkFolder = async (from: string, to: string, counting: Counting): Promise<void> => {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    counting.entries += 1;
    if (counting.entries > MOST_ENTRIES) throw new Error(`${from} is part of more than ${MOST_ENTRIES} files`);
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    // A cache is written in place: a second name of it would be written as well.
    if (entry.isDirectory() && entry.name !== '.cache') await linkFolder(source, target, counting);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else if (entry.isFile()) await link(source, target);
  }
};

/**
 * Gives every file of a folder of packages a second name elsewhere on the disk: no room, no copying.
 * @returns false where the disk does not allow it; then nothing is left there
 */
export const linkPackages = async (from: string, to: string): Promise<boolean> => {
  const making = `${to}.making`;
  await rm(making, { recursive: true, force: true });
  try {
    await linkFolder(from, making, { entries: 0 });
    await rename(making, to);
    return true;
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || !['EXDEV', 'EPERM', 'EMLINK', 'EACCES', 'ENOTSUP'].includes(code)) throw error;
    return false;
  }
};
