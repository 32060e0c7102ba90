import type { AppProcessFact, ManagerFacts } from '#diagnose/app-facts.ts';
import { known, unknown, valueOf, type Known } from '#diagnose/known.ts';
import { defined } from '#kernel/defined.ts';
import type { Ms } from '#kernel/time.ts';
import { collectPm2Boot } from './boot-start.ts';
import { within } from './deadline.ts';
import { readProc } from './files.ts';
import type { Launch } from './launch.ts';
import { collectPm2Logs } from './logs.ts';
import type { ManagedApp } from './managed.ts';
import { readPidFiles, readPm2Files, type Pm2Files } from './pm2-files.ts';
import { readBootTime, readProcess } from './processes.ts';

/** One process of PM2's own list, as its daemon tells it. */
export interface Pm2Record {
  readonly launch: Launch;
  readonly id: string;
  readonly pid: number;
  readonly status: string;
  readonly restarts: number;
  readonly startedAt: number;
}

/** What PM2 was found to hold: its files, and its list when the daemon answers. */
export interface Pm2Look {
  readonly files: Pm2Files;
  readonly records?: readonly Pm2Record[];
  readonly version?: string;
}

/** Asks the daemon; undefined when it does not answer. */
export type AskPm2 = (home: string, signal: AbortSignal) => Promise<Pick<Pm2Look, 'records' | 'version'> | undefined>;

/** Looks at a PM2 folder, and asks its daemon when it lives. */
export const lookAtPm2 = async (
  home: string,
  ask: AskPm2 | undefined,
  signal: AbortSignal,
): Promise<Known<Pm2Look>> => {
  const files = await readPm2Files(home);
  const answer = files.daemon === undefined || ask === undefined ? undefined : await ask(home, signal);
  if (files.daemon === undefined && files.saved === undefined) return unknown('absent', home);
  return known({ files, ...answer });
};

const limitOf = async (pid: number, name: string): Promise<number | undefined> => {
  const text = await readProc(`/proc/${pid}/limits`);
  const soft = new RegExp(`^${name}\\s+(\\d+)`, 'm').exec(text ?? '')?.[1];
  return soft === undefined ? undefined : Number(soft);
};

const processFact = async (
  found: Pick<Pm2Record, 'id' | 'pid' | 'status'> & Partial<Pm2Record>,
  launch: Launch | undefined,
): Promise<AppProcessFact> => {
  const live = found.pid > 0 ? await readProcess(found.pid, valueOf(await readBootTime()) ?? 0) : undefined;
  return defined({
    pid: found.pid,
    id: found.id,
    status: found.status,
    isAlive: live !== undefined,
    restarts: found.restarts,
    startedAt: found.startedAt === undefined || found.startedAt === 0 ? live?.startedAt : found.startedAt,
    memoryBytes: live?.rssBytes,
    memoryLimitBytes: launch?.maxMemoryBytes,
    openFilesLimit: live === undefined ? undefined : await limitOf(found.pid, 'Max open files'),
    mode: launch?.mode,
  });
};

/** Without the daemon's word, its pid files and the kernel tell what runs. */
const fromFiles = async (home: string, name: string): Promise<readonly Pick<Pm2Record, 'id' | 'pid' | 'status'>[]> =>
  (await readPidFiles(home, name)).map((one) => ({ ...one, status: 'not known' }));

const limitsOf = (launch: Launch | undefined): ManagerFacts['limits'] =>
  defined({
    maxRestarts: launch?.maxRestarts,
    minUptimeMs: launch?.minUptimeMs,
    maxMemoryBytes: launch?.maxMemoryBytes,
  });

/** A log on a disk that hangs must not hide the rest. */
const EACH_MS: Ms = 1_500;

interface Mine {
  readonly saved: Launch | undefined;
  readonly launch: Launch | undefined;
  readonly found: readonly (Pick<Pm2Record, 'id' | 'pid' | 'status'> & Partial<Pm2Record>)[];
}

const findMine = async ({ files, records }: Pm2Look, name: string): Promise<Mine> => {
  const mine = records?.filter(({ launch }) => launch.name === name);
  const saved = files.saved?.find((one) => one.name === name);
  return { saved, launch: mine?.[0]?.launch ?? saved, found: mine ?? (await fromFiles(files.home, name)) };
};

/** An app as PM2 has it: its processes, whether it is saved and comes back after a boot, what it wrote last. */
export const managedByPm2 = async (look: Pm2Look, name: string, lines: number): Promise<ManagedApp> => {
  const { files, records } = look;
  const { saved, launch, found } = await findMine(look, name);
  const [processes, bootStart, logs] = await Promise.all([
    Promise.all(found.map((one) => processFact(one, launch))),
    within(EACH_MS, async () => collectPm2Boot(files.home)),
    launch === undefined
      ? unknown('absent', 'PM2 does not know it')
      : within(EACH_MS, async () => collectPm2Logs(files.home, launch, lines)),
  ]);
  const facts: ManagerFacts = defined({
    kind: 'pm2' as const,
    isRunning: files.daemon !== undefined,
    knowsApp: found.length > 0 || (records === undefined && saved !== undefined),
    version: look.version,
    seenBy: records === undefined ? ('files' as const) : ('socket' as const),
    processes,
    isSaved: known(saved !== undefined),
    bootStart,
    limits: limitsOf(launch),
  });
  return defined({ facts, launch, logs });
};

/** The names in PM2's list, or in what it has saved. */
export const pm2AppNames = ({ records, files }: Pm2Look): readonly string[] => [
  ...new Set((records?.map(({ launch }) => launch) ?? files.saved ?? []).map(({ name }) => name)),
];
