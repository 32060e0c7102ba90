import type { Channel, Delivery } from '../alert/model.ts';
import { mergeStale, MERGE_RULES, topicOf, type Ready, type Waiting } from '../alert/stale.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { Incident } from '../incident/incident.ts';
import type { Lane } from './lane.ts';
import type { Told } from './told.ts';

/** What a lane does with what is due: sends, holds back until later, merges away. */
export interface Grouped {
  readonly send: readonly Ready[];
  readonly held: readonly Delivery[];
  readonly merged: readonly Delivery[];
}

/** What waits for newer news about the same, which the channel is to be asked for at its own time (a provider said when). */
const heldBy = (waiting: readonly Waiting[], at: EpochMs): ReadonlyMap<string, EpochMs> => {
  const newest = new Map<string, Delivery>();
  for (const { delivery } of waiting.toSorted((a, b) => a.delivery.createdAt - b.delivery.createdAt))
    newest.set(topicOf(delivery), delivery);
  return new Map([...newest].flatMap(([topic, { dueAt }]) => (dueAt > at ? [[topic, dueAt] as const] : [])));
};

/** Puts in order what is due on a channel, and what waits about the same: no old news as if it were new, no flood. */
export const regroup = (
  waiting: readonly Waiting[],
  world: {
    readonly at: EpochMs;
    readonly channel: Channel;
    readonly lane: Lane;
    readonly told: Told;
    readonly incident: (id: string) => Incident | undefined;
  },
): Grouped => {
  const until = heldBy(waiting, world.at);
  const due = waiting.filter(({ delivery }) => !until.has(topicOf(delivery)));
  const later = waiting.flatMap(({ delivery }) => {
    const dueAt = until.get(topicOf(delivery));
    return dueAt === undefined ? [] : [{ ...delivery, dueAt }];
  });
  const incidents = new Map<string, Incident>();
  const told = new Set<string>();
  for (const { delivery } of due) {
    if (delivery.incidentId === undefined) continue;
    const incident = world.incident(delivery.incidentId);
    if (incident !== undefined) incidents.set(incident.id, incident);
    if (world.told.first(delivery.incidentId, world.channel.id) !== undefined) told.add(delivery.incidentId);
  }
  const standing = { at: world.at, channel: world.channel.name, incidents, told, accepted: world.lane.accepted };
  const { send, merged, holdUntil } = mergeStale(due, standing, MERGE_RULES);
  const settled = new Set([...send.map(({ delivery }) => delivery.id), ...merged.map(({ delivery }) => delivery.id)]);
  const rest = due.filter(({ delivery }) => !settled.has(delivery.id));
  return {
    send,
    merged: merged.map(({ delivery }) => delivery),
    held: [
      ...later,
      ...(holdUntil === undefined ? [] : rest.map(({ delivery }) => ({ ...delivery, dueAt: holdUntil }))),
    ],
  };
};
