import type { EpochMs } from '../kernel/time.ts';
import { decideDelivery, DELIVERY_RULES, type DeliveryEvent } from '../alert/delivery.ts';
import type { Alert, Channel, Contact, Delivery } from '../alert/model.ts';
import { quietUntil } from '../alert/quiet.ts';
import { readFileOf, writeFileOf } from './files.ts';
import type { Order } from './order.ts';

/** What is kept of the outbox: alerts by id, and what became of each of them on each channel. */
interface Kept {
  readonly alerts: Readonly<Record<string, Alert>>;
  readonly deliveries: readonly Delivery[];
}

/** So many alerts are remembered; older ones that are over are forgotten. */
const KEEP_ALERTS = 200;

const isOver = ({ status }: Delivery): boolean => status !== 'waiting' && status !== 'sending';

/**
 * The witness's outbox: one small file, on the disk before anything is sent and after each outcome, so that a kill at any moment loses no alert and
 * repeats at most the send that was under way, under the same dedup key.
 */
export class WitnessOutbox {
  readonly #dir: string;
  readonly #alerts: Map<string, Alert>;
  readonly #deliveries: Map<string, Delivery>;

  /** Takes over what a former run left: what was being sent when it ended goes again. @throws Fault STORE_BROKEN, DATA_UNWRITABLE. */
  constructor(dir: string, now: EpochMs) {
    this.#dir = dir;
    const kept = readFileOf<Kept>(dir, 'outbox') ?? { alerts: {}, deliveries: [] };
    this.#alerts = new Map(Object.entries(kept.alerts));
    this.#deliveries = new Map(kept.deliveries.map((delivery) => [delivery.id, delivery]));
    for (const { id } of kept.deliveries) this.step(id, { type: 'lost', at: now }, false);
  }

  /** Takes orders in, once each: a row for every channel that is to be told. Written down before it returns. */
  take(
    orders: readonly Order[],
    channelsFor: (order: Order) => readonly Channel[],
    quiet: QuietSource,
    now: EpochMs,
  ): void {
    for (const order of orders.filter(({ id }) => !this.#alerts.has(id))) {
      if (order.news === 'back') this.#forgetPending(order.about, now);
      this.#alerts.set(order.id, alertOf(order));
      for (const channel of channelsFor(order)) {
        const delivery = deliveryOf(order, channel, quiet, now);
        this.#deliveries.set(delivery.id, delivery);
      }
    }
    this.save();
  }

  alert(id: string): Alert | undefined {
    return this.#alerts.get(id);
  }

  get(id: string): Delivery | undefined {
    return this.#deliveries.get(id);
  }

  /** Nobody can be told by a channel that is not defined any more. */
  forgetOthers(channels: readonly Channel[], at: EpochMs): void {
    const known = new Set(channels.map(({ id }) => id));
    for (const { id, channelId } of this.#deliveries.values())
      if (!known.has(channelId)) this.step(id, { type: 'stale', at }, false);
  }

  /** What waits for a channel, the oldest first. */
  waiting(channelId: string): readonly Delivery[] {
    return [...this.#deliveries.values()]
      .filter((delivery) => delivery.channelId === channelId && !isOver(delivery))
      .toSorted((a, b) => a.createdAt - b.createdAt);
  }

  /** What the channel accepted about the same thing, the oldest first. */
  accepted(about: string, channelId: string): readonly Delivery[] {
    return [...this.#deliveries.values()].filter(
      (delivery) => delivery.incidentId === about && delivery.channelId === channelId && delivery.status === 'accepted',
    );
  }

  /** What the channel has sent since a moment, for its cap. */
  sentSince(channelId: string, since: EpochMs): { readonly messages: number; readonly cost: number } {
    const sent = [...this.#deliveries.values()].filter(
      (delivery) => delivery.channelId === channelId && (delivery.acceptedAt ?? 0) >= since,
    );
    return {
      messages: sent.reduce((sum, { parts = 1 }) => sum + parts, 0),
      cost: sent.reduce((sum, { cost = 0 }) => sum + cost, 0),
    };
  }

  /** Feeds a delivery's machine and writes the outcome down; true when it is to be sent now. */
  step(id: string, event: DeliveryEvent, save = true): boolean {
    const delivery = this.#deliveries.get(id);
    if (delivery === undefined) return false;
    const vital = this.#alerts.get(delivery.alertId)?.facts.textKey === 'witness.silent';
    const [next, effects] = decideDelivery(delivery, event, { ...DELIVERY_RULES, keepTrying: vital });
    const counted = event.type === 'accepted' ? withCharge(next, event) : next;
    this.#deliveries.set(id, counted);
    if (save) this.save();
    return effects.some((effect) => effect.do === 'send');
  }

  /** When the next try is due; undefined when nothing waits. */
  nextDue(): EpochMs | undefined {
    const moments = [...this.#deliveries.values()].filter((one) => !isOver(one)).map(({ dueAt }) => dueAt);
    return moments.length === 0 ? undefined : Math.min(...moments);
  }

  /** @throws Fault DATA_UNWRITABLE. */
  save(): void {
    this.#trim();
    const kept: Kept = { alerts: Object.fromEntries(this.#alerts), deliveries: [...this.#deliveries.values()] };
    writeFileOf(this.#dir, 'outbox', kept, true);
  }

  /** The brain is back: what was not told of its silence yet is said by the message that it is over. */
  #forgetPending(about: string, at: EpochMs): void {
    for (const delivery of this.#deliveries.values())
      if (delivery.incidentId === about && !isOver(delivery)) this.step(delivery.id, { type: 'stale', at }, false);
  }

  #trim(): void {
    const pending = new Set([...this.#deliveries.values()].filter((one) => !isOver(one)).map(({ alertId }) => alertId));
    for (const id of [...this.#alerts.keys()].slice(0, -KEEP_ALERTS)) if (!pending.has(id)) this.#alerts.delete(id);
    for (const { id, alertId } of this.#deliveries.values())
      if (!this.#alerts.has(alertId)) this.#deliveries.delete(id);
  }
}

/** Where quiet hours come from. */
export interface QuietSource {
  contactOf(channel: Channel): Contact | undefined;
  readonly timezone: string;
}

const withCharge = (delivery: Delivery, { parts, cost }: { parts?: number; cost?: number }): Delivery => ({
  ...delivery,
  ...(parts === undefined ? {} : { parts }),
  ...(cost === undefined ? {} : { cost }),
});

const alertOf = ({ id, at, about, facts }: Order): Alert => ({
  id,
  incidentId: about,
  kind: facts.kind,
  severity: facts.severity,
  transition: 0,
  createdAt: at,
  facts,
});

const deliveryOf = (order: Order, channel: Channel, quiet: QuietSource, now: EpochMs): Delivery => {
  const contact = quiet.contactOf(channel);
  const until = contact === undefined ? undefined : quietUntil(contact, order.facts.severity, now, quiet.timezone);
  return {
    id: `${order.id}-${channel.name}`,
    alertId: order.id,
    incidentId: order.about,
    channelId: channel.id,
    dedupKey: `${order.about}-${order.id}-${channel.name}`,
    loud: order.loud,
    status: 'waiting',
    dueAt: until ?? now,
    createdAt: now,
    attempts: 0,
  };
};
