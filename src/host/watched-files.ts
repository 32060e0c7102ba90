import { createHash } from 'node:crypto';
import { glob } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { EpochMs } from '../kernel/time.ts';
import { readText, statOf } from './collect/files.ts';
import type { HostSignal } from './contract.ts';

/** A change of something that decides how an app starts. */
export type FileChange = Omit<Extract<HostSignal, { readonly type: 'change' }>, 'type' | 'app'>;

/** What is watched of an app. */
export interface WatchedFiles {
  readonly dir: string;
  readonly artifacts: readonly string[];
  readonly envFile?: string;
  readonly ecosystem?: string;
  /** The file that the manager starts. */
  readonly entry?: string;
}

/** How it all stood at a moment: marks, not contents. Of the environment only names, never values. */
export interface FileSnapshot {
  readonly at: EpochMs;
  /** By path: what tells one from another of the same name, and when it came. */
  readonly artifacts: Readonly<Record<string, { readonly mark: string; readonly at: EpochMs }>>;
  readonly files: Readonly<
    Record<string, { readonly what: 'lock-file' | 'entry' | 'ecosystem'; readonly mark: string; readonly at: EpochMs }>
  >;
  readonly envNames?: readonly string[];
  readonly envAt?: EpochMs;
  readonly head?: string;
}

const LOCK_FILES = ['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'bun.lockb'];
const MOST_ARTIFACTS = 200;
const MOST_ENV_BYTES = 1_000_000;
const HEAD_LENGTH = 12;

const isWithin = (dir: string, path: string): boolean => {
  const way = relative(dir, path);
  return way !== '' && !way.startsWith('..') && !isAbsolute(way);
};

const matchesOf = async (dir: string, pattern: string): Promise<readonly string[]> => {
  const plain = pattern.replace(/\/+$/, '');
  if (!/[*?[\]{}]/.test(plain)) return [plain];
  const found: string[] = [];
  for await (const path of glob(plain, { cwd: dir, exclude: (name) => name === 'node_modules' || name === '.git' })) {
    found.push(path);
    if (found.length >= MOST_ARTIFACTS) break;
  }
  return found;
};

const artifactsOf = async ({ dir, artifacts }: WatchedFiles): Promise<FileSnapshot['artifacts']> => {
  const found: Record<string, { mark: string; at: EpochMs }> = {};
  const paths = new Set((await Promise.all(artifacts.map((one) => matchesOf(dir, one)))).flat());
  for (const path of paths) {
    const stats = isWithin(dir, resolve(dir, path)) ? await statOf(join(dir, path)) : undefined;
    // A folder that was removed and built anew is another one, whatever its name.
    if (stats !== undefined) found[path] = { mark: `${stats.ino}-${stats.birthtimeMs}`, at: Math.round(stats.ctimeMs) };
  }
  return found;
};

const filesOf = async ({ dir, ecosystem, entry }: WatchedFiles): Promise<FileSnapshot['files']> => {
  const named = [
    ...LOCK_FILES.map((name) => ({ what: 'lock-file' as const, name })),
    ...(ecosystem === undefined ? [] : [{ what: 'ecosystem' as const, name: ecosystem }]),
    ...(entry === undefined ? [] : [{ what: 'entry' as const, name: entry }]),
  ];
  const found: Record<string, { what: (typeof named)[number]['what']; mark: string; at: EpochMs }> = {};
  for (const { what, name } of named) {
    const path = resolve(dir, name);
    const stats = await statOf(path);
    if (stats === undefined) continue;
    const mark = `${stats.ino}-${stats.size}-${stats.mtimeMs}`;
    found[relative(dir, path)] = { what, mark, at: Math.round(stats.ctimeMs) };
  }
  return found;
};

/** Names that an environment file sets, sorted; never what it sets them to. */
export const namesIn = (text: string): readonly string[] => {
  const names = [...text.matchAll(/^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.]*)[ \t]*=/gm)].map((match) => match[1] ?? '');
  return [...new Set(names)].toSorted();
};

const environmentOf = async ({ dir, envFile }: WatchedFiles): Promise<Pick<FileSnapshot, 'envNames' | 'envAt'>> => {
  const path = envFile === undefined ? undefined : resolve(dir, envFile);
  const [text, stats] = path === undefined ? [] : await Promise.all([readText(path, MOST_ENV_BYTES), statOf(path)]);
  if (text === undefined || stats === undefined) return {};
  return { envNames: namesIn(text), envAt: Math.round(stats.ctimeMs) };
};

/** The folder that holds HEAD: `.git` here or above, or where its file points to. */
export const gitFolderOf = async (dir: string): Promise<string | undefined> => {
  for (let at = dir; ; at = dirname(at)) {
    const path = join(at, '.git');
    const stats = await statOf(path);
    if (stats?.isDirectory() === true) return path;
    const pointer = stats === undefined ? undefined : /^gitdir: (.+)$/m.exec((await readText(path, 4_096)) ?? '')?.[1];
    if (pointer !== undefined) return resolve(at, pointer.trim());
    if (dirname(at) === at) return undefined;
  }
};

