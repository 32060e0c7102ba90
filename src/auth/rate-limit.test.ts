import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRateLimit } from './rate-limit.ts';

test('a burst passes, then one per interval; the wait that is told is the one that helps', () => {
  const limit = createRateLimit({ burst: 3, everyMs: 1_000 });
  assert.deepEqual(
    [0, 0, 0, 0].map((now) => limit.take('a', now)),
    [0, 0, 0, 1_000],
  );
  assert.equal(limit.take('b', 0), 0);
  assert.equal(limit.take('a', 999), 1);
  assert.equal(limit.take('a', 1_000), 0);
});

test('no pattern of takes gets more through than burst plus one per interval', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5_000), { maxLength: 200 }), fc.integer({ min: 1, max: 10 }), (steps, burst) => {
      const limit = createRateLimit({ burst, everyMs: 700 });
      let now = 0;
      let passed = 0;
      for (const step of steps) {
        now += step;
        if (limit.take('a', now) === 0) passed += 1;
      }
      assert.ok(passed <= burst + now / 700 + 1e-6);
    }),
  );
});

test('the keys that are kept are bounded', () => {
  const limit = createRateLimit({ burst: 1, everyMs: 1_000 }, 2);
  for (const key of ['a', 'b', 'c']) assert.equal(limit.take(key, 0), 0);
  assert.equal(limit.take('c', 0), 1_000);
  assert.equal(limit.take('a', 0), 0, 'the oldest was forgotten');
});
