import type { HostVitals } from '../contract.ts';
import type { ProcessState } from '#supervise/model.ts';
import { emptyIn, slopePerHour, type Sample } from '#diagnose/trend.ts';
import { valueOf } from '#diagnose/known.ts';
import { defined } from '#kernel/defined.ts';
import { MINUTE, SECOND, type EpochMs, type Ms } from '#kernel/time.ts';
import { collectDisks } from './disks.ts';
import { readProc } from './files.ts';
import { collectLoad, collectMemory } from './memory.ts';
import { findOwners, readListening, type ListeningSocket } from './ports.ts';
import { listChildren, readBootTime, readProcess, type RunningProcess } from './processes.ts';

/** What is kept between looks. */
const SAMPLE_EVERY: Ms = 30 * SECOND;
const MOST_SAMPLES = 240;
/** A slope of the first minutes is that of starting up. */
const SETTLED: Ms = 5 * MINUTE;
const DISKS_EVERY: Ms = 30 * SECOND;

type ProcessVitals = HostVitals['processes'][number];
type PortVitals = HostVitals['ports'][number];

interface Followed {
  readonly startedAt: EpochMs;
  readonly samples: readonly Sample[];
  readonly cpuMs: number;
  /** Of the monotonic clock. */
  readonly at: number;
  readonly slope: number | undefined;
}

/** Looks again and again at a machine's figures: reads of /proc and one statfs a disk, never a process of its own. */
export interface VitalsPoll {
  look(processes: readonly ProcessState[]): Promise<HostVitals>;
}

const add = (samples: readonly Sample[], sample: Sample): readonly Sample[] => {
  const last = samples.at(-1);
  if (last !== undefined && sample.at - last.at < SAMPLE_EVERY) return samples;
  return [...samples, sample].slice(-MOST_SAMPLES);
};

/** A process with all that it started: `npm start` is little, what it runs is the app. */
const readFamily = async (pid: number, bootedAt: EpochMs): Promise<readonly RunningProcess[]> => {
  const own = await readProcess(pid, bootedAt);
  if (own === undefined) return [];
  const children = await listChildren(pid);
  const below = await Promise.all(children.map((child) => readFamily(child, bootedAt)));
  return [own, ...below.flat()];
};

const sum = (family: readonly RunningProcess[], key: 'rssBytes' | 'cpuMs'): number =>
  family.reduce((total, one) => total + one[key], 0);

const freshFollowed = (startedAt: EpochMs, cpuMs: number): Followed => ({
  startedAt,
  samples: [],
  cpuMs,
  at: performance.now(),
  slope: undefined,
});

/** What a further look adds to what was followed: a sample when it is time for one, and then a new slope. */
const follow = (known: Followed, at: EpochMs, memoryBytes: number, cpuMs: number): Followed => {
  const isSettled = at - known.startedAt >= SETTLED;
  const samples = isSettled ? add(known.samples, { at, value: memoryBytes }) : [];
  const isNew = samples.at(-1) !== known.samples.at(-1);
  return { ...known, samples, cpuMs, at: performance.now(), slope: isNew ? slopePerHour(samples) : known.slope };
};

/** The share of one processor since the look before, in per cent. */
const shareOf = (before: Followed, after: Followed): number => {
  const span = after.at - before.at;
  return span <= 0 ? 0 : Math.round((Math.max(0, after.cpuMs - before.cpuMs) / span) * 1_000) / 10;
};

