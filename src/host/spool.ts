import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Fault } from '../kernel/fault.ts';
import type { EpochMs } from '../kernel/time.ts';
import { inTransaction, numberOf, openForWriting } from '../store/sqlite/database.ts';
import { failureOf } from '../store/sqlite/failure.ts';
import type { HostSignal, NumberedSignal } from './contract.ts';

/** The spool's file in the data folder of an agent. */
export const SPOOL_FILE = 'agent.db';

/** How much a spool may hold. */
export interface SpoolRules {
  /** Of signals that wait. Verdicts, repairs and answers to orders are kept beyond it: they are few. */
  readonly maxBytes: number;
}

const SPOOL_RULES: SpoolRules = { maxBytes: 32_000_000 };

/** What is thinned first when there is too much; verdicts, repairs and answers to orders are not in it. */
const THINNED: readonly HostSignal['type'][] = ['process', 'change', 'findings', 'host-trouble'];
/** So many of a kind stay whatever happens: the last words about something. */
const KEPT_OF_A_KIND = 50;
/** Thinning goes below the bound by so much, so that it is not done for each signal anew. */
const THINNED_TO = 0.8;
/** Numbers are reserved on the disk ahead of their use: one that was given out is never given out again, whatever is lost. */
const RESERVED_AHEAD = 10_000;
/** While the disk takes nothing, so many signals are kept in memory. */
const MOST_UNSAVED = 5_000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS signals (seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS memory (key TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
`;

interface Waiting extends NumberedSignal {
  readonly text: string;
}

const open = (file: string): DatabaseSync => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const database = openForWriting(file);
  try {
    database.exec('PRAGMA cache_size = -512; PRAGMA journal_size_limit = 1048576');
    database.exec(SCHEMA);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
};

/** A broken spool must not keep an agent from watching: it is put aside, and a new one begun. */
const openAnew = (file: string, now: EpochMs, onBroken: (kept: string) => void): DatabaseSync => {
  try {
    return open(file);
  } catch (error) {
    if (failureOf(error).fault !== 'STORE_BROKEN') throw error;
    const aside = `${file}.broken-${now}`;
    for (const end of ['', '-wal', '-shm'])
      if (existsSync(`${file}${end}`)) renameSync(`${file}${end}`, `${aside}${end}`);
    onBroken(aside);
    return open(file);
  }
};

/**
 * What an agent has to tell and what it must remember, in a small SQLite file: a signal is on the disk when `put` returns, and leaves it when the brain
 * has said that it is durable there. Vitals are the exception: only the newest are kept, in memory.
 */
export class Spool {
  readonly #database: DatabaseSync;
  readonly #rules: SpoolRules;
  readonly #insert: StatementSync;
  #next: number;
  #reserved: number;
  #bytes: number;
  #vitals: Waiting | undefined;
  /** What the disk did not take; in order. */
  #unsaved: Waiting[] = [];

  /**
   * Opens the file, or makes it. `onBroken`: it could not be read, was put aside, and a new one is begun.
   * @throws Fault DATA_UNWRITABLE when the folder cannot be written.
   */
  constructor(file: string, now: EpochMs, onBroken: (kept: string) => void = () => undefined, rules = SPOOL_RULES) {
    this.#rules = rules;
    try {
      this.#database = openAnew(file, now, onBroken);
    } catch (cause) {
      throw new Fault('DATA_UNWRITABLE', `${file} cannot be written.`, 'Free space, or mend its rights.', { cause });
    }
    this.#insert = this.#database.prepare('INSERT OR IGNORE INTO signals (seq, kind, body) VALUES (?, ?, ?)');
    this.#bytes = numberOf(this.#database, 'SELECT coalesce(sum(length(body)), 0) FROM signals');
    const highest = numberOf(this.#database, 'SELECT coalesce(max(seq), 0) FROM signals');
    // A spool that begins anew counts from the moment on, above whatever one before it has counted to.
    this.#next = Math.max(this.recall<number>('reserved') ?? now, highest + 1);
    this.#reserved = this.#next;
  }

  /** Signals that wait, and their size. */
  get waiting(): { readonly signals: number; readonly bytes: number } {
    const saved = numberOf(this.#database, 'SELECT count(*) FROM signals');
    return { signals: saved + this.#unsaved.length + (this.#vitals === undefined ? 0 : 1), bytes: this.#bytes };
  }

  /** Takes a signal; it is durable on return, or, when the disk takes nothing, in memory. Gives its number. */
  put(signal: HostSignal): number {
    const seq = this.#next;
    this.#next += 1;
    const one: Waiting = { seq, signal, text: JSON.stringify(signal) };
    if (signal.type === 'vitals') {
      this.#vitals = one;
      if (this.#next > this.#reserved) this.#attempt([]);
      return seq;
    }
    if (!this.#attempt([...this.#unsaved, one])) this.#keepInMemory(one);
    if (this.#bytes > this.#rules.maxBytes) this.#thin();
    return seq;
  }

  /** The oldest signals that wait, in their order: at most so many, and about so many bytes, but one at least if there is any. */
  batch(most: number, mostBytes: number): readonly NumberedSignal[] {
    const saved = this.#database
      .prepare('SELECT seq, body FROM signals ORDER BY seq LIMIT ?')
      .all(most)
      .map((row) => ({ seq: Number(row['seq']), text: String(row['body']) }));
    const more = [...this.#unsaved, ...(this.#vitals === undefined ? [] : [this.#vitals])];
    const lastSaved = saved.at(-1)?.seq ?? 0;
    // What lies beyond a full page of the disk's signals waits for its turn: the order is the numbers'.
    const fitting = saved.length < most ? more : more.filter(({ seq }) => seq < lastSaved);
    const all = [...saved, ...fitting].toSorted((one, other) => one.seq - other.seq).slice(0, most);
    let bytes = 0;
    const taken = all.filter(({ text }, index) => {
      bytes += text.length;
      return index === 0 || bytes <= mostBytes;
    });
    return taken.map(({ seq, text }) => ({ seq, signal: JSON.parse(text) as HostSignal }));
  }

  /**
   * The brain has everything up to this number. A number that was never given out means that the brain knows this host by a spool that was lost: what waits is
   * numbered anew above it, since the brain drops what it takes for seen.
   */
  acked(seq: number): void {
    if (seq >= this.#next) return this.#renumber(seq);
    this.#unsaved = this.#unsaved.filter((one) => one.seq > seq);
    if (this.#vitals !== undefined && this.#vitals.seq <= seq) this.#vitals = undefined;
    const gone = this.#database.prepare('DELETE FROM signals WHERE seq <= ? RETURNING length(body) AS size').all(seq);
    for (const row of gone) this.#bytes -= Number(row['size']);
  }

  /** Remembers something over restarts; `undefined` forgets it. @throws what SQLite throws when the disk takes nothing. */
  remember(key: string, value: unknown): void {
    if (value === undefined) this.#database.prepare('DELETE FROM memory WHERE key = ?').run(key);
    else
      this.#database
        .prepare('INSERT INTO memory (key, body) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body')
        .run(key, JSON.stringify(value));
  }

  /** What was remembered; undefined when nothing was. */
  recall<T>(key: string): T | undefined {
    const row = this.#database.prepare('SELECT body FROM memory WHERE key = ?').get(key);
    return row === undefined ? undefined : (JSON.parse(String(row['body'])) as T);
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  /** Saves, with a new reservation of numbers when the last is used up. False when the disk takes nothing. */
  #attempt(signals: readonly Waiting[]): boolean {
    const reserve = this.#next > this.#reserved ? this.#next + RESERVED_AHEAD : this.#reserved;
    try {
      inTransaction(this.#database, 'BEGIN IMMEDIATE', () => {
        if (reserve !== this.#reserved) this.remember('reserved', reserve);
        for (const { seq, signal, text } of signals) this.#insert.run(seq, signal.type, text);
      });
    } catch (error) {
      if (failureOf(error).fault === undefined) throw error;
      return false;
    }
    this.#reserved = reserve;
    for (const { text } of signals) this.#bytes += text.length;
    this.#unsaved = [];
    return true;
  }

  #keepInMemory(one: Waiting): void {
    this.#unsaved.push(one);
    if (this.#unsaved.length <= MOST_UNSAVED) return;
    const noise = this.#unsaved.findIndex(({ signal }) => THINNED.includes(signal.type));
    this.#unsaved.splice(Math.max(0, noise), 1);
  }

  #thin(): void {
    const goal = this.#rules.maxBytes * THINNED_TO;
    const count = this.#database.prepare('SELECT count(*) AS n FROM signals WHERE kind = ?');
    const everySecond = this.#database.prepare(
      `DELETE FROM signals WHERE seq IN (
         SELECT seq FROM (SELECT seq, row_number() OVER (ORDER BY seq) AS place FROM signals WHERE kind = ?) WHERE place % 2 = 0
       ) RETURNING length(body) AS size`,
    );
    for (const kind of THINNED)
      while (this.#bytes > goal && Number(count.get(kind)?.['n']) > KEPT_OF_A_KIND)
        for (const row of everySecond.all(kind)) this.#bytes -= Number(row['size']);
  }

  #renumber(from: number): void {
    const saved = this.#database.prepare('SELECT seq, kind, body FROM signals ORDER BY seq').all();
    const delta = from + 1 - Math.min(Number(saved[0]?.['seq'] ?? this.#next), this.#unsaved[0]?.seq ?? this.#next);
    inTransaction(this.#database, 'BEGIN IMMEDIATE', () => {
      // In one step a new number could meet an old one that is still to be changed.
      this.#database.prepare('UPDATE signals SET seq = -(seq + ?)').run(delta);
      this.#database.exec('UPDATE signals SET seq = -seq');
      this.remember('reserved', this.#next + delta + RESERVED_AHEAD);
    });
    const moved = (one: Waiting): Waiting => ({ ...one, seq: one.seq + delta });
    this.#unsaved = this.#unsaved.map(moved);
    if (this.#vitals !== undefined) this.#vitals = moved(this.#vitals);
    this.#next += delta;
    this.#reserved = this.#next + RESERVED_AHEAD;
  }
}
