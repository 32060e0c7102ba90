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
import { joinAgent } from './join-agent.ts';
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

const MAX_CODE = 4_000;

/** The code itself, or from standard input for `-`: the arguments of a process are for everybody on the machine to read. */
const codeOf = async (word: string): Promise<string> => {
  if (word !== '-') return word;
  let text = '';
  for await (const part of process.stdin.setEncoding('utf8') as AsyncIterable<string>) {
    text += part;
    if (text.length > MAX_CODE) break;
  }
  return text.trim();
};

const join = async (word: string, options: Options, terminal: Terminal): Promise<void> => {
  const code = await codeOf(word);
  const unpacked = unpackCode(code);
  if (unpacked.role === 'agent') return joinAgent(code, unpacked, options, terminal);
  const dir = folderFor(options, terminal);
  const { addresses } = unpacked;
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

/** `dozor join`: makes this machine a witness of a Dozor elsewhere, or the agent of one of its hosts; the code says which. */
export const define: Define = (command, { terminal }) => {
  command
    .description(
      'Connects this machine to a Dozor elsewhere by its code: as a witness, which notices when that one is silent, or as the\nagent of a host, which knows its processes. The code says which.',
    )
    .argument(
      '<code>',
      'what `dozor watchers code NAME` or `dozor hosts code NAME` printed there; good once, for 30 minutes (-: from standard input)',
    )
    .option(
      '-d, --data <dir>',
      'where the key is kept (DOZOR_DATA; .dozor-witness, or .dozor when a brain lives there; an agent: .dozor-agent/data)',
    )
    .option('--name <name>', 'what this witness calls itself in its own messages')
    .option('--dry-run', 'say what would be done, do nothing')
    .option('-y, --yes', 'do not ask before another brain is watched instead')
    .option('--json', 'for programs')
    .addHelpText('after', '\nThen: dozor witness (docs/watchers.md), or dozor agent (docs/agent.md).')
    .action(async (code: string, options: Options) => join(code, options, terminal));
};
