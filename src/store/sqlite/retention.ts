import type { DatabaseSync } from 'node:sqlite';
import type { EpochMs, Ms } from '../../kernel/time.ts';
import { BLOCK_KEY, type Level } from './schema.ts';
import type { WriterDatabase } from './writer-database.ts';

const DAY: Ms = 86_400_000;
const EVENTS_KEPT = 100_000;
const EVENTS_FOR: Ms = 30 * DAY;
/** A reason's text is used for a day after it was first saved (packer.ts), so it outlives the checks by one. */
const NOTES_LONGER: Ms = DAY + 1;
/** A slice looks after so many monitors. */
const MONITORS = 100;

/** A slice of work; between two of them commits are served. */
export type Step = () => void;

/** One monitor's rows of a table after another, by jumps in the index: `first` finds the next one, `forget` removes its old rows. */
const perMonitor = function* (
  database: WriterDatabase,
  first: (open: DatabaseSync, from: number) => number | undefined,
  forget: (open: DatabaseSync, monitor: number) => void,
): Generator<Step> {
  let next: number | undefined = 0;
  while (next !== undefined) {
    yield () =>
      database.transaction((open) => {
        for (let count = 0; count < MONITORS && next !== undefined; count += 1) {
          const monitor = first(open, next);
          if (monitor !== undefined) forget(open, monitor);
          next = monitor === undefined ? undefined : monitor + 1;
        }
      });
  }
};

const firstByKey =
  (table: string, key: number) =>
  (open: DatabaseSync, from: number): number | undefined => {
    const row = open.prepare(`SELECT id FROM ${table} WHERE id >= ? ORDER BY id LIMIT 1`).get(from * key);
    return row === undefined ? undefined : Math.floor(Number(row['id']) / key);
  };

const firstBad = (open: DatabaseSync, from: number): number | undefined => {
  const row = open.prepare('SELECT monitor FROM bad WHERE monitor >= ? ORDER BY monitor LIMIT 1').get(from);
  return row === undefined ? undefined : Number(row['monitor']);
};

/** Forgets the raw checks before `cutoff`, block by block. */
export const forgetRaw = function* (database: WriterDatabase, cutoff: EpochMs): Generator<Step> {
  const second = Math.max(0, Math.ceil(cutoff / 1000));
  yield* perMonitor(database, firstByKey('blocks', BLOCK_KEY), (open, monitor) => {
    const start = monitor * BLOCK_KEY;
    open.prepare('DELETE FROM blocks WHERE id >= ? AND id < ? AND newest < ?').run(start, start + second, cutoff);
  });
  yield* perMonitor(database, firstBad, (open, monitor) => {
    open.prepare('DELETE FROM bad WHERE monitor = ? AND at < ?').run(monitor, cutoff);
  });
  yield () => database.transaction((open) => open.prepare('DELETE FROM notes WHERE at < ?').run(cutoff - NOTES_LONGER));
};

/** Forgets the pieces of one level before `cutoff`. */
export const forgetRollups = function* (database: WriterDatabase, level: Level, cutoff: EpochMs): Generator<Step> {
  const piece = Math.max(0, Math.floor(cutoff / level.spanMs));
  yield* perMonitor(database, firstByKey(level.table, level.key), (open, monitor) => {
    const start = monitor * level.key;
    open.prepare(`DELETE FROM ${level.table} WHERE id >= ? AND id < ?`).run(start, start + piece);
  });
};

/** Forgets old events, tokens that ended, and what was sent and done longer ago than hours are kept. */
export const forgetRest = function* (database: WriterDatabase, now: EpochMs, keepMs: Ms): Generator<Step> {
  const before = now - keepMs;
  yield () =>
    database.transaction((open) => {
      const row = open.prepare('SELECT seq FROM events WHERE at >= ? ORDER BY seq LIMIT 1').get(now - EVENTS_FOR);
      if (row !== undefined) open.prepare('DELETE FROM events WHERE seq < ?').run(Number(row['seq']));
      open.exec(`DELETE FROM events WHERE seq <= (SELECT max(seq) FROM events) - ${EVENTS_KEPT}`);
      open.prepare('DELETE FROM tokens WHERE expires_at < ?').run(now - 30 * DAY);
    });
  for (const table of ['alerts', 'deliveries', 'attempts', 'audit'])
    yield () => database.transaction((open) => open.prepare(`DELETE FROM ${table} WHERE at < ?`).run(before));
};

/** The moment of the oldest raw block or piece of a level; undefined when there is none. */
export const oldestOf = (database: DatabaseSync, what: Level | 'raw'): EpochMs | undefined => {
  const { table, key, unit } =
    what === 'raw'
      ? { table: 'blocks', key: BLOCK_KEY, unit: 1000 }
      : { table: what.table, key: what.key, unit: what.spanMs };
  const next = database.prepare(`SELECT id FROM ${table} WHERE id >= ? ORDER BY id LIMIT 1`);
  let oldest: EpochMs | undefined;
  for (let row = next.get(0); row !== undefined;) {
    const id = Number(row['id']);
    const monitor = Math.floor(id / key);
    oldest = Math.min(oldest ?? Number.POSITIVE_INFINITY, (id - monitor * key) * unit);
    row = next.get((monitor + 1) * key);
  }
  return oldest;
};
