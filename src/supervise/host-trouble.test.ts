import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HOUR, MINUTE } from '#kernel/time.ts';
import {
  decideHost,
  HOST_RULES,
  QUIET_HOST,
  type HostFigures,
  type HostState,
  type HostTroubleTold,
} from './host-trouble.ts';

const GB = 1_024 ** 3;
const disk = (freeShare: number, more: object = {}): HostFigures['disks'][number] => ({
  mount: '/',
  totalBytes: 40 * GB,
  freeBytes: Math.round(40 * GB * freeShare),
  inodesTotal: 1_000_000,
  inodesFree: 900_000,
  ...more,
});
const figures = (at: number, more: Partial<HostFigures> = {}): HostFigures => ({
  at,
  memory: { totalBytes: 4 * GB, availableBytes: 2 * GB, swapTotalBytes: GB, swapFreeBytes: GB },
  disks: [disk(0.5)],
  ...more,
});

const run = (course: readonly HostFigures[]): readonly HostTroubleTold[] => {
  let state: HostState = QUIET_HOST;
  const told: HostTroubleTold[] = [];
  for (const one of course) {
    const [next, effects] = decideHost(state, one);
    state = next;
    told.push(...effects);
  }
  return told;
};

describe('trouble of a host', () => {
  it('tells of a full disk at once, and that it is over only when that has held', () => {
    const told = run([
      figures(0, { disks: [disk(0.005)] }),
      figures(30_000, { disks: [disk(0.5)] }),
      figures(60_000, { disks: [disk(0.5)] }),
      figures(91_000, { disks: [disk(0.5)] }),
    ]);
    assert.deepEqual(
      told.map(({ at, key, on, severity, reason }) => ({ at, key, on, severity, code: reason.code })),
      [
        { at: 0, key: 'disk /', on: true, severity: 'critical', code: 'host.disk-full' },
        { at: 91_000, key: 'disk /', on: false, severity: 'critical', code: 'host.disk-full' },
      ],
    );
  });

  it('tells that a disk fills, with the time that is left, before it is short', () => {
    const filling = { disks: [disk(0.3, { fullInMs: 2 * HOUR })] };
    const [first] = run([figures(0, filling), figures(2 * MINUTE, filling)]);
    assert.equal(first?.reason.code, 'host.disk-filling');
    assert.equal(first?.reason.params['inMs'], 2 * HOUR);
    assert.equal(first?.severity, 'warning');
  });

  it('does not mind the pace of a backup on a disk that is mostly free', () => {
    const course = Array.from({ length: 10 }, (_, at) =>
      figures(at * MINUTE, { disks: [disk(0.8, { fullInMs: HOUR })] }),
    );
    assert.deepEqual(run(course), []);
  });

  it('says nothing of five per cent that are plenty', () => {
    const big = { ...disk(0.05), totalBytes: 4_000 * GB, freeBytes: 200 * GB };
    assert.deepEqual(run([figures(0, { disks: [big] }), figures(2 * MINUTE, { disks: [big] })]), []);
  });

  it('says nothing of memory that is low for a moment', () => {
    const low = { memory: { totalBytes: 4 * GB, availableBytes: 0.1 * GB, swapTotalBytes: 0, swapFreeBytes: 0 } };
    assert.deepEqual(run([figures(0, low), figures(20_000), figures(40_000, low), figures(60_000)]), []);
    assert.equal(run([figures(0, low), figures(30_000, low), figures(60_000, low)])[0]?.key, 'memory');
  });

  it('tells inodes apart from room, and a file system without a number of them has none to lack', () => {
    const none = { disks: [disk(0.5, { inodesFree: 0 })] };
    assert.equal(run([figures(0, none)])[0]?.key, 'inodes /');
    assert.deepEqual(run([figures(0, { disks: [disk(0.5, { inodesTotal: 0, inodesFree: 0 })] })]), []);
  });

  it('lets no trouble come and go at its bound', () => {
    const course = Array.from({ length: 100 }, (_, at) =>
      figures(at * MINUTE, {
        disks: [disk(at % 2 === 0 ? HOST_RULES.shortShare * 0.99 : HOST_RULES.shortShare * 1.01)],
      }),
    );
    assert.ok(run(course).length <= 1, 'told at most once');
  });

  const anyFigures = fc.array(
    fc.record({
      step: fc.integer({ min: 1_000, max: 5 * MINUTE }),
      free: fc.double({ min: 0, max: 1, noNaN: true }),
      inodes: fc.integer({ min: 0, max: 1_000_000 }),
      available: fc.double({ min: 0, max: 1, noNaN: true }),
      skew: fc.option(fc.integer({ min: -100_000, max: 100_000 }), { nil: undefined }),
    }),
    { maxLength: 60 },
  );

  it('tells each key on and off in turns, whatever the figures', () => {
    fc.assert(
      fc.property(anyFigures, (course) => {
        let at = 0;
        const told = run(
          course.map(({ step, free, inodes, available, skew }) => {
            at += step;
            return figures(at, {
              disks: [disk(free, { inodesFree: inodes })],
              memory: { totalBytes: GB, availableBytes: GB * available, swapTotalBytes: 0, swapFreeBytes: 0 },
              ...(skew === undefined ? {} : { clockSkewMs: skew }),
            });
          }),
        );
        const last = new Map<string, string>();
        for (const { key, on, severity } of told) {
          const now = on ? severity : 'off';
          assert.notEqual(last.get(key) ?? 'off', now);
          last.set(key, now);
        }
      }),
    );
  });

  it('holds nothing of what is over', () => {
    fc.assert(
      fc.property(anyFigures, (course) => {
        let state: HostState = QUIET_HOST;
        let at = 0;
        for (const { step, free } of course) {
          at += step;
          [state] = decideHost(state, figures(at, { disks: [disk(free)] }));
        }
        for (const after of [1, 2, 3]) [state] = decideHost(state, figures(at + after * HOST_RULES.holdMs));
        assert.deepEqual(state, {});
      }),
    );
  });
});
