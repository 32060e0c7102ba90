import { lchown, mkdtemp, readdir, realpath, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isAbsence, isThere } from '../runner/durable.ts';
import { killMarked } from './processes.ts';
import { SCRATCH_PREFIX } from './scratch.ts';

const isRefusal = (error: unknown): boolean =>
  ['EACCES', 'EPERM', 'EROFS', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '');

const made = async (folder: string): Promise<string | undefined> => {
  try {
    return await mkdtemp(join(folder, SCRATCH_PREFIX));
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
};

/** So many things beside the app are linked to at most. */
const MOST_NEIGHBOURS = 500;

/** What lies beside and above the app (a workspace's packages, shared sources, a base configuration) is found from the copy as well. */
const linkNeighbours = async (dir: string, home: string): Promise<void> => {
  const parent = dirname(dir);
  const names = (await readdir(parent)).filter((name) => name !== basename(dir) && !name.startsWith(SCRATCH_PREFIX));
  for (const name of names.slice(0, MOST_NEIGHBOURS)) await symlink(join(parent, name), join(home, name));
  if (names.includes('node_modules')) return;
  for (let above = dirname(parent); dirname(above) !== above; above = dirname(above)) {
    const packages = join(above, 'node_modules');
    if (!(await isThere(packages))) continue;
    await symlink(packages, join(home, 'node_modules'));
    return;
  }
};

/**
 * A folder of its own for one trial: beside the app, so that what lies above it is found there too, else in the folder for temporary files. The user the
 * app runs as owns it.
 */
export const makeHome = async (
  dir: string,
  user: { readonly uid: number; readonly gid: number } | undefined,
): Promise<string | undefined> => {
  const real = await realpath(dir);
  const home = (await made(dirname(real))) ?? (await made(tmpdir()));
  if (home === undefined) return undefined;
  await linkNeighbours(real, home);
  if (user !== undefined) await lchown(home, user.uid, user.gid);
  return home;
};

const OLD_MS = 10 * 60_000;

/** Removes what trials left behind whose process died: their processes, then their folders. */
export const clearTrials = async (dir: string, now: number): Promise<void> => {
  const parent = dirname(await realpath(dir));
  for (const folder of new Set([parent, await realpath(tmpdir())])) {
    for (const name of (await namesIn(folder)).filter((one) => one.startsWith(SCRATCH_PREFIX))) {
      const home = join(folder, name);
      const stats = await stat(home).catch(() => undefined);
      if (stats === undefined || stats.uid !== process.getuid?.() || now - stats.ctimeMs < OLD_MS) continue;
      await killMarked(`DOZOR_TRIAL_ID=${home}`);
      await rm(home, { recursive: true, force: true });
    }
  }
};

const namesIn = async (folder: string): Promise<readonly string[]> => {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isAbsence(error) || isRefusal(error)) return [];
    throw error;
  }
};
