import { readFile } from 'node:fs/promises';

/** A process that can't be mistaken for a later one with the same number. */
export interface ProcessMark {
  readonly pid: number;
  /** In clock ticks since the boot; empty where the system does not say. */
  readonly started: string;
  readonly boot: string;
}

const readQuietly = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8');
  } catch {
    // No such process, or no /proc at all: both mean "not known".
    return undefined;
  }
};

/** The start time stands behind the name in brackets, which may hold anything (proc_pid_stat(5), field 22). */
const startOf = async (pid: number): Promise<string | undefined> => {
  const stat = await readQuietly(`/proc/${pid}/stat`);
  return stat
    ?.slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .at(19);
};

const bootId = async (): Promise<string> => (await readQuietly('/proc/sys/kernel/random/boot_id'))?.trim() ?? '';

/** The mark of this process. */
export const ownMark = async (): Promise<ProcessMark> => ({
  pid: process.pid,
  started: (await startOf(process.pid)) ?? '',
  boot: await bootId(),
});

const answersSignals = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Whether that very process still runs. */
export const isAlive = async ({ pid, started, boot }: ProcessMark): Promise<boolean> => {
  if (boot !== (await bootId()) || !answersSignals(pid)) return false;
  return ((await startOf(pid)) ?? '') === started;
};
