import { chmodSync, closeSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { Fault } from '../../kernel/fault.ts';
import { numberOf, openForReading } from './database.ts';
import { failureOf } from './failure.ts';
import { APPLICATION_ID, MIGRATIONS } from './schema.ts';

const COUNTED = [
  'resources',
  'states',
  'journal',
  'blocks',
  'minutes',
  'hours',
  'days',
  'incidents',
  'deliveries',
  'spans',
];
const PAGES_AT_ONCE = 512;

const countsOf = (database: DatabaseSync): string =>
  COUNTED.map((table) => `${table} ${numberOf(database, `SELECT count(*) FROM ${table}`)}`).join(', ');

const sync = (path: string): void => {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};

/** Removes a database file and what SQLite keeps beside it. */
export const removeDatabase = (file: string): void => {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${end}`, { force: true });
};

/** Puts a file that is ready under its name, readable by its owner alone, so that a power cut leaves either the old or the new one. */
export const settle = (ready: string, file: string): void => {
  chmodSync(ready, 0o600);
  sync(ready);
  renameSync(ready, file);
  sync(dirname(file));
};

/**
 * Reads a database file through and says whether it is a whole store that this Dozor can use.
 * @throws Fault BACKUP_INVALID with what is wrong.
 */
export const verifyBackup = (file: string, name: string): { readonly counts: string } => {
  const invalid = (what: string): Fault =>
    new Fault('BACKUP_INVALID', `${name} is no usable backup: ${what}`, 'Nothing was changed. Try another backup.');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    database.exec('PRAGMA journal_mode = DELETE');
    if (numberOf(database, 'PRAGMA application_id') !== APPLICATION_ID) throw invalid('it was not made by Dozor');
    const version = numberOf(database, 'PRAGMA user_version');
    if (version > MIGRATIONS.length)
      throw invalid(`a newer Dozor made it (format ${version}, this one knows ${MIGRATIONS.length})`);
    const found = Object.values(database.prepare('PRAGMA integrity_check(1)').get() ?? {})[0];
    if (found !== 'ok') throw invalid(String(found));
    return { counts: countsOf(database) };
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw invalid(failureOf(error).message);
  } finally {
    if (database?.isOpen === true) database.close();
  }
};

/** Copies the store while it is being written to; the copy takes its name only after it was read through and its rows were counted. */
export const backupTo = async (source: string, file: string): Promise<{ readonly bytes: number }> => {
  const part = `${file}.part-${process.pid}`;
  const database = openForReading(source);
  try {
    database.exec('BEGIN');
    const counts = countsOf(database);
    await backup(database, part, { rate: PAGES_AT_ONCE });
    const copied = verifyBackup(part, file);
    if (copied.counts !== counts)
      throw new Fault(
        'STORE_UNAVAILABLE',
        `the copy differs from the store (${copied.counts}, not ${counts})`,
        'Try again.',
      );
    settle(part, file);
    return { bytes: statSync(file).size };
  } finally {
    removeDatabase(part);
    database.close();
  }
};
