import { constants, type Stats } from 'node:fs';
import { access, chmod, lstat, mkdir, realpath, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Fault } from '../../kernel/fault.ts';
import { hashOf, isAbsence } from './durable.ts';

/** The folder of Dozor's own beside what it works on; artifacts, trials and kept trees leave it out. */
export const OWN_FOLDER = '.dozor';

/** Where runs are written down: below the home of the user who runs Dozor, for that user only. */
export const protectFolder = (home: string): string => join(home, OWN_FOLDER, 'protect');

/** One folder an app: its name, and what tells two of the same name apart. */
export const appKey = (app: string, dir: string): string =>
  `${app
    .replaceAll(/[^\w.-]+/g, '_')
    .replace(/^[.-]+/, '_')
    .slice(0, 60)}-${hashOf(dir).slice(0, 8)}`;

const ownStats = async (folder: string): Promise<Stats> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return lstat(folder);
};

/**
 * Makes a folder that only this user may enter.
 * @throws Fault MACHINE_LACKS when it is a link or another user's: what stands in it would be carried out
 */
export const privateFolder = async (folder: string): Promise<string> => {
  const stats = await ownStats(folder).catch((error: unknown) => {
    throw new Fault('MACHINE_LACKS', `${folder} cannot be made: ${(error as Error).message}`, 'Mend its rights.', {
      cause: error,
    });
  });
  if (!stats.isDirectory() || (process.getuid !== undefined && stats.uid !== process.getuid()))
    throw new Fault(
      'MACHINE_LACKS',
      `${folder} is a link or belongs to another user: what stands in it cannot be trusted.`,
      'Call Dozor as the user who owns it, or move it away.',
    );
  if ((stats.mode & 0o077) !== 0) await chmod(folder, 0o700);
  return folder;
};

const nearest = async (path: string): Promise<{ readonly path: string; readonly device: number }> => {
  try {
    return { path, device: (await stat(path)).dev };
  } catch (error) {
    if (!isAbsence(error) || dirname(path) === path) throw error;
    return nearest(dirname(path));
  }
};

const mayHold = async (folder: string, device: number): Promise<boolean> => {
  const there = await nearest(folder);
  if (there.device !== device) return false;
  try {
    await access(there.path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    // Not ours to write in: the next place is tried.
    return false;
  }
};

/**
 * A folder on the app's own file system, so that things move there by a rename: below Dozor's own folder, else beside the app, else inside it.
 * Nothing is made yet.
 * @returns undefined when none of them can be written
 */
export const nearFolder = async (app: string, dir: string, home: string): Promise<string | undefined> => {
  const real = await realpath(dir);
  const { dev } = await stat(real);
  const key = appKey(app, real);
  const places = [join(protectFolder(home), key), join(dirname(real), OWN_FOLDER, key), join(real, OWN_FOLDER)];
  for (const place of places) if (await mayHold(place, dev)) return place;
  return undefined;
};

/** Makes a folder for what is moved away, closed to others; one inside somebody's tree is kept out of git. */
export const makeNear = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let own = folder;
  while (basename(own) !== OWN_FOLDER && dirname(own) !== own) own = dirname(own);
  if (basename(own) !== OWN_FOLDER) return;
  await chmod(own, 0o700);
  await writeFile(join(own, '.gitignore'), '*\n', { flag: 'w', mode: 0o600 });
};
