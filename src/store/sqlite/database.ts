import { closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** SQLite waits so long for a lock of another connection of this process before it gives up. */
const BUSY_MS = 5_000;

/**
 * Opens the store's file for the writer: every commit is on the disk before it is reported (WAL, synchronous=FULL), and freed pages can be
 * given back to the file system. A new file is its owner's alone to read.
 */
export const openForWriting = (file: string): DatabaseSync => {
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
  const database = new DatabaseSync(file, { timeout: BUSY_MS });
  try {
    database.exec(
      'PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -2048; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 4194304',
    );
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
};

/** Opens the store's file for reading beside the writer. */
export const openForReading = (file: string): DatabaseSync => {
  const database = new DatabaseSync(file, { timeout: BUSY_MS });
  database.exec('PRAGMA query_only = ON; PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY');
  return database;
};

/** Runs `work` in one transaction: all of it stays or, when it throws, nothing. */
export const inTransaction = <T>(database: DatabaseSync, begin: 'BEGIN' | 'BEGIN IMMEDIATE', work: () => T): T => {
  database.exec(begin);
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
};

/** Reads one whole number that a pragma or a count answers with. */
export const numberOf = (database: DatabaseSync, sql: string): number => {
  const row = database.prepare(sql).get();
  return Number(row === undefined ? 0 : Object.values(row)[0]);
};
