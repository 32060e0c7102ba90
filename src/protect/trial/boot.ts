import { spawn, type ChildProcess } from 'node:child_process';
import { lchown, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { redact } from '../../kernel/redact.ts';
import type { Ms } from '../../kernel/time.ts';
import { makeHome } from './home.ts';
import { askHealth, isPortOpen } from './health.ts';
import { pathMap, trialCommand, type TrialCommand, type TrialLaunch } from './launch.ts';
import { notTriable, type TrialOutcome } from './outcome.ts';
import { PRELOAD } from './preload.ts';
import { endGroup, groupBytes, killMarked } from './processes.ts';
import { makeScratch, type PlannedChanges } from './scratch.ts';

/** What is to be booted. */
export interface Trial {
  readonly dir: string;
  readonly launch: TrialLaunch;
  readonly changes: PlannedChanges;
  /** The Node that runs the app. */
  readonly node: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly envFile?: string;
  /** The app's health address; its path is asked on the private port. */
  readonly health?: string;
  /** The port that the app asks for, when it is known. */
  readonly port?: number;
  /** The user the app runs as, where that is another than this process's. */
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly timeoutMs?: Ms;
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

const PRELOAD_FILE = '.dozor-preload.cjs';
const REPORT_FILE = '.dozor-report';
const TIMEOUT_MS = 60_000;
const MOST_BYTES = 1_536 * 1024 ** 2;
const LOOK_MS = 100;
const HEALTH_MS = 5_000;
/** An app that listens nowhere (a worker) has booted when it has run so long. */
const WORKER_MS = 5_000;
const MOST_OUTPUT = 64_000;

/** Lowest priority, first to be killed when memory ends; both are handed down to whatever the app starts. */
const YIELDING = 'echo 1000 > /proc/self/oom_score_adj 2>/dev/null; exec nice -n 10 "$@"';

const freePort = async (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

interface Running {
  readonly child: ChildProcess;
  readonly group: number;
  readonly port: number;
  readonly report: string;
  readonly began: number;
  output: string;
  ended?: { readonly code: number | null; readonly signal: string | null };
  error?: string;
}

const mainPort = ({ port, health }: Trial): number => {
  if (port !== undefined) return port;
  const url = health === undefined ? undefined : new URL(health);
  const isHere = url !== undefined && /^(localhost|127\.|\[::1\])/.test(url.hostname);
  return isHere && url.port !== '' ? Number(url.port) : 0;
};

const trialEnv = (trial: Trial, command: TrialCommand, home: string, port: number): Record<string, string> => {
  const preload = `--require ${JSON.stringify(join(home, PRELOAD_FILE))}`;
  const options = command.env['NODE_OPTIONS'] ?? '';
  return {
    ...command.env,
    NODE_OPTIONS: `${options} ${preload}`.trim(),
    PORT: String(port),
    NODE_APP_INSTANCE: command.env['NODE_APP_INSTANCE'] ?? '0',
    DOZOR_TRIAL: '1',
    DOZOR_TRIAL_ID: home,
    DOZOR_TRIAL_PORT: String(port),
    DOZOR_TRIAL_MAIN: String(mainPort(trial)),
    DOZOR_TRIAL_REPORT: join(home, REPORT_FILE),
    DOZOR_TRIAL_FOLDER: home,
    DOZOR_TRIAL_PARENT: String(process.pid),
    DOZOR_TRIAL_UNTIL: String(Date.now() + (trial.timeoutMs ?? TIMEOUT_MS) + 10_000),
  };
};

const start = (trial: Trial, command: TrialCommand, home: string, port: number): Running => {
  const child = spawn('/bin/sh', ['-c', YIELDING, 'sh', ...command.argv], {
    cwd: command.cwd,
    env: trialEnv(trial, command, home, port),
    detached: true,
    // The app finds `process.send`, as it does under PM2.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    ...trial.user,
  });
  const running: Running = {
    child,
    group: child.pid ?? 0,
    port,
    report: join(home, REPORT_FILE),
    began: performance.now(),
    output: '',
  };
  const take = (part: string): void => {
    running.output = (running.output + part).slice(-MOST_OUTPUT);
  };
  child.stdout?.setEncoding('utf8').on('data', take);
  child.stderr?.setEncoding('utf8').on('data', take);
  child.once('error', (error) => {
    running.error = error.message;
  });
  child.once('close', (code, signal) => {
    running.ended = { code, signal };
  });
  child.on('message', () => undefined);
  return running;
};

interface Listening {
  readonly asked: number | string;
  readonly got: number;
}

const listenings = async ({ report }: Running): Promise<readonly Listening[]> => {
  const text = await readFile(report, 'utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Listening);
};

const tookMs = ({ began }: Running): Ms => Math.round(performance.now() - began);

const failed = (
  running: Running,
  how: 'ended' | 'silent' | 'unhealthy',
  more: { readonly status?: number } = {},
): TrialOutcome => ({
  outcome: 'failed',
  how,
  output: redact(running.output),
  tookMs: tookMs(running),
  ...(typeof running.ended?.code === 'number' ? { code: running.ended.code } : {}),
  ...(typeof running.ended?.signal === 'string' ? { signal: running.ended.signal } : {}),
  ...more,
});

const booted = (running: Running, more: { readonly askedPort?: number; readonly status?: number }): TrialOutcome => ({
  outcome: 'booted',
  tookMs: tookMs(running),
  ...more,
});

const endOf = (running: Running): TrialOutcome | undefined => {
  if (running.error !== undefined) return notTriable('not-started', running.error);
  return running.ended === undefined ? undefined : failed(running, 'ended');
};

/** One look at what runs: an outcome, or undefined while it cannot be told yet. */
const look = async (trial: Trial, running: Running): Promise<TrialOutcome | undefined> => {
  if ((await groupBytes(running.group)) > (trial.maxBytes ?? MOST_BYTES))
    return notTriable('too-much-memory', `more than ${Math.round((trial.maxBytes ?? MOST_BYTES) / 1024 ** 2)} MiB`);
  const all = await listenings(running);
  const ports = await openPorts(running, all);
  if (ports.length > 0) return healthOf(trial, running, ports);
  const isServer = trial.health !== undefined || trial.port !== undefined;
  return !isServer && all.length === 0 && tookMs(running) > WORKER_MS ? booted(running, {}) : undefined;
};

/** Where the app listens now: its own port first; one that it asked for besides counts too, since a proxy may stand before it. */
const openPorts = async (running: Running, all: readonly Listening[]): Promise<readonly Listening[]> => {
  const known = all.filter(({ got }) => got > 0).sort((one) => (one.got === running.port ? -1 : 1));
  if (known.some(({ got }) => got === running.port) || !(await isPortOpen(running.port, LOOK_MS))) return known;
  return [{ asked: '', got: running.port }, ...known];
};

const addressOf = (health: string, port: number): { readonly url: URL; readonly host: string } => {
  const { pathname, search, host } = new URL(health);
  return { url: new URL(`http://127.0.0.1:${port}${pathname}${search}`), host };
};

const askedBy = ({ asked }: Listening): { readonly askedPort?: number } =>
  typeof asked === 'number' ? { askedPort: asked } : {};

const healthOf = async (
  { health }: Trial,
  running: Running,
  ports: readonly Listening[],
): Promise<TrialOutcome | undefined> => {
  for (const one of ports) {
    if (health === undefined) return booted(running, askedBy(one));
    const { url, host } = addressOf(health, one.got);
    const { isHealthy, status } = await askHealth(url, host, HEALTH_MS);
    if (isHealthy) return booted(running, { ...askedBy(one), ...(status === undefined ? {} : { status }) });
  }
  return undefined;
};

const lastWord = async (trial: Trial, running: Running): Promise<TrialOutcome> => {
  if (trial.signal?.aborted === true) return notTriable('stopped');
  const [first] = await openPorts(running, await listenings(running));
  if (first === undefined) return failed(running, 'silent');
  const { url, host } = addressOf(trial.health ?? 'http://127.0.0.1/', first.got);
  const { status } = await askHealth(url, host, HEALTH_MS);
  return failed(running, 'unhealthy', status === undefined ? {} : { status });
};

/** A port in the code that Node's preload could not move (another runtime) shows as "in use": the app itself is not at fault. */
const isPortClash = (outcome: TrialOutcome): boolean =>
  outcome.outcome === 'failed' && outcome.how === 'ended' && /EADDRINUSE|address already in use/i.test(outcome.output);

const watch = async (trial: Trial, running: Running): Promise<TrialOutcome> => {
  const timeoutMs = trial.timeoutMs ?? TIMEOUT_MS;
  while (tookMs(running) < timeoutMs && trial.signal?.aborted !== true) {
    const outcome = endOf(running) ?? (await look(trial, running));
    if (outcome !== undefined) return isPortClash(outcome) ? notTriable('another-port', portOf(outcome)) : outcome;
    await pause(LOOK_MS);
  }
  return lastWord(trial, running);
};

const portOf = (outcome: TrialOutcome): string =>
  outcome.outcome === 'failed' ? (/(?:EADDRINUSE|in use)[^\n]*?:(\d+)/.exec(outcome.output)?.[1] ?? '') : '';

const bootIn = async (home: string, trial: Trial): Promise<TrialOutcome> => {
  const dir = await realpath(trial.dir);
  const scratch = join(home, basename(dir));
  const port = await freePort();
  const signal = trial.signal ?? new AbortController().signal;
  const { envFile } = trial;
  const made = await makeScratch(dir, scratch, trial.changes, {
    port,
    signal,
    ...(envFile === undefined ? {} : { envFile }),
  });
  if (!made.ok) return made.error;
  const command = await trialCommand(trial.launch, pathMap([dir, trial.dir], scratch), trial.node, trial.env);
  if (command === undefined) return notTriable('no-start-command');
  if (!(await stat(command.cwd).catch(() => undefined))?.isDirectory()) return notTriable('not-started', command.cwd);
  await writeFile(join(home, PRELOAD_FILE), PRELOAD, { mode: 0o644 });
  await writeFile(join(home, REPORT_FILE), '', { mode: 0o600 });
  if (trial.user !== undefined) await lchown(join(home, REPORT_FILE), trial.user.uid, trial.user.gid);
  const running = start(trial, command, home, port);
  try {
    return await watch(trial, running);
  } finally {
    if (running.group > 0) await endGroup(running.group, async (ms) => pause(ms));
    await killMarked(`DOZOR_TRIAL_ID=${home}`);
  }
};

/**
 * Starts an app as it would be after the planned changes: in a copy of its folder, on a private port of loopback, with its own command, Node and
 * environment, yielding to everything else; waits until it is healthy, ends, or the time is over; then ends all of it. The running app, its files and its
 * port are not touched. What the app does elsewhere when it starts (migrations, jobs taken from a queue) happens: see docs/protect.md.
 */
export const bootTrial = async (trial: Trial): Promise<TrialOutcome> => {
  const home = await makeHome(trial.dir, trial.user);
  if (home === undefined) return notTriable('no-place');
  try {
    return await bootIn(home, trial);
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
};
