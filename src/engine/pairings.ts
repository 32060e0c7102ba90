import type { ChannelKind, Inbound } from '../alert/channel.ts';
import type { Channel } from '../alert/model.ts';
import type { Json } from '../kernel/json.ts';
import type { Core } from './core.ts';

/** Who a channel was paired with. */
interface Pairing {
  readonly chatId: string;
  readonly userId: string;
  readonly userName: string;
}

const metaKey = (channelId: string): string => `pairing:${channelId}`;

/** Chats that were paired by writing to the bot: kept beside the definitions, which the file or the environment owns. */
export class Pairings {
  readonly #core: Core;
  readonly #kindOf: (kind: string) => ChannelKind | undefined;
  readonly #byChannel = new Map<string, Pairing>();

  constructor(core: Core, kindOf: (kind: string) => ChannelKind | undefined) {
    this.#core = core;
    this.#kindOf = kindOf;
  }

  restore(meta: ReadonlyMap<string, Json>): void {
    for (const [key, value] of meta)
      if (key.startsWith('pairing:')) this.#byChannel.set(key.slice('pairing:'.length), value as unknown as Pairing);
  }

  /** The channel's configuration with what was paired. */
  config(channel: Channel): Channel['config'] {
    const pairing = this.#byChannel.get(channel.id);
    if (pairing === undefined) return channel.config;
    return this.#kindOf(channel.kind)?.pair?.(channel.config, pairing) ?? channel.config;
  }

  /** Is there a chat that it could be paired with, and none yet? */
  isWaiting(channel: Channel): boolean {
    const probe = { chatId: '0', userId: '0' };
    return !this.#byChannel.has(channel.id) && this.#kindOf(channel.kind)?.pair?.(channel.config, probe) !== undefined;
  }

  async pair(channel: Channel, inbound: Pick<Inbound, 'chatId' | 'userId' | 'userName'>): Promise<void> {
    const pairing: Pairing = { chatId: inbound.chatId, userId: inbound.userId, userName: inbound.userName };
    this.#byChannel.set(channel.id, pairing);
    const turn = this.#core.turn();
    turn.write({ put: 'meta', key: metaKey(channel.id), value: pairing as unknown as Json });
    turn.write({
      put: 'audit',
      entry: {
        id: this.#core.newId(),
        at: this.#core.clock.now(),
        actor: inbound.userName,
        via: channel.kind,
        action: 'channel.pair',
        subject: channel.name,
      },
    });
    turn.event('channel-paired', { channel: channel.name, name: inbound.userName });
    await turn.commit();
  }
}
