import type { DeliveryEvent } from '../alert/delivery.ts';
import type { Alert, AlertKind, Channel, Delivery } from '../alert/model.ts';
import type { Waiting } from '../alert/stale.ts';
import type { EpochMs } from '../kernel/time.ts';

/** What calls for an answer. */
const CALLS: ReadonlySet<AlertKind> = new Set(['down', 'degraded', 'storm', 'reminder']);

/** What of the due deliveries can still be told, and how the others end. */
export interface Triage {
  readonly known: readonly Waiting[];
  readonly over: readonly { readonly delivery: Delivery; readonly event: DeliveryEvent }[];
}

/**
 * Sorts what is due on a lane. A channel that is gone tells nobody: the conversation turns to the next one. What was to wake somebody before
 * somebody answered wakes nobody any more. An alert whose row was lost says nothing.
 */
export const triage = (
  due: readonly Delivery[],
  world: {
    readonly at: EpochMs;
    readonly channel: Channel | undefined;
    readonly alert: (id: string) => Alert | undefined;
    /** When somebody answered for the incident, on the watch's own time. */
    readonly answeredAt: (incidentId: string) => EpochMs | undefined;
  },
): Triage => {
  const { at, channel } = world;
  const known: Waiting[] = [];
  const over: { readonly delivery: Delivery; readonly event: DeliveryEvent }[] = [];
  for (const delivery of due) {
    const alert = world.alert(delivery.alertId);
    if (channel === undefined) over.push({ delivery, event: { type: 'failed', at, error: GONE } });
    else if (alert === undefined || isAnswered({ delivery, alert }, world.answeredAt))
      over.push({ delivery, event: { type: 'stale', at } });
    else known.push({ delivery, alert });
  }
  return { known, over };
};

const GONE = { permanent: true, message: 'the channel is no longer defined' } as const;

const isAnswered = ({ delivery, alert }: Waiting, answeredAt: (incidentId: string) => EpochMs | undefined): boolean => {
  if (delivery.incidentId === undefined || delivery.edits !== undefined) return false;
  if (!delivery.loud || !CALLS.has(alert.kind)) return false;
  const answered = answeredAt(delivery.incidentId);
  return answered !== undefined && delivery.createdAt <= answered;
};
