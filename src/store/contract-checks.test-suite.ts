import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DAY, HOUR, MINUTE } from '../kernel/time.ts';
import { reason } from '../monitor/reason.ts';
import { DAY_0, checkAt, monitorResource, putCheck, type OpenEmpty } from './contract-samples.test-suite.ts';
import type { HistoryPoint, Store, StoredCheck } from './contract.ts';

const certificate = {
  subject: 'CN=example',
  issuer: 'CN=ca',
  validFrom: DAY_0,
  validTo: DAY_0 + 90 * DAY,
  fingerprint256: 'AA:BB',
  names: ['example'],
};

/** All checks of a monitor, oldest first, read in pages of `limit`. */
const allChecks = async (store: Store, monitor: number, limit: number, onlyBad = false): Promise<StoredCheck[]> => {
  const found: StoredCheck[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await store.checks({ monitor, limit, onlyBad, ...(cursor === undefined ? {} : { cursor }) });
    found.push(...page.items);
    cursor = page.next;
    if (cursor === undefined) return found.toReversed();
  }
};

const nearestRank = (sorted: readonly number[], q: number): number =>
  sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1] ?? Number.NaN;

const within = (got: number | undefined, wanted: number): void =>
  assert.ok(Math.abs((got ?? Number.NaN) - wanted) <= wanted * 0.0101 + 0.001, `${got} instead of ${wanted}`);

/** Recomputes one bucket from the raw checks and compares. */
const assertPoint = (point: HistoryPoint, checks: readonly StoredCheck[]): void => {
  const own = checks.filter(({ startedAt }) => startedAt >= point.from && startedAt < point.from + point.spanMs);
  const good = own.filter((check) => check.class === 'ok');
  const took = good.map(({ tookMs }) => tookMs).toSorted((a, b) => a - b);
  assert.equal(point.ok, good.length);
  assert.equal(point.bad, own.length - good.length);
  assert.equal(point.slow, good.filter(({ warning }) => warning?.code === 'http.slow').length);
  assert.equal(point.min, took[0]);
  assert.equal(point.max, took.at(-1));
  if (took.length === 0) return;
  within(point.p50, nearestRank(took, 0.5));
  within(point.p95, nearestRank(took, 0.95));
  within(point.p99, nearestRank(took, 0.99));
};

const anyCheck = fc
  .record({
    monitor: fc.integer({ min: 1, max: 3 }),
    offset: fc.nat(3 * HOUR),
    took: fc.nat(300_000),
    good: fc.boolean(),
    slow: fc.boolean(),
  })
  .map(({ monitor, offset, took, good, slow }) =>
    checkAt(DAY_0 + 22 * HOUR + offset, {
      monitor,
      tookMs: took / 10,
      ...(good ? {} : { class: 'hard' as const, reason: reason('tcp.refused') }),
      ...(good && slow ? { warning: reason('http.slow', { took }) } : {}),
    }),
  );

/** Checks, their history, and uptime. */
export const aboutChecks = (open: OpenEmpty): void => {
  readingBack(open);
  paging(open);
  rollingUp(open);
  uptimeOf(open);
};

const readingBack = (open: OpenEmpty): void => {
  test('a check reads back as it was written, before and after it was rolled up', async (t) => {
    const { store } = await open(t);
    const checks = [
      checkAt(DAY_0, { certificate }),
      checkAt(DAY_0 + 1_000, {
        class: 'soft',
        verdict: 'suspect',
        source: 'recheck',
        reason: reason('http.timeout', { after: 10 }),
        detail: 'nothing came',
        phases: { dns: 0.1 },
      }),
      checkAt(DAY_0 + 2_000, {
        source: 'pulse',
        warning: reason('http.slow', { took: 900 }),
        status: 503,
        ip: '2001:db8::1',
      }),
      checkAt(DAY_0 + 3_000, { verdict: 'blind', phases: {} }),
    ];
    await store.write(checks.map(putCheck));
    assert.deepEqual(await allChecks(store, 1, 10), checks);
    await store.tend(DAY_0 + HOUR);
    assert.deepEqual(await allChecks(store, 1, 10), checks);
    assert.deepEqual(await allChecks(store, 1, 1, true), [checks[1]]);
  });

  test('a certificate is kept when it is new and with what was not good, not with every good check', async (t) => {
    const { store } = await open(t);
    for (const at of [0, 1, 2]) await store.write([putCheck(checkAt(DAY_0 + at, { certificate }))], { urgent: true });
    const other = { ...certificate, fingerprint256: 'CC:DD' };
    await store.write([putCheck(checkAt(DAY_0 + 3, { certificate: other }))], { urgent: true });
    const seen = (await allChecks(store, 1, 10)).map((check) => check.certificate?.fingerprint256);
    assert.deepEqual(seen, ['AA:BB', undefined, undefined, 'CC:DD']);
  });
};

