import { defined } from '../kernel/defined.ts';
import { MINUTE, type EpochMs, type Ms } from '../kernel/time.ts';
import type { Incident } from '../incident/incident.ts';
import type { Alert, AlertFacts, Delivery } from './model.ts';

/** A delivery that waits for one channel, with what it tells. */
export interface Waiting {
  readonly delivery: Delivery;
  readonly alert: Alert;
}

/** A message to be sent; `rewritten` says that its alert is a new one that stands for several (the engine gives it an id of its own). */
export interface Ready extends Waiting {
  readonly rewritten: boolean;
}

/** What is known about the channel and the incidents at this moment. */
export interface ChannelStanding {
  readonly at: EpochMs;
  /** The channel's name. */
  readonly channel: string;
  /** The incidents as they stand; one that is missing counts as open. */
  readonly incidents: ReadonlyMap<string, Incident>;
  /** Ids of incidents of which this channel has accepted a message. */
  readonly told: ReadonlySet<string>;
  /** When this channel accepted messages within the digest's window. */
  readonly accepted: readonly EpochMs[];
}

/** Above so many messages within the window, a channel gets one digest instead. */
export interface MergeRules {
  readonly maxMessages: number;
  readonly windowMs: Ms;
}

/** DESIGN § 6 by way of detection.md § 5: 10 messages in 5 minutes. */
export const MERGE_RULES: MergeRules = { maxMessages: 10, windowMs: 5 * MINUTE };

/** What becomes of the waiting deliveries. */
export interface Regrouped {
  readonly send: readonly Ready[];
  /** Their news is in `into`, or (without it) nobody needs it any more. */
  readonly merged: readonly { readonly delivery: Delivery; readonly into?: string }[];
  /** Nothing before this moment: the channel had its fill and none of these is loud. */
  readonly holdUntil?: EpochMs;
}

type Merged = Regrouped['merged'][number];

const isClosed = (standing: ChannelStanding, incidentId: string): boolean =>
  standing.incidents.get(incidentId)?.state === 'closed';

/** What a delivery tells of: a new message about an incident; a change of an earlier message (`edits`) is another matter, and so is a test. */
export const topicOf = (delivery: Delivery): string => {
  if (delivery.incidentId === undefined) return `delivery ${delivery.id}`;
  return `incident ${delivery.incidentId} ${delivery.edits ?? ''}`;
};

const endOf = (facts: AlertFacts, incident: Incident | undefined): Pick<AlertFacts, 'endFrom' | 'endTo'> =>
  facts.endTo === undefined
    ? defined({ endFrom: incident?.end?.from?.at, endTo: incident?.end?.to.at ?? incident?.closedAt })
    : {};

const lateFacts = (group: readonly Waiting[], newest: Waiting, standing: ChannelStanding): AlertFacts => ({
  ...newest.alert.facts,
  ...endOf(newest.alert.facts, standing.incidents.get(newest.delivery.incidentId ?? '')),
  kind: 'unseen',
  from: Math.min(...group.map(({ delivery }) => delivery.firstTriedAt ?? delivery.createdAt)),
  to: standing.at,
  textKey: 'late.channel',
  textParams: { channel: standing.channel },
});

/** Since when the channel has been tried for any of it: a newer message must not start anew the wait until the next channel is used. */
const triedSince = (group: readonly Waiting[]): Pick<Delivery, 'firstTriedAt'> => {
  const tried = group.flatMap(({ delivery }) => delivery.firstTriedAt ?? []);
  return tried.length === 0 ? {} : { firstTriedAt: Math.min(...tried) };
};

/** One message for all that waits about one incident: what is true now. */
const mergeTopic = (
  group: readonly Waiting[],
  standing: ChannelStanding,
): { ready?: Ready; merged: readonly Merged[] } => {
  const newest = group.at(-1);
  if (newest === undefined) return { merged: [] };
  const { incidentId, edits, id } = newest.delivery;
  const older = group.slice(0, -1).map(({ delivery }) => ({ delivery, into: id }));
  const loud = group.some(({ delivery }) => delivery.loud);
  const isOver = incidentId !== undefined && edits === undefined && isClosed(standing, incidentId);
  const current: Delivery = { ...newest.delivery, loud, ...triedSince(group) };
  if (!isOver) return { ready: { ...newest, delivery: current, rewritten: false }, merged: older };
  if (standing.told.has(incidentId)) {
    const end = group.findLast(({ alert }) => alert.kind === 'recovered' || alert.kind === 'unseen');
    if (end === undefined) return { merged: group.map(({ delivery }) => ({ delivery })) };
    const others = group.filter((one) => one !== end).map(({ delivery }) => ({ delivery, into: end.delivery.id }));
    return { ready: { ...end, rewritten: false }, merged: others };
  }
  if (newest.alert.kind === 'unseen') return { ready: { ...newest, rewritten: false }, merged: older };
  const facts = lateFacts(group, newest, standing);
  const delivery = { ...current, loud: false };
  return { ready: { delivery, alert: { ...newest.alert, kind: 'unseen', facts }, rewritten: true }, merged: older };
};

