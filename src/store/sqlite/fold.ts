import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { addCheck, emptyRollup, mergeRollup, packRollup, unpackRollup, type Rollup } from '../rollup.ts';
import { ByteReader, ByteWriter } from '../varint.ts';
import { readJournal, type JournalEntry } from './record.ts';
import { BLOCK_KEY, LEVELS, type Level } from './schema.ts';

/** A block that has reached so many bytes is left alone and a new one is begun: several fit in a page of the file. */
const BLOCK_BYTES = 900;

/** Nor does a block span more than this, so that what is too old can go. */
const BLOCK_SPAN = 6 * 3_600_000;

/** The block of a monitor that is being filled. */
interface Block {
  id: number;
  oldest: number;
  newest: number;
  last: number;
  readonly bytes: ByteWriter;
}

const bytesOf = (value: unknown): Uint8Array => (value instanceof Uint8Array ? value : new Uint8Array());

/** A new block only ever comes after the latest one: an older key could be a block that is there already. */
const isFull = (block: Block, at: number, key: number): boolean =>
  key > block.id && (block.bytes.length >= BLOCK_BYTES || at - block.oldest > BLOCK_SPAN);

/** Puts the checks of one monitor, in the order in which they were saved, at the end of its blocks. */
class Blocks {
  readonly #latest: StatementSync;
  readonly #save: StatementSync;

  constructor(database: DatabaseSync) {
    this.#latest = database.prepare(
      'SELECT id, oldest, newest, last, body FROM blocks WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 1',
    );
    this.#save = database.prepare(
      'INSERT INTO blocks (id, oldest, newest, last, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET ' +
        'oldest = excluded.oldest, newest = excluded.newest, last = excluded.last, body = excluded.body',
    );
  }

  append(monitor: number, entries: readonly JournalEntry[]): void {
    let block = this.#open(monitor);
    for (const entry of entries) {
      const key = monitor * BLOCK_KEY + Math.floor(entry.at / 1000);
      if (block === undefined || isFull(block, entry.at, key)) {
        if (block !== undefined) this.#write(block);
        block = { id: key, oldest: entry.at, newest: entry.at, last: 0, bytes: new ByteWriter(1024) };
      }
      block.bytes.signed(entry.at - block.last);
      block.bytes.append(entry.packed);
      block.oldest = Math.min(block.oldest, entry.at);
      block.newest = Math.max(block.newest, entry.at);
      block.last = entry.at;
    }
    if (block !== undefined) this.#write(block);
  }

  #open(monitor: number): Block | undefined {
    const row = this.#latest.get(monitor * BLOCK_KEY, (monitor + 1) * BLOCK_KEY);
    if (row === undefined) return undefined;
    const bytes = new ByteWriter(1024);
    bytes.append(bytesOf(row['body']));
    return {
      id: Number(row['id']),
      oldest: Number(row['oldest']),
      newest: Number(row['newest']),
      last: Number(row['last']),
      bytes,
    };
  }

  #write(block: Block): void {
    this.#save.run(block.id, block.oldest, block.newest, block.last, block.bytes.take());
  }
}

/** Adds the checks of one monitor to one level of its roll-ups. */
class Rollups {
  readonly #level: Level;
  readonly #read: StatementSync;
  readonly #save: StatementSync;

  constructor(database: DatabaseSync, level: Level) {
    this.#level = level;
    this.#read = database.prepare(`SELECT body FROM ${level.table} WHERE id = ?`);
    this.#save = database.prepare(
      `INSERT INTO ${level.table} (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body`,
    );
  }

  add(monitor: number, entries: readonly JournalEntry[]): void {
    const pieces = new Map<number, Rollup>();
    for (const entry of entries) {
      const piece = Math.floor(entry.at / this.#level.spanMs);
      let rollup = pieces.get(piece);
      if (rollup === undefined) pieces.set(piece, (rollup = emptyRollup()));
      addCheck(rollup, entry.check.class === 'ok', entry.check.slow, entry.check.took);
    }
    for (const [piece, rollup] of pieces) this.#merge(monitor * this.#level.key + piece, rollup);
  }

  #merge(id: number, rollup: Rollup): void {
    const before = this.#read.get(id);
    if (before !== undefined) mergeRollup(rollup, unpackRollup(bytesOf(before['body'])));
    this.#save.run(id, packRollup(rollup));
  }
}

/**
 * Folds journal rows up to `through` into blocks and roll-ups and removes them. To be run in one transaction: a check is either still in the
 * journal or folded, so a kill at any moment counts none twice and loses none.
 */
export const foldJournal = (database: DatabaseSync, through: number): void => {
  const byMonitor = new Map<number, JournalEntry[]>();
  for (const row of database.prepare('SELECT body FROM journal WHERE id <= ? ORDER BY id').iterate(through)) {
    for (const entry of readJournal(new ByteReader(bytesOf(row['body'])))) {
      const entries = byMonitor.get(entry.monitor);
      if (entries === undefined) byMonitor.set(entry.monitor, [entry]);
      else entries.push(entry);
    }
  }
  const blocks = new Blocks(database);
  const levels = LEVELS.map((level) => new Rollups(database, level));
  const bad = database.prepare('INSERT INTO bad (monitor, at, body) VALUES (?, ?, ?)');
  for (const monitor of [...byMonitor.keys()].toSorted((a, b) => a - b)) {
    const entries = byMonitor.get(monitor) ?? [];
    blocks.append(monitor, entries);
    for (const level of levels) level.add(monitor, entries);
    for (const { at, check, packed } of entries) if (check.class !== 'ok') bad.run(monitor, at, packed);
  }
  database.prepare('DELETE FROM journal WHERE id <= ?').run(through);
};
