import type { EpochMs, Ms } from '../kernel/time.ts';
import type { Severity } from '../monitor/model.ts';
import { reason, type Reason } from '../monitor/reason.ts';
import type { Incident } from './incident.ts';
import { RANK, worst } from './parts.ts';

/** One service that just turned out hurt, as the storm's machine sees it. */
export interface Casualty {
  readonly incidentId: string;
  readonly serviceId: string;
  readonly at: EpochMs;
  /** Where its target is; what storms have in common before anything else. */
  readonly host?: string;
  readonly reason?: Reason;
  /** critical when absent */
  readonly severity?: Severity;
  /** Its first message is held back until then. */
  readonly heldUntil?: EpochMs;
}

/** A storm under way: what its members share. */
export interface StormUnderWay {
  readonly stormId: string;
  readonly key: string;
  readonly openedAt: EpochMs;
  /** When the last member joined; when it opened when absent. */
  readonly joinedAt?: EpochMs;
  /** critical when absent */
  readonly severity?: Severity;
  readonly members: readonly string[];
}

/** All that the machine remembers. Plain JSON. */
export interface StormBoard {
  readonly casualties: readonly Casualty[];
  readonly storms: readonly StormUnderWay[];
}

export type StormEvent =
  /** `inDoubt`: how many services are suspect or freshly down at this moment, this one included. */
  | {
      readonly type: 'opened';
      readonly at: EpochMs;
      readonly casualty: Omit<Casualty, 'at' | 'heldUntil'>;
      readonly inDoubt: number;
    }
  | { readonly type: 'closed'; readonly at: EpochMs; readonly incidentId: string }
  | { readonly type: 'tick'; readonly at: EpochMs };

export type StormEffect =
  /** Not part of a storm: it is told by itself. */
  | { readonly do: 'tell-alone'; readonly incidentId: string }
  | {
      readonly do: 'open-storm';
      readonly key: string;
      readonly members: readonly string[];
      readonly commonCause: Reason;
      readonly severity: Severity;
      readonly host?: string;
      readonly at: EpochMs;
    }
  | { readonly do: 'join-storm'; readonly stormId: string; readonly incidentId: string }
  /** All that it held is well again. */
  | { readonly do: 'end-storm'; readonly stormId: string; readonly at: EpochMs }
  | { readonly do: 'wake'; readonly at: EpochMs };

export interface StormRules {
  readonly suspects: number;
  readonly holdMs: Ms;
  readonly services: number;
  readonly windowMs: Ms;
}

/** No storm, nothing held. */
export const CALM: StormBoard = { casualties: [], storms: [] };

const keysOf = (casualty: Pick<Casualty, 'host' | 'reason'>): readonly string[] => [
  ...(casualty.host === undefined ? [] : [`host ${casualty.host}`]),
  ...(casualty.reason === undefined ? [] : [`reason ${casualty.reason.code}`]),
];

const gravity = ({ severity }: { readonly severity?: Severity }): number => RANK[severity ?? 'critical'];

/**
 * Joining is hardly heard of (the storm's message changes), so a storm takes in only what follows soon and is no graver than what it told: the
 * same words hours later, or an outage among warnings, are other news.
 */
const takesIn = (
  storm: StormUnderWay,
  casualty: Omit<Casualty, 'at' | 'heldUntil'>,
  at: EpochMs,
  within: Ms,
): boolean =>
  keysOf(casualty).includes(storm.key) &&
  gravity(casualty) <= gravity(storm) &&
  at - (storm.joinedAt ?? storm.openedAt) <= within;

const onOpened = (
  board: StormBoard,
  event: Extract<StormEvent, { type: 'opened' }>,
  rules: StormRules,
): readonly [StormBoard, readonly StormEffect[]] => {
  const storm = board.storms.find((one) => takesIn(one, event.casualty, event.at, rules.windowMs));
  if (storm !== undefined) {
    const grown = { ...storm, joinedAt: event.at, members: [...storm.members, event.casualty.incidentId] };
    const storms = board.storms.map((one) => (one === storm ? grown : one));
    return [
      { ...board, storms },
      [{ do: 'join-storm', stormId: storm.stormId, incidentId: event.casualty.incidentId }],
    ];
  }
  const fresh = board.casualties.filter(
    ({ at, heldUntil }) => heldUntil !== undefined || event.at - at <= rules.windowMs,
  );
  if (event.inDoubt < rules.suspects) {
    const told: Casualty = { ...event.casualty, at: event.at };
    return [{ ...board, casualties: [...fresh, told] }, [{ do: 'tell-alone', incidentId: told.incidentId }]];
  }
  const heldUntil = event.at + rules.holdMs;
  const held: Casualty = { ...event.casualty, at: event.at, heldUntil };
  return [{ ...board, casualties: [...fresh, held] }, [{ do: 'wake', at: heldUntil }]];
};

