import { chmodSync, copyFileSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Fault } from '#kernel/fault.ts';
import type { AskOptions } from './asking.ts';
import { KEY_FILE } from './backup.ts';
import type { Define } from './command.ts';
import { confirmed } from './confirm.ts';
import { dataFolder } from './data-folder.ts';
import type { Terminal } from './terminal.ts';

interface Options extends AskOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Which files take which place; what was there is kept beside them. */
interface Places {
  readonly backup: string;
  readonly folder: string;
  readonly store: string;
  /** The end of the names under which the files of before are kept. */
  readonly kept: string;
}

const placesOf = async (name: string, options: Options, terminal: Terminal): Promise<Places> => {
  const backup = resolve(terminal.cwd, name);
  if (!existsSync(backup)) throw new Fault('NOT_FOUND', `There is no file ${backup}.`);
  const folder = dataFolder(options.data, terminal);
  const { STORE_FILE } = await import('#store/sqlite/open.ts');
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-');
  return { backup, folder, store: join(folder, STORE_FILE), kept: `.before-${stamp}` };
};

/** Reads the backup through, on a copy, so that the backup itself is not touched. */
const verified = async (backup: string): Promise<string> => {
  const { verifyBackup } = await import('#store/sqlite/backup.ts');
  const folder = mkdtempSync(join(tmpdir(), 'dozor-restore-'));
  try {
    copyFileSync(backup, join(folder, 'copy'));
    return verifyBackup(join(folder, 'copy'), backup).counts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const keepAside = (store: string, kept: string): void => {
  for (const end of ['', '-wal', '-shm']) if (existsSync(store + end)) renameSync(store + end, store + kept + end);
};

const placeKey = ({ backup, folder, kept }: Places): boolean => {
  const key = join(folder, KEY_FILE);
  if (!existsSync(`${backup}.key`)) return false;
  if (existsSync(key)) renameSync(key, key + kept);
  copyFileSync(`${backup}.key`, key);
  chmodSync(key, 0o600);
  return true;
};

const place = async (places: Places): Promise<boolean> => {
  const { lockFolder } = await import('#store/sqlite/lock.ts');
  const { settle } = await import('#store/sqlite/backup.ts');
  const lock = lockFolder(places.folder);
  try {
    const part = `${places.store}.part`;
    copyFileSync(places.backup, part);
    chmodSync(part, 0o600);
    keepAside(places.store, places.kept);
    settle(part, places.store);
    return placeKey(places);
  } finally {
    lock.release();
  }
};

const restore = async (name: string, options: Options, terminal: Terminal): Promise<void> => {
  const places = await placesOf(name, options, terminal);
  const counts = await verified(places.backup);
  if (options.json !== true) terminal.out(`${places.backup} is whole: ${counts}\n`);
  if (options.dryRun === true) return terminal.out(`Would put it in place as ${places.store}.\n`);
  const question = `Put it in place as ${places.store}? What is there is kept as ${places.store}${places.kept}.`;
  if (!(await confirmed(question, options.yes === true, terminal))) return terminal.out('Nothing was changed.\n');
  const withKey = await place(places);
  const done = {
    store: places.store,
    kept: existsSync(places.store + places.kept) ? places.store + places.kept : undefined,
    key: withKey,
  };
  terminal.out(
    options.json === true
      ? `${JSON.stringify(done)}\n`
      : `${places.store} is in place${withKey ? ', with its key' : ''}. ${done.kept === undefined ? '' : `What was there: ${done.kept}. `}Start it: dozor up\n`,
  );
};

/** `dozor restore`: puts a backup in place while no brain runs. */
export const define: Define = (command, { terminal }) => {
  command
    .description(
      'Puts a backup in place of the store, while no brain works on it. The backup is read through first; what is there is kept aside.',
    )
    .argument('<file>', 'the backup; FILE.key beside it is put in place as well')
    .option('--dry-run', 'read it through, change nothing')
    .option('-y, --yes', 'do not ask')
    .option('-d, --data <dir>', 'the data folder (DOZOR_DATA; .dozor here)')
    .option('--json', 'for programs')
    .action(async (name: string, options: Options) => restore(name, options, terminal));
};
