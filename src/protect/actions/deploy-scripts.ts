import { lstat, readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { redact } from '../../kernel/redact.ts';
import type { Nothing, Plan, Said, Step } from '../action.ts';
import { defineAction, type ActionContext, type Standing } from '../define.ts';
import { unifiedDiff } from '../diff.ts';
import { findBuilds, type Place } from './deploy-scripts/places.ts';

const ID = 'deploy-scripts';
const MOST_FILES = 300;
const LARGEST = 500_000;

const FOLDERS = [
  '',
  'scripts',
  'script',
  'deploy',
  'deployment',
  'bin',
  'ci',
  'ops',
  'tools',
  '.github/workflows',
  '.circleci',
];
const NAMES =
  /\.(?:sh|bash|zsh)$|^(?:deploy|release|update|restart)[\w-]*$|^(?:Makefile|makefile|GNUmakefile|[Jj]ustfile|package\.json|\.gitlab-ci\.ya?ml|bitbucket-pipelines\.ya?ml)$|^(?:ecosystem|pm2)[\w.-]*\.(?:js|cjs|mjs|json|ya?ml)$/;

/** A file that builds on the server, with the file without that. */
interface Found {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly places: readonly Place[];
}

/** The app's folder and those above it, up to the repository's. */
const rootsOf = async (dir: string): Promise<readonly string[]> => {
  const roots = [dir];
  let folder = dir;
  for (let level = 0; level < 4; level += 1) {
    const names = await readdir(folder).catch((): string[] => []);
    if (names.includes('.git')) return roots;
    if (dirname(folder) === folder) break;
    folder = dirname(folder);
    roots.push(folder);
  }
  // Without a repository nothing above is known to be the app's.
  return [dir];
};

const filesIn = async (root: string): Promise<readonly string[]> => {
  const lists = await Promise.all(
    FOLDERS.map(async (folder) => {
      const names = await readdir(join(root, folder)).catch((): string[] => []);
      const wanted = folder.startsWith('.') ? /\.ya?ml$/ : NAMES;
      return names.filter((name) => wanted.test(name)).map((name) => join(root, folder, name));
    }),
  );
  return lists.flat();
};

const lookAt = async (path: string): Promise<Found | undefined> => {
  const stats = await lstat(path).catch(() => undefined);
  if (stats?.isFile() !== true || stats.size > LARGEST) return undefined;
  const before = await readFile(path, 'utf8').catch(() => '');
  const { places, after } = findBuilds(path, before);
  return places.length === 0 ? undefined : { path, before, after, places };
};

const findAll = async ({
  app,
}: ActionContext): Promise<{ readonly found: readonly Found[]; readonly looked: number }> => {
  const lists = await Promise.all((await rootsOf(app.dir)).map(async (root) => filesIn(root)));
  const paths = [...new Set(lists.flat())].slice(0, MOST_FILES);
  const all = await Promise.all(paths.map(async (path) => lookAt(path)));
  return { found: all.flatMap((one) => one ?? []), looked: paths.length };
};

const placesText = (dir: string, found: readonly Found[]): string =>
  found
    .flatMap(({ path, places }) => places.map(({ line }) => `${relative(dir, path)}:${line}`))
    .slice(0, 12)
    .join(', ');

/** Whether what is built is what runs: then a deploy needs its build, but not in the place from which the app runs. */
const runsBuilt = ({ entry }: ActionContext): boolean =>
  entry !== undefined && (entry.artifact !== undefined || entry.leadsInto.length > 0);

const plan = async (context: ActionContext): Promise<Plan | Nothing> => {
  const { app } = context;
  const { found } = await findAll(context);
  const params = { app: app.name };
  if (found.length === 0) return { action: ID, app: app.name, because: 'done', says: 'deploy.none', params };
  const places = placesText(app.dir, found);
  if (runsBuilt(context))
    return {
      action: ID,
      app: app.name,
      because: 'refused',
      says: 'deploy.built-in-place',
      params: { ...params, places },
    };
  const why: Said = { says: 'deploy.remove', params };
  return {
    action: ID,
    app: app.name,
    steps: found.map(({ path, before, after }): Step => {
      return { do: 'patch', path, patch: redact(unifiedDiff(relative(app.dir, path), before, after)), why };
    }),
    notes: [],
    touchesApp: false,
    needsTrial: false,
  };
};

const check = async (context: ActionContext): Promise<Standing> => {
  const { found, looked } = await findAll(context);
  const params = { app: context.app.name };
  if (found.length > 0)
    return { state: 'open', says: 'deploy.found', params: { ...params, places: placesText(context.app.dir, found) } };
  return looked === 0
    ? { state: 'not-here', says: 'deploy.no-scripts', params }
    : { state: 'done', says: 'deploy.none', params };
};

/** No script builds in the place from which the app runs. Never writes: how a team deploys is theirs to change. */
export const deployScripts = defineAction({
  id: ID,
  title: { en: 'No builds in place on the server', ru: 'Без сборки на месте на сервере' },
  priority: 'P1',
  plan,
  check,
});
