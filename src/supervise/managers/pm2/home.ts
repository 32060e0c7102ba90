import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where PM2 keeps its things. */
export interface Pm2Home {
  readonly dir: string;
  readonly bus: string;
  readonly rpc: string;
  readonly pidFile: string;
  readonly log: string;
  readonly pids: string;
  readonly dump: string;
}

/** The places in a PM2_HOME; a leading `~` is the user's home folder. */
export const pm2HomeAt = (dir: string, home: string): Pm2Home => {
  const at = dir === '~' || dir.startsWith('~/') ? join(home, dir.slice(1)) : dir;
  const inside = (name: string): string => join(at, name);
  return {
    dir: at,
    bus: inside('pub.sock'),
    rpc: inside('rpc.sock'),
    pidFile: inside('pm2.pid'),
    log: inside('pm2.log'),
    pids: inside('pids'),
    dump: inside('dump.pm2'),
  };
};

/** Is there a process of that number? One that we may not signal is there as well. */
export const isAlive = (pid: number): boolean => {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** The number in a pid file; undefined when there is none to be read. */
export const pidIn = (path: string): number | undefined => {
  try {
    const pid = Number(readFileSync(path, 'utf8').trim());
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    // missing or unreadable: not known
    return undefined;
  }
};

/** What PM2 makes of an app's name in the names of its files. */
export const fileNameOf = (app: string): string => app.replaceAll(/[^\w.-]|_/g, '-');
