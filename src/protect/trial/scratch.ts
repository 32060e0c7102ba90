import { constants, type Dirent } from 'node:fs';
import {
  chmod,
  copyFile,
  lchown,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  statfs,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { err, ok, type Result } from '../../kernel/result.ts';
import { OWN_FOLDER } from '../runner/place.ts';
import { notTriable, type TrialOutcome } from './outcome.ts';

/** What is different in the planned state. Paths are absolute. */
export interface PlannedChanges {
  readonly gone: readonly string[];
  readonly written: ReadonlyMap<string, string>;
  /** Path → what will lie there. */
  readonly placed: ReadonlyMap<string, string>;
}

/** Nothing would change: what would happen at the next restart. */
export const NO_CHANGES: PlannedChanges = { gone: [], written: new Map(), placed: new Map() };

/** The beginning of a scratch folder's name, by which one that was left behind is known. */
export const SCRATCH_PREFIX = '.dozor-trial-';

const MOST_BYTES = 512 * 1024 ** 2;
const MOST_FILE_BYTES = 64 * 1024 ** 2;
const MOST_FILES = 50_000;
const RESERVE_BYTES = 256 * 1024 ** 2;

const LEFT_OUT = new Set(['.git', OWN_FOLDER]);
const isLeftOut = (name: string): boolean =>
  LEFT_OUT.has(name) || name.startsWith(SCRATCH_PREFIX) || /\.log(\.\d+|\.gz)*$/.test(name);

interface Copying {
  readonly dir: string;
  readonly scratch: string;
  readonly changes: PlannedChanges;
  readonly signal: AbortSignal;
  bytes: number;
  files: number;
}

class TooMuch extends Error {}

const count = (copying: Copying, bytes: number): void => {
  copying.signal.throwIfAborted();
  copying.bytes += bytes;
  copying.files += 1;
  if (copying.bytes > MOST_BYTES || copying.files > MOST_FILES) throw new TooMuch();
};

const asRoot = process.getuid?.() === 0;

/** A link into the app must lead into the copy, or the copy would run the original. */
const linkTarget = async (path: string, { dir, scratch }: Copying): Promise<string> => {
  const target = await readlink(path);
  return target === dir || target.startsWith(dir + sep) ? scratch + target.slice(dir.length) : target;
};

/** Copies, not hard links: what the trial writes must never reach the running app's files (a database among them). */
const copyPlain = async (from: string, to: string, copying: Copying): Promise<void> => {
  const { size, uid, gid, mode } = await lstat(from);
  if (size > MOST_FILE_BYTES) return;
  count(copying, size);
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  if (asRoot) await lchown(to, uid, gid);
  await chmod(to, mode & 0o777);
};

const copyEntry = async (entry: Dirent, from: string, to: string, copying: Copying): Promise<void> => {
  const { changes } = copying;
  if (isLeftOut(entry.name) || changes.gone.includes(from) || changes.placed.has(from)) return;
  if (entry.name === 'node_modules') return symlink(await realpath(from), to);
  if (entry.isSymbolicLink()) return symlink(await linkTarget(from, copying), to);
  if (entry.isDirectory()) return copyFolder(from, to, copying);
  if (entry.isFile()) await copyPlain(from, to, copying);
};

const copyFolder = async (from: string, to: string, copying: Copying): Promise<void> => {
  count(copying, 0);
  await mkdir(to, { recursive: true, mode: 0o700 });
  if (asRoot) {
    const { uid, gid } = await lstat(from);
    await lchown(to, uid, gid);
  }
  for (const entry of await readdir(from, { withFileTypes: true }))
    await copyEntry(entry, join(from, entry.name), join(to, entry.name), copying);
};

const place = async (path: string, source: string, copying: Copying): Promise<void> => {
  const to = join(copying.scratch, relative(copying.dir, path));
  await mkdir(dirname(to), { recursive: true });
  if (path.endsWith(`${sep}node_modules`)) return symlink(await realpath(source), to);
  const stats = await lstat(source);
  if (stats.isDirectory()) return copyFolder(source, to, { ...copying, dir: source, scratch: to });
  await copyPlain(source, to, copying);
};

/** A port that the app reads from a file of variables becomes the private one there, too. */
const withPort = (text: string, port: number): string =>
  text.replaceAll(/^(\s*(?:export\s+)?PORT\s*=\s*)(["']?)\d+\2\s*$/gm, `$1$2${port}$2`);

const isOfApp = (path: string, dir: string): boolean => path.startsWith(dir + sep);

const write = async (path: string, text: string, copying: Copying): Promise<void> => {
  if (!isOfApp(path, copying.dir)) return;
  const to = join(copying.scratch, relative(copying.dir, path));
  await mkdir(dirname(to), { recursive: true });
  await rm(to, { force: true });
  await writeFile(to, text, { mode: 0o600 });
  if (!asRoot) return;
  const { uid, gid } = await lstat(copying.dir);
  await lchown(to, uid, gid);
};

const freeBytes = async (folder: string): Promise<number> => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

const failureOf = (error: unknown): TrialOutcome | undefined => {
  if (error instanceof TooMuch)
    return notTriable('too-large', `more than ${MOST_FILES} files or ${MOST_BYTES / 1024 ** 2} MiB`);
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return notTriable('no-space');
  if (code === 'EACCES' || code === 'EPERM') return notTriable('no-place', (error as Error).message);
  return undefined;
};

/**
 * Makes a copy of an app's folder as it would be after the planned changes. Packages are linked to, not copied; logs, git and files above 64 MiB are
 * left out. The copy is for one trial; the caller removes it.
 */
export const makeScratch = async (
  dir: string,
  scratch: string,
  changes: PlannedChanges,
  { envFile, port, signal }: { readonly envFile?: string; readonly port: number; readonly signal: AbortSignal },
): Promise<Result<void, TrialOutcome>> => {
  const copying: Copying = { dir, scratch, changes, signal, bytes: 0, files: 0 };
  try {
    if ((await freeBytes(dirname(scratch))) < RESERVE_BYTES) return err(notTriable('no-space'));
    await copyFolder(dir, scratch, copying);
    for (const [path, source] of changes.placed) await place(path, source, copying);
    for (const [path, text] of changes.written) await write(path, text, copying);
    if (envFile !== undefined) await movePort(envFile, port, copying);
    return ok(undefined);
  } catch (error) {
    const failure = signal.aborted ? notTriable('stopped') : failureOf(error);
    if (failure === undefined) throw error;
    return err(failure);
  }
};

const movePort = async (envFile: string, port: number, copying: Copying): Promise<void> => {
  if (!isOfApp(envFile, copying.dir)) return;
  const to = join(copying.scratch, relative(copying.dir, envFile));
  try {
    if (!(await lstat(to)).isFile()) return;
    await writeFile(to, withPort(await readFile(to, 'utf8'), port));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
};
