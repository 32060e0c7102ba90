import { execFile } from 'node:child_process';
import { lstat, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { isAbsence, isThere } from '../runner/durable.ts';
import { OWN_FOLDER } from '../runner/place.ts';

/** What a tree is made of. */
export interface TreeQuestion {
  /** Real and absolute. */
  readonly dir: string;
  /** Belong to it though git does not track them: the file of variables, what the app runs from. Absolute. */
  readonly also: readonly string[];
  /** The file that runs, and the folder that it was built into: kept when git does not track that file. Absolute. */
  readonly built?: { readonly file: string; readonly folder: string };
}

const GIT_MS = 30_000;
const MOST_LISTING = 64_000_000;
const MOST_FILES = 50_000;
const MOST_FILE_BYTES = 64 * 1024 ** 2;

const CLOSED = new Set(['node_modules', '.git', OWN_FOLDER]);
/** Without git, what looks like data is nobody's code: a rollback must not take it back. */
const DATA_FOLDERS = new Set([
  'uploads',
  'upload',
  'data',
  'storage',
  'logs',
  'log',
  'tmp',
  'temp',
  'backups',
  'media',
  'coverage',
]);
const DATA_FILES = /\.(db|sqlite3?|sqlite3?-(wal|shm|journal)|log(\.\d+)?|gz|tgz|zip|tar|pid|sock|rdb|aof|dump|bak)$/i;

const askGit = async (dir: string, words: readonly string[]): Promise<string | undefined> =>
  new Promise((resolve) => {
    const careful = ['-c', 'safe.directory=*', '-c', 'core.fsmonitor=false', '-C', dir, ...words];
    execFile('git', careful, { timeout: GIT_MS, maxBuffer: MOST_LISTING }, (error, stdout) =>
      resolve(error === null ? stdout : undefined),
    );
  });

/** The commit that a folder is at, with a mark when it is not quite that; undefined without a repository. */
export const commitOf = async (dir: string): Promise<string | undefined> => {
  const head = await askGit(dir, ['rev-parse', '--short=12', 'HEAD']);
  if (head === undefined) return undefined;
  const changed = await askGit(dir, ['status', '--porcelain', '--untracked-files=no', '--', '.']);
  return `${head.trim()}${changed === undefined || changed === '' ? '' : '+'}`;
};

const isPlain = async (path: string): Promise<boolean> => {
  try {
    const stats = await lstat(path);
    return stats.isSymbolicLink() || (stats.isFile() && stats.size <= MOST_FILE_BYTES);
  } catch (error) {
    if (isAbsence(error)) return false;
    throw error;
  }
};

type Leaves = (name: string, isFolder: boolean) => boolean;

/** Files and links below a folder, relative to it; packages, git and Dozor's own are left out. */
export const filesBelow = async (dir: string, under = '', leaves: Leaves = () => false): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const entry of await readdir(join(dir, under), { withFileTypes: true })) {
    const isFolder = entry.isDirectory();
    if (CLOSED.has(entry.name) || leaves(entry.name, isFolder)) continue;
    const path = join(under, entry.name);
    if (isFolder) found.push(...(await filesBelow(dir, path, leaves)));
    else if (entry.isFile() || entry.isSymbolicLink()) found.push(path);
    if (found.length > MOST_FILES) throw new Error(`${dir} has more than ${MOST_FILES} files`);
  }
  return found;
};

/** Whether packages, git or Dozor's own lie anywhere below a folder: it must not be moved as a whole then. */
export const holdsClosed = async (folder: string): Promise<boolean> => {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (CLOSED.has(entry.name)) return true;
    if (entry.isDirectory() && (await holdsClosed(join(folder, entry.name)))) return true;
  }
  return false;
};

const looksLikeData: Leaves = (name, isFolder) => (isFolder ? DATA_FOLDERS.has(name) : DATA_FILES.test(name));

/** What packages are asked for and installed from: it goes with them. */
const MANIFESTS = ['package.json', 'package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock'];

const alsoFiles = async ({ dir, also, built }: TreeQuestion, listed: readonly string[]): Promise<readonly string[]> => {
  const found: string[] = [];
  const product = built === undefined || listed.includes(relative(dir, built.file)) ? [] : [built.folder];
  for (const path of [...also, ...product, ...MANIFESTS.map((name) => join(dir, name))]) {
    if (!path.startsWith(dir + sep) || !(await isThere(path))) continue;
    const inside = relative(dir, path);
    if ((await lstat(path)).isDirectory()) found.push(...(await filesBelow(dir, inside)));
    else found.push(inside);
  }
  return found;
};

/**
 * The files that make an app what it is, relative to its folder and sorted: what git tracks, else whatever does not look like data; besides what is
 * named. Data (uploads, databases, logs) is never among them.
 */
export const codeFiles = async (question: TreeQuestion): Promise<readonly string[]> => {
  const { dir } = question;
  const tracked = await askGit(dir, ['ls-files', '-z', '--', '.']);
  const isTracked = tracked !== undefined && tracked !== '';
  const listed = isTracked ? tracked.split('\0').filter((one) => one !== '') : await filesBelow(dir, '', looksLikeData);
  const all = [...new Set([...listed, ...(await alsoFiles(question, listed))])].sort();
  const plain: string[] = [];
  for (const path of all) if (await isPlain(join(dir, path))) plain.push(path);
  return plain;
};
