import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { StoredSpan, UptimeFigures } from './contract.ts';
import { uptimeFrom, type Watched } from './uptime.ts';

const KINDS = ['down', 'degraded', 'blind', 'gap', 'maintenance', 'paused'] as const;
const ORDER = ['down', 'degraded', 'blind', 'up', 'maintenance', 'unknown'] as const;
const SECOND = 1000;

const span = fc
  .record({
    kind: fc.constantFrom(...KINDS),
    monitor: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    from: fc.integer({ min: -20, max: 120 }),
    length: fc.option(fc.nat(60), { nil: undefined }),
  })
  .map(({ kind, monitor, from, length }): Omit<StoredSpan, 'id'> => ({
    kind,
    ...(monitor === undefined ? {} : { monitor }),
    from: from * SECOND,
    ...(length === undefined ? {} : { to: (from + length) * SECOND }),
  }));
const watched = fc
  .record({
    from: fc.integer({ min: -10, max: 90 }),
    to: fc.option(fc.integer({ min: -10, max: 130 }), { nil: undefined }),
  })
  .map(({ from, to }) => ({ from: from * SECOND, ...(to === undefined ? {} : { to: to * SECOND }) }));

const standingAt = (
  spans: readonly StoredSpan[],
  { monitor, from, to }: Watched,
  at: number,
): (typeof ORDER)[number] => {
  const on = (kind: StoredSpan['kind']): boolean =>
    spans.some(
      (it) =>
        it.kind === kind && (it.monitor ?? monitor) === monitor && it.from <= at && (it.to === undefined || it.to > at),
    );
  if (at < from || (to !== undefined && at >= to)) return 'unknown';
  if (on('maintenance')) return 'maintenance';
  if (on('paused')) return 'unknown';
  if (on('blind') || on('gap')) return 'blind';
  if (on('down')) return 'down';
  return on('degraded') ? 'degraded' : 'up';
};

const bySecond = (spans: readonly StoredSpan[], all: readonly Watched[], from: number, to: number): UptimeFigures => {
  const spent = { down: 0, degraded: 0, blind: 0, up: 0, maintenance: 0, unknown: 0 };
  for (let at = from; at < to; at += SECOND) {
    const now = all.map((one) => standingAt(spans, one, at));
    spent[ORDER.find((it) => now.includes(it)) ?? 'unknown'] += SECOND;
  }
  return {
    periodMs: to - from,
    downMs: spent.down,
    degradedMs: spent.degraded,
    blindMs: spent.blind,
    maintenanceMs: spent.maintenance,
    unknownMs: spent.unknown,
  };
};

test('uptime equals what a look at every second comes to', () => {
  fc.assert(
    fc.property(fc.array(span, { maxLength: 12 }), fc.array(watched, { maxLength: 3 }), (parts, lives) => {
      const spans = parts.map((part, index) => ({ id: String(index), ...part }));
      const all = lives.map((life, index) => ({ monitor: index + 1, ...life }));
      assert.deepEqual(uptimeFrom(spans, all, 0, 100 * SECOND), bySecond(spans, all, 0, 100 * SECOND));
    }),
    { numRuns: 500 },
  );
});

test('down within maintenance is maintenance, within a gap neither up nor down', () => {
  const spans: StoredSpan[] = [
    { id: 'a', kind: 'down', monitor: 1, from: 0, to: 100 },
    { id: 'b', kind: 'maintenance', monitor: 1, from: 20, to: 50 },
    { id: 'c', kind: 'gap', from: 40, to: 60 },
  ];
  assert.deepEqual(uptimeFrom(spans, [{ monitor: 1, from: 0 }], 0, 200), {
    periodMs: 200,
    downMs: 60,
    degradedMs: 0,
    blindMs: 10,
    maintenanceMs: 30,
    unknownMs: 0,
  });
});
