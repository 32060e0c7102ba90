import { chmodSync, copyFileSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Fault } from '#kernel/fault.ts';
import type { AskOptions } from './asking.ts';
import { KEY_FILE } from '#auth/secrets.ts';
import type { Define } from './command.ts';
import { confirmed } from './confirm.ts';
import { dataFolder } from './data-folder.ts';
import type { Terminal } from './terminal.ts';

interface Options extends AskOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Reads the backup through, on a copy, so that the backup itself is not touched. */
const verified = async (backup: string): Promise<string> => {
  if (!existsSync(backup)) throw new Fault('NOT_FOUND', `There is no file ${backup}.`);
  const { verifyBackup } = await import('#store/sqlite/backup.ts');
  const folder = mkdtempSync(join(tmpdir(), 'dozor-restore-'));
  try {
    copyFileSync(backup, join(folder, 'copy'));
    return verifyBackup(join(folder, 'copy'), backup).counts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const placeKey = (backup: string, folder: string): boolean => {
  const key = join(folder, KEY_FILE);
  if (!existsSync(`${backup}.key`)) return false;
  if (existsSync(key)) renameSync(key, `${key}.before-restore`);
  copyFileSync(`${backup}.key`, key);
  chmodSync(key, 0o600);
  return true;
};

const doneText = ({ file, kept, key }: { file: string; kept?: string; key: boolean }): string =>
  `${file} is in place${key ? ', with its key' : ''}.${kept === undefined ? '' : ` What was there: ${kept}`}\nStart it: dozor up\n`;

const restore = async (name: string, options: Options, terminal: Terminal): Promise<void> => {
  const backup = resolve(terminal.cwd, name);
  const folder = dataFolder(options.data, terminal);
  const counts = await verified(backup);
  if (options.json !== true) terminal.out(`${backup} is whole: ${counts}\n`);
  if (options.dryRun === true) return terminal.out(`Would put it in place in ${folder}.\n`);
  const question = `Put it in place in ${folder}? A store that is there is kept beside it.`;
  if (!(await confirmed(question, options.yes === true, terminal))) return terminal.out('Nothing was changed.\n');
  const { restoreStore } = await import('#store/sqlite/restore.ts');
  const done = { ...restoreStore({ from: backup, dir: folder, force: true }), key: placeKey(backup, folder) };
  terminal.out(options.json === true ? `${JSON.stringify(done)}\n` : doneText(done));
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
