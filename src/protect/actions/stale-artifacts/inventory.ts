import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbsence } from '../../runner/durable.ts';

/** What lies under a path. */
export interface Inventory {
  readonly bytes: number;
  readonly files: number;
  /** When anything in it was last written. */
  readonly newestMs: number;
}

const NOTHING: Inventory = { bytes: 0, files: 0, newestMs: 0 };

const together = (one: Inventory, other: Inventory): Inventory => ({
  bytes: one.bytes + other.bytes,
  files: one.files + other.files,
  newestMs: Math.max(one.newestMs, other.newestMs),
});

/** Counts what lies under a path; links are not followed, what vanishes meanwhile is left out. */
export const takeInventory = async (path: string): Promise<Inventory> => {
  try {
    const stats = await lstat(path);
    if (!stats.isDirectory()) return { bytes: stats.size, files: 1, newestMs: stats.mtimeMs };
    let all: Inventory = { ...NOTHING, newestMs: stats.mtimeMs };
    for (const name of await readdir(path)) all = together(all, await takeInventory(join(path, name)));
    return all;
  } catch (error) {
    if (isAbsence(error)) return NOTHING;
    throw error;
  }
};
