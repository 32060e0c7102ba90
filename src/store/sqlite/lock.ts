import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Fault } from '../../kernel/fault.ts';
import { isBusy, isFull, isUnwritable } from './failure.ts';

/** Exclusive use of a data folder, until released or until the process is gone. */
export interface FolderLock {
  release(): void;
}

const unwritable = (dir: string, cause: unknown): Fault =>
  new Fault(
    'DATA_UNWRITABLE',
    `the data folder ${dir} cannot be written (${cause instanceof Error ? cause.message : String(cause)})`,
    'Name another folder with --data, or give the user who runs Dozor the right to write there.',
    { cause },
  );

/** Level by level: Node's own `recursive` never ends where the system answers ENOENT to every try, as under /proc. */
const makeFolder = (dir: string): void => {
  const parent = dirname(dir);
  if (existsSync(dir) || parent === dir) return;
  makeFolder(parent);
  try {
    mkdirSync(dir, { mode: 0o700 });
  } catch (error) {
    if (!existsSync(dir)) throw error;
  }
};

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

const readPid = (file: string): string => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (error instanceof Error) return '';
    throw error;
  }
};

const inUse = (dir: string): Fault => {
  const pid = readPid(join(dir, 'lock.pid'));
  const who = /^\d+$/.test(pid) ? ` (process ${pid})` : '';
  return new Fault(
    'DATA_IN_USE',
    `another Dozor${who} already works on the data folder ${dir}`,
    'Stop it first, or name another folder with --data.',
  );
};

/** For people only: the lock itself is what counts, so a full disk may lose the number. */
const notePid = (dir: string): void => {
  try {
    writeFileSync(join(dir, 'lock.pid'), `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    if (!isFull(error)) throw error;
  }
};

/**
 * Makes the folder if need be and takes it for this process alone: by the system's lock on `lock.db`, held through an open exclusive
 * transaction, which the system drops even when the process is killed. Nobody may open `lock.db` by other means: closing any
 * descriptor of it would drop the lock (fcntl).
 * @throws Fault DATA_IN_USE (names the process), DATA_UNWRITABLE.
 */
export const lockFolder = (dir: string): FolderLock => {
  let database: DatabaseSync | undefined;
  try {
    makeFolder(dir);
    database = new DatabaseSync(join(dir, 'lock.db'), { timeout: 0 });
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    notePid(dir);
  } catch (error) {
    database?.close();
    if (isBusy(error)) throw inUse(dir);
    if (isUnwritable(error) || isMissing(error)) throw unwritable(dir, error);
    throw error;
  }
  const held = database;
  return {
    release: () => {
      if (held.isOpen) held.close();
    },
  };
};
