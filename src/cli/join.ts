import { join as path, resolve } from 'node:path';
import { fingerprintOf, TLS_CERTIFICATE_FILE } from '#auth/certificate.ts';
import { readIfThere } from '#auth/file-once.ts';
import { readEnvironment } from '#config/environment.ts';
import { Fault } from '#kernel/fault.ts';
import { unpackCode } from '#witness/code.ts';
import { FILES, readFileOf, writeFileOf, type Membership } from '#witness/files.ts';
import { joinBrain } from '#witness/join.ts';
import { show } from './asking.ts';
import type { Define } from './command.ts';
import { confirmed } from './confirm.ts';
import type { Terminal } from './terminal.ts';
import { VERSION } from './version-number.ts';
import { isBrainFolder, witnessFolder } from './witness-folder.ts';

interface Options {
  readonly data?: string;
  readonly name?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

/** The brain's own folder when one lives there: two brains that have joined each other watch each other. */
const folderFor = (options: Options, terminal: Terminal): string => {
  const named = options.data ?? readEnvironment(terminal.env).data;
  if (named !== undefined) return resolve(terminal.cwd, named);
  const brain = resolve(terminal.cwd, '.dozor');
  return isBrainFolder(brain) ? brain : witnessFolder(undefined, terminal);
};

const refuseItself = (code: string, dir: string): void => {
  const own = readIfThere(path(dir, TLS_CERTIFICATE_FILE));
  if (own !== undefined && fingerprintOf(own) === unpackCode(code).fingerprint)
    throw new Fault('JOIN_REFUSED', 'The code is of this Dozor itself.', 'A witness has to run on another machine.');
};

const mayReplace = async (dir: string, options: Options, terminal: Terminal): Promise<boolean> => {
  const before = readFileOf<Membership>(dir, 'membership');
  if (before === undefined) return true;
  return confirmed(
    `${path(dir, FILES.membership)} watches ${before.brain} already. Watch another brain instead?`,
    options.yes === true,
    terminal,
  );
};

const done = (membership: Membership, dir: string, inBrain: boolean): string =>
  [
    `Joined: this machine is ${membership.name}, a witness of Dozor on ${membership.brain} (${membership.addresses[0] ?? ''}).`,
    `The key stands in ${path(dir, FILES.membership)}.`,
    inBrain
      ? 'The brain that lives there watches it from now on (within 10 s when it runs), and tells by its own channels.'
      : `Now start it: dozor witness --data ${dir}     (at boot: sudo dozor install --witness)`,
    '',
  ].join('\n');

const join = async (code: string, options: Options, terminal: Terminal): Promise<void> => {
  const dir = folderFor(options, terminal);
  const { addresses } = unpackCode(code);
  refuseItself(code, dir);
  if (options.dryRun === true)
    return show(
      { dryRun: true, addresses, data: dir },
      options,
      terminal,
      () => `Would join the Dozor at ${addresses.join(' or ')} and keep the key in ${dir}.\n`,
    );
  if (!(await mayReplace(dir, options, terminal))) return terminal.out('Nothing was changed.\n');
  const { membership: given } = await joinBrain(code, VERSION);
  const membership = options.name === undefined ? given : { ...given, name: options.name };
  writeFileOf(dir, 'membership', membership, true);
  const { key: _key, ...shown } = membership;
  show({ ...shown, data: dir }, options, terminal, () => done(membership, dir, isBrainFolder(dir)));
};

/** `dozor join`: makes this machine a witness of a Dozor elsewhere. */
export const define: Define = (command, { terminal }) => {
  command
    .description('Connects this machine to a Dozor elsewhere by its code, so that it notices when that one is silent.')
    .argument('<code>', 'what `dozor watchers code NAME` printed there; good once, for 30 minutes')
    .option(
      '-d, --data <dir>',
      'where the key is kept (DOZOR_DATA; .dozor-witness, or .dozor when a brain lives there)',
    )
    .option('--name <name>', 'what this witness calls itself in its own messages')
    .option('--dry-run', 'say what would be done, do nothing')
    .option('-y, --yes', 'do not ask before another brain is watched instead')
    .option('--json', 'for programs')
    .addHelpText('after', '\nThen: dozor witness. How it all fits together: docs/watchers.md')
    .action(async (code: string, options: Options) => join(code, options, terminal));
};