const paging = (open: OpenEmpty): void => {
  test('pages of checks are whole and in order, whatever their size, and new checks move nothing', async (t) => {
    const { store } = await open(t);
    const checks = Array.from({ length: 500 }, (_, index) =>
      checkAt(DAY_0 + Math.floor(index / 3) * 10_000, { tookMs: index }),
    );
    for (const [index, check] of checks.entries()) {
      void store.write([putCheck(check)]);
      if (index % 180 === 179) await store.tend(DAY_0 + index * HOUR);
    }
    await store.write([], { urgent: true });
    for (const limit of [1, 7, 1000]) assert.deepEqual(await allChecks(store, 1, limit), checks);
    const first = await store.checks({ monitor: 1, limit: 10 });
    await store.write([putCheck(checkAt(DAY_0 + 9e6))], { urgent: true });
    const second = await store.checks({ monitor: 1, limit: 10, cursor: first.next ?? '' });
    assert.deepEqual(second.items, checks.toReversed().slice(10, 20));
    const some = await store.checks({ monitor: 1, limit: 100, from: DAY_0 + 50_000, to: DAY_0 + 70_000 });
    assert.deepEqual(some.items.toReversed(), checks.slice(15, 21));
  });

  test('a cursor that the store never gave is refused as wrong input', async (t) => {
    const { store } = await open(t);
    await assert.rejects(store.checks({ monitor: 1, limit: 1, cursor: 'nonsense' }), { code: 'INPUT_INVALID' });
    await assert.rejects(store.incidents({ limit: 1, cursor: '%' }), { code: 'INPUT_INVALID' });
  });
};

const rollingUp = (open: OpenEmpty): void => {
  test('roll-ups equal exact recomputation from the raw checks, however the tending falls between them', async (t) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyCheck, { maxLength: 120 }),
        fc.array(fc.nat(120), { maxLength: 3 }),
        async (checks, tends) => {
          const { store, remove } = await open(t);
          for (const [index, check] of checks.entries()) {
            void store.write([putCheck(check)]);
            if (tends.includes(index)) {
              await store.write([], { urgent: true });
              await store.tend(DAY_0 + DAY + index * HOUR);
            }
          }
          await store.write([], { urgent: true });
          for (const spanMs of [MINUTE, 7 * MINUTE, HOUR, DAY])
            for (const monitor of [1, 2, 3]) {
              const points = await store.history({ monitor, from: DAY_0, to: DAY_0 + 2 * DAY, spanMs });
              const own = checks.filter((check) => check.monitor === monitor);
              for (const point of points) assertPoint(point, own);
              assert.equal(
                points.reduce((sum, { ok, bad }) => sum + ok + bad, 0),
                own.length,
              );
            }
          await remove();
        },
      ),
      { numRuns: 12 },
    );
  });

  test('each piece is kept for its time: raw checks 7 days, minutes 14 days, hours two years, days for ever', async (t) => {
    const { store } = await open(t);
    const ages = [1000, 100, 10, 3];
    const now = DAY_0 + 2000 * DAY;
    await store.write(ages.map((age) => putCheck(checkAt(now - age * DAY))));
    await store.tend(now);
    assert.equal((await allChecks(store, 1, 10)).length, 1);
    const counted = async (spanMs: number): Promise<number> =>
      (
        await Promise.all(
          ages.map((age) => store.history({ monitor: 1, from: now - age * DAY, to: now - age * DAY + spanMs, spanMs })),
        )
      ).flat().length;
    assert.deepEqual([await counted(MINUTE), await counted(HOUR), await counted(DAY)], [2, 3, 4]);
  });

  test('a history that begins at an odd second reaches back as far as its pieces do', async (t) => {
    const { store } = await open(t);
    const now = DAY_0 + 2000 * DAY;
    await store.write([1000, 100].map((age) => putCheck(checkAt(now - age * DAY))));
    await store.tend(now);
    const firstOf = async (age: number, spanMs: number): Promise<number | undefined> =>
      (await store.history({ monitor: 1, from: now - age * DAY + 1_234, to: now, spanMs }))[0]?.from;
    assert.equal(await firstOf(1000, DAY), now - 1000 * DAY);
    assert.equal(await firstOf(100, HOUR), now - 100 * DAY);
  });
};

const uptimeOf = (open: OpenEmpty): void => {
  test('uptime is exact to the millisecond and knows what nobody watched', async (t) => {
    const { store } = await open(t);
    await store.write([
      { put: 'resource', resource: monitorResource(1, { createdAt: DAY_0 + 100 }) },
      { put: 'resource', resource: monitorResource(2, { createdAt: DAY_0 }) },
      { put: 'span', span: { id: 'a', kind: 'down', monitor: 1, from: DAY_0 + 200 } },
      { put: 'span', span: { id: 'b', kind: 'gap', from: DAY_0 + 900, to: DAY_0 + 1_050 } },
      { put: 'span', span: { id: 'c', kind: 'down', monitor: 2, from: DAY_0 + 1, to: DAY_0 + 2 } },
    ]);
    await store.write([
      { put: 'span', span: { id: 'a', kind: 'down', monitor: 1, from: DAY_0 + 200, to: DAY_0 + 333 } },
    ]);
    const query = { from: DAY_0, to: DAY_0 + 1_000 };
    const figures = await store.uptime({ monitors: [1], ...query });
    assert.deepEqual(figures, {
      periodMs: 1_000,
      downMs: 133,
      degradedMs: 0,
      blindMs: 100,
      maintenanceMs: 0,
      unknownMs: 100,
    });
    assert.deepEqual(
      (await store.spans({ monitors: [1], ...query })).map(({ id }) => id),
      ['a', 'b'],
    );
    assert.equal((await store.spans(query)).length, 3);
    assert.equal((await store.uptime({ monitors: [1, 2], ...query })).downMs, 134);
  });
};
