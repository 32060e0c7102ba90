import { defined } from '../kernel/defined.ts';
import type { Result } from '../kernel/result.ts';
import type { EpochMs, Ms } from '../kernel/time.ts';
import type { Accepted, DeliveryError } from '../alert/channel.ts';
import type { DeliveryEvent } from '../alert/delivery.ts';
import type { Write } from '../store/contract.ts';

type Sent = Result<Accepted, DeliveryError>;

/** The row of one try. */
export const attemptRow = (deliveryId: string, result: Sent, at: EpochMs, tookMs: Ms): Write => ({
  put: 'attempt',
  deliveryId,
  at,
  tookMs,
  outcome: result.ok ? 'accepted' : 'failed',
  ...defined({ error: result.ok ? undefined : result.error.message }),
});

/** What a try means for its delivery; `jitter` from 0 to 1 spreads the next one. */
export const outcomeEvent = (result: Sent, at: EpochMs, tookMs: Ms, jitter: number): DeliveryEvent =>
  result.ok ? { type: 'accepted', at, tookMs, ...result.value } : { type: 'failed', at, error: result.error, jitter };