/** Follows memory and processor time of the apps' processes. */
const createProcessPoll = (now: () => EpochMs) => {
  const followed = new Map<number, Followed>();
  const knownOf = (pid: number, startedAt: EpochMs, cpuMs: number): Followed => {
    const before = followed.get(pid);
    // A pid may have gone to another process meanwhile.
    return before?.startedAt === startedAt ? before : freshFollowed(startedAt, cpuMs);
  };
  const lookAt = async (state: ProcessState, bootedAt: EpochMs): Promise<ProcessVitals> => {
    const { app, pid, status, restarts } = state;
    const family = pid > 0 ? await readFamily(pid, bootedAt) : [];
    const [own] = family;
    if (own === undefined) return { app, pid, status, restarts, uptimeMs: 0, memoryBytes: 0, cpuPercent: 0 };
    const at = now();
    const memoryBytes = sum(family, 'rssBytes');
    const cpuMs = sum(family, 'cpuMs');
    const before = knownOf(pid, own.startedAt, cpuMs);
    const after = follow(before, at, memoryBytes, cpuMs);
    followed.set(pid, after);
    const memorySlopeBytesPerHour = after.slope === undefined ? undefined : Math.round(after.slope);
    const uptimeMs = Math.max(0, at - own.startedAt);
    const cpuPercent = shareOf(before, after);
    return defined({ app, pid, status, restarts, uptimeMs, memoryBytes, cpuPercent, memorySlopeBytesPerHour });
  };
  return async (processes: readonly ProcessState[]): Promise<readonly ProcessVitals[]> => {
    const bootedAt = valueOf(await readBootTime()) ?? 0;
    const pids = new Set(processes.map(({ pid }) => pid));
    for (const pid of followed.keys()) if (!pids.has(pid)) followed.delete(pid);
    return Promise.all(processes.map((process) => lookAt(process, bootedAt)));
  };
};

/** Listening ports; owners are looked for only when a socket is new, since that means reading every process's descriptors. */
const createPortPoll = () => {
  const owners = new Map<string, { readonly pid?: number; readonly program?: string }>();
  const learn = async (sockets: readonly ListeningSocket[]): Promise<void> => {
    const fresh = sockets.filter(({ inode }) => !owners.has(inode));
    if (fresh.length === 0) return;
    const found = await findOwners(new Set(fresh.map(({ inode }) => inode)));
    for (const { inode } of fresh) {
      const pid = found.get(inode);
      const program = pid === undefined ? undefined : (await readProc(`/proc/${pid}/comm`))?.trim();
      owners.set(inode, defined({ pid, program }));
    }
  };
  return async (): Promise<readonly PortVitals[]> => {
    const sockets = (await readListening()) ?? [];
    const inodes = new Set(sockets.map(({ inode }) => inode));
    for (const inode of owners.keys()) if (!inodes.has(inode)) owners.delete(inode);
    await learn(sockets);
    return sockets.map(({ port, address, inode }) => ({ port, address, ...owners.get(inode) }));
  };
};

/** Disks, not more often than every half a minute, with when they will be full. */
const createDiskPoll = (now: () => EpochMs) => {
  const samples = new Map<string, readonly Sample[]>();
  let last: { readonly at: number; readonly disks: HostVitals['disks'] } | undefined;
  return async (): Promise<HostVitals['disks']> => {
    if (last !== undefined && performance.now() - last.at < DISKS_EVERY) return last.disks;
    const at = now();
    const found = (valueOf(await collectDisks()) ?? []).filter(({ isReadOnly }) => !isReadOnly);
    const disks = found.map(({ mount, totalBytes, freeBytes, inodesTotal, inodesFree }) => {
      const course = add(samples.get(mount) ?? [], { at, value: freeBytes });
      samples.set(mount, course);
      return defined({ mount, totalBytes, freeBytes, inodesTotal, inodesFree, fullInMs: emptyIn(course) });
    });
    last = { at: performance.now(), disks };
    return disks;
  };
};

/** Makes a poll that remembers what it saw: slopes, shares of the processor and forecasts come from earlier looks. */
export const createVitalsPoll = (now: () => EpochMs = Date.now): VitalsPoll => {
  const processesOf = createProcessPoll(now);
  const portsOf = createPortPoll();
  const disksOf = createDiskPoll(now);
  return {
    look: async (states) => {
      const [load, memory, disks, processes, ports] = await Promise.all([
        collectLoad(),
        collectMemory(),
        disksOf(),
        processesOf(states),
        portsOf(),
      ]);
      const { averages, cpus } = valueOf(load) ?? { averages: [0, 0, 0] as const, cpus: 1 };
      const nothing = { totalBytes: 0, availableBytes: 0, swapTotalBytes: 0, swapFreeBytes: 0 };
      return { load: averages, cpus, memory: valueOf(memory) ?? nothing, disks, processes, ports };
    },
  };
};
