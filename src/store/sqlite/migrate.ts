import { copyFileSync, existsSync, rmSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { Fault } from '../../kernel/fault.ts';
import { inTransaction, numberOf } from './database.ts';
import { brokenFault } from './failure.ts';
import { APPLICATION_ID } from './schema.ts';

/** Larger files are not read through at the start: it would keep the watch from beginning. */
const CHECKED_AT_START = 64 * 1024 * 1024;

/**
 * Refuses a file that is not Dozor's, is broken or comes from a newer Dozor. A small file is checked through.
 * @throws Fault STORE_BROKEN, STORE_NEWER.
 */
export const inspect = (database: DatabaseSync, file: string, known: number): void => {
  const version = numberOf(database, 'PRAGMA user_version');
  const application = numberOf(database, 'PRAGMA application_id');
  const tables = numberOf(database, 'SELECT count(*) FROM sqlite_schema');
  if (tables > 0 && application !== APPLICATION_ID) throw brokenFault(file, 'it is a database, but not one of Dozor');
  if (version > known)
    throw new Fault(
      'STORE_NEWER',
      `${file} was written by a newer Dozor (its format is ${version}, this one knows ${known})`,
      'Install that Dozor again, or restore a backup that this one has made.',
    );
  if (tables === 0 || statSync(file).size > CHECKED_AT_START) return;
  const found = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {})[0];
  if (found !== 'ok') throw brokenFault(file, String(found));
};

const copyBefore = (database: DatabaseSync, file: string, version: number): void => {
  const copy = `${file}.before-format-${version + 1}`;
  if (existsSync(copy)) rmSync(copy);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  copyFileSync(file, copy);
};

/**
 * Brings the file to the newest format: forward only, a transaction a step, after a copy of an existing file was put beside it as
 * `dozor.db.before-format-N`.
 */
export const migrate = (database: DatabaseSync, file: string, steps: readonly string[]): void => {
  const version = numberOf(database, 'PRAGMA user_version');
  if (version > 0 && version < steps.length) copyBefore(database, file, version);
  for (const [index, step] of steps.entries()) {
    if (index < version) continue;
    inTransaction(database, 'BEGIN IMMEDIATE', () => {
      database.exec(`${step}; PRAGMA user_version = ${index + 1}; PRAGMA application_id = ${APPLICATION_ID}`);
    });
  }
};
