import { HOUR, MINUTE, SECOND, type EpochMs, type Ms } from '../kernel/time.ts';
import { superviseReason, type SuperviseReason } from './reason.ts';

/** The figures of a machine that may mean trouble. */
export interface HostFigures {
  readonly at: EpochMs;
  readonly memory: {
    readonly totalBytes: number;
    readonly availableBytes: number;
    readonly swapTotalBytes: number;
    readonly swapFreeBytes: number;
  };
  readonly disks: readonly {
    readonly mount: string;
    readonly totalBytes: number;
    readonly freeBytes: number;
    readonly inodesTotal: number;
    readonly inodesFree: number;
    readonly fullInMs?: Ms;
  }[];
  readonly clockSkewMs?: Ms;
}

/** When figures are trouble. */
export interface HostRules {
  /** Less free than this share, and less than so many bytes: it fills. */
  readonly shortShare: number;
  readonly plentyBytes: number;
  /** Less free than this share: full. */
  readonly fullShare: number;
  /** Full within this at the present pace: it fills. */
  readonly fullInMs: Ms;
  readonly memoryShare: number;
  readonly swapUsedShare: number;
  readonly clockSkewMs: Ms;
  /** So long trouble has to be seen before it is told, and to be gone before it is called over. A full disk is told at once. */
  readonly holdMs: Ms;
  /** What is over has to be better than what began it by this factor. */
  readonly margin: number;
}

export const HOST_RULES: HostRules = {
  shortShare: 0.1,
  plentyBytes: 5 * 1_024 ** 3,
  fullShare: 0.01,
  fullInMs: 6 * HOUR,
  memoryShare: 0.05,
  swapUsedShare: 0.9,
  clockSkewMs: 10 * SECOND,
  holdMs: MINUTE,
  margin: 1.2,
};

/** How bad a thing is. */
export type Severity = 'critical' | 'warning';

/** One thing that may be in trouble; `told` is what people believe. */
interface Watched {
  readonly told: Severity | null;
  /** What was last seen, and since when it is so without a break. */
  readonly seen: Severity | null;
  readonly since: EpochMs;
  readonly reason: SuperviseReason;
}

/** All that is or was lately in trouble, by key (`disk /`). Plain data. */
export type HostState = Readonly<Record<string, Watched>>;

/** What is to be told. */
export interface HostTroubleTold {
  readonly do: 'tell';
  readonly at: EpochMs;
  readonly key: string;
  readonly on: boolean;
  readonly severity: Severity;
  readonly reason: SuperviseReason;
}

/** Nothing known yet. */
export const QUIET_HOST: HostState = {};

interface Sight {
  readonly key: string;
  readonly severity: Severity;
  readonly reason: SuperviseReason;
}

type Disk = HostFigures['disks'][number];

/** While a trouble is told, the bounds are wider by the margin: so it does not come and go at the bound. */
const wider = (state: HostState, key: string, rules: HostRules): number =>
  (state[key]?.told ?? null) === null ? 1 : rules.margin;

const diskSight = (disk: Disk, state: HostState, rules: HostRules): readonly Sight[] => {
  const { mount, freeBytes, totalBytes, fullInMs } = disk;
  const key = `disk ${mount}`;
  const factor = wider(state, key, rules);
  const share = totalBytes === 0 ? 1 : freeBytes / totalBytes;
  const params = { mount, freeBytes, ...(fullInMs === undefined ? {} : { inMs: fullInMs }) };
  if (share < rules.fullShare * factor)
    return [{ key, severity: 'critical', reason: superviseReason('host.disk-full', { mount, freeBytes }) }];
  const isShort = share < rules.shortShare * factor && freeBytes < rules.plentyBytes * factor;
  // A pace alone means little while most of the disk is free: a backup that is being written fills nothing.
  const isSoon = fullInMs !== undefined && fullInMs < rules.fullInMs * factor && share < 0.5;
  return isShort || isSoon ? [{ key, severity: 'warning', reason: superviseReason('host.disk-filling', params) }] : [];
};