const lineOf = async (path: string): Promise<string | undefined> => (await readText(path, 4_096))?.trim();

const packedCommit = async (folder: string, ref: string): Promise<string | undefined> => {
  const packed = (await readText(join(folder, 'packed-refs'))) ?? '';
  const line = packed.split('\n').find((one) => one.endsWith(` ${ref}`));
  return line?.slice(0, line.indexOf(' '));
};

const commitOf = async (folder: string): Promise<string | undefined> => {
  const head = await lineOf(join(folder, 'HEAD'));
  const ref = /^ref: (refs\/[\w./-]+)$/.exec(head ?? '')?.[1];
  if (ref === undefined) return head;
  // A worktree keeps its branches where the repository lies.
  const common = resolve(folder, (await lineOf(join(folder, 'commondir'))) ?? '.');
  return (await lineOf(join(common, ref))) ?? (await packedCommit(common, ref)) ?? `${ref} (empty)`;
};

/** Looks at everything that is watched of an app. What cannot be read counts as not there. */
export const lookAtFiles = async (watched: WatchedFiles, now: EpochMs): Promise<FileSnapshot> => {
  const git = await gitFolderOf(watched.dir);
  const [artifacts, files, environment, head] = await Promise.all([
    artifactsOf(watched),
    filesOf(watched),
    environmentOf(watched),
    git === undefined ? undefined : commitOf(git),
  ]);
  return { at: now, artifacts, files, ...environment, ...(head === undefined ? {} : { head }) };
};

/** When a change was: as the file says, but not before the last look and not after this one. */
const momentOf = (said: EpochMs, before: FileSnapshot, after: FileSnapshot): EpochMs =>
  Math.min(after.at, Math.max(before.at, said));

const artifactChanges = (before: FileSnapshot, after: FileSnapshot): readonly FileChange[] => {
  const came = Object.entries(after.artifacts)
    .filter(([path, { mark }]) => before.artifacts[path]?.mark !== mark)
    .map(([path, { at }]) => ({ what: 'artifact-appeared' as const, path, at: momentOf(at, before, after) }));
  const gone = Object.keys(before.artifacts)
    .filter((path) => after.artifacts[path] === undefined)
    .map((path) => ({ what: 'artifact-gone' as const, path, at: after.at }));
  return [...came, ...gone];
};

const fileChanges = (before: FileSnapshot, after: FileSnapshot): readonly FileChange[] => {
  const paths = new Set([...Object.keys(before.files), ...Object.keys(after.files)]);
  return [...paths].flatMap((path): readonly FileChange[] => {
    const [old, now] = [before.files[path], after.files[path]];
    if (old?.mark === now?.mark) return [];
    const what = now?.what ?? old?.what ?? 'entry';
    if (now === undefined) return [{ what, path, at: after.at, detail: 'gone' }];
    return [{ what, path, at: momentOf(now.at, before, after), ...(old === undefined ? { detail: 'new' } : {}) }];
  });
};

const MOST_NAMES = 20;

const environmentChange = (before: FileSnapshot, after: FileSnapshot, path: string): readonly FileChange[] => {
  const [old, now] = [before.envNames ?? [], after.envNames ?? []];
  const added = now.filter((name) => !old.includes(name)).map((name) => `+${name}`);
  const removed = old.filter((name) => !now.includes(name)).map((name) => `−${name}`);
  const said = [...removed, ...added];
  if (said.length === 0) return [];
  const detail = said.length > MOST_NAMES ? `${said.slice(0, MOST_NAMES).join(' ')} …` : said.join(' ');
  return [{ what: 'env-names', path, at: momentOf(after.envAt ?? after.at, before, after), detail }];
};

/** What changed between two looks, in the order of time. */
export const changesBetween = (before: FileSnapshot, after: FileSnapshot, envFile = ''): readonly FileChange[] => {
  const moved =
    after.head === undefined || before.head === undefined || after.head === before.head
      ? []
      : [
          {
            what: 'git-head' as const,
            path: '.git',
            at: after.at,
            detail: `${before.head.slice(0, HEAD_LENGTH)} → ${after.head.slice(0, HEAD_LENGTH)}`,
          },
        ];
  return [
    ...artifactChanges(before, after),
    ...fileChanges(before, after),
    ...environmentChange(before, after, envFile),
    ...moved,
  ].toSorted((one, other) => one.at - other.at);
};

/** What the marks are of, so that a snapshot of other files is not compared with these. */
export const keyOf = (watched: WatchedFiles): string =>
  createHash('sha256').update(JSON.stringify(watched)).digest('hex').slice(0, 16);
