import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addToSketch, mergeSketch, quantilesOf, readSketch, writeSketch, type Sketch } from './sketch.ts';
import { ByteReader, ByteWriter } from './varint.ts';

const values = fc.array(fc.oneof(fc.nat(50), fc.nat(5_000), fc.nat(50_000_000)), { minLength: 1, maxLength: 300 });
const share = fc.double({ min: 0, max: 1, noNaN: true });

const sketchOf = (list: readonly number[]): Sketch => {
  const sketch: Sketch = new Map();
  for (const value of list) addToSketch(sketch, value);
  return sketch;
};

const bytesOf = (sketch: Sketch): Uint8Array => {
  const writer = new ByteWriter();
  writeSketch(writer, sketch);
  return writer.take();
};

const merged = (...sketches: readonly Sketch[]): Sketch => {
  const all: Sketch = new Map();
  for (const sketch of sketches) mergeSketch(all, sketch);
  return all;
};

const exact = (list: readonly number[], q: number): number => {
  const sorted = list.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1] ?? Number.NaN;
};

test('a quantile of the sketch is at most 1 % off the exact one', () => {
  fc.assert(
    fc.property(values, share, (list, q) => {
      const wanted = exact(list, q);
      const got = quantilesOf(sketchOf(list), [q])[0] ?? Number.NaN;
      assert.ok(Math.abs(got - wanted) <= wanted * 0.01 + 1e-6, `${got} instead of ${wanted}`);
    }),
    { numRuns: 500 },
  );
});

test('the order and grouping in which sketches are merged does not matter, and a merged one equals one of all values', () => {
  fc.assert(
    fc.property(values, values, values, (a, b, c) => {
      const [one, two, three] = [sketchOf(a), sketchOf(b), sketchOf(c)];
      const left = bytesOf(merged(merged(one, two), three));
      assert.deepEqual(left, bytesOf(merged(one, merged(two, three))));
      assert.deepEqual(left, bytesOf(merged(three, one, two)));
      assert.deepEqual(left, bytesOf(sketchOf([...a, ...b, ...c])));
    }),
  );
});

test('a sketch reads back as it was written', () => {
  fc.assert(
    fc.property(values, (list) => {
      const sketch = sketchOf(list);
      const back = readSketch(new ByteReader(bytesOf(sketch)));
      assert.deepEqual(new Map(back), new Map(sketch));
    }),
  );
});

test('an empty sketch has no quantile', () => {
  assert.deepEqual(quantilesOf(new Map(), [0.5]), []);
});

test('a sketch of an hour of ordinary latencies stays below 120 bytes', () => {
  const list = Array.from({ length: 360 }, (_, index) => 800 + ((index * 7919) % 400));
  assert.ok(bytesOf(sketchOf(list)).length < 120);
});
