import { access, constants } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import type { Stats } from 'node:fs';
import type { DeniedPath } from '#diagnose/app-facts.ts';
import { lstatOf, readText, statOf } from './files.ts';
import { shownFrom } from './entry.ts';

/** Who runs the app: a number, its name, and the groups it is in. */
export interface AppUser {
  readonly id: number;
  readonly name: string;
  readonly groups: ReadonlySet<number>;
}

const passwd = async (): Promise<readonly { readonly name: string; readonly id: number; readonly group: number }[]> =>
  ((await readText('/etc/passwd')) ?? '').split('\n').flatMap((line) => {
    const [name = '', , id, group] = line.split(':');
    return id === undefined || name === '' ? [] : [{ name, id: Number(id), group: Number(group) }];
  });

/** The user by number or name; this process's own when nothing is said. */
export const findUser = async (wanted: number | string | undefined): Promise<AppUser> => {
  const key = wanted ?? process.getuid?.() ?? 0;
  const all = await passwd();
  const entry = all.find(({ name, id }) => name === key || String(id) === String(key));
  if (entry === undefined) {
    const own = userInfo();
    return { id: Number(key) || own.uid, name: String(key), groups: new Set() };
  }
  const members = ((await readText('/etc/group')) ?? '').split('\n').flatMap((line) => {
    const [, , id, names = ''] = line.split(':');
    return names.split(',').includes(entry.name) ? [Number(id)] : [];
  });
  return { id: entry.id, name: entry.name, groups: new Set([entry.group, ...members]) };
};

const BITS = { read: 4, write: 2, enter: 1 } as const;

const mayByMode = ({ mode, uid, gid }: Stats, user: AppUser, need: keyof typeof BITS): boolean => {
  if (user.id === 0) return true;
  if (uid === user.id) return ((mode >> 6) & BITS[need]) !== 0;
  if (user.groups.has(gid)) return ((mode >> 3) & BITS[need]) !== 0;
  return (mode & BITS[need]) !== 0;
};

/** For this process's own user the kernel is asked (lists of rights, read-only disks); for another one the mode is read. */
const may = async (
  path: string,
  stats: Stats,
  user: AppUser,
  need: 'read' | 'write',
): Promise<'yes' | 'rights' | 'read-only'> => {
  const isOwn = user.id === process.getuid?.();
  const said = await access(path, need === 'read' ? constants.R_OK : constants.W_OK).then(
    () => 'yes',
    (error: unknown) => (error as NodeJS.ErrnoException).code ?? '',
  );
  if (said === 'EROFS') return 'read-only';
  if (isOwn) return said === 'yes' ? 'yes' : 'rights';
  return mayByMode(stats, user, need) ? 'yes' : 'rights';
};

/** The first folder on the way that may not be entered. */
const closedFolder = async (path: string, user: AppUser): Promise<string | undefined> => {
  let closed: string | undefined;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const stats = await statOf(folder);
    if (stats !== undefined && !mayByMode(stats, user, 'enter')) closed = folder;
    if (dirname(folder) === folder) return closed;
  }
};

/** A path with what the app must be able to do with it. */
export interface NeededPath {
  readonly path: string;
  readonly needs: 'read' | 'write';
  /** That it is not there is a fault as well. */
  readonly mustExist: boolean;
}

const judge = async (
  dir: string,
  { path, needs, mustExist }: NeededPath,
  user: AppUser,
): Promise<readonly DeniedPath[]> => {
  const stats = await statOf(path);
  const told = (shown: string, why: DeniedPath['why']): readonly DeniedPath[] => [
    { path: shownFrom(dir, shown), needs, user: user.name, why },
  ];
  if (stats === undefined) {
    if ((await lstatOf(path)) !== undefined) return told(path, 'missing');
    return mustExist ? told(path, 'missing') : [];
  }
  const closed = await closedFolder(path, user);
  if (closed !== undefined) return told(closed, 'rights');
  const answer = await may(path, stats, user, needs);
  return answer === 'yes' ? [] : told(path, answer);
};

/** The paths among these that the app's user may not use as the app must. */
export const collectDenied = async (
  dir: string,
  needed: readonly NeededPath[],
  user: AppUser,
): Promise<readonly DeniedPath[]> => {
  const found = (await Promise.all(needed.map((one) => judge(dir, one, user)))).flat();
  const seen = new Set<string>();
  return found.filter(({ path, needs }) => {
    const key = `${needs} ${path}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
};
