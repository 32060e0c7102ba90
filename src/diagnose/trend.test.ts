import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HOUR, MINUTE } from '#kernel/time.ts';
import { emptyIn, slopePerHour } from './trend.ts';

const line = (count: number, perHour: number, from = 1_000_000) =>
  Array.from({ length: count }, (_, at) => ({ at: at * MINUTE, value: from + (perHour * at * MINUTE) / HOUR }));

describe('a trend', () => {
  it('is the slope of a line, however many samples there are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 5, max: 500 }),
        fc.integer({ min: -1_000_000, max: 1_000_000 }),
        (count, perHour) => {
          const found = slopePerHour(line(count, perHour)) ?? Number.NaN;
          assert.ok(Math.abs(found - perHour) <= 1 + Math.abs(perHour) * 1e-6, `${found} for ${perHour}`);
        },
      ),
    );
  });

  it('is not bent by a single jump', () => {
    const samples = line(40, 3_600).map((one, at) => (at === 20 ? { ...one, value: 9e9 } : one));
    assert.ok(Math.abs((slopePerHour(samples) ?? 0) - 3_600) < 50);
  });

  it('says nothing of few samples or a short span', () => {
    assert.equal(slopePerHour(line(4, 100)), undefined);
    assert.equal(slopePerHour(line(5, 100).map(({ value }, at) => ({ at: at * 1_000, value }))), undefined);
  });

  it('tells when what shrinks is at its end, and nothing of what grows', () => {
    assert.ok(Math.abs((emptyIn(line(30, -60_000)) ?? 0) - ((1_000_000 - 29_000) / 60_000) * HOUR) < MINUTE);
    assert.equal(emptyIn(line(30, 60_000)), undefined);
    assert.equal(emptyIn(line(30, -1)), undefined);
  });
});
