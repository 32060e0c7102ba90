import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { err, ok, type Result } from '../../kernel/result.ts';
import { hashOf, isAbsence } from './durable.ts';
import { isAlive, ownMark, type ProcessMark } from './process-mark.ts';

/** A lock that is held; it is given back by `release`. */
export interface Lock {
  release(): Promise<void>;
}

interface Holder extends ProcessMark {
  readonly ticket: string;
}

const holderOf = async (path: string): Promise<{ readonly text: string; readonly holder?: Holder } | undefined> => {
  try {
    const text = await readFile(path, 'utf8');
    try {
      return { text, holder: JSON.parse(text) as Holder };
    } catch {
      // A torn file after a power cut: nobody alive holds it.
      return { text };
    }
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
};

const isTaken = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EEXIST';

/** Replaces the lock of a dead process. A lock of its own keeps two successors apart: only while holding it may that very lock be replaced. */
const succeed = async (path: string, dead: string, mine: string): Promise<boolean> => {
  const right = await acquire(`${path}.${hashOf(dead).slice(0, 12)}`);
  if (!right.ok) return false;
  try {
    if ((await holderOf(path))?.text !== dead) return false;
    await rename(mine, path);
    return true;
  } finally {
    await right.value.release();
  }
};

const take = async (path: string, mine: string): Promise<Result<void, ProcessMark> | 'again'> => {
  try {
    await link(mine, path);
    return ok(undefined);
  } catch (error) {
    if (!isTaken(error)) throw error;
  }
  const there = await holderOf(path);
  if (there === undefined) return 'again';
  if (there.holder !== undefined && (await isAlive(there.holder))) return err(there.holder);
  return (await succeed(path, there.text, mine)) ? ok(undefined) : 'again';
};

const release = async (path: string, text: string): Promise<void> => {
  if ((await holderOf(path))?.text === text) await rm(path, { force: true });
};

/** Tries so often while others come and go in the same moment. */
const TRIES = 50;

/**
 * Takes a lock that a process holds by its number and start time; the lock of a dead one is taken over.
 * @returns the lock, or the living process that holds it
 */
export const acquire = async (path: string): Promise<Result<Lock, ProcessMark>> => {
  const ticket = randomUUID();
  const text = JSON.stringify({ ...(await ownMark()), ticket } satisfies Holder);
  const mine = `${path}.${ticket}`;
  await writeFile(mine, text, { mode: 0o600 });
  try {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const taken = await take(path, mine);
      if (taken === 'again') continue;
      return taken.ok ? ok({ release: async () => release(path, text) }) : taken;
    }
    return err(await ownMark());
  } finally {
    await rm(mine, { force: true });
  }
};
