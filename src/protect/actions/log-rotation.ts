import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Nothing, Plan, Said } from '../action.ts';
import { defineAction, type Action, type ActionContext, type Pm2Record, type Standing } from '../define.ts';
import { covers, ruleFor, ruleName, type Owner } from './log-rotation/rule.ts';

const ID = 'log-rotation';
const RULES = '/etc/logrotate.d';

/** What is known of an app's logs. */
interface Known {
  readonly files: readonly string[];
  readonly bytes: number;
  /** What keeps them small: PM2's module, or a rule of logrotate. */
  readonly by?: 'pm2-logrotate' | 'logrotate';
  readonly installed: boolean;
  readonly owner: Owner;
}

const bytesOf = async (path: string): Promise<number | undefined> =>
  stat(path).then(
    (stats) => (stats.isFile() ? stats.size : undefined),
    () => undefined,
  );

const readAll = async (root: string): Promise<readonly string[]> => {
  const names = await readdir(root + RULES).catch((): string[] => []);
  const paths = [join(root, '/etc/logrotate.conf'), ...names.map((name) => join(root + RULES, name))];
  return Promise.all(paths.map(async (path) => readFile(path, 'utf8').catch(() => '')));
};

const filesOf = async (records: readonly Pm2Record[]): Promise<ReadonlyMap<string, number>> => {
  const paths = records.flatMap(({ outFile, errorFile }) => [outFile, errorFile]).flatMap((path) => path ?? []);
  const found = new Map<string, number>();
  for (const path of paths) {
    const real = await realpath(path).catch(() => path);
    const bytes = await bytesOf(real);
    if (bytes !== undefined) found.set(real, bytes);
  }
  return found;
};

/** Names of user and group by their numbers; logrotate wants names. */
const nameOf = async (file: string, id: number): Promise<string> => {
  const text = await readFile(file, 'utf8').catch(() => '');
  const line = text.split('\n').find((one) => one.split(':')[2] === String(id));
  return line?.split(':')[0] ?? String(id);
};

const ownerOf = async (folder: string): Promise<Owner> => {
  const { uid, gid } = await stat(folder);
  return { user: await nameOf('/etc/passwd', uid), group: await nameOf('/etc/group', gid) };
};

const isInstalled = async (root: string): Promise<boolean> => {
  const found = await Promise.all(
    ['/usr/sbin/logrotate', '/usr/bin/logrotate'].map(async (path) => bytesOf(root + path)),
  );
  return found.some((bytes) => bytes !== undefined);
};

const know = async ({ app, pm2 }: ActionContext, root: string): Promise<Known | undefined> => {
  if (app.manager !== 'pm2' || pm2 === undefined) return undefined;
  const sizes = await filesOf(((await pm2.records()) ?? []).filter(({ name }) => name === app.name));
  const [first] = sizes.keys();
  if (first === undefined) return undefined;
  const files = [...sizes.keys()];
  const module = await stat(join(pm2.home, 'modules/pm2-logrotate')).catch(() => undefined);
  const rules = await readAll(root);
  const by =
    module === undefined ? (files.every((file) => covers(rules, file)) ? 'logrotate' : undefined) : 'pm2-logrotate';
  const bytes = [...sizes.values()].reduce((sum, one) => sum + one, 0);
  const base = { files, bytes, installed: await isInstalled(root), owner: await ownerOf(dirname(first)) };
  return by === undefined ? base : { ...base, by };
};

const nothing = (
  { app }: ActionContext,
  because: Nothing['because'],
  says: string,
  params: Said['params'] = {},
): Nothing => ({
  action: ID,
  app: app.name,
  because,
  says,
  params: { app: app.name, ...params },
});

const plan = async (context: ActionContext, root: string): Promise<Plan | Nothing> => {
  const known = await know(context, root);
  if (known === undefined) return nothing(context, 'not-here', 'logs.none');
  if (known.by !== undefined) return nothing(context, 'done', 'logs.done', { by: known.by });
  const path = join(root + RULES, ruleName(context.app.name));
  const after = ruleFor(known.files, known.owner);
  const writes = context.root && known.installed;
  const why: Said = { says: known.installed ? 'logs.needs-root' : 'logs.not-installed', params: { path } };
  return {
    action: ID,
    app: context.app.name,
    steps: [writes ? { do: 'write', path, after, mode: 0o644 } : { do: 'patch', path, patch: after, why }],
    notes: writes ? [{ says: 'logs.copytruncate', params: {} }] : [],
    touchesApp: false,
    needsTrial: false,
  };
};

const check = async (context: ActionContext, root: string): Promise<Standing> => {
  const known = await know(context, root);
  const standing = (state: Standing['state'], says: string, params: Said['params'] = {}): Standing => ({
    state,
    says,
    params: { app: context.app.name, ...params },
  });
  if (known === undefined) return standing('not-here', 'logs.none');
  if (known.by !== undefined) return standing('done', 'logs.done', { by: known.by });
  return standing('open', 'logs.unbounded', { files: known.files.join(', '), mb: Math.ceil(known.bytes / 1_000_000) });
};

/** The same for a machine whose files lie below `root`. */
export const logRotationUnder = (root: string): Action =>
  defineAction({
    id: ID,
    title: { en: 'Logs are rotated', ru: 'Ротация логов' },
    priority: 'P2',
    plan: async (context) => plan(context, root),
    check: async (context) => check(context, root),
  });

/** The app's logs cannot fill the disk. */
export const logRotation = logRotationUnder('');
