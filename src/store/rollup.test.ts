import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addCheck, emptyRollup, mergeRollup, packRollup, toHistoryPoint, unpackRollup, type Rollup } from './rollup.ts';

const seen = fc.record({ ok: fc.boolean(), slow: fc.boolean(), took: fc.nat(600_000) });
const many = fc.array(seen, { maxLength: 60 });

const rollupOf = (checks: readonly { ok: boolean; slow: boolean; took: number }[]): Rollup => {
  const rollup = emptyRollup();
  for (const check of checks) addCheck(rollup, check.ok, check.slow, check.took);
  return rollup;
};

test('a roll-up reads back as it was packed', () => {
  fc.assert(
    fc.property(many, (checks) => {
      const rollup = rollupOf(checks);
      assert.deepEqual(toHistoryPoint(unpackRollup(packRollup(rollup)), 0, 1), toHistoryPoint(rollup, 0, 1));
      assert.equal(unpackRollup(packRollup(rollup)).sum, rollup.sum);
    }),
  );
});

test('merging the roll-ups of the parts, packed in between, equals the roll-up of the whole', () => {
  fc.assert(
    fc.property(many, many, many, (a, b, c) => {
      const merged = emptyRollup();
      for (const part of [a, b, c]) mergeRollup(merged, unpackRollup(packRollup(rollupOf(part))));
      assert.deepEqual(packRollup(merged), packRollup(rollupOf([...a, ...b, ...c])));
    }),
  );
});

test('counts, minimum, maximum and sum are exact, over the ok checks only', () => {
  fc.assert(
    fc.property(many, (checks) => {
      const good = checks.filter(({ ok }) => ok).map(({ took }) => took);
      const rollup = rollupOf(checks);
      assert.equal(rollup.ok, good.length);
      assert.equal(rollup.bad, checks.length - good.length);
      assert.equal(rollup.slow, checks.filter(({ ok, slow }) => ok && slow).length);
      assert.equal(
        rollup.sum,
        good.reduce((sum, took) => sum + took, 0),
      );
      assert.equal(rollup.min, good.length === 0 ? 0 : Math.min(...good));
      assert.equal(rollup.max, good.length === 0 ? 0 : Math.max(...good));
    }),
  );
});

test('a minute of two ordinary checks takes at most 10 bytes', () => {
  const rollup = rollupOf([
    { ok: true, slow: false, took: 1_234 },
    { ok: true, slow: false, took: 1_300 },
  ]);
  assert.ok(packRollup(rollup).length <= 10);
});
