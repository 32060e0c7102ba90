import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readEnvironment, secretsFrom } from '#config/environment.ts';
import { WITNESS_RULES } from '#config/witness-rules.ts';
import { systemClock } from '#engine/system-clock.ts';
import { Fault } from '#kernel/fault.ts';
import { createResolver } from '#network/resolver.ts';
import { readFileOf, type Membership } from '#witness/files.ts';
import { helperHere } from '#witness/helper.ts';
import { becomeLean } from '#witness/lean.ts';
import { pairChannel } from '#witness/pair.ts';
import { isUnpaired, keepGood, readPeople, readPeopleStill, type People } from '#witness/people.ts';
import { Sentry } from '#witness/sentry.ts';
import { show } from './asking.ts';
import type { Define } from './command.ts';
import { lasted } from './moment.ts';
import type { Terminal } from './terminal.ts';
import { VERSION } from './version-number.ts';
import { isBrainFolder, witnessFolder } from './witness-folder.ts';

interface Options {
  readonly config?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** A witness about to begin. */
interface Ready {
  readonly dir: string;
  readonly file: string | undefined;
  readonly membership: Membership;
  readonly people: People;
}

const fileOf = (options: Options, dir: string, terminal: Terminal): string | undefined => {
  const named = options.config ?? readEnvironment(terminal.env).config;
  if (named !== undefined) return resolve(terminal.cwd, named);
  return [resolve(terminal.cwd, 'witness.yaml'), join(dir, 'witness.yaml')].find((file) => existsSync(file));
};

const prepare = async (options: Options, terminal: Terminal): Promise<Ready> => {
  const dir = witnessFolder(options.data, terminal);
  const membership = readFileOf<Membership>(dir, 'membership');
  if (membership === undefined)
    throw new Fault(
      'NOT_FOUND',
      `${dir} has joined no Dozor.`,
      'There: dozor watchers code NAME. Here: dozor join CODE (with the same --data DIR).',
    );
  if (isBrainFolder(dir))
    throw new Fault(
      'CONFLICT',
      `${dir} belongs to a brain, which is a witness itself: \`dozor up\` watches ${membership.brain}.`,
      'For a witness of its own join with another --data DIR.',
    );
  const file = fileOf(options, dir, terminal);
  const people = await readPeople(file, secretsFrom(terminal.env), dir);
  if (file !== undefined) keepGood(file, dir);
  return { dir, file, membership, people };
};

const report = ({ membership, people, dir }: Ready, options: Options, terminal: Terminal): void => {
  const { brain, name, addresses } = membership;
  const channels = people.channels.map((channel) => channel.name);
  const silentAfter = lasted((people.settings.witness ?? WITNESS_RULES).silentAfterMs);
  show(
    { brain, name, addresses, channels, data: dir },
    options,
    terminal,
    () =>
      `${name} watches Dozor on ${brain} (${addresses.join(', ')}).\n` +
      `Tells by: ${channels.join(', ')}, loudly, once it has been silent for ${silentAfter}.\n`,
  );
};

const lineOut = (terminal: Terminal) => (line: string) => terminal.out(`${new Date().toISOString()} ${line}\n`);

/** Watches in this process while people are asked to write to their bots; resolves when nobody is waited for any more. */
const watchWhilePairing = async (ready: Ready, unpaired: People['channels'], terminal: Terminal): Promise<boolean> => {
  const { dir, file, membership, people } = ready;
  const say = lineOut(terminal);
  const rules = people.settings.witness ?? WITNESS_RULES;
  const resolver = createResolver({ clock: systemClock, servers: people.settings.network.resolvers });
  const secrets = secretsFrom(terminal.env);
  const helper = helperHere({
    dir,
    clock: systemClock,
    resolver,
    rules,
    people: () => readPeopleStill(file, secrets, dir),
  });
  const sentry = new Sentry({ clock: systemClock, dir, membership, rules, helper, version: VERSION, say });
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  sentry.start();
  const { locale } = people.settings;
  const more = { dir, locale, resolver, now: () => systemClock.now(), signal: stopping.signal, say };
  await Promise.all(unpaired.map(async (channel) => await pairChannel(channel, more)));
  await sentry.stop();
  return !stopping.signal.aborted;
};

const witness = async (options: Options, terminal: Terminal): Promise<void> => {
  const ready = await prepare(options, terminal);
  const { dir, file, people } = ready;
  report(ready, options, terminal);
  const unpaired = people.channels.filter((channel) => isUnpaired(channel));
  if (unpaired.length > 0 && !(await watchWhilePairing(ready, unpaired, terminal))) return;
  const rules = people.settings.witness ?? WITNESS_RULES;
  becomeLean({ dir, rules, version: VERSION, ...(file === undefined ? {} : { file }) }, terminal.env);
};

/** `dozor witness`: watches a brain from another machine and stays. */
export const define: Define = (command, { terminal }) => {
  command
    .description(
      'Watches a Dozor on another machine: tells by its own channels when that one is silent. Takes less than 60 MiB.',
    )
    .option('-c, --config <file>', 'contacts: and witness: (DOZOR_CONFIG; witness.yaml here or in the data folder)')
    .option('-d, --data <dir>', 'the data folder in which it has joined (DOZOR_DATA; .dozor-witness)')
    .option('--json', 'its first line is for programs')
    .addHelpText(
      'after',
      `
Examples:
  dozor join CODE && TELEGRAM_BOT_TOKEN=… dozor witness
  dozor witness --config witness.yaml --data /var/lib/dozor-witness

What stands in witness.yaml, and how it judges: docs/watchers.md`,
    )
    .action(async (options: Options) => witness(options, terminal));
};
