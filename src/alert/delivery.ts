import { defined } from '../kernel/defined.ts';
import { DAY, HOUR, MINUTE, SECOND, type EpochMs, type Ms } from '../kernel/time.ts';
import type { DeliveryError } from './channel.ts';
import type { Delivery } from './model.ts';

/** What happens to a delivery. */
export type DeliveryEvent =
  /** Its moment has come (or a wake it asked for). */
  | { readonly type: 'due'; readonly at: EpochMs }
  | {
      readonly type: 'accepted';
      readonly at: EpochMs;
      readonly ref?: string;
      readonly parts?: number;
      readonly cost?: number;
      /** Taken, but not wholly as asked: the timeline says it. */
      readonly warning?: string;
      readonly tookMs: Ms;
    }
  /** `jitter` from 0 to 1 spreads the next try; 0.5 when left out. */
  | { readonly type: 'failed'; readonly at: EpochMs; readonly error: DeliveryError; readonly jitter?: number }
  /** It was being sent when the brain died: nobody knows whether it arrived. */
  | { readonly type: 'lost'; readonly at: EpochMs }
  /** Its news went into another message, or nobody needs it any more. */
  | { readonly type: 'stale'; readonly at: EpochMs }
  /** The channel's cap is used up. `note`: it is the first one today, so the timeline says it. */
  | { readonly type: 'capped'; readonly at: EpochMs; readonly note: boolean };

/** What is to be done. */
export type DeliveryEffect =
  | { readonly do: 'send'; readonly dedupKey: string; readonly attempt: number }
  /** Give `due` then; the latest wake replaces earlier ones. */
  | { readonly do: 'wake'; readonly at: EpochMs }
  /** Tell the conversation that this channel does not get through. */
  | { readonly do: 'exhausted' }
  | {
      readonly do: 'timeline';
      readonly outcome: 'accepted' | 'failed' | 'dropped' | 'merged';
      readonly error?: string;
      readonly tookMs?: Ms;
    };

/** How patient the sender is. */
export interface DeliveryRules {
  /** From one failure to the next try; the last one goes on. */
  readonly backoffMs: readonly Ms[];
  /** After so long tries come only every `slowEveryMs`. */
  readonly slowAfterMs: Ms;
  readonly slowEveryMs: Ms;
  /** Without an accepted delivery for so long, the next channel is used (this one is still tried). */
  readonly fallbackMs: Ms;
  /** A message that nobody must have is given up after so long. */
  readonly giveUpAfterMs: Ms;
  /** A critical alert whose incident is open: never given up. */
  readonly keepTrying?: boolean;
}

/** The defaults: 1, 2, 5, 10, 30 s, then every minute for an hour, then every 5 minutes; given up after a day. */
export const DELIVERY_RULES: DeliveryRules = {
  backoffMs: [SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 30 * SECOND, MINUTE],
  slowAfterMs: HOUR,
  slowEveryMs: 5 * MINUTE,
  fallbackMs: 30 * SECOND,
  giveUpAfterMs: DAY,
};

type Decision = readonly [Delivery, readonly DeliveryEffect[]];
type Of<Type extends DeliveryEvent['type']> = Extract<DeliveryEvent, { type: Type }>;

const isOver = (delivery: Delivery): boolean => delivery.status !== 'waiting' && delivery.status !== 'sending';

const exhaustAt = (delivery: Delivery, rules: DeliveryRules): EpochMs | undefined =>
  delivery.exhaustedAt !== undefined || delivery.firstTriedAt === undefined
    ? undefined
    : delivery.firstTriedAt + rules.fallbackMs;

/** Tells the conversation once that the channel is silent, and asks for the next look. */
const watch = (delivery: Delivery, at: EpochMs, rules: DeliveryRules, effects: readonly DeliveryEffect[]): Decision => {
  const limit = exhaustAt(delivery, rules);
  const isExhausted = limit !== undefined && limit <= at;
  const next = isExhausted ? { ...delivery, exhaustedAt: at } : delivery;
  const moments = [
    ...(next.status === 'waiting' ? [next.dueAt] : []),
    ...(limit !== undefined && !isExhausted ? [limit] : []),
  ];
  return [
    next,
    [
      ...effects,
      ...(isExhausted ? [{ do: 'exhausted' } as const] : []),
      ...(moments.length > 0 ? [{ do: 'wake', at: Math.min(...moments) } as const] : []),
    ],
  ];
};

