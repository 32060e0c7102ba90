import { chmodSync, copyFileSync, existsSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { KEY_FILE } from '#auth/secrets.ts';
import { Fault } from '#kernel/fault.ts';
import type { AskOptions } from './asking.ts';
import type { Define } from './command.ts';
import { brainSocket } from './data-folder.ts';
import type { Terminal } from './terminal.ts';

interface Options extends AskOptions {
  readonly withKey?: boolean;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

const sourceOf = async (options: Options, terminal: Terminal): Promise<{ folder: string; store: string }> => {
  const folder = dirname(brainSocket(options.data, terminal));
  const { STORE_FILE } = await import('#store/sqlite/open.ts');
  const store = join(folder, STORE_FILE);
  if (!existsSync(store))
    throw new Fault(
      'NOT_FOUND',
      `There is no store at ${store}.`,
      'A backup is made on the machine of the brain; name its data folder with --data DIR.',
    );
  return { folder, store };
};

/** What is copied where; `key` only when it is asked for. */
interface Copies {
  readonly store: string;
  readonly file: string;
  readonly key: string | undefined;
}

const copiesOf = async (name: string, options: Options, terminal: Terminal): Promise<Copies> => {
  const { folder, store } = await sourceOf(options, terminal);
  const file = resolve(terminal.cwd, name);
  const key = options.withKey === true ? join(folder, KEY_FILE) : undefined;
  if (existsSync(file) && options.force !== true)
    throw new Fault('CONFLICT', `${file} is there already.`, 'Name another file, or replace it with --force.');
  if (key !== undefined && !existsSync(key)) throw new Fault('NOT_FOUND', `There is no key at ${key}.`);
  return { store, file, key };
};

const doneText = ({ file, key }: Copies, bytes: number): string => {
  const about =
    key === undefined
      ? 'The key of its secrets is not in it (--with-key): without secret.key, secrets must be entered anew.'
      : `The key: ${file}.key. Keep it apart from the backup.`;
  return `${file}: ${(bytes / 1_000_000).toFixed(1)} MB, read through and counted.\n${about}\n`;
};

const backup = async (name: string, options: Options, terminal: Terminal): Promise<void> => {
  const copies = await copiesOf(name, options, terminal);
  const { store, file, key } = copies;
  if (options.dryRun === true) return terminal.out(`Would copy ${store} to ${file}.\n`);
  const { backupTo } = await import('#store/sqlite/backup.ts');
  // Not for a moment may others read what is being written.
  process.umask(0o077);
  const { bytes } = await backupTo(store, file);
  chmodSync(file, 0o600);
  if (key !== undefined) {
    rmSync(`${file}.key`, { force: true });
    copyFileSync(key, `${file}.key`);
    chmodSync(`${file}.key`, 0o600);
  }
  const made = { file, bytes, ...(key === undefined ? {} : { key: `${file}.key` }) };
  terminal.out(options.json === true ? `${JSON.stringify(made)}\n` : doneText(copies, bytes));
};

/** `dozor backup`: an online copy, verified before it takes its name. */
export const define: Define = (command, { terminal }) => {
  command
    .description(
      'Copies the store of the brain on this machine while it is in use; the copy is verified before it takes its name.',
    )
    .argument('<file>', 'where to')
    .option('--with-key', 'the key of the secrets as well, as FILE.key')
    .option('--force', 'replace a file that is there')
    .option('--dry-run', 'say what would be done, do nothing')
    .option('-d, --data <dir>', 'the data folder (DOZOR_DATA)')
    .option('--json', 'for programs')
    .addHelpText('after', '\nExample:\n  dozor backup /srv/backups/dozor-$(date +%F).db')
    .action(async (name: string, options: Options) => backup(name, options, terminal));
};
