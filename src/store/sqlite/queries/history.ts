import type { DatabaseSync } from 'node:sqlite';
import { Fault } from '../../../kernel/fault.ts';
import { HOUR, MINUTE, type EpochMs, type Ms } from '../../../kernel/time.ts';
import type { HistoryPoint } from '../../contract.ts';
import { addCheck, emptyRollup, mergeRollup, toHistoryPoint, unpackRollup, type Rollup } from '../../rollup.ts';
import { LEVELS, type Level } from '../schema.ts';
import { bytesOf, tailOf } from './raw.ts';

const MOST_POINTS = 20_000;

/** The coarsest roll-up whose pieces never straddle two buckets. */
const levelFor = (from: EpochMs, spanMs: Ms): Level =>
  LEVELS.findLast((level) => spanMs % level.spanMs === 0 && from % level.spanMs === 0) ?? LEVELS[0];

/**
 * Where the first bucket begins. "The last 30 days in hours" begins at some odd second: taken down to the minute only, it could be read of the
 * minutes alone, which are kept for two weeks. A whole hour is a day's beginning in some zone, and stays.
 */
const beginning = (from: EpochMs, spanMs: Ms): EpochMs => {
  if (from % HOUR === 0) return from;
  const unit = LEVELS.findLast((level) => spanMs % level.spanMs === 0)?.spanMs ?? MINUTE;
  return Math.floor(from / unit) * unit;
};

/**
 * Buckets of a monitor's history, oldest first, those without a check left out; what is not rolled up yet is counted in.
 * @throws Fault INPUT_INVALID when `spanMs` is no whole number of minutes, or the buckets are too many.
 */
export const history = (
  database: DatabaseSync,
  query: { readonly monitor: number; readonly from: EpochMs; readonly to: EpochMs; readonly spanMs: Ms },
): HistoryPoint[] => {
  const { monitor, to, spanMs } = query;
  if (spanMs < MINUTE || spanMs % MINUTE !== 0)
    throw new Fault('INPUT_INVALID', 'history comes in whole minutes', 'Ask for 1m, 5m, 1h, 1d or the like.');
  const from = beginning(query.from, spanMs);
  if ((to - from) / spanMs > MOST_POINTS)
    throw new Fault(
      'INPUT_INVALID',
      `that is more than ${MOST_POINTS} buckets`,
      'Ask for a shorter span or larger buckets.',
    );
  const buckets = new Map<number, Rollup>();
  const indexAt = (at: EpochMs): number => Math.floor((at - from) / spanMs);
  const bucketAt = (at: EpochMs): Rollup => {
    const index = indexAt(at);
    let bucket = buckets.get(index);
    if (bucket === undefined) buckets.set(index, (bucket = emptyRollup()));
    return bucket;
  };
  const level = levelFor(from, spanMs);
  const start = monitor * level.key;
  const rows = database
    .prepare(`SELECT id, body FROM ${level.table} WHERE id >= ? AND id < ? ORDER BY id`)
    .iterate(start + Math.floor(from / level.spanMs), start + Math.ceil(to / level.spanMs));
  for (const row of rows) {
    const at = (Number(row['id']) - start) * level.spanMs;
    const piece = unpackRollup(bytesOf(row['body']));
    const bucket = buckets.get(indexAt(at));
    if (bucket === undefined) buckets.set(indexAt(at), piece);
    else mergeRollup(bucket, piece);
  }
  const end = Math.ceil(to / level.spanMs) * level.spanMs;
  for (const { at, check } of tailOf(database, monitor))
    if (at >= from && at < end) addCheck(bucketAt(at), check.class === 'ok', check.slow, check.took);
  return [...buckets.keys()]
    .toSorted((a, b) => a - b)
    .map((index) => toHistoryPoint(buckets.get(index) ?? emptyRollup(), from + index * spanMs, spanMs));
};
