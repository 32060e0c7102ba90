import { readdir } from 'node:fs/promises';
import { known, unknown, valueOf, type Known } from '#diagnose/known.ts';
import type { EpochMs } from '#kernel/time.ts';
import { redact } from '#kernel/redact.ts';
import { createBreather } from './deadline.ts';
import { readProc } from './files.ts';

/** Ticks a second in /proc, the same on every Linux that Node runs on (USER_HZ). */
const TICKS = 100;

/** One process as the kernel shows it. */
export interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  /** The kernel's short name. */
  readonly program: string;
  readonly state: string;
  readonly startedAt: EpochMs;
  /** Processor time since its start, in milliseconds. */
  readonly cpuMs: number;
  readonly rssBytes: number;
  readonly user: number;
}

/** Reads one line of /proc/PID/stat; the name in brackets may itself hold spaces and brackets. */
export const parseStat = (text: string, bootedAt: EpochMs): Omit<RunningProcess, 'rssBytes' | 'user'> | undefined => {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < open) return undefined;
  const rest = text.slice(close + 2).split(' ');
  const number = (at: number): number => Number(rest[at]);
  const pid = Number(text.slice(0, open));
  if (!Number.isInteger(pid) || rest.length < 20) return undefined;
  return {
    pid,
    program: text.slice(open + 1, close),
    state: rest[0] ?? '?',
    parent: number(1),
    cpuMs: ((number(11) + number(12)) * 1_000) / TICKS,
    startedAt: bootedAt + (number(19) * 1_000) / TICKS,
  };
};

/** When the machine started, by its own clock. */
export const readBootTime = async (): Promise<Known<EpochMs>> => {
  const seconds = /^btime (\d+)$/m.exec((await readProc('/proc/stat')) ?? '')?.[1];
  return seconds === undefined ? unknown('unsupported') : known(Number(seconds) * 1_000);
};

const kilobytes = (status: string, key: string): number =>
  Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1_024;

/** One process now; undefined when it does not live (a zombie does not). */
export const readProcess = async (pid: number, bootedAt: EpochMs): Promise<RunningProcess | undefined> => {
  const [stat, status] = await Promise.all([readProc(`/proc/${pid}/stat`), readProc(`/proc/${pid}/status`)]);
  const parsed = stat === undefined ? undefined : parseStat(stat, bootedAt);
  if (parsed === undefined || status === undefined || parsed.state === 'Z' || parsed.state === 'X') return undefined;
  const user = Number(/^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1] ?? -1);
  return { ...parsed, rssBytes: kilobytes(status, 'VmRSS'), user };
};

/** The command of a process, redacted and short; undefined for kernel threads and the dead. */
export const readCommand = async (pid: number): Promise<string | undefined> => {
  const text = (await readProc(`/proc/${pid}/cmdline`))?.replaceAll('\0', ' ').trim();
  return text === undefined || text === '' ? undefined : redact(text).slice(0, 200);
};

/** The ids of all processes that this user may see. */
export const listPids = async (): Promise<readonly number[]> => {
  const names = await readdir('/proc').catch(() => []);
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
};

/** All processes; empty where there is no /proc. */
export const listProcesses = async (): Promise<readonly RunningProcess[]> => {
  const bootedAt = valueOf(await readBootTime()) ?? 0;
  const breathe = createBreather();
  const found: RunningProcess[] = [];
  for (const pid of await listPids()) {
    const one = await readProcess(pid, bootedAt);
    if (one !== undefined) found.push(one);
    await breathe();
  }
  return found;
};

/** The ids of the processes that a process has started; empty where the kernel does not list them. */
export const listChildren = async (pid: number): Promise<readonly number[]> => {
  const text = await readProc(`/proc/${pid}/task/${pid}/children`);
  return (text ?? '')
    .split(' ')
    .map(Number)
    .filter((one) => one > 0);
};

/** A process and all that it started, by their ids. */
export const familyOf = (root: number, all: readonly Pick<RunningProcess, 'pid' | 'parent'>[]): ReadonlySet<number> => {
  const family = new Set([root]);
  for (let size = 0; size !== family.size;) {
    size = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  return family;
};

/** Does a process of this id live? */
export const isAlive = async (pid: number): Promise<boolean> => pid > 0 && (await readProcess(pid, 0)) !== undefined;
