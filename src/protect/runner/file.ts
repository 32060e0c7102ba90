import { chmod, chown, copyFile, lstat, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileHash, isAbsence, renameDurably, syncPath } from './durable.ts';
import { runCommand } from './command.ts';

const ATTRIBUTES_MS = 10_000;

const statsOf = async (path: string): Promise<Stats | undefined> => {
  try {
    return await stat(path);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
};

/** ACLs and extended attributes are beyond Node; where `cp` cannot take them along either, mode and owner still are. */
const takeAttributes = async (from: string, to: string): Promise<void> => {
  const preserve = '--preserve=mode,ownership,xattr';
  await runCommand(['cp', '--attributes-only', preserve, '--', from, to], { timeoutMs: ATTRIBUTES_MS });
  const [wanted, got] = [await stat(from), await stat(to)];
  if (wanted.uid !== got.uid || wanted.gid !== got.gid) await chown(to, wanted.uid, wanted.gid);
  if (wanted.mode !== got.mode) await chmod(to, wanted.mode & 0o7777);
};

/** The temporary name of a file while it is written: known, so that one left by a crash is found and removed. */
export const temporaryOf = (path: string, runId: string): string =>
  join(dirname(path), `.${basename(path)}.dozor-${runId}`);

/** How a file is written. */
export interface WriteOptions {
  readonly runId: string;
  /** Mode, owner and attributes are taken from it. */
  readonly like?: string;
  readonly mode?: number;
  /** Called before the last step, the rename. */
  readonly beforeRename?: () => void;
}

/**
 * Puts a text in the place of a file: the old one or the new one is there at any moment, whole.
 * Rejects when the owner could not be kept, before anything was changed.
 */
export const replaceFile = async (path: string, content: string | Buffer, options: WriteOptions): Promise<void> => {
  const temporary = temporaryOf(path, options.runId);
  await rm(temporary, { force: true });
  try {
    await writeFile(temporary, content, { flag: 'wx', mode: 0o600 });
    if (options.like === undefined) await belong(temporary, dirname(path), options.mode ?? 0o644);
    else await takeAttributes(options.like, temporary);
    if (options.mode !== undefined) await chmod(temporary, options.mode);
    await syncPath(temporary);
    options.beforeRename?.();
    await renameDurably(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
};

/** A new file belongs to whoever owns its folder, also when root makes it. */
const belong = async (path: string, folder: string, mode: number): Promise<void> => {
  const { uid, gid } = await stat(folder);
  if (process.getuid?.() === 0) await chown(path, uid, gid);
  await chmod(path, mode);
};

/** Keeps a copy of a file with mode, owner and attributes where possible; the copy is durable when this resolves. */
export const keepCopy = async (path: string, copy: string): Promise<void> => {
  await mkdir(dirname(copy), { recursive: true, mode: 0o700 });
  await rm(copy, { force: true });
  await copyFile(path, copy);
  await takeAttributes(path, copy);
  await syncPath(copy);
  await syncPath(dirname(copy));
};

/** Puts a kept copy back, or takes the file away when there was none. */
export const putBack = async (
  path: string,
  copy: string | undefined,
  options: Pick<WriteOptions, 'runId' | 'beforeRename'>,
): Promise<void> => {
  if (copy !== undefined) return replaceFile(path, await readFile(copy), { ...options, like: copy });
  options.beforeRename?.();
  await rm(path, { force: true });
  await syncPath(dirname(path));
};

/** What a file is now: its hash, and whether it is a plain file at all. */
export const lookAtFile = async (path: string): Promise<{ readonly hash?: string; readonly isPlain: boolean }> => {
  const stats = await statsOf(path);
  if (stats === undefined) return { isPlain: true };
  if (!stats.isFile()) return { isPlain: false };
  const hash = await fileHash(path);
  return { isPlain: true, ...(hash === undefined ? {} : { hash }) };
};

/** Whether a path is a symbolic link. */
export const isLink = async (path: string): Promise<boolean> => {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch (error) {
    if (isAbsence(error)) return false;
    throw error;
  }
};
