import type { EpochMs, Ms } from '../../kernel/time.ts';
import type { DatabaseSync } from 'node:sqlite';
import { numberOf } from './database.ts';
import { foldJournal } from './fold.ts';
import { forgetRaw, forgetRest, forgetRollups, oldestOf, type Step } from './retention.ts';
import { LEVELS } from './schema.ts';
import type { WriterDatabase } from './writer-database.ts';
import type { WriterSettings } from './wire.ts';

const MINUTE: Ms = 60_000;
const DAY: Ms = 86_400_000;
/** Folding costs a few rows per monitor, however many checks there are: it waits until it pays. */
const FOLD_EVERY: Ms = 5 * MINUTE;
const FOLD_EARLIER_BYTES = 512 * 1024;
/** One slice folds so many bytes of journal (about 4,000 checks), so that commits wait for some 20 ms at most. */
const SLICE_BYTES = 64 * 1024;
const FORGET_EVERY: Ms = 10 * MINUTE;
const VACUUM_PAGES = 256;
/** Under the quota's pressure these spans of raw checks, minutes and hours stay. */
const LEAST = { raw: 60 * MINUTE, minutes: DAY, hours: 30 * DAY };
const SQUEEZES = 64;

/** Keeps the store small and rolled up. */
export class Tender {
  readonly #settings: WriterSettings;
  #foldedAt = Number.NEGATIVE_INFINITY;
  #forgotAt = Number.NEGATIVE_INFINITY;

  constructor(settings: WriterSettings) {
    this.#settings = settings;
  }

  /** The slices of one tending. */
  *steps(database: WriterDatabase, now: EpochMs): Generator<Step> {
    yield* this.#fold(database, now);
    if (Math.abs(now - this.#forgotAt) >= FORGET_EVERY) {
      const { checksMs, minutesMs, hoursMs } = this.#settings.retention;
      yield* forgetRaw(database, now - checksMs);
      yield* forgetRollups(database, LEVELS[0], now - minutesMs);
      yield* forgetRollups(database, LEVELS[1], now - hoursMs);
      yield* forgetRest(database, now, hoursMs);
      this.#forgotAt = now;
    }
    yield* shrink(database, 8);
    yield* this.#keepToQuota(database, now);
  }

  *#fold(database: WriterDatabase, now: EpochMs): Generator<Step> {
    const bytes = numberOf(database.connection, 'SELECT coalesce(sum(length(body)), 0) FROM journal');
    if (Math.abs(now - this.#foldedAt) < FOLD_EVERY && bytes < FOLD_EARLIER_BYTES) return;
    for (;;) {
      const through = sliceEnd(database.connection);
      if (through === undefined) break;
      yield () => database.transaction((open) => foldJournal(open, through));
    }
    this.#foldedAt = now;
  }

  /** Oldest raw checks go first, then minutes, then hours, an eighth of what there is at a time. */
  *#keepToQuota(database: WriterDatabase, now: EpochMs): Generator<Step> {
    for (let left = SQUEEZES; left > 0 && this.#isOver(database); left -= 1) {
      const forget = this.#squeeze(database, now);
      if (forget === undefined) return;
      yield* forget;
      yield* shrink(database, Number.POSITIVE_INFINITY);
    }
  }

  #isOver(database: WriterDatabase): boolean {
    if (database.bytes() <= this.#settings.quotaBytes) return false;
    database.emptyLog();
    return database.bytes() > this.#settings.quotaBytes;
  }

  #squeeze(database: WriterDatabase, now: EpochMs): Iterable<Step> | undefined {
    const cutOf = (oldest: EpochMs | undefined, least: Ms): EpochMs | undefined =>
      oldest === undefined || oldest >= now - least
        ? undefined
        : Math.min(now - least, oldest + Math.max(MINUTE, (now - oldest) / 8));
    const raw = cutOf(oldestOf(database.connection, 'raw'), LEAST.raw);
    if (raw !== undefined) return forgetRaw(database, raw);
    const minutes = cutOf(oldestOf(database.connection, LEVELS[0]), LEAST.minutes);
    if (minutes !== undefined) return forgetRollups(database, LEVELS[0], minutes);
    const hours = cutOf(oldestOf(database.connection, LEVELS[1]), LEAST.hours);
    if (hours !== undefined) return forgetRollups(database, LEVELS[1], hours);
    return undefined;
  }
}

const sliceEnd = (database: DatabaseSync): number | undefined => {
  let bytes = 0;
  let end: number | undefined;
  for (const row of database.prepare('SELECT id, length(body) AS bytes FROM journal ORDER BY id').iterate()) {
    end = Number(row['id']);
    bytes += Number(row['bytes']);
    if (bytes >= SLICE_BYTES) break;
  }
  return end;
};

/** Gives free pages back to the file system, as long as more than one page in `share` is free. */
const shrink = function* (database: WriterDatabase, share: number): Generator<Step> {
  const free = numberOf(database.connection, 'PRAGMA freelist_count');
  const kept = share === Number.POSITIVE_INFINITY ? 0 : numberOf(database.connection, 'PRAGMA page_count') / share;
  for (let left = free - kept; left > 0; left -= VACUUM_PAGES)
    yield () => database.connection.exec(`PRAGMA incremental_vacuum(${Math.ceil(Math.min(left, VACUUM_PAGES))})`);
};
