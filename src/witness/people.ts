import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { channelOf } from '../alert/channels/index.ts';
import type { Channel, Contact } from '../alert/model.ts';
import { compile } from '../config/compile.ts';
import type { Definition, LoadedConfig, SecretSource, Settings } from '../config/contract.ts';
import { defaultConfig } from '../config/defaults.ts';
import { loadConfig } from '../config/load.ts';
import { Fault } from '../kernel/fault.ts';
import type { Resource } from '../store/contract.ts';
import { readFileOf } from './files.ts';

/** Who a channel was paired with by writing to its bot. */
export interface Pairing {
  readonly chatId: string;
  readonly userId: string;
}

/** Whom a witness tells, by which ways. */
export interface People {
  readonly settings: Settings;
  readonly contacts: readonly Contact[];
  /** With what was paired later in their configuration. */
  readonly channels: readonly Channel[];
}

/** Identity is the name: a witness keeps no history of definitions. */
const resourceOf = (definition: Definition, index: number): Resource => ({
  id: definition.name,
  num: index,
  kind: definition.kind,
  name: definition.name,
  origin: 'file',
  spec: definition.spec,
  position: definition.position,
  createdAt: 0,
  ...(definition.parent === undefined ? {} : { parentId: definition.parent }),
});

const paired = (channel: Channel, pairings: Readonly<Record<string, Pairing>>): Channel => {
  const pairing = pairings[channel.name];
  const config = pairing === undefined ? undefined : channelOf(channel.kind)?.pair?.(channel.config, pairing);
  return config === undefined ? channel : { ...channel, config };
};

const peopleOf = (config: LoadedConfig, secrets: SecretSource, dir: string): People => {
  const compiled = config.definitions.map((definition, index) => compile(resourceOf(definition, index), secrets));
  const pairings = readFileOf<Readonly<Record<string, Pairing>>>(dir, 'pairings') ?? {};
  return {
    settings: config.settings,
    contacts: compiled.flatMap((one) => (one.kind === 'contact' ? [one.value] : [])),
    channels: compiled.flatMap((one) => (one.kind === 'channel' ? [paired(one.value, pairings)] : [])),
  };
};

/** Could the channel still be paired with a chat, and is it with none? */
export const isUnpaired = (channel: Channel): boolean =>
  channelOf(channel.kind)?.pair?.(channel.config, { chatId: '0', userId: '0' }) !== undefined;

/**
 * Reads whom the witness tells: `contacts:` of its file, else the Telegram bot of the environment.
 * @throws Fault CONFIG_UNREADABLE, CONFIG_INVALID (mistakes; nobody to tell).
 */
export const readPeople = async (file: string | undefined, secrets: SecretSource, dir: string): Promise<People> => {
  const config = file === undefined ? defaultConfig(secrets) : await loadConfig(file, secrets);
  const people = peopleOf(config, secrets, dir);
  if (people.channels.length === 0)
    throw new Fault(
      'CONFIG_INVALID',
      'The witness has nobody to tell.',
      file === undefined
        ? `Set TELEGRAM_BOT_TOKEN, or write contacts: with channels into ${join(dir, 'witness.yaml')} or a file named with --config.`
        : `Write contacts: with channels into ${file}.`,
    );
  return people;
};

const lastGood = (dir: string): string => join(dir, 'witness-last-good.yaml');

/** Keeps a copy of a file that was found right: an edit that breaks it must not keep the witness from telling. */
export const keepGood = (file: string, dir: string): void => copyFileSync(file, lastGood(dir));

/** The same as `readPeople`; a file that has become wrong since is read as it was when it was right. @throws Fault as it does. */
export const readPeopleStill = async (
  file: string | undefined,
  secrets: SecretSource,
  dir: string,
): Promise<People> => {
  try {
    return await readPeople(file, secrets, dir);
  } catch (error) {
    if (!(error instanceof Fault) || file === undefined || !existsSync(lastGood(dir))) throw error;
    return readPeople(lastGood(dir), secrets, dir);
  }
};
