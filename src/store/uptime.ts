import type { EpochMs, Ms } from '../kernel/time.ts';
import type { StoredSpan, UptimeFigures } from './contract.ts';

/** How one monitor stands at a moment. */
type Standing = 'maintenance' | 'unknown' | 'blind' | 'down' | 'degraded' | 'up';

/** For one monitor, what counts where spans overlap: the first that holds. `gap` is blind; `paused` is unknown. */
const OF_ONE: readonly (readonly [kind: StoredSpan['kind'], standing: Standing])[] = [
  ['maintenance', 'maintenance'],
  ['paused', 'unknown'],
  ['blind', 'blind'],
  ['gap', 'blind'],
  ['down', 'down'],
  ['degraded', 'degraded'],
];
/** For several monitors, what counts at a moment: the first that any of them has. */
const OF_SEVERAL: readonly Standing[] = ['down', 'degraded', 'blind', 'up', 'maintenance', 'unknown'];

/** A monitor, and from when until when it existed. */
export interface Watched {
  readonly monitor: number;
  readonly from: EpochMs;
  readonly to?: EpochMs;
}

interface Change {
  readonly at: EpochMs;
  readonly monitor: number;
  readonly kind: StoredSpan['kind'] | 'exists';
  readonly by: 1 | -1;
}

type Counts = Map<Change['kind'], number>;

const standingOf = (counts: Counts): Standing => {
  if ((counts.get('exists') ?? 0) === 0) return 'unknown';
  return OF_ONE.find(([kind]) => (counts.get(kind) ?? 0) > 0)?.[1] ?? 'up';
};

const changesOf = (spans: readonly StoredSpan[], watched: readonly Watched[], from: EpochMs, to: EpochMs): Change[] => {
  const changes: Change[] = [];
  const add = (monitor: number, kind: Change['kind'], start: EpochMs, end: EpochMs): void => {
    const first = Math.max(from, start);
    const last = Math.min(to, end);
    if (first < last) changes.push({ at: first, monitor, kind, by: 1 }, { at: last, monitor, kind, by: -1 });
  };
  for (const { monitor, from: start, to: end } of watched) add(monitor, 'exists', start, end ?? to);
  for (const span of spans)
    for (const { monitor } of watched)
      if (span.monitor === undefined || span.monitor === monitor) add(monitor, span.kind, span.from, span.to ?? to);
  return changes.toSorted((a, b) => a.at - b.at);
};

/**
 * Exact uptime of one monitor or several together over [from, to): every millisecond counts once, as down, degraded, blind, in
 * maintenance, unknown or (what is left) up. Open spans last until `to`.
 */
export const uptimeFrom = (
  spans: readonly StoredSpan[],
  watched: readonly Watched[],
  from: EpochMs,
  to: EpochMs,
): UptimeFigures => {
  const spent: Record<Standing, Ms> = { maintenance: 0, unknown: 0, blind: 0, down: 0, degraded: 0, up: 0 };
  const counts = new Map<number, Counts>(watched.map(({ monitor }) => [monitor, new Map()]));
  const standings = new Map<number, Standing>(watched.map(({ monitor }) => [monitor, 'unknown']));
  const many = new Map<Standing, number>([['unknown', standings.size]]);
  let now = from;
  const pass = (at: EpochMs): void => {
    const standing = OF_SEVERAL.find((it) => (many.get(it) ?? 0) > 0) ?? 'unknown';
    spent[standing] += at - now;
    now = at;
  };
  for (const { at, monitor, kind, by } of changesOf(spans, watched, from, to)) {
    if (at > now) pass(at);
    const own = counts.get(monitor) ?? new Map<Change['kind'], number>();
    own.set(kind, (own.get(kind) ?? 0) + by);
    const before = standings.get(monitor) ?? 'unknown';
    const after = standingOf(own);
    standings.set(monitor, after);
    many.set(before, (many.get(before) ?? 0) - 1);
    many.set(after, (many.get(after) ?? 0) + 1);
  }
  if (to > now) pass(to);
  return {
    periodMs: Math.max(0, to - from),
    downMs: spent.down,
    degradedMs: spent.degraded,
    blindMs: spent.blind,
    maintenanceMs: spent.maintenance,
    unknownMs: spent.unknown,
  };
};
