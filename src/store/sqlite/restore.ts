import { copyFileSync, existsSync, linkSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Fault } from '../../kernel/fault.ts';
import { removeDatabase, settle, verifyBackup } from './backup.ts';
import { openForWriting } from './database.ts';
import { errorOf, failureOf } from './failure.ts';
import { lockFolder } from './lock.ts';
import { STORE_FILE } from './open.ts';

/** What was done: the store's file, and under which name the one before it is kept. */
export interface Restored {
  readonly file: string;
  readonly kept?: string;
}

/**
 * Puts a backup in the place of the store's file. The backup is copied and read through before anything is touched; the file that was there
 * stays beside it as `dozor.db.before-restore-N`.
 * @throws Fault BACKUP_INVALID, DATA_IN_USE, DATA_UNWRITABLE, STORE_UNAVAILABLE (no room), CONFLICT when there is a store already and
 *   `force` is not set. In all these cases the store is as it was.
 */
export const restoreStore = (order: {
  readonly from: string;
  readonly dir: string;
  readonly force?: boolean;
}): Restored => {
  const dir = resolve(order.dir);
  const file = join(dir, STORE_FILE);
  const from = resolve(order.from);
  const lock = lockFolder(dir);
  const copy = `${file}.restoring`;
  try {
    if (existsSync(file) && order.force !== true)
      throw new Fault(
        'CONFLICT',
        `there is a store already: ${file}`,
        'Say --force to put the backup in its place; the old file is kept beside it.',
      );
    copyWhole(from, copy);
    verifyBackup(copy, from);
    const kept = putAside(file);
    settle(copy, file);
    return { file, ...(kept === undefined ? {} : { kept }) };
  } finally {
    removeDatabase(copy);
    lock.release();
  }
};

const copyWhole = (from: string, copy: string): void => {
  if (!existsSync(from))
    throw new Fault(
      'BACKUP_INVALID',
      `${from} is no usable backup: there is no such file`,
      'Nothing was changed. Name the backup file.',
    );
  try {
    removeDatabase(copy);
    copyFileSync(from, copy);
  } catch (error) {
    const failure = failureOf(error);
    if (failure.full) throw errorOf(failure);
    throw new Fault(
      'BACKUP_INVALID',
      `${from} cannot be read: ${failure.message}`,
      'Nothing was changed. Name a readable backup file.',
      { cause: error },
    );
  }
};

/**
 * Gives the old file a second name; its first one is taken over in one step afterwards, so that there is a store at every moment. A log of it
 * must never meet the new file, so it is emptied, or moved along when the file is too broken for that.
 */
const putAside = (file: string): string | undefined => {
  if (!existsSync(file)) return undefined;
  let number = 1;
  while (existsSync(`${file}.before-restore-${number}`)) number += 1;
  const kept = `${file}.before-restore-${number}`;
  emptyLog(file);
  linkSync(file, kept);
  for (const end of ['-wal', '-shm']) if (existsSync(`${file}${end}`)) renameSync(`${file}${end}`, `${kept}${end}`);
  return kept;
};

const emptyLog = (file: string): void => {
  try {
    openForWriting(file).close();
  } catch (error) {
    // A broken file is what people restore over; it is kept as it is, log and all.
    if (failureOf(error).fault === undefined) throw error;
  }
};
