import * as files from 'node:fs/promises';
import type { DiskFact } from '#diagnose/machine-facts.ts';
import { known, unknown, type Known } from '#diagnose/known.ts';
import type { Ms } from '#kernel/time.ts';
import { within } from './deadline.ts';
import { readProc } from './files.ts';

/** A mounted file system, as the kernel lists it. */
export interface Mount {
  readonly mount: string;
  readonly device: string;
  readonly type: string;
  readonly isReadOnly: boolean;
}

/** File systems that hold no files of anybody, or (images of packages) are full by nature. */
const PSEUDO = new Set(
  `autofs binfmt_misc bpf cgroup cgroup2 configfs debugfs devpts devtmpfs efivarfs fuse.gvfsd-fuse fuse.lxcfs fuse.portal fusectl hugetlbfs
  iso9660 mqueue nsfs proc pstore ramfs rpc_pipefs securityfs selinuxfs squashfs sysfs tracefs erofs`.split(/\s+/),
);

const unescape = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

const isOfInterest = ({ mount, type }: Mount): boolean => {
  if (PSEUDO.has(type)) return false;
  if (/^\/(proc|sys|dev)(\/|$)/.test(mount)) return false;
  if (type === 'tmpfs') return !/^\/run(\/|$)/.test(mount);
  // A container's layers show the disk below once more.
  return type !== 'overlay' || mount === '/';
};

const isReadOnlyBy = (options: string | undefined): boolean => /(^|,)ro(,|$)/.test(options ?? '');

const parseMount = (line: string): Mount | undefined => {
  const [before = '', after = ''] = line.split(' - ');
  const [, , device, , mount, options] = before.split(' ');
  const [type, , superOptions] = after.split(' ');
  if (device === undefined || mount === undefined || type === undefined) return undefined;
  return { device, mount: unescape(mount), type, isReadOnly: isReadOnlyBy(options) || isReadOnlyBy(superOptions) };
};

/** Reads /proc/self/mountinfo: what counts, each device once (its first mount, which is the shortest way to it). */
export const parseMounts = (text: string): readonly Mount[] => {
  const seen = new Map<string, Mount>();
  for (const line of text.split('\n')) {
    const one = parseMount(line);
    if (one === undefined || !isOfInterest(one)) continue;
    const known = seen.get(one.device);
    if (known === undefined || one.mount.length < known.mount.length) seen.set(one.device, one);
  }
  return [...seen.values()];
};

const EACH_MS: Ms = 800;

/** Room and inodes of the file system at a path. */
export const readDisk = async (mount: string, isReadOnly = false, limit = EACH_MS): Promise<Known<DiskFact>> =>
  within(limit, async () => {
    // Node 18 has it from 18.15 on.
    if (typeof files.statfs !== 'function') return unknown('unsupported', 'Node 18.15');
    const { bsize, blocks, bavail, files: inodesTotal, ffree } = await files.statfs(mount);
    return known({
      mount,
      totalBytes: blocks * bsize,
      freeBytes: bavail * bsize,
      inodesTotal,
      inodesFree: ffree,
      isReadOnly,
    });
  });

/** Every real file system with its room and inodes. One that does not answer (a network disk) is left out; none at all is not known. */
export const collectDisks = async (): Promise<Known<readonly DiskFact[]>> => {
  const mounts = parseMounts((await readProc('/proc/self/mountinfo')) ?? '');
  const asked = await Promise.all(mounts.map(({ mount, isReadOnly }) => readDisk(mount, isReadOnly)));
  const disks = asked.flatMap((one) => (one.known && one.value.totalBytes > 0 ? [one.value] : []));
  if (disks.length === 0) return asked.find((one) => !one.known) ?? unknown('unsupported');
  return known([...disks].sort((a, b) => (a.mount < b.mount ? -1 : 1)));
};
