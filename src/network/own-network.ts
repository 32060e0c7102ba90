import { getServers } from 'node:dns';
import type { Clock, Stop } from '#kernel/clock.ts';
import { HOUR, type EpochMs, type Ms } from '#kernel/time.ts';
import type { NameResolver } from '#monitor/kind.ts';
import type { OwnNetwork } from '#monitor/verdict.ts';
import { anchorControl, gatewayControl, resolverControl, splitHostPort, type Control } from './control.ts';
import { createLookHistory, stateOf, type Look, type Tally } from './look-history.ts';
import { readRouteTable, routeTo, type Route, type RouteTable } from './route.ts';

/** Anchors when the configuration names none: public name servers, which are many hosts under one address. */
export const DEFAULT_CONTROLS: readonly string[] = ['1.1.1.1:443', '8.8.8.8:443', '9.9.9.9:443'];

/** What the own-network loop is made of. */
export interface OwnNetworkOptions {
  readonly clock: Clock;
  readonly resolver: NameResolver;
  /** From one look to the next (`detection.controlEveryMs`). */
  readonly everyMs: Ms;
  /** Anchors as `host:port`: `network.controls` and the hosts of the alert channels. */
  readonly anchors: readonly string[];
  /** Name servers; the system's first two when absent or empty. */
  readonly resolvers?: readonly string[];
  /** Whether any target needs controls now; without need nobody is asked anything. Default: always. */
  readonly needed?: () => boolean;
}

/** How many controls on a way answered, and when the look ended. `total` 0: none is needed, or none has ever answered: no veto. */
interface ControlCount {
  readonly at: EpochMs;
  readonly ok: number;
  readonly total: number;
}

/** The way out turned better or worse. */
export interface OwnNetworkChange extends ControlCount {
  readonly state: OwnNetwork;
  readonly was: OwnNetwork;
  /** Names of the controls that did not answer. */
  readonly silent: readonly string[];
}

/** Knows how the machine's own network is and was. */
export interface OwnNetworkLoop {
  start(): void;
  stop(): void;
  /** Looks now (joins a look under way) and resolves when the look is done. */
  lookNow(): Promise<void>;
  /** The worst that any look touching the span saw; `none` when no look did, or the way needs no controls. */
  worst(from: EpochMs, to: EpochMs, route: Route): OwnNetwork;
  latest(route: Route): ControlCount;
  /** The way to an address, by a table that each look renews. */
  routeTo(address: string | undefined): Route;
  /** Tells each change of the way beyond the gateway. */
  onChange(listener: (change: OwnNetworkChange) => void): Stop;
}

/** A control and what became of it. */
interface Watched {
  readonly control: Control;
  readonly place: 'gateway' | 'near' | 'beyond';
  /** In the look that is under way. */
  answers: boolean;
  /** When it last did; undefined as long as it never has, and so long it is no control. */
  answeredAt: EpochMs | undefined;
}

/** The controls of a node and how each of them did; `look` asks them all. */
const openControls = (options: OwnNetworkOptions) => {
  const { clock, everyMs } = options;
  let table = readRouteTable();
  let gateways: Watched[] = [];
  let others: readonly Watched[] | undefined;
  let deadline: AbortController | undefined;
  return {
    cut: () => deadline?.abort(),
    routeTo: (address: string | undefined): Route => routeTo(address, table),
    look: async (): Promise<Look> => {
      const from = clock.now();
      table = readRouteTable();
      gateways = watchGateways(table, gateways);
      others ??= await watchOthers(options, table);
      const watched = [...gateways, ...others];
      deadline = new AbortController();
      await askAll(watched, clock, Math.max(250, Math.min(1_500, everyMs)), deadline);
      return summarise(watched, from, clock.now());
    },
  };
};

