import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Fault } from '../../kernel/fault.ts';
import { numberOf, openForWriting } from './database.ts';
import { failureOf, isFull, isUnwritable } from './failure.ts';
import { inspect, migrate } from './migrate.ts';
import { STATEMENTS } from './ops.ts';
import { freeBytesOf, Reserve } from './reserve.ts';
import { MIGRATIONS } from './schema.ts';
import type { Committed, Op, Room, WriterReady, WriterSettings } from './wire.ts';

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** The writer's connection; opened again by itself after the disk failed under it. */
export class WriterDatabase {
  readonly #settings: WriterSettings;
  readonly #file: string;
  readonly #reserve: Reserve;
  #yielding = false;
  #open: DatabaseSync | undefined;
  readonly #statements = new Map<string, StatementSync>();

  constructor(settings: WriterSettings) {
    this.#settings = settings;
    this.#file = settings.file;
    this.#reserve = new Reserve(join(settings.dir, 'reserve'), settings.reserveBytes);
  }

  /** Opens (and brings to the newest format) when it is not open. @throws Fault STORE_BROKEN, STORE_NEWER; SQLite's errors. */
  get connection(): DatabaseSync {
    if (this.#open !== undefined) return this.#open;
    const database = openForWriting(this.#file);
    try {
      inspect(database, this.#file, MIGRATIONS.length);
      migrate(database, this.#file, MIGRATIONS);
    } catch (error) {
      database.close();
      throw error;
    }
    this.#open = database;
    return database;
  }

  /** What the engine's side needs for packing. */
  ready(): WriterReady {
    const database = this.#openFirst();
    const addresses = database
      .prepare('SELECT id, body FROM addresses ORDER BY id')
      .all()
      .map((row): readonly [number, string] => [Number(row['id']), String(row['body'])]);
    return {
      addresses,
      nextAddress: numberOf(database, 'SELECT coalesce(max(id), 0) + 1 FROM addresses'),
      nextNote: numberOf(database, 'SELECT coalesce(max(id), 0) + 1 FROM notes'),
      ...this.room(),
    };
  }

  /**
   * Commits the batch; durable when it returns. When the disk is full the reserve is given up for it.
   * @throws when nothing of it stays.
   */
  commit(journal: Uint8Array | undefined, ops: readonly Op[]): Committed {
    const start = performance.now();
    try {
      this.#save(journal, ops);
    } catch (error) {
      if (!isFull(error) || !this.#reserve.release()) throw error;
      this.#yielding = true;
      this.#save(journal, ops);
    }
    return { tookMs: performance.now() - start, yielding: this.#yielding };
  }

  /** Looks at the disk: takes the reserve again when there is space, and yields while there is too little. */
  room(): Room {
    const free = freeBytesOf(this.#settings.dir) ?? Number.MAX_SAFE_INTEGER;
    const held = this.#reserve.held || (free >= 2 * this.#settings.reserveBytes && this.#reserve.take());
    this.#yielding = !held || free < this.#settings.keepFreeBytes;
    return { bytes: this.bytes(), freeBytes: free, yielding: this.#yielding };
  }

  #save(journal: Uint8Array | undefined, ops: readonly Op[]): void {
    this.transaction((database) => {
      if (journal !== undefined) this.#statement(database, 'journal').run(journal);
      for (const [name, ...values] of ops) this.#statement(database, name).run(...values);
    });
  }

  /** Runs `work` in a transaction of its own; after a failure of the disk the file is opened anew the next time. */
  transaction<T>(work: (database: DatabaseSync) => T): T {
    try {
      const database = this.connection;
      this.#statement(database, 'begin').run();
      const result = work(database);
      this.#statement(database, 'commit').run();
      return result;
    } catch (error) {
      if (this.#open?.isTransaction === true) this.#open.exec('ROLLBACK');
      const { fault, full } = failureOf(error);
      if (fault === 'STORE_UNAVAILABLE' && !full) this.#forget();
      throw error;
    }
  }

  /** The store's size on disk: the file and its log. */
  bytes(): number {
    return sizeOf(this.#file) + sizeOf(`${this.#file}-wal`);
  }

  /** Empties the log into the file, unless somebody reads just now. */
  emptyLog(): void {
    this.connection.exec('PRAGMA busy_timeout = 0');
    try {
      this.connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } finally {
      this.connection.exec('PRAGMA busy_timeout = 5000');
    }
  }

  close(): void {
    this.#open?.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    this.#forget();
  }

  #openFirst(): DatabaseSync {
    try {
      return this.connection;
    } catch (error) {
      // A start on a full disk needs a little room, too: a watch that does not start sees nothing.
      if (isFull(error) && this.#reserve.release()) return this.connection;
      if (!isUnwritable(error)) throw error;
      throw new Fault(
        'DATA_UNWRITABLE',
        `${this.#file} cannot be written (${error instanceof Error ? error.message : String(error)})`,
        'Give the user who runs Dozor the right to write the file and its folder, or name another folder with --data.',
      );
    }
  }

  #statement(database: DatabaseSync, name: string): StatementSync {
    let statement = this.#statements.get(name);
    if (statement === undefined) {
      const sql = STATEMENTS[name];
      if (sql === undefined) throw new Error(`no statement ${name}`);
      statement = database.prepare(sql);
      this.#statements.set(name, statement);
    }
    return statement;
  }

  #forget(): void {
    this.#statements.clear();
    const database = this.#open;
    this.#open = undefined;
    if (database?.isOpen === true) database.close();
  }
}
