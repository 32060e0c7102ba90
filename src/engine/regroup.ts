import type { Channel, Delivery } from '../alert/model.ts';
import { mergeStale, MERGE_RULES, type Ready, type Waiting } from '../alert/stale.ts';
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

/** Puts what is due on a channel in order: no old news as if it were new, no flood. */
export const regroup = (
  due: readonly Waiting[],
  world: {
    readonly at: EpochMs;
    readonly channel: Channel;
    readonly lane: Lane;
    readonly told: Told;
    readonly incident: (id: string) => Incident | undefined;
  },
): Grouped => {
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
    held: holdUntil === undefined ? [] : rest.map(({ delivery }) => ({ ...delivery, dueAt: holdUntil })),
  };
};