const inodeSight = (disk: Disk, state: HostState, rules: HostRules): readonly Sight[] => {
  const { mount, inodesTotal, inodesFree } = disk;
  if (inodesTotal === 0) return [];
  const key = `inodes ${mount}`;
  const factor = wider(state, key, rules);
  const share = inodesFree / inodesTotal;
  if (share < rules.fullShare * factor)
    return [{ key, severity: 'critical', reason: superviseReason('host.inodes-full', { mount }) }];
  return share < rules.shortShare * factor
    ? [{ key, severity: 'warning', reason: superviseReason('host.inodes-filling', { mount }) }]
    : [];
};

const memorySight = ({ memory }: HostFigures, state: HostState, rules: HostRules): readonly Sight[] => {
  const { totalBytes, availableBytes, swapTotalBytes, swapFreeBytes } = memory;
  const isLow = totalBytes > 0 && availableBytes / totalBytes < rules.memoryShare * wider(state, 'memory', rules);
  const used = swapTotalBytes === 0 ? 0 : 1 - swapFreeBytes / swapTotalBytes;
  const isSwapFull = used > 1 - (1 - rules.swapUsedShare) * wider(state, 'swap', rules);
  return [
    ...(isLow
      ? [
          {
            key: 'memory',
            severity: 'warning',
            reason: superviseReason('host.memory-low', { availableBytes }),
          } as const,
        ]
      : []),
    ...(isSwapFull
      ? [
          {
            key: 'swap',
            severity: 'warning',
            reason: superviseReason('host.swap-full', { usedPercent: Math.round(used * 100) }),
          } as const,
        ]
      : []),
  ];
};

const clockSight = ({ clockSkewMs }: HostFigures, state: HostState, rules: HostRules): readonly Sight[] => {
  const bound = rules.clockSkewMs / wider(state, 'clock', rules);
  if (clockSkewMs === undefined || Math.abs(clockSkewMs) < bound) return [];
  return [{ key: 'clock', severity: 'warning', reason: superviseReason('host.clock-skew', { skewMs: clockSkewMs }) }];
};

const sightsIn = (figures: HostFigures, state: HostState, rules: HostRules): ReadonlyMap<string, Sight> => {
  const all = [
    ...figures.disks.flatMap((disk) => [...diskSight(disk, state, rules), ...inodeSight(disk, state, rules)]),
    ...memorySight(figures, state, rules),
    ...clockSight(figures, state, rules),
  ];
  return new Map(all.map((sight) => [sight.key, sight]));
};

/** A disk that is full hurts in this very moment; everything else may pass. */
const mustTellNow = (sight: Sight | undefined): boolean => sight?.severity === 'critical';

const step = (known: Watched, sight: Sight | undefined, at: EpochMs, rules: HostRules): Watched => {
  const seen = sight?.severity ?? null;
  const since = known.seen === seen ? known.since : at;
  const isHeld = at - since >= rules.holdMs || mustTellNow(sight);
  return { told: isHeld ? seen : known.told, seen, since, reason: sight?.reason ?? known.reason };
};

const effectOf = (key: string, before: Watched, after: Watched, at: EpochMs): readonly HostTroubleTold[] => {
  if (before.told === after.told) return [];
  const severity = after.told ?? before.told ?? 'warning';
  return [{ do: 'tell', at, key, on: after.told !== null, severity, reason: after.reason }];
};

/** Judges the figures: the new state, and what people are to be told. Trouble is told once, again when it gets graver or milder, and when it is over. */
export const decideHost = (
  state: HostState,
  figures: HostFigures,
  rules: HostRules = HOST_RULES,
): readonly [HostState, readonly HostTroubleTold[]] => {
  const { at } = figures;
  const sights = sightsIn(figures, state, rules);
  const fresh = [...sights.values()].map(
    ({ key, reason }) => [key, { told: null, seen: null, since: at, reason }] as const,
  );
  const before: HostState = { ...Object.fromEntries(fresh), ...state };
  const stepped = Object.entries(before).map(([key, known]) => ({
    key,
    known,
    after: step(known, sights.get(key), at, rules),
  }));
  const kept = stepped.filter(({ after }) => after.told !== null || after.seen !== null);
  return [
    Object.fromEntries(kept.map(({ key, after }) => [key, after])),
    stepped.flatMap(({ key, known, after }) => effectOf(key, known, after, at)),
  ];
};
