import { readdir, readFile } from 'node:fs/promises';
import { killGroup } from '../runner/command.ts';

/** One process as /proc shows it. */
interface Seen {
  readonly pid: number;
  readonly group: number;
  readonly residentBytes: number;
}

const PAGE_BYTES = 4_096;

const readQuietly = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch {
    // It ended meanwhile, or is another user's.
    return '';
  }
};

const pids = async (): Promise<readonly number[]> => {
  try {
    return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  } catch {
    // Without /proc nothing can be seen; the process group is ended all the same.
    return [];
  }
};

/** Fields behind the name (proc_pid_stat(5)): the group is the third, the resident pages are the 22nd. */
const seen = async (pid: number): Promise<Seen | undefined> => {
  const stat = await readQuietly(`/proc/${pid}/stat`);
  if (stat === '') return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { pid, group: Number(fields[2]), residentBytes: Number(fields[21]) * PAGE_BYTES };
};

/** What a process group keeps in memory, in bytes. */
export const groupBytes = async (group: number): Promise<number> => {
  let bytes = 0;
  for (const pid of await pids()) {
    const one = await seen(pid);
    if (one?.group === group) bytes += one.residentBytes;
  }
  return bytes;
};

const isGroupGone = (group: number): boolean => {
  try {
    process.kill(-group, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
};

/** Ends everything that carries a mark in its environment, in whatever group it hides. */
export const killMarked = async (mark: string): Promise<void> => {
  for (const pid of await pids()) {
    if (pid === process.pid || !(await readQuietly(`/proc/${pid}/environ`)).split('\0').includes(mark)) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
};

const GRACE_MS = 3_000;
const LOOK_MS = 50;

/** Asks a process group to end, then ends it; resolves when nothing of it is left. */
export const endGroup = async (group: number, pause: (ms: number) => Promise<void>): Promise<void> => {
  killGroup(group, 'SIGTERM');
  for (let waited = 0; waited < GRACE_MS && !isGroupGone(group); waited += LOOK_MS) await pause(LOOK_MS);
  killGroup(group, 'SIGKILL');
};
