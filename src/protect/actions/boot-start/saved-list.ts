import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pm2Record } from '../../define.ts';

/** How PM2's saved list stands to an app. */
export type SavedStanding =
  | { readonly is: 'right' }
  | { readonly is: 'no-list' | 'broken' | 'missing' }
  /** It would start another script, or the same from another folder. */
  | { readonly is: 'other-path'; readonly script: string }
  /** What it would start is not there (a release that was removed, a folder that was moved). */
  | { readonly is: 'gone'; readonly script: string };

interface Saved {
  readonly name?: unknown;
  readonly pm_exec_path?: unknown;
  readonly pm_cwd?: unknown;
}

const isThere = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** The list carries the environment: only name and paths are taken out of it. */
const entriesOf = (text: string): readonly Saved[] | undefined => {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? (list as readonly Saved[]) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

const judge = async (mine: readonly Saved[], running: readonly Pm2Record[]): Promise<SavedStanding> => {
  for (const { pm_exec_path: path, pm_cwd: cwd } of mine) {
    const script = String(path);
    if (!(await isThere(script))) return { is: 'gone', script };
    const same = running.length === 0 || running.some((one) => one.script === script && one.cwd === cwd);
    if (!same) return { is: 'other-path', script };
  }
  return { is: 'right' };
};

/** Judges the list that PM2 starts from at boot by what runs now. */
export const savedStanding = async (
  home: string,
  name: string,
  running: readonly Pm2Record[],
): Promise<SavedStanding> => {
  const text = await readFile(join(home, 'dump.pm2'), 'utf8').catch(() => undefined);
  if (text === undefined) return { is: 'no-list' };
  const entries = entriesOf(text);
  if (entries === undefined) return { is: 'broken' };
  const mine = entries.filter((one) => one.name === name);
  return mine.length === 0 ? { is: 'missing' } : judge(mine, running);
};