/** The own-network loop (facts: detection.md § 1): one a node, the controls follow the route to the target (DESIGN § 6). */
export const createOwnNetwork = (options: OwnNetworkOptions): OwnNetworkLoop => {
  const { clock, everyMs } = options;
  const listeners = new Set<(change: OwnNetworkChange) => void>();
  const history = createLookHistory();
  const controls = openControls(options);
  let underWay: Promise<void> | undefined;
  let state: OwnNetwork = 'none';
  let stopTimer: Stop | undefined;
  let isRunning = false;
  let hasStopped = false;

  const note = (seen: Look): void => {
    // what was cut off by the stop says nothing of the network
    if (hasStopped) return;
    history.add(seen);
    const now = stateOf(seen.beyond);
    if (now === state) return;
    const change = { at: seen.to, ...seen.beyond, state: now, was: state, silent: seen.silent };
    state = now;
    for (const listener of listeners) listener(change);
  };

  const lookNow = (): Promise<void> => {
    underWay ??= controls
      .look()
      .then(note)
      .finally(() => {
        underWay = undefined;
      });
    return underWay;
  };

  const next = (): void => {
    if (!isRunning) return;
    stopTimer = clock.after(everyMs, next);
    if (options.needed?.() ?? true) void lookNow();
  };

  return {
    start: () => {
      if (isRunning) return;
      isRunning = true;
      hasStopped = false;
      next();
    },
    stop: () => {
      isRunning = false;
      hasStopped = true;
      stopTimer?.();
      controls.cut();
    },
    lookNow,
    worst: (from, to, route) => history.worst(from, to, route),
    latest: (route) => {
      const seen = history.latest(route);
      return { ...seen, at: seen.at ?? clock.now() };
    },
    routeTo: controls.routeTo,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

/** Keeps a gateway whose route is gone: a lost link takes the route away, and a control that vanished could not veto. */
const watchGateways = (table: RouteTable, before: readonly Watched[]): Watched[] => {
  if (table.gateways.length === 0) return [...before];
  const nameOf = (address: string): string => `gateway ${address}`;
  return table.gateways.map(
    (address) =>
      before.find((watched) => watched.control.name === nameOf(address)) ?? {
        control: gatewayControl(address),
        place: 'gateway',
        answers: false,
        answeredAt: undefined,
      },
  );
};

const watchOthers = async (options: OwnNetworkOptions, table: RouteTable): Promise<readonly Watched[]> => {
  const { resolvers = [], anchors, resolver } = options;
  const servers = (resolvers.length === 0 ? getServers() : resolvers).slice(0, 2);
  const found: Watched[] = [];
  const add = (control: Control, route: Route): void => {
    // what runs on this machine says nothing of the network, a neighbour nothing of what lies beyond
    if (route === 'loopback' || route === 'own') return;
    found.push({ control, place: route === 'beyond' ? 'beyond' : 'near', answers: false, answeredAt: undefined });
  };
  for (const server of servers) add(resolverControl(server), routeTo(splitHostPort(server, 53).host, table));
  const deadline = AbortSignal.timeout(1_500);
  await Promise.all(
    [...new Set(anchors)].map(async (anchor) => {
      const addresses = await resolver.addresses(splitHostPort(anchor, 443).host, 0, deadline).catch(() => []);
      add(anchorControl(anchor, resolver), routeTo(addresses[0], table));
    }),
  );
  return found;
};

const askAll = async (
  watched: readonly Watched[],
  clock: Clock,
  deadlineMs: Ms,
  deadline: AbortController,
): Promise<void> => {
  const stop = clock.after(deadlineMs, () => deadline.abort());
  await Promise.all(
    watched.map(async (one) => {
      one.answers = await one.control.ask(deadline.signal);
    }),
  );
  stop();
  // a control that was asked in several ways at once has been answered in one: the others end here
  deadline.abort();
};

const summarise = (watched: readonly Watched[], from: EpochMs, to: EpochMs): Look => {
  for (const one of watched) if (one.answers) one.answeredAt = to;
  const count = (places: readonly Watched['place'][]): Tally => {
    const members = watched.filter((one) => places.includes(one.place) && one.answeredAt !== undefined);
    const ok = members.filter((one) => one.answers).length;
    // one that has been silent for an hour while others of its place answer is gone for good, not cut off
    const total = members.filter((one) => ok === 0 || to - (one.answeredAt ?? to) < HOUR).length;
    return { ok, total };
  };
  const beyond = count(['beyond']);
  const all = count(['gateway', 'near', 'beyond']);
  return {
    from,
    to,
    near: count(['gateway']),
    // a gateway that answers says nothing of the line behind it
    beyond: beyond.total > 0 && beyond.ok === 0 ? { ok: 0, total: all.total } : all,
    silent: watched.filter((one) => one.answeredAt !== undefined && !one.answers).map((one) => one.control.name),
  };
};
