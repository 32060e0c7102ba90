import type { ByteReader, ByteWriter } from './varint.ts';

const ERROR = 0.01;
const GAMMA = (1 + ERROR) / (1 - ERROR);
const LOG_GAMMA = Math.log(GAMMA);

/**
 * A latency sketch: how many values lie in each bucket (γ^(i-1), γ^i] with γ = 1.01/0.99, so that every quantile is at most 1 % off
 * (DDSketch, Masson et al., VLDB 2019). Key 0 stands for the value zero; whole values from 1 up have keys from 1 up. Merging adds counts.
 */
export type Sketch = Map<number, number>;

const keyOf = (value: number): number => (value <= 0 ? 0 : Math.ceil(Math.log(value) / LOG_GAMMA - 1e-9) + 1);
const valueOf = (key: number): number => (key === 0 ? 0 : (2 * GAMMA ** (key - 1)) / (GAMMA + 1));

/** Counts a value (whole, ≥ 0). */
export const addToSketch = (sketch: Sketch, value: number, times = 1): void => {
  const key = keyOf(value);
  sketch.set(key, (sketch.get(key) ?? 0) + times);
};

/** Adds all of `other` to `sketch`. */
export const mergeSketch = (sketch: Sketch, other: Sketch): void => {
  for (const [key, count] of other) sketch.set(key, (sketch.get(key) ?? 0) + count);
};

/** What was read or written is in order already; only a sketch that values are being added to is not. */
const keysInOrder = (sketch: Sketch): readonly number[] => {
  const keys = [...sketch.keys()];
  const isInOrder = keys.every((key, index) => index === 0 || (keys[index - 1] ?? 0) < key);
  return isInOrder ? keys : keys.toSorted((a, b) => a - b);
};

/**
 * The values that the shares `qs` (rising) of the values do not exceed (nearest rank), each at most 1 % off; empty when there are none.
 * One pass, because a chart asks hundreds of sketches for three quantiles each.
 */
export const quantilesOf = (sketch: Sketch, qs: readonly number[]): readonly number[] => {
  let total = 0;
  for (const count of sketch.values()) total += count;
  const found: number[] = [];
  let seen = 0;
  for (const key of keysInOrder(sketch)) {
    seen += sketch.get(key) ?? 0;
    while (found.length < qs.length && seen >= Math.max(1, Math.ceil((qs[found.length] ?? 1) * total)))
      found.push(valueOf(key));
    if (found.length === qs.length) break;
  }
  return found;
};

/** Writes the sketch: the number of buckets, then for each the gap to the one before, with its count only when that is not 1. */
export const writeSketch = (writer: ByteWriter, sketch: Sketch): void => {
  const keys = keysInOrder(sketch);
  writer.varint(keys.length);
  let before = 0;
  for (const key of keys) {
    const count = sketch.get(key) ?? 0;
    writer.varint((key - before) * 2 + (count > 1 ? 1 : 0));
    if (count > 1) writer.varint(count - 2);
    before = key;
  }
};

/** Reads what writeSketch wrote. */
export const readSketch = (reader: ByteReader): Sketch => {
  const sketch: Sketch = new Map();
  let key = 0;
  for (let left = reader.varint(); left > 0; left -= 1) {
    const token = reader.varint();
    key += Math.floor(token / 2);
    sketch.set(key, token % 2 === 1 ? reader.varint() + 2 : 1);
  }
  return sketch;
};
