import type { Clock } from '../kernel/clock.ts';
import { defined } from '../kernel/defined.ts';
import { err, type Result } from '../kernel/result.ts';
import { SECOND, type EpochMs, type Ms } from '../kernel/time.ts';
import type { Accepted, ChannelKind, DeliveryError } from '../alert/channel.ts';
import { channelOf } from '../alert/channels/index.ts';
import { compose } from '../alert/message.ts';
import type { Alert, Channel, Contact, Delivery } from '../alert/model.ts';
import { capDay, mayStillSend } from '../alert/quiet.ts';
import type { Settings } from '../config/contract.ts';
import type { NameResolver } from '../monitor/kind.ts';
import type { Order } from './order.ts';
import { WitnessOutbox } from './outbox.ts';

/** A send that has not ended after so long has failed. */
const SEND_TIMEOUT_MS: Ms = 10 * SECOND;
/** A next try that is further away is left to the next run. */
const STAY_MS: Ms = 15 * SECOND;

/** What telling needs. */
export interface DeliverOptions {
  readonly dir: string;
  readonly clock: Clock;
  readonly resolver: NameResolver;
  readonly settings: Pick<Settings, 'locale' | 'timezone'>;
  readonly contacts: readonly Contact[];
  readonly channels: readonly Channel[];
  /** What is to be told; what is in the outbox already is left out. */
  readonly orders: readonly Order[];
}

/** Tells what is to be told and what waits from before, all channels side by side. */
class Teller {
  readonly #options: DeliverOptions;
  readonly #outbox: WitnessOutbox;

  constructor(options: DeliverOptions) {
    this.#options = options;
    this.#outbox = new WitnessOutbox(options.dir, options.clock.now());
  }

  /** Resolves when nothing more is due soon; with the moment of the next try when something still waits. */
  async tell(): Promise<EpochMs | undefined> {
    const { orders, channels, clock, settings } = this.#options;
    const quiet = { contactOf: (channel: Channel) => this.#contactOf(channel), timezone: settings.timezone };
    this.#outbox.forgetOthers(channels, clock.now());
    this.#outbox.take(orders, (order) => this.#channelsFor(order), quiet, clock.now());
    await Promise.all(channels.map(async (channel) => await this.#drain(channel)));
    return this.#outbox.nextDue();
  }

  /** Silence and its end are told everywhere (nobody is called to hear that all is well); what is merely odd costs nothing. */
  #channelsFor({ news }: Order): readonly Channel[] {
    const { channels } = this.#options;
    const traits = (channel: Channel): Partial<ChannelKind['traits']> => channelOf(channel.kind)?.traits ?? {};
    if (news === 'silent') return channels;
    if (news === 'back') return channels.filter((channel) => traits(channel).recovery !== false);
    const free = channels.filter((channel) => traits(channel).paid !== true);
    return free.length > 0 ? free : channels;
  }

  #contactOf(channel: Channel): Contact | undefined {
    return this.#options.contacts.find(({ id }) => id === channel.contactId);
  }

  async #drain(channel: Channel): Promise<void> {
    const { clock } = this.#options;
    for (;;) {
      const [next] = this.#outbox.waiting(channel.id).toSorted((a, b) => a.dueAt - b.dueAt);
      if (next === undefined) return;
      const wait = next.dueAt - clock.now();
      if (wait > STAY_MS) return;
      if (wait > 0) await pause(clock, wait);
      await this.#try(channel, next);
    }
  }

  async #try(channel: Channel, delivery: Delivery): Promise<void> {
    const { clock, settings } = this.#options;
    const at = clock.now();
    const today = this.#outbox.sentSince(channel.id, capDay(this.#contactOf(channel), at, settings.timezone));
    if (!mayStillSend(channel.cap, today)) {
      this.#outbox.step(delivery.id, { type: 'capped', at, note: false });
      return;
    }
    const alert = this.#outbox.alert(delivery.alertId);
    if (alert === undefined || !this.#outbox.step(delivery.id, { type: 'due', at })) return;
    const result = await this.#send(channel, delivery, alert);
    const now = clock.now();
    this.#outbox.step(
      delivery.id,
      result.ok
        ? { type: 'accepted', at: now, tookMs: now - at, ...result.value }
        : { type: 'failed', at: now, error: result.error, jitter: Math.random() },
    );
  }

  async #send(channel: Channel, delivery: Delivery, alert: Alert): Promise<Result<Accepted, DeliveryError>> {
    const { clock, resolver, settings } = this.#options;
    const kind = channelOf(channel.kind);
    if (kind === undefined) return err({ permanent: true, message: `there is no channel kind "${channel.kind}"` });
    const contact = this.#contactOf(channel);
    const first = this.#outbox.accepted(alert.incidentId ?? '', channel.id)[0];
    const message = compose(alert, {
      locale: contact?.locale ?? settings.locale,
      timezone: contact?.timezone ?? settings.timezone,
      loud: delivery.loud,
      dedupKey: delivery.dedupKey,
      at: clock.now(),
      ...defined({ answers: first?.providerRef }),
    });
    const abort = new AbortController();
    const stop = clock.after(SEND_TIMEOUT_MS, () => abort.abort());
    try {
      return await kind.send(channel.config, message, { signal: abort.signal, now: clock.now(), resolver });
    } catch (error) {
      // A channel that throws has a bug; the others must not pay for it.
      return err({ permanent: false, message: error instanceof Error ? error.message : String(error) });
    } finally {
      stop();
    }
  }
}

const pause = (clock: Clock, span: Ms): Promise<void> =>
  new Promise((resolve) => {
    clock.after(span, resolve);
  });

/**
 * Carries orders out: each goes into the outbox on the disk, then to every channel, with tries as far apart as for any other alert.
 * Returns when the next try is due, if something still waits. @throws Fault DATA_UNWRITABLE, STORE_BROKEN.
 */
export const deliver = async (options: DeliverOptions): Promise<EpochMs | undefined> => new Teller(options).tell();
