import { createHash } from 'node:crypto';
import { lstat, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What the file system says when there is nothing. */
export const isAbsence = (error: unknown): boolean => {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
};

/** Whether there is anything under this name, a broken symbolic link too. */
export const isThere = async (path: string): Promise<boolean> => {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isAbsence(error)) return false;
    throw error;
  }
};

/** Makes what a file holds, or what was renamed, made or removed in a folder, durable. */
export const syncPath = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Renames, and makes it durable on both sides. */
export const renameDurably = async (from: string, to: string): Promise<void> => {
  await rename(from, to);
  await syncPath(dirname(to));
  if (dirname(from) !== dirname(to)) await syncPath(dirname(from));
};

/** Writes a file of our own (0600) so that it is there whole or not at all. */
export const writeDurably = async (path: string, text: string): Promise<void> => {
  const temporary = `${path}.new`;
  await rm(temporary, { force: true });
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await renameDurably(temporary, path);
};

/** SHA-256 of a text or bytes, in hex. */
export const hashOf = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/** SHA-256 of what a file holds; undefined when there is none. */
export const fileHash = async (path: string): Promise<string | undefined> => {
  try {
    return hashOf(await readFile(path));
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
};