/** The largest group that shares a host, else a reason, and is large enough to be a storm. */
const groupAround = (
  casualties: readonly Casualty[],
  around: Casualty,
  rules: StormRules,
): { key: string; members: readonly Casualty[] } | undefined => {
  for (const key of keysOf(around)) {
    const members = casualties.filter((one) => keysOf(one).includes(key));
    if (members.length >= rules.services) return { key, members };
  }
  return undefined;
};

const openStorm = (key: string, members: readonly Casualty[], at: EpochMs): StormEffect => {
  const host = key.startsWith('host ') ? key.slice('host '.length) : undefined;
  const codes = new Set(members.map((one) => one.reason?.code));
  const shared = codes.size === 1 ? members[0]?.reason : undefined;
  return {
    do: 'open-storm',
    key,
    members: members.map(({ incidentId }) => incidentId),
    severity: worst(members.map((one) => one.severity ?? 'critical')),
    commonCause: shared ?? reason('host.gone', host === undefined ? {} : { host }),
    ...(host === undefined ? {} : { host }),
    at,
  };
};

const onTick = (board: StormBoard, at: EpochMs, rules: StormRules): readonly [StormBoard, readonly StormEffect[]] => {
  const effects: StormEffect[] = [];
  let casualties = board.casualties;
  const due = (): Casualty | undefined =>
    casualties.find(({ heldUntil }) => heldUntil !== undefined && heldUntil <= at);
  for (let one = due(); one !== undefined; one = due()) {
    const current = one;
    const group = groupAround(casualties, current, rules);
    if (group === undefined) {
      effects.push({ do: 'tell-alone', incidentId: current.incidentId });
      casualties = casualties.map((other) => (other === current ? withoutHold(other) : other));
    } else {
      effects.push(openStorm(group.key, group.members, at));
      casualties = casualties.filter((other) => !group.members.includes(other));
    }
  }
  const next = Math.min(...casualties.map(({ heldUntil }) => heldUntil ?? Number.POSITIVE_INFINITY));
  if (Number.isFinite(next)) effects.push({ do: 'wake', at: next });
  return [
    { ...board, casualties: casualties.filter((one) => one.heldUntil !== undefined || at - one.at <= rules.windowMs) },
    effects,
  ];
};

const withoutHold = ({ heldUntil: _heldUntil, ...casualty }: Casualty): Casualty => casualty;

const onClosed = (
  board: StormBoard,
  event: Extract<StormEvent, { type: 'closed' }>,
): readonly [StormBoard, readonly StormEffect[]] => {
  const casualties = board.casualties.filter(({ incidentId }) => incidentId !== event.incidentId);
  const storms: StormUnderWay[] = [];
  const effects: StormEffect[] = [];
  for (const storm of board.storms) {
    const members = storm.members.filter((id) => id !== event.incidentId);
    if (members.length === 0) effects.push({ do: 'end-storm', stormId: storm.stormId, at: event.at });
    else storms.push(members.length === storm.members.length ? storm : { ...storm, members });
  }
  return [{ casualties, storms }, effects];
};

/**
 * Keeps the first message of several services back for a moment when many are in doubt at once, and makes one conversation of those that share
 * a host or a reason. Pure.
 */
export const decideStorm = (
  board: StormBoard,
  event: StormEvent,
  rules: StormRules,
): readonly [StormBoard, readonly StormEffect[]] => {
  switch (event.type) {
    case 'opened':
      return onOpened(board, event, rules);
    case 'closed':
      return onClosed(board, event);
    case 'tick':
      return onTick(board, event.at, rules);
  }
};

/** The board with a storm that the engine opened under this id. */
export const withStorm = (board: StormBoard, storm: StormUnderWay): StormBoard => ({
  ...board,
  storms: [...board.storms, storm],
});

/** The storm's own incident: one conversation for all its members. */
export const stormIncident = (input: {
  readonly id: string;
  readonly code: string;
  readonly at: EpochMs;
  readonly members: readonly Incident[];
  readonly of: number;
  readonly commonCause: Reason;
  readonly host?: string;
}): Incident => {
  const first = input.members.toSorted((a, b) => a.start.to.at - b.start.to.at)[0];
  const serviceIds = input.members.map(({ serviceId }) => serviceId ?? '').filter((id) => id !== '');
  return {
    id: input.id,
    code: input.code,
    kind: 'storm',
    severity: input.members.some(({ severity }) => severity === 'critical') ? 'critical' : 'warning',
    state: 'open',
    start: first?.start ?? { to: { at: input.at } },
    detectedAt: Math.min(...input.members.map(({ detectedAt }) => detectedAt), input.at),
    involved: [],
    loudAtOnce: input.members.some(({ loudAtOnce }) => loudAtOnce),
    reason: input.commonCause,
    relapses: 0,
    transition: 1,
    toldLate: false,
    maintenance: false,
    flapping: false,
    storm: {
      serviceIds,
      commonCause: input.commonCause,
      of: input.of,
      ...(input.host === undefined ? {} : { host: input.host }),
    },
  };
};
