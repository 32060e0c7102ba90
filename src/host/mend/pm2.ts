import { access, constants, readlink } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import type { Pm2Access, Pm2Record } from '#protect/define.ts';
import { runCommand } from '#protect/runner/command.ts';
import { defined } from '#kernel/defined.ts';
import { asNumber, asRecord, asText } from '../collect/files.ts';
import { readLaunch, type Launch } from '../collect/launch.ts';
import { ownPath } from './own-env.ts';
import { pm2HomeOf, readPm2Files } from '../collect/pm2-files.ts';

type Env = Readonly<Record<string, string | undefined>>;

const LIST_MS = 20_000;

/** One process of PM2 with what an action may see of it, and what only a trial may: the values of its environment. */
export interface Pm2Process {
  readonly record: Pm2Record;
  readonly launch?: Launch;
  readonly pid: number;
}

/** The user's PM2. */
export interface OwnPm2 extends Pm2Access {
  /** The pid of its daemon; undefined when none lives. */
  readonly daemon?: number;
  processes(): Promise<readonly Pm2Process[] | undefined>;
}

const isProgram = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    // Not there or not ours to run: the next place is tried.
    return false;
  }
};

const exeOf = async (pid: number | undefined): Promise<string | undefined> => {
  if (pid === undefined) return undefined;
  try {
    const path = await readlink(`/proc/${pid}/exe`);
    return path.endsWith(' (deleted)') ? undefined : path;
  } catch {
    // It ended meanwhile, or belongs to another user.
    return undefined;
  }
};

/** PM2 lies on the PATH, or beside the Node that its daemon runs on; it is a script, so without a Node on the PATH it is given one. */
const findCommand = async (env: Env, daemon: number | undefined): Promise<readonly string[] | undefined> => {
  const exe = await exeOf(daemon);
  const beside = exe === undefined ? [] : [dirname(exe)];
  const onPath = (env['PATH'] ?? '').split(delimiter);
  const folders = [...onPath, ...beside, '/usr/local/bin', '/usr/bin'].filter((one) => isAbsolute(one));
  for (const folder of folders) {
    if (!(await isProgram(join(folder, 'pm2')))) continue;
    const hasNode = (await Promise.all(ownPath(env['PATH']).map(async (one) => isProgram(join(one, 'node'))))).includes(
      true,
    );
    return hasNode ? [join(folder, 'pm2')] : [exe ?? process.execPath, join(folder, 'pm2')];
  }
  return undefined;
};

const words = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return value.split(/\s+/).filter((word) => word !== '');
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
};

const SPAN: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

const spanOf = (value: unknown): number | undefined => {
  if (typeof value !== 'string') return asNumber(value);
  const [, count, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)?$/.exec(value) ?? [];
  return count === undefined ? undefined : Number(count) * (SPAN[unit ?? 'ms'] ?? 1);
};

const recordOf = (env: Readonly<Record<string, unknown>>): Pm2Record =>
  defined({
    id: asNumber(env['pm_id']) ?? -1,
    name: asText(env['name']) ?? '',
    status: asText(env['status']) ?? '',
    mode: asText(env['exec_mode'])?.startsWith('cluster') === true ? ('cluster' as const) : ('fork' as const),
    cwd: asText(env['pm_cwd']) ?? '/',
    script: asText(env['pm_exec_path']) ?? '',
    args: words(env['args']),
    interpreter: asText(env['exec_interpreter']),
    nodeArgs: words(env['node_args']),
    maxRestarts: asNumber(env['max_restarts']),
    minUptimeMs: spanOf(env['min_uptime']),
    backoffMs: asNumber(env['exp_backoff_restart_delay']),
    outFile: asText(env['pm_out_log_path']),
    errorFile: asText(env['pm_err_log_path']),
  });

const processesOf = (text: string): readonly Pm2Process[] => {
  // PM2 may print news about itself before the list.
  const line = text.split('\n').findLast((one) => one.startsWith('['));
  const list: unknown = line === undefined ? [] : JSON.parse(line);
  return (Array.isArray(list) ? (list as readonly unknown[]) : []).flatMap((one) => {
    const outer = asRecord(one);
    const env = asRecord(outer?.['pm2_env']);
    if (outer === undefined || env === undefined) return [];
    const launch = readLaunch(env, 'manager', '/');
    return [{ record: recordOf(env), pid: asNumber(outer['pid']) ?? 0, ...(launch === undefined ? {} : { launch }) }];
  });
};

/** The way to the PM2 whose folder is named (or the user's own); undefined where PM2 was never used. No daemon is ever started by asking. */
export const openPm2 = async (named: string | undefined, env: Env): Promise<OwnPm2 | undefined> => {
  const home = pm2HomeOf(named, env);
  const { daemon } = await readPm2Files(home);
  const command = await findCommand(env, daemon);
  if (daemon === undefined && command === undefined) return undefined;
  const processes = async (): Promise<readonly Pm2Process[] | undefined> => {
    if (command === undefined || (await readPm2Files(home)).daemon === undefined) return undefined;
    const said = await runCommand([...command, 'jlist'], {
      env: { ...env, PM2_HOME: home },
      timeoutMs: LIST_MS,
      mostSaid: 20_000_000,
    });
    return said.code === 0 ? processesOf(said.said) : undefined;
  };
  return {
    home,
    processes,
    records: async () => (await processes())?.map(({ record }) => record),
    ...(daemon === undefined ? {} : { daemon }),
    ...(command === undefined ? {} : { command }),
  };
};

/** The program that a process runs; undefined when that cannot be seen. */
export const programOf = exeOf;
