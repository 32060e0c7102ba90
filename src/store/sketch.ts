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

/** The value that a share `q` of the values does not exceed (nearest rank), at most 1 % off; undefined when there are none. */
export const quantileOf = (sketch: Sketch, q: number): number | undefined => {
  let total = 0;
  for (const count of sketch.values()) total += count;
  if (total === 0) return undefined;
  let rank = Math.max(1, Math.ceil(q * total));
  for (const key of [...sketch.keys()].toSorted((a, b) => a - b)) {
    rank -= sketch.get(key) ?? 0;
    if (rank <= 0) return valueOf(key);
  }
  return undefined;
};

/** Writes the sketch: the number of buckets, then for each the gap to the one before, with its count only when that is not 1. */
export const writeSketch = (writer: ByteWriter, sketch: Sketch): void => {
  const keys = [...sketch.keys()].toSorted((a, b) => a - b);
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
