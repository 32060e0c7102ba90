import { execFile } from 'node:child_process';
import { realpath, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { Fault } from '#kernel/fault.ts';
import { defined } from '#kernel/defined.ts';
import type { ActionApp, ActionContext, Ran } from '#protect/define.ts';
import { isThere } from '#protect/runner/durable.ts';
import { isPortOpen } from '#protect/trial/health.ts';
import { findStart, type AppStart } from '../collect/app-start.ts';
import { resolveEntry } from '../collect/entry.ts';
import type { Launch } from '../collect/launch.ts';
import { ownEnv } from './own-env.ts';
import { openPm2, programOf, type OwnPm2, type Pm2Process } from './pm2.ts';
import { collectPm2Boot } from '../collect/boot-start.ts';
import { sourcesOf } from './sources.ts';
import { valueOf } from '#diagnose/known.ts';
import { guessHealth } from './guess-health.ts';
import { absoluteDir, ecosystemApps, nameOfFolder, type Subject } from './subject.ts';

/** The surroundings in which an app is mended. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly cwd: string;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** An agent watches the app and restarts it. */
  readonly agent: boolean;
  readonly given: Readonly<Record<string, string>>;
}

/** An app with all that is needed to mend it. Holds values of its environment: it never leaves this process. */
export interface Scene {
  readonly app: ActionApp;
  readonly context: ActionContext;
  readonly surroundings: Surroundings;
  readonly isSingle: boolean;
  readonly pm2?: OwnPm2;
  readonly launch?: Launch;
  /** As the ecosystem file says, which may differ from what runs. */
  readonly ecosystemLaunch?: Launch;
  /** The user the app runs as, where that is not this process's. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

const START_MS = 15_000;
const LOOK_MS = 20_000;
const MOST_OUTPUT = 10_000_000;

/** Runs a program that only looks. */
const looker =
  ({ env, cwd, signal }: Surroundings): ActionContext['look'] =>
  async (argv, options = {}) =>
    new Promise<Ran>((done) => {
      const [program = '', ...words] = argv;
      const settings = {
        cwd: options.cwd ?? cwd,
        env: { ...env, LC_ALL: 'C', ...options.env },
        timeout: options.timeoutMs ?? LOOK_MS,
        killSignal: 'SIGKILL' as const,
        maxBuffer: MOST_OUTPUT,
        signal,
      };
      const child = execFile(program, words, settings, (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code;
        done({ stdout, stderr, ...(typeof code === 'number' ? { code } : {}) });
      });
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(options.input ?? '');
    });

const nodeOnPath = async (path: string): Promise<string | undefined> => {
  for (const folder of path.split(delimiter).filter((one) => isAbsolute(one) && !one.includes('node_modules')))
    if (await isThere(join(folder, 'node'))) return join(folder, 'node');
  return undefined;
};

const isNode = (program: string | undefined): program is string =>
  program !== undefined && /\/node(js)?$/.test(program);

/** The Node that runs the app: that of its record, its process, PM2's daemon, the PATH, and only then our own. */
const nodeOf = async (own: readonly Pm2Process[], pm2: OwnPm2 | undefined, { env }: Surroundings): Promise<string> => {
  const { interpreter = '' } = own[0]?.record ?? {};
  const running = own.find(({ pid }) => pid > 0)?.pid;
  const seen = [
    isAbsolute(interpreter) ? interpreter : undefined,
    await programOf(running),
    await programOf(pm2?.daemon),
  ];
  return seen.find(isNode) ?? (await nodeOnPath(env['PATH'] ?? '')) ?? process.execPath;
};

/** Only root can boot a trial as somebody else, and only then does it matter. */
const userOf = async (own: readonly Pm2Process[], pm2: OwnPm2 | undefined): Promise<Scene['user']> => {
  const pid = own.find((one) => one.pid > 0)?.pid ?? pm2?.daemon;
  if (process.getuid?.() !== 0 || pid === undefined) return undefined;
  const stats = await stat(`/proc/${pid}`).catch(() => undefined);
  return stats === undefined || stats.uid === 0 ? undefined : { uid: stats.uid, gid: stats.gid };
};

const asNamed = (path: string | undefined, dir: string): string | undefined =>
  path === undefined ? undefined : resolve(dir, path);

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'));

const portOfHealth = (health: string | undefined): number | undefined => {
  if (health === undefined) return undefined;
  const { hostname, port } = new URL(health);
  return isLoopback(hostname) && port !== '' ? Number(port) : undefined;
};

const portOf = async (subject: Subject, launch: Launch | undefined): Promise<number | undefined> => {
  const written = Number(launch?.env.get('PORT'));
  const known = subject.port ?? portOfHealth(subject.health);
  if (known !== undefined) return known;
  return Number.isInteger(written) && written > 0 && (await isPortOpen(written, 500)) ? written : undefined;
};

interface Found {
  readonly name: string;
  readonly dir: string;
  readonly own: readonly Pm2Process[];
}

const find = async (subject: Subject, all: readonly Pm2Process[], { cwd }: Surroundings): Promise<Found> => {
  const named = absoluteDir(subject.dir, cwd);
  if (named !== undefined && !(await isThere(named))) throw new Fault('NOT_FOUND', `There is no folder ${named}.`);
  const name = subject.name ?? (await nameOfFolder(named ?? cwd, subject, all));
  const own = all.filter(({ record }) => record.name === name);
  const start = await findStart(
    { name, artifacts: [], ...(named === undefined ? {} : { dir: named }) },
    own[0]?.launch,
    START_MS,
  );
  if (start.dir === undefined)
    throw new Fault(
      'NOT_FOUND',
      `PM2 has no app called ${name}.`,
      'Name its folder: dozor protect DIR, or apps[].dir in dozor.yaml.',
    );
  return { name, dir: await realpath(start.dir), own };
};

/**
 * Finds an app and all that is needed to mend it.
 * @throws Fault NOT_FOUND, USAGE when it cannot be told which app is meant
 */
export const openScene = async (subject: Subject, given: Surroundings): Promise<Scene> => {
  const pm2 = subject.manager === 'systemd' ? undefined : await openPm2(subject.pm2Home, given.env);
  const surroundings: Surroundings = { ...given, env: ownEnv(given.env) };
  const { name, dir, own } = await find(subject, (await pm2?.processes()) ?? [], surroundings);
  const start = await findStart(
    defined({ name, dir, ecosystem: subject.ecosystem, artifacts: [] }),
    own[0]?.launch,
    START_MS,
  );
  const app = await appOf(subject, { name, dir }, start);
  const { launch, ecosystem } = start;
  return defined({
    app,
    context: await contextOf(app, start, own, pm2, surroundings),
    surroundings,
    isSingle: subject.isSingle === true && own.some(({ pid }) => pid > 0),
    pm2,
    launch,
    ecosystemLaunch: ecosystem,
    user: await userOf(own, pm2),
  });
};

const appOf = async (
  subject: Subject,
  { name, dir }: Pick<Found, 'name' | 'dir'>,
  { launch, ecosystemFile }: AppStart,
): Promise<ActionApp> => {
  const port = await portOf(subject, launch);
  return defined({
    name,
    manager: subject.manager ?? 'pm2',
    dir,
    ecosystem: ecosystemFile ?? asNamed(subject.ecosystem, dir),
    envFile: asNamed(subject.envFile, dir),
    health: subject.health ?? (await guessHealth(port)),
    port,
    artifacts: subject.artifacts ?? [],
  });
};

const contextOf = async (
  app: ActionApp,
  { launch, ecosystem }: AppStart,
  own: readonly Pm2Process[],
  pm2: OwnPm2 | undefined,
  surroundings: Surroundings,
): Promise<ActionContext> => {
  const { agent, env, home, now, signal, given } = surroundings;
  const { apps } = await ecosystemApps(app.dir, app.ecosystem);
  const entry = launch === undefined ? undefined : await resolveEntry(launch, app.dir, app.artifacts, ecosystem);
  return defined({
    app,
    protected: apps.map((one) => one.name),
    agent,
    pm2,
    entry,
    sources: async () => sourcesOf(app, launch, entry, signal),
    bootedBy: async () => (pm2 === undefined ? undefined : valueOf(await collectPm2Boot(pm2.home))),
    node: await nodeOf(own, pm2, surroundings),
    env,
    home,
    root: process.getuid?.() === 0,
    now: now(),
    signal,
    given,
    look: looker(surroundings),
  });
};
