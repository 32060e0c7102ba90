import type { Dirent, Stats } from 'node:fs';
import { lstat, open, readdir, readFile, stat } from 'node:fs/promises';

const isRefused = (error: unknown): boolean => typeof (error as NodeJS.ErrnoException).code === 'string';

const orNothing = async <T>(work: Promise<T>): Promise<T | undefined> =>
  work.catch((error: unknown) => {
    if (isRefused(error)) return undefined;
    throw error;
  });

/** A file of /proc, whole; undefined when it is gone or not ours to read. */
export const readProc = async (path: string): Promise<string | undefined> => orNothing(readFile(path, 'latin1'));

/** A text file up to a size; undefined when it is not there, no plain file, larger or not ours to read. */
export const readText = async (path: string, maxBytes = 2_000_000): Promise<string | undefined> => {
  const found = await statOf(path);
  if (found === undefined || !found.isFile() || found.size > maxBytes) return undefined;
  const text = await orNothing(readFile(path, 'utf8'));
  return text?.replace(/^\uFEFF/, '');
};

/** A JSON file; undefined when it cannot be read or is none. */
export const readJson = async (path: string, maxBytes?: number): Promise<unknown> => {
  const text = await readText(path, maxBytes);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

/** The last bytes of a plain file from a line's beginning on; undefined when it cannot be read. Opening a pipe would wait for its writer. */
export const readTail = async (path: string, maxBytes: number): Promise<string | undefined> => {
  if ((await statOf(path))?.isFile() !== true) return undefined;
  return orNothing(
    (async () => {
      const file = await open(path, 'r');
      try {
        const { size } = await file.stat();
        const from = Math.max(0, size - maxBytes);
        const bytes = Buffer.alloc(Math.min(size, maxBytes));
        const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
        const text = bytes.toString('utf8', 0, bytesRead);
        return from === 0 ? text : text.slice(text.indexOf('\n') + 1);
      } finally {
        await file.close();
      }
    })(),
  );
};

/** What a path leads to, links followed; undefined when nothing can be seen there. */
export const statOf = async (path: string): Promise<Stats | undefined> => orNothing(stat(path));

/** What lies at a path itself. */
export const lstatOf = async (path: string): Promise<Stats | undefined> => orNothing(lstat(path));

/** What a folder holds; empty when it cannot be listed. */
export const listFolder = async (path: string): Promise<readonly Dirent[]> =>
  (await orNothing(readdir(path, { withFileTypes: true }))) ?? [];

/** A plain object, or nothing: for reading what others wrote. */
export const asRecord = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;

/** A text, or nothing. */
export const asText = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** A number, or nothing. */
export const asNumber = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;
