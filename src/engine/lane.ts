import { DAY, MINUTE, type EpochMs, type Ms } from '../kernel/time.ts';
import type { DeliveryError } from '../alert/channel.ts';
import type { Delivery } from '../alert/model.ts';
import { topicOf } from '../alert/stale.ts';

const WINDOW_MS = 5 * MINUTE;
const KEEP_DONE = 100;

const isWaiting = ({ status }: Delivery): boolean => status === 'waiting' || status === 'sending';

/** What waits for one channel, and what it accepted lately. */
export class Lane {
  /** A send is under way. */
  busy = false;
  readonly #waiting = new Map<string, Delivery>();
  readonly #done: Delivery[] = [];
  #accepted: EpochMs[] = [];
  #capNotedAt: EpochMs | undefined;
  #refusal: { readonly error: DeliveryError; readonly until: EpochMs } | undefined;

  /** Takes the delivery as it is now; what is over leaves. */
  put(delivery: Delivery): void {
    if (isWaiting(delivery)) {
      this.#waiting.set(delivery.id, delivery);
      return;
    }
    this.#waiting.delete(delivery.id);
    this.#done.push(delivery);
    if (this.#done.length > KEEP_DONE) this.#done.shift();
  }

  get(id: string): Delivery | undefined {
    return this.#waiting.get(id);
  }

  /** One that is over, while it is remembered. */
  last(id: string): Delivery | undefined {
    return this.#done.findLast((delivery) => delivery.id === id);
  }

  all(): Iterable<Delivery> {
    return this.#waiting.values();
  }

  of(incidentId: string): readonly Delivery[] {
    return [...this.#waiting.values()].filter(
      (delivery) => delivery.incidentId === incidentId && delivery.edits === undefined,
    );
  }

  due(now: EpochMs): readonly Delivery[] {
    return [...this.#waiting.values()].filter(({ status, dueAt }) => status === 'waiting' && dueAt <= now);
  }

  /** What is due, with what was tried already and tells of the same: no news goes before or after newer news. */
  together(now: EpochMs): readonly Delivery[] {
    const topics = new Set(this.due(now).map(topicOf));
    return [...this.#waiting.values()].filter(
      (one) => one.status === 'waiting' && (one.dueAt <= now || (one.attempts > 0 && topics.has(topicOf(one)))),
    );
  }

  nextDue(): EpochMs | undefined {
    const moments = [...this.#waiting.values()].filter(({ status }) => status === 'waiting').map(({ dueAt }) => dueAt);
    return moments.length === 0 ? undefined : Math.min(...moments);
  }

  /** When messages were accepted in the last minutes. */
  get accepted(): readonly EpochMs[] {
    return this.#accepted;
  }

  noteAccepted(at: EpochMs): void {
    this.#accepted = [...this.#accepted.filter((one) => at - one < WINDOW_MS), at];
  }

  /** Remembers for how long the provider asked to be left alone. */
  noteRefusal(error: DeliveryError, at: EpochMs): void {
    if (error.retryAfterMs !== undefined) this.#refusal = { error, until: at + error.retryAfterMs };
  }

  /** The refusal that still holds, with what is left of its span; undefined when the channel may be asked. */
  waitAsked(now: EpochMs): DeliveryError | undefined {
    if (this.#refusal === undefined || this.#refusal.until <= now) return undefined;
    return { ...this.#refusal.error, retryAfterMs: this.#refusal.until - now };
  }

  /** The cap is used up: true when this is the first time today, so that it is said once. */
  noteCap(at: EpochMs): boolean {
    const isFirst = this.#capNotedAt === undefined || at - this.#capNotedAt >= DAY;
    if (isFirst) this.#capNotedAt = at;
    return isFirst;
  }
}

/** All that waits in these lanes. */
export const inLanes = (lanes: readonly Lane[]): readonly Delivery[] => lanes.flatMap((lane) => [...lane.all()]);

/** How much waits in all, and how long the oldest that is due has been tried for. */
export const backlog = (lanes: readonly Lane[], now: EpochMs): { readonly count: number; readonly oldestMs: Ms } => {
  const all = inLanes(lanes);
  const due = all.filter(({ dueAt, firstTriedAt }) => firstTriedAt !== undefined || dueAt <= now);
  const ages = due.map(({ firstTriedAt, dueAt }) => now - (firstTriedAt ?? dueAt));
  return { count: all.length, oldestMs: Math.max(0, ...ages) };
};

/** How long the oldest that is due has not even been tried. */
export const untriedMs = (lanes: readonly Lane[], now: EpochMs): Ms =>
  Math.max(
    0,
    ...inLanes(lanes)
      .filter(({ attempts }) => attempts === 0)
      .map(({ dueAt }) => now - dueAt),
  );
