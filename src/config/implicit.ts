import type { Json } from '#kernel/json.ts';
import type { Definition, SecretSource } from './contract.ts';
import type { Seams } from './seams.ts';

/** The channel that exists as soon as TELEGRAM_BOT_TOKEN is set and nothing else is defined. */
const TELEGRAM_CHANNEL = 'tg';
const CONTACT = 'me';
const TOKEN = 'TELEGRAM_BOT_TOKEN';
const API_ROOT = 'DOZOR_TELEGRAM_API_ROOT';

const isSet = (name: string, secrets: SecretSource): boolean => (secrets.env(name) ?? '') !== '';

const hasTelegram = (secrets: SecretSource): boolean => isSet(TOKEN, secrets);

/** Names of channels that exist without being written down, when no channel is. */
export const implicitChannels = (secrets: SecretSource): readonly string[] =>
  hasTelegram(secrets) ? [TELEGRAM_CHANNEL] : [];

const implicitTelegram = (defined: readonly Definition[], secrets: SecretSource): readonly Definition[] => {
  if (!hasTelegram(secrets) || defined.some(({ kind }) => kind === 'channel')) return [];
  const contact: Definition = { kind: 'contact', name: CONTACT, spec: {}, position: defined.length, implicit: true };
  const apiRoot = isSet(API_ROOT, secrets) ? { apiRoot: `\${${API_ROOT}}` } : {};
  const channel: Definition = {
    kind: 'channel',
    parent: CONTACT,
    name: TELEGRAM_CHANNEL,
    spec: { kind: 'telegram', botToken: `\${${TOKEN}}`, ...apiRoot },
    position: defined.length + 1,
    implicit: true,
  };
  const hasContact = defined.some(({ kind, name }) => kind === 'contact' && name === CONTACT);
  return hasContact ? [channel] : [contact, channel];
};

const isPaid = ({ spec }: Definition, seams: Seams): boolean => {
  const kind = (spec as Readonly<Record<string, Json>>)['kind'];
  return seams.channels.find((candidate) => candidate.kind === kind)?.traits.paid ?? false;
};

const implicitPolicy = (defined: readonly Definition[], seams: Seams): readonly Definition[] => {
  const channels = defined.filter(({ kind }) => kind === 'channel');
  if (channels.length === 0 || defined.some(({ kind }) => kind === 'policy')) return [];
  const all = channels.map(({ name }) => name);
  const free = channels.filter((channel) => !isPaid(channel, seams)).map(({ name }) => name);
  const steps = [
    { after: '0s', notify: free.length === 0 ? all : free, loud: 'auto' },
    { after: '45s', notify: all, loud: 'always' },
  ];
  const spec = { steps, repeatEvery: '30m', until: 'acknowledged' };
  return [{ kind: 'policy', name: 'default', spec, position: defined.length, implicit: true }];
};

/** Apps without any host run on this machine. */
const implicitHost = (defined: readonly Definition[]): readonly Definition[] => {
  const hasApps = defined.some(({ kind }) => kind === 'app');
  if (!hasApps || defined.some(({ kind }) => kind === 'host')) return [];
  return [{ kind: 'host', name: 'local', spec: { local: true }, position: defined.length, implicit: true }];
};

/**
 * What is added so that nobody stays untold: without any channel the Telegram bot of the environment, and without any policy one that
 * tells the free channels at once and all of them, loudly, after 45 s. Apps without any host get this machine as theirs.
 */
export const withImplicit = (
  defined: readonly Definition[],
  secrets: SecretSource,
  seams: Seams,
): readonly Definition[] => {
  const channels = [...defined, ...implicitTelegram(defined, secrets)];
  const policies = [...channels, ...implicitPolicy(channels, seams)];
  return [...policies, ...implicitHost(policies)];
};
