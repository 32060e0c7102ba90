import type { EpochMs, Ms } from '../kernel/time.ts';
import type { HistoryPoint } from './contract.ts';
import { addToSketch, mergeSketch, quantilesOf, readSketch, writeSketch, type Sketch } from './sketch.ts';
import { ByteReader, ByteWriter } from './varint.ts';

/** Latencies are kept as whole tenths of a millisecond. */
export const TENTHS = 10;

/** What the checks of a span come to. Latencies in tenths of a millisecond, over the ok checks only; `slow` ones are among the ok ones. */
export interface Rollup {
  ok: number;
  bad: number;
  slow: number;
  min: number;
  max: number;
  sum: number;
  readonly sketch: Sketch;
}

/** Nothing yet. */
export const emptyRollup = (): Rollup => ({ ok: 0, bad: 0, slow: 0, min: 0, max: 0, sum: 0, sketch: new Map() });

/** Counts one check. */
export const addCheck = (rollup: Rollup, isOk: boolean, isSlow: boolean, took: number): void => {
  if (!isOk) {
    rollup.bad += 1;
    return;
  }
  rollup.min = rollup.ok === 0 ? took : Math.min(rollup.min, took);
  rollup.max = Math.max(rollup.max, took);
  rollup.ok += 1;
  if (isSlow) rollup.slow += 1;
  rollup.sum += took;
  addToSketch(rollup.sketch, took);
};

/** Adds all of `other` to `rollup`. */
export const mergeRollup = (rollup: Rollup, other: Rollup): void => {
  if (other.ok > 0) {
    rollup.min = rollup.ok === 0 ? other.min : Math.min(rollup.min, other.min);
    rollup.max = Math.max(rollup.max, other.max);
  }
  rollup.ok += other.ok;
  rollup.bad += other.bad;
  rollup.slow += other.slow;
  rollup.sum += other.sum;
  mergeSketch(rollup.sketch, other.sketch);
};

/** Packs it; one and two values are told by minimum and maximum alone, which is most minutes. */
export const packRollup = (rollup: Rollup): Uint8Array => {
  const writer = new ByteWriter(32);
  writer.varint(rollup.ok);
  writer.varint(rollup.bad);
  writer.varint(rollup.slow);
  if (rollup.ok === 0) return writer.take();
  writer.varint(rollup.min);
  if (rollup.ok > 1) writer.varint(rollup.max - rollup.min);
  if (rollup.ok > 2) {
    writer.varint(rollup.sum);
    writeSketch(writer, rollup.sketch);
  }
  return writer.take();
};

/** Reads what packRollup packed. */
export const unpackRollup = (bytes: Uint8Array): Rollup => {
  const reader = new ByteReader(bytes);
  const ok = reader.varint();
  const head = { ok, bad: reader.varint(), slow: reader.varint() };
  if (ok === 0) return { ...emptyRollup(), ...head };
  const min = reader.varint();
  const max = ok > 1 ? min + reader.varint() : min;
  if (ok > 2) return { ...head, min, max, sum: reader.varint(), sketch: readSketch(reader) };
  const sketch: Sketch = new Map();
  addToSketch(sketch, min);
  if (ok === 2) addToSketch(sketch, max);
  return { ...head, min, max, sum: ok === 2 ? min + max : min, sketch };
};

/** As people ask for it. A quantile never leaves the span from the least to the greatest value. */
export const toHistoryPoint = (rollup: Rollup, from: EpochMs, spanMs: Ms): HistoryPoint => {
  const counts = { from, spanMs, ok: rollup.ok, bad: rollup.bad, slow: rollup.slow };
  if (rollup.ok === 0) return counts;
  const [p50, p95, p99] = quantilesOf(rollup.sketch, [0.5, 0.95, 0.99]);
  const within = (value = rollup.min): Ms => Math.min(rollup.max, Math.max(rollup.min, value)) / TENTHS;
  return {
    ...counts,
    p50: within(p50),
    p95: within(p95),
    p99: within(p99),
    min: rollup.min / TENTHS,
    max: rollup.max / TENTHS,
  };
};
