import type { RealOutage } from './outage-schedule.ts';

/** A message as the channel received it. */
export interface Arrival {
  readonly at: number;
  readonly body: {
    readonly id: string;
    readonly kind: string;
    readonly loud: boolean;
    readonly incidentId?: string;
    readonly facts?: { readonly digest?: readonly { readonly incidentId?: string }[] };
  };
}

interface StoredBracket {
  readonly from?: { readonly at: string };
  readonly to: { readonly at: string };
}

/** What is read of an incident of the API. */
export interface StoredIncident {
  readonly id: string;
  readonly state: 'open' | 'closed';
  readonly toldLate: boolean;
  readonly start: StoredBracket;
  readonly end?: StoredBracket;
}

/** What is known when all is over. */
export interface Aftermath {
  readonly outages: readonly RealOutage[];
  readonly killedAt: readonly number[];
  readonly incidents: readonly StoredIncident[];
  /** When each stored bad check began. */
  readonly badAt: readonly number[];
  readonly arrivals: readonly Arrival[];
  readonly integrity: string;
}

/** What came out of a run of kills. Each list is empty when all is right. */
export interface KillFigures {
  readonly kills: number;
  readonly outages: number;
  /** Outages whose first evidence was saved early enough to owe a message. */
  readonly owed: number;
  readonly told: number;
  readonly toldLate: number;
  readonly incidents: number;
  readonly messages: number;
  readonly repeats: number;
  readonly integrity: string;
  readonly lost: readonly string[];
  /** Told without any outage. */
  readonly needless: readonly string[];
  /** Sent again though nobody was killed since, or a second one for the same kill. */
  readonly unexcused: readonly string[];
  /** Incidents that ended and whose end nobody was told of. */
  readonly unfinished: readonly string[];
}

/** An evidence older than this at the end of an outage owes a message: the shortest span of bad evidence, and time to ask on a busy machine. */
const OWED_AFTER_MS = 1_600;
/** A check that began at the edge of an outage may be of either side of it. */
const EDGE_MS = 500;

const isOf = (incident: StoredIncident, { from, to }: RealOutage): boolean => {
  const began = Date.parse((incident.start.from ?? incident.start.to).at);
  const ended = incident.end === undefined ? Number.POSITIVE_INFINITY : Date.parse(incident.end.to.at);
  return began <= to + EDGE_MS && ended >= from - EDGE_MS;
};

const toldIds = (arrivals: readonly Arrival[]): ReadonlySet<string> =>
  new Set(
    arrivals.flatMap(({ body }) => [
      ...(body.incidentId === undefined ? [] : [body.incidentId]),
      ...(body.facts?.digest ?? []).flatMap(({ incidentId }) => (incidentId === undefined ? [] : [incidentId])),
    ]),
  );

const iso = (at: number): string => new Date(at).toISOString().slice(11, 23);
const words = ({ how, from, to }: RealOutage): string => `${how} ${iso(from)}–${iso(to)}`;

/** Each arrival beyond the first of its id needs a kill of its own since the one before it. */
const repeatsOf = ({ arrivals, killedAt }: Aftermath): { count: number; unexcused: string[] } => {
  const before = new Map<string, number>();
  const used = new Set<number>();
  const unexcused: string[] = [];
  let count = 0;
  for (const { at, body } of arrivals) {
    const last = before.get(body.id);
    before.set(body.id, at);
    if (last === undefined) continue;
    count += 1;
    const excuse = killedAt.findLast((kill) => kill <= at && kill >= last - EDGE_MS && !used.has(kill));
    if (excuse === undefined) unexcused.push(`${body.id} at ${iso(at)}, before at ${iso(last)}`);
    else used.add(excuse);
  }
  return { count, unexcused };
};

const END_KINDS: ReadonlySet<string> = new Set(['recovered', 'unseen', 'digest']);

/** Compares what happened with what was stored and told. */
export const judge = (after: Aftermath): KillFigures => {
  const { outages, killedAt, incidents, badAt, arrivals, integrity } = after;
  const told = toldIds(arrivals);
  const toldIncidents = incidents.filter(({ id }) => told.has(id));
  const owed = outages.filter(({ from, to }) => badAt.some((at) => at >= from - EDGE_MS && at <= to - OWED_AFTER_MS));
  const lost = owed.filter((outage) => !toldIncidents.some((incident) => isOf(incident, outage)));
  const ended = toldIds(arrivals.filter(({ body }) => END_KINDS.has(body.kind)));
  const repeats = repeatsOf(after);
  return {
    kills: killedAt.length,
    outages: outages.length,
    owed: owed.length,
    told: owed.length - lost.length,
    toldLate: toldIncidents.filter(({ toldLate }) => toldLate).length,
    incidents: incidents.length,
    messages: arrivals.length,
    repeats: repeats.count,
    integrity,
    lost: lost.map(words),
    needless: toldIncidents
      .filter((incident) => !outages.some((outage) => isOf(incident, outage)))
      .map(({ id, start }) => `${id} from ${start.to.at}`),
    unexcused: repeats.unexcused,
    unfinished: toldIncidents
      .filter(({ id, state }) => state === 'closed' && !ended.has(id))
      .map(({ id, start }) => `${id} from ${start.to.at}`),
  };
};
