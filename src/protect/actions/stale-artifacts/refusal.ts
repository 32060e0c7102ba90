import { lstat, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { ActionContext } from '../../define.ts';
import { isThere } from '../../runner/durable.ts';
import type { Opener } from '../../runner/open-files.ts';
import type { Inventory } from './inventory.ts';

/** Why something is left where it is. */
export interface Refusal {
  readonly says:
    | 'artifacts.entry'
    | 'artifacts.named'
    | 'artifacts.tracked'
    | 'artifacts.git-silent'
    | 'artifacts.open'
    | 'artifacts.fresh'
    | 'artifacts.link'
    | 'artifacts.mount'
    | 'artifacts.own';
  readonly params: Readonly<Record<string, string | number>>;
}

/** What is below it is written at this moment, or was just now. */
const FRESH_MS = 5_000;
const GIT_MS = 20_000;

/** Never artifacts, whatever a pattern says. */
const NEVER = new Set([
  'node_modules',
  '.git',
  '.dozor',
  'src',
  'package.json',
  'package-lock.json',
  'pnpm-lock.yaml',
  'yarn.lock',
]);

const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(folder + sep);

const ownPaths = ({ app }: ActionContext): readonly string[] =>
  [app.ecosystem, app.envFile].flatMap((path) => (path === undefined ? [] : [resolve(app.dir, path)]));

const isOwn = (path: string, context: ActionContext): boolean =>
  NEVER.has(basename(path)) || ownPaths(context).some((own) => isWithin(own, path));

/** The file that runs lies in it: then it is the product, not a ghost. */
const holdsEntry = (path: string, { app, entry }: ActionContext): boolean =>
  [entry?.file, entry?.ecosystemFile].some((file) => file !== undefined && isWithin(resolve(app.dir, file), path));

/** A word of the start command names it (`--import ./dist/register.js`). */
const isNamed = (path: string, { app, entry }: ActionContext): boolean => {
  const words = [...(entry?.nodeOptions ?? []), ...(entry?.chain ?? []).flatMap((line) => line.split(/[\s=:'"]+/))];
  const from = entry?.cwd ?? app.dir;
  return words.some((word) => word.includes(basename(path)) && isWithin(resolve(from, word), path));
};

const CAREFUL = ['-c', 'safe.directory=*', '-c', 'core.fsmonitor=false', '--literal-pathspecs'];

/** Whether git tracks anything of it; undefined when git could not be asked. Without a repository nothing is tracked. */
const isTracked = async (path: string, context: ActionContext): Promise<boolean | undefined> => {
  const { app } = context;
  const words = ['git', ...CAREFUL, '-C', app.dir, 'ls-files', '-z', '--', relative(app.dir, path)];
  const { code, stdout, stderr } = await context.look(words, { timeoutMs: GIT_MS, env: { GIT_OPTIONAL_LOCKS: '0' } });
  if (code === 0) return stdout !== '';
  if (/not a git repository/i.test(stderr)) return false;
  return (await hasRepository(app.dir)) ? undefined : false;
};

const hasRepository = async (folder: string): Promise<boolean> => {
  if (await isThere(join(folder, '.git'))) return true;
  return dirname(folder) === folder ? false : hasRepository(dirname(folder));
};

const standing = async (path: string, dir: string): Promise<Refusal | undefined> => {
  const stats = await lstat(path);
  const real = await realpath(dirname(path));
  const inside = isWithin(real, await realpath(dir));
  if (stats.isSymbolicLink() || !inside) return { says: 'artifacts.link', params: {} };
  const { dev } = await stat(join(path, '..'));
  return stats.dev === dev ? undefined : { says: 'artifacts.mount', params: {} };
};

const gitRefusal = async (path: string, context: ActionContext): Promise<Refusal | undefined> => {
  const tracked = await isTracked(path, context);
  if (tracked === undefined) return { says: 'artifacts.git-silent', params: {} };
  return tracked ? { says: 'artifacts.tracked', params: {} } : undefined;
};

/** Why this path must stay; undefined when it may go as far as looking can tell (the trial boot has the last word). */
export const refusalOf = async (
  path: string,
  { newestMs }: Inventory,
  opener: Opener | undefined,
  context: ActionContext,
): Promise<Refusal | undefined> => {
  if (isOwn(path, context)) return { says: 'artifacts.own', params: {} };
  if (holdsEntry(path, context)) return { says: 'artifacts.entry', params: { entry: context.entry?.file ?? '' } };
  if (isNamed(path, context)) return { says: 'artifacts.named', params: {} };
  const stood = await standing(path, context.app.dir);
  if (stood !== undefined) return stood;
  if (opener !== undefined) return { says: 'artifacts.open', params: { pid: opener.pid, program: opener.program } };
  if (Math.abs(context.now - newestMs) < FRESH_MS) return { says: 'artifacts.fresh', params: {} };
  return gitRefusal(path, context);
};
