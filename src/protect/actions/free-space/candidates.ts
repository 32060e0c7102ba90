import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DAY } from '../../../kernel/time.ts';
import type { ActionContext } from '../../define.ts';
import { isAbsence } from '../../runner/durable.ts';
import { appKey, nearFolder, protectFolder } from '../../runner/place.ts';

/** Something that may go without harm. */
export interface Candidate {
  readonly path: string;
  readonly bytes: number;
}

/** What was put into the trash, or aside, so long ago may go: an undo is no longer what anybody needs. */
const TRASH_AGE_MS = 14 * DAY;
const LOG_AGE_MS = 7 * DAY;
const MOST_FILES = 200_000;
const ROTATED = /\.(log|txt)[.-][\w.-]*\d[\w.-]*$|__\d{4}-\d\d-\d\d_.*\.log$|\.log\.gz$/;

const names = async (folder: string): Promise<readonly string[]> => {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isAbsence(error) || (error as NodeJS.ErrnoException).code === 'EACCES') return [];
    throw error;
  }
};

/** Bytes on the disk below a path, links not followed; what has other names elsewhere frees nothing. */
const weigh = async (path: string, counting = { files: 0 }): Promise<number> => {
  try {
    const stats = await lstat(path);
    counting.files += 1;
    if (counting.files > MOST_FILES) return 0;
    if (!stats.isDirectory()) return stats.nlink > 1 ? 0 : stats.blocks * 512;
    let bytes = 0;
    for (const name of await names(path)) bytes += await weigh(join(path, name), counting);
    return bytes;
  } catch (error) {
    if (isAbsence(error)) return 0;
    throw error;
  }
};

const isOlder = async (path: string, ageMs: number, now: number): Promise<boolean> => {
  try {
    const stats = await lstat(path);
    return now - Math.max(stats.mtimeMs, stats.ctimeMs) > ageMs;
  } catch (error) {
    if (isAbsence(error)) return false;
    throw error;
  }
};

const oldIn = async (folder: string, ageMs: number, now: number, fits: RegExp): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const name of await names(folder)) {
    const path = join(folder, name);
    if (fits.test(name) && (await isOlder(path, ageMs, now))) found.push(path);
  }
  return found;
};

const trashFolders = async ({ app, home }: ActionContext): Promise<readonly string[]> => {
  const near = await nearFolder(app.name, app.dir, home);
  const own = join(protectFolder(home), appKey(app.name, app.dir));
  return [...new Set([near ?? own, own])].flatMap((place) => [join(place, 'trash'), join(place, 'returns')]);
};

/** What may go, the heaviest first: logs that were rotated away, caches that are made anew, Dozor's own trash of more than two weeks. */
export const findCandidates = async (context: ActionContext): Promise<readonly Candidate[]> => {
  const { app, home, pm2, now } = context;
  const logs = [join(pm2?.home ?? join(home, '.pm2'), 'logs'), join(app.dir, 'logs'), join(app.dir, 'log')];
  const found = [join(home, '.npm/_cacache'), join(home, '.npm/_logs'), join(app.dir, 'node_modules/.cache')];
  for (const folder of logs) found.push(...(await oldIn(folder, LOG_AGE_MS, now, ROTATED)));
  for (const folder of await trashFolders(context)) found.push(...(await oldIn(folder, TRASH_AGE_MS, now, /^/)));
  const weighed = await Promise.all(found.map(async (path) => ({ path, bytes: await weigh(path) })));
  return weighed.filter(({ bytes }) => bytes > 0).sort((one, other) => other.bytes - one.bytes);
};
