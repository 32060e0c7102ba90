import { readdir, readFile, readlink } from 'node:fs/promises';
import { sep } from 'node:path';

/** Somebody who has something below a path open. */
export interface Opener {
  readonly pid: number;
  readonly program: string;
}

const isUnder = (target: string, path: string): boolean => target === path || target.startsWith(path + sep);

const quietly = async <T>(asking: Promise<T>, otherwise: T): Promise<T> => {
  try {
    return await asking;
  } catch {
    // The process ended meanwhile, or belongs to another user: what it has open is not told.
    return otherwise;
  }
};

const openedBy = async (pid: string): Promise<readonly string[]> => {
  const fds = await quietly(readdir(`/proc/${pid}/fd`), []);
  const links = [`/proc/${pid}/cwd`, ...fds.map((fd) => `/proc/${pid}/fd/${fd}`)];
  const targets = await Promise.all(links.map(async (link) => quietly(readlink(link), '')));
  const maps = await quietly(readFile(`/proc/${pid}/maps`, 'utf8'), '');
  const mapped = maps.split('\n').flatMap((line) => /\s(\/.*)$/.exec(line)?.[1] ?? []);
  return [...targets, ...mapped];
};

/** Who has a file of each path open, mapped, or works in it, as far as this user may see. */
export const findOpeners = async (paths: readonly string[]): Promise<ReadonlyMap<string, Opener>> => {
  const openers = new Map<string, Opener>();
  if (paths.length === 0) return openers;
  for (const pid of (await quietly(readdir('/proc'), [])).filter((name) => /^\d+$/.test(name))) {
    const targets = await openedBy(pid);
    for (const path of paths) {
      if (openers.has(path) || !targets.some((target) => isUnder(target, path))) continue;
      const program = (await quietly(readFile(`/proc/${pid}/comm`, 'utf8'), '?')).trim();
      openers.set(path, { pid: Number(pid), program });
    }
  }
  return openers;
};
