import { channelOf } from '../alert/channels/index.ts';
import type { Channel } from '../alert/model.ts';
import { catalog } from '../i18n/catalog.ts';
import type { Locale } from '../kernel/locale.ts';
import { SECOND } from '../kernel/time.ts';
import type { NameResolver } from '../monitor/kind.ts';
import { readFileOf, writeFileOf } from './files.ts';
import type { Pairing } from './people.ts';

const IDENTITY_TIMEOUT_MS = 5 * SECOND;

/** What pairing needs. */
export interface PairOptions {
  readonly dir: string;
  readonly locale: Locale;
  readonly resolver: NameResolver;
  readonly now: () => number;
  /** Ends the wait. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

const invite = async (channel: Channel, options: PairOptions): Promise<void> => {
  const { resolver, now, say, locale } = options;
  const context = { signal: AbortSignal.timeout(IDENTITY_TIMEOUT_MS), now: now(), resolver };
  const identity = await channelOf(channel.kind)?.identity?.(channel.config, context);
  if (identity === undefined) return;
  if (identity.ok) say(catalog(locale).cli.pair(identity.value.handle, identity.value.url));
  else say(`Channel ${channel.name}: ${identity.error.message}.`);
};

/**
 * Waits until somebody writes /start to the channel's bot and keeps that chat: it is told from then on. Resolves to false when the wait was ended.
 */
export const pairChannel = async (channel: Channel, options: PairOptions): Promise<boolean> => {
  const kind = channelOf(channel.kind);
  if (kind?.poll === undefined) return false;
  await invite(channel, options);
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  let paired = false;
  await kind.poll(
    channel.config,
    (inbound) => {
      if (inbound.type !== 'start' || paired) return;
      if (kind.mayPair?.(channel.config, inbound) === false) {
        void inbound.answer(catalog(options.locale).answers.notAllowed(inbound.userId));
        return;
      }
      paired = true;
      const pairings = readFileOf<Readonly<Record<string, Pairing>>>(options.dir, 'pairings') ?? {};
      const pairing: Pairing = { chatId: inbound.chatId, userId: inbound.userId };
      writeFileOf(options.dir, 'pairings', { ...pairings, [channel.name]: pairing }, true);
      void inbound.answer(catalog(options.locale).answers.paired(channel.name)).finally(() => over.abort());
    },
    (fault) => {
      if (fault !== undefined) options.say(`Channel ${channel.name}: ${fault}`);
    },
    signal,
    options.resolver,
  );
  return paired;
};
