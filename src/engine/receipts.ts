import { MINUTE, SECOND, type EpochMs, type Ms } from '../kernel/time.ts';
import type { ChannelKind } from '../alert/channel.ts';
import type { Channel, Delivery } from '../alert/model.ts';
import type { NameResolver } from '../monitor/kind.ts';
import type { Core, Turn } from './core.ts';
import type { DispatchListener } from './dispatch-listener.ts';

/** A provider is asked so long after it accepted a message; then what is still pending stays so. */
export const ASK_AFTER_MS: readonly Ms[] = [30 * SECOND, 2 * MINUTE, 10 * MINUTE];
/** A receipt that is not answered within so long is asked for the next time. */
const ASK_TIMEOUT_MS: Ms = 10 * SECOND;

const NOT_DELIVERED = 'accepted, but not delivered';

/** Asks providers what became of accepted messages: a message that was accepted and not delivered has reached nobody. */
export class Receipts {
  readonly #core: Core;
  readonly #kindOf: (kind: string) => ChannelKind | undefined;
  readonly #config: (channel: Channel) => Channel['config'];
  readonly #resolverFor: (channelId: string) => NameResolver;
  readonly #listener: Pick<DispatchListener, 'heard' | 'noted'>;

  constructor(parts: {
    readonly core: Core;
    readonly kindOf: (kind: string) => ChannelKind | undefined;
    readonly config: (channel: Channel) => Channel['config'];
    readonly resolverFor: (channelId: string) => NameResolver;
    readonly listener: Pick<DispatchListener, 'heard' | 'noted'>;
  }) {
    this.#core = parts.core;
    this.#kindOf = parts.kindOf;
    this.#config = parts.config;
    this.#resolverFor = parts.resolverFor;
    this.#listener = parts.listener;
  }

  /** Follows an accepted message, if its channel has receipts; after a restart it goes on where it was. */
  follow(delivery: Delivery): void {
    const { providerRef, acceptedAt, edits } = delivery;
    const channel = this.#channel(delivery.channelId);
    if (providerRef === undefined || acceptedAt === undefined || edits !== undefined || channel === undefined) return;
    if (this.#kindOf(channel.kind)?.receipts === undefined) return;
    const pending: Delivery = { ...delivery, receipt: 'pending' };
    if (delivery.receipt === undefined) void this.#core.turn().write({ put: 'delivery', delivery: pending }).commit();
    this.#askLater(pending, providerRef, acceptedAt);
  }

  /** At the next of the moments; after the last one it is asked no more, unless it never was (the brain was away). */
  #askLater(delivery: Delivery, ref: string, acceptedAt: EpochMs, asked = false): void {
    const now = this.#core.clock.now();
    const next = ASK_AFTER_MS.map((span) => acceptedAt + span).find((at) => at > now);
    if (next === undefined && asked) return;
    this.#core.deadlines.set(`receipt ${delivery.id}`, next ?? now, () => {
      this.#ask(delivery, ref, acceptedAt).catch((error: unknown) => this.#core.bug('receipts', error));
    });
  }

  async #ask(delivery: Delivery, ref: string, acceptedAt: EpochMs): Promise<void> {
    const channel = this.#channel(delivery.channelId);
    const receipt = channel === undefined ? undefined : await this.#receipt(channel, ref);
    if (channel === undefined || receipt === undefined || receipt === 'pending') {
      this.#askLater(delivery, ref, acceptedAt, true);
      return;
    }
    const turn = this.#core.turn();
    turn.write({ put: 'delivery', delivery: { ...delivery, receipt } });
    if (receipt === 'undelivered') this.#undelivered(turn, delivery, channel.name);
    await turn.commit();
  }

  async #receipt(channel: Channel, ref: string): Promise<Delivery['receipt']> {
    const abort = new AbortController();
    const stop = this.#core.clock.after(ASK_TIMEOUT_MS, () => abort.abort());
    try {
      const kind = this.#kindOf(channel.kind);
      const context = { signal: abort.signal, now: this.#core.clock.now(), resolver: this.#resolverFor(channel.id) };
      const answer = await kind?.receipts?.(this.#config(channel), [ref], context);
      return answer?.ok === true ? answer.value.get(ref) : undefined;
    } finally {
      stop();
    }
  }

  #undelivered(turn: Turn, { incidentId, loud }: Delivery, channel: string): void {
    if (incidentId === undefined) return;
    this.#listener.noted(turn, incidentId, { channel, loud, outcome: 'failed', error: NOT_DELIVERED });
    turn.afterwards(() => this.#listener.heard(incidentId, { type: 'exhausted', at: this.#core.clock.now(), channel }));
  }

  #channel(id: string): Channel | undefined {
    return this.#core.registry.channels().find((channel) => channel.id === id);
  }
}