const isDigestible = ({ delivery, alert }: Ready): boolean =>
  delivery.edits === undefined && alert.kind !== 'test' && alert.kind !== 'storm' && alert.kind !== 'digest';

const RANK = { info: 0, warning: 1, critical: 2 } as const;

const entryOf = ({ alert: { kind, incidentId, facts } }: Ready): NonNullable<AlertFacts['digest']>[number] => ({
  kind,
  service: facts.service ?? facts.failures[0]?.monitor ?? '',
  ...defined({ incidentId, code: facts.code, startTo: facts.startTo, endTo: facts.endTo }),
});

const digest = (several: readonly Ready[], newest: Ready): { ready: Ready; merged: readonly Merged[] } => {
  const gravest = several.reduce((worst, one) => (RANK[one.alert.severity] > RANK[worst.alert.severity] ? one : worst));
  const { severity } = gravest.alert;
  const { incidentId: _incident, ...alert } = newest.alert;
  const { incidentId: _delivered, ...delivery } = newest.delivery;
  const facts: AlertFacts = { kind: 'digest', severity, failures: [], digest: several.map(entryOf) };
  return {
    ready: {
      delivery: { ...delivery, loud: several.some((one) => one.delivery.loud) },
      alert: { ...alert, kind: 'digest', severity, facts },
      rewritten: true,
    },
    merged: several.filter((one) => one !== newest).map((one) => ({ delivery: one.delivery, into: delivery.id })),
  };
};

const capped = (regrouped: Regrouped, standing: ChannelStanding, rules: MergeRules): Regrouped => {
  const lately = standing.accepted.filter((at) => at > standing.at - rules.windowMs);
  const several = regrouped.send.filter(isDigestible);
  const newest = several.at(-1);
  if (newest === undefined || several.length + lately.length <= rules.maxMessages) return regrouped;
  const oldest = lately.length >= rules.maxMessages ? Math.min(...lately) : undefined;
  const others = regrouped.send.filter((one) => !isDigestible(one));
  if (oldest !== undefined && !several.some(({ delivery }) => delivery.loud))
    return { send: others, merged: regrouped.merged, holdUntil: oldest + rules.windowMs };
  if (several.length === 1) return regrouped;
  const made = digest(several, newest);
  return { send: [...others, made.ready], merged: [...regrouped.merged, ...made.merged] };
};

/**
 * What one channel is to be sent of all that waits for it, so that no old news comes as if it were new:
 * several deliveries about one incident become the newest one (loud when any was); an incident that began and ended while the channel was
 * away becomes one `was down X–Y, told late`; reminders of an incident that is over go nowhere; more than ten messages in five
 * minutes become a digest, which waits its turn unless something in it is loud. What is loud comes first, then what is older.
 */
export const mergeStale = (
  pending: readonly Waiting[],
  standing: ChannelStanding,
  rules: MergeRules = MERGE_RULES,
): Regrouped => {
  const topics = new Map<string, Waiting[]>();
  for (const one of pending.toSorted((a, b) => a.delivery.createdAt - b.delivery.createdAt)) {
    const topic = topicOf(one.delivery);
    topics.set(topic, [...(topics.get(topic) ?? []), one]);
  }
  const groups = [...topics.values()].map((group) => mergeTopic(group, standing));
  const send = groups.flatMap(({ ready }) => (ready === undefined ? [] : [ready]));
  const merged = groups.flatMap((group) => group.merged);
  const result = capped({ send, merged }, standing, rules);
  const [loud, silent] = [true, false].map((isLoud) => result.send.filter(({ delivery }) => delivery.loud === isLoud));
  return { ...result, send: [...(loud ?? []), ...(silent ?? [])] };
};