const due = (delivery: Delivery, event: Of<'due'>, rules: DeliveryRules): Decision => {
  if (delivery.status === 'sending' || delivery.dueAt > event.at) return watch(delivery, event.at, rules, []);
  const attempt = delivery.attempts + 1;
  const sending: Delivery = {
    ...delivery,
    status: 'sending',
    attempts: attempt,
    claimedAt: event.at,
    firstTriedAt: delivery.firstTriedAt ?? event.at,
  };
  return watch(sending, event.at, rules, [{ do: 'send', dedupKey: delivery.dedupKey, attempt }]);
};

const accepted = (delivery: Delivery, event: Of<'accepted'>): Decision => {
  const { error: _error, ...rest } = delivery;
  const done: Delivery = {
    ...rest,
    status: 'accepted',
    acceptedAt: event.at,
    ...defined({ providerRef: event.ref, parts: event.parts, cost: event.cost }),
  };
  return [done, [{ do: 'timeline', outcome: 'accepted', tookMs: event.tookMs, ...defined({ error: event.warning }) }]];
};

/** The end without success: the conversation turns to the next channel unless it did already. */
const end = (
  delivery: Delivery,
  at: EpochMs,
  how: { status: 'failed' | 'dropped'; error: string; note: boolean },
): Decision => [
  { ...delivery, status: how.status, error: how.error, exhaustedAt: delivery.exhaustedAt ?? at },
  [
    ...(how.note ? [{ do: 'timeline', outcome: how.status, error: how.error } as const] : []),
    ...(delivery.exhaustedAt === undefined ? [{ do: 'exhausted' } as const] : []),
  ],
];

const pauseAfter = (delivery: Delivery, event: Of<'failed'>, rules: DeliveryRules): Ms => {
  const tryingFor = event.at - (delivery.firstTriedAt ?? event.at);
  const place = Math.min(Math.max(delivery.attempts, 1), rules.backoffMs.length) - 1;
  const pause = tryingFor >= rules.slowAfterMs ? rules.slowEveryMs : (rules.backoffMs[place] ?? rules.slowEveryMs);
  const spread = Math.round(pause * (0.8 + 0.4 * (event.jitter ?? 0.5)));
  // Asking sooner than the provider said only makes it refuse for longer.
  return Math.max(spread, event.error.retryAfterMs ?? 0);
};

const failed = (delivery: Delivery, event: Of<'failed'>, rules: DeliveryRules): Decision => {
  const error = event.error.message;
  const tryingFor = event.at - (delivery.firstTriedAt ?? event.at);
  const isHopeless = event.error.permanent || (rules.keepTrying !== true && tryingFor >= rules.giveUpAfterMs);
  if (isHopeless) return end(delivery, event.at, { status: 'failed', error, note: true });
  const { claimedAt: _claimedAt, ...rest } = delivery;
  const waiting: Delivery = { ...rest, status: 'waiting', error, dueAt: event.at + pauseAfter(delivery, event, rules) };
  // The first failure is news for the timeline; the tries after it stand in the attempts.
  const effects: DeliveryEffect[] = delivery.attempts <= 1 ? [{ do: 'timeline', outcome: 'failed', error }] : [];
  return watch(waiting, event.at, rules, effects);
};

const lost = (delivery: Delivery, event: Of<'lost'>, rules: DeliveryRules): Decision => {
  if (delivery.status !== 'sending') return watch(delivery, event.at, rules, []);
  const { claimedAt: _claimedAt, ...rest } = delivery;
  return watch({ ...rest, status: 'waiting', dueAt: event.at }, event.at, rules, []);
};

/**
 * The delivery after an event, and what is to be done. A permanent error ends it; a passing one is tried again after 1, 2, 5, 10, 30, 60 s …,
 * never sooner than the provider asked for. What was under way when the brain died goes again under the same dedup key. An event for a
 * delivery that is over changes nothing.
 */
export const decideDelivery = (delivery: Delivery, event: DeliveryEvent, rules: DeliveryRules): Decision => {
  if (isOver(delivery)) return [delivery, []];
  switch (event.type) {
    case 'due':
      return due(delivery, event, rules);
    case 'accepted':
      return accepted(delivery, event);
    case 'failed':
      return failed(delivery, event, rules);
    case 'lost':
      return lost(delivery, event, rules);
    case 'stale':
      return [{ ...delivery, status: 'merged' }, [{ do: 'timeline', outcome: 'merged' }]];
    case 'capped':
      return end(delivery, event.at, { status: 'dropped', error: 'the cap for today is used up', note: event.note });
    default:
      return event satisfies never;
  }
};
