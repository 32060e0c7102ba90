import { getServers } from 'node:dns';
import type { Clock } from '../kernel/clock.ts';
import type { Ms } from '../kernel/time.ts';
import type { NameResolver } from '../monitor/kind.ts';
import { anchorControl, gatewayControl, resolverControl, splitHostPort, type Control } from '../network/control.ts';
import { readRouteTable, routeTo, type Route, type RouteTable } from '../network/route.ts';

/** Where a control stands: on the way to what is beyond the gateway, it is the gateway itself, or near. */
type Place = 'gateway' | 'near' | 'beyond';

/** Controls that have answered before, by name: one that never did can vouch for nothing. */
export type Known = Readonly<Record<string, Place>>;

/** What a look needs. */
export interface LookOptions {
  readonly clock: Clock;
  readonly resolver: NameResolver;
  /** Anchors as `host:port`. */
  readonly anchors: readonly string[];
  readonly resolvers: readonly string[];
  readonly known: Known;
  /** Where the look has to reach: the brain's address. */
  readonly towards: string | undefined;
}

/** One look at the own network. */
export interface Sight {
  readonly ok: number;
  readonly total: number;
  /** Most controls on the way answer, or there are none that ever did. */
  readonly clear: boolean;
  /** What was known before, and what answered now. */
  readonly known: Known;
}

const LOOK_MS: Ms = 1_500;

const gateways = (table: RouteTable, known: Known): readonly string[] => {
  // a lost link takes the route away, and a gateway that vanished could not veto
  const before = Object.keys(known).flatMap((name) => /^gateway (.+)$/.exec(name)?.[1] ?? []);
  return table.gateways.length > 0 ? table.gateways : before;
};

const controlsOf = async (
  options: LookOptions,
  table: RouteTable,
): Promise<readonly { readonly control: Control; readonly place: Place }[]> => {
  const { resolver, known } = options;
  const deadline = AbortSignal.timeout(LOOK_MS);
  const placed = (control: Control, route: Route): { control: Control; place: Place }[] =>
    // what runs on this machine says nothing of the network
    route === 'loopback' || route === 'own'
      ? []
      : [{ control, place: known[control.name] ?? (route === 'beyond' ? 'beyond' : 'near') }];
  const servers = (options.resolvers.length === 0 ? getServers() : options.resolvers).slice(0, 2);
  const anchors = await Promise.all(
    [...new Set(options.anchors)].map(async (anchor) => {
      const [address] = await resolver.addresses(splitHostPort(anchor, 443).host, 0, deadline).catch(() => []);
      return placed(anchorControl(anchor, resolver), routeTo(address, table));
    }),
  );
  return [
    ...gateways(table, known).map((address) => ({ control: gatewayControl(address), place: 'gateway' as const })),
    ...servers.flatMap((server) => placed(resolverControl(server), routeTo(splitHostPort(server, 53).host, table))),
    ...anchors.flat(),
  ];
};

const isOnWay = (place: Place, route: Route): boolean => route === 'beyond' || place === 'gateway';

/** Asks all controls once, side by side, under a deadline of 1.5 s. Never throws for what the network does. */
export const lookAround = async (options: LookOptions): Promise<Sight> => {
  const table = readRouteTable();
  const route = routeTo(options.towards, table);
  // nothing on this machine needs the network
  if (route === 'loopback' || route === 'own') return { ok: 0, total: 0, clear: true, known: options.known };
  const controls = await controlsOf(options, table);
  const deadline = AbortSignal.timeout(LOOK_MS);
  const seen = await Promise.all(
    controls.map(async ({ control, place }) => ({ name: control.name, place, answers: await control.ask(deadline) })),
  );
  const known: Known = {
    ...options.known,
    ...Object.fromEntries(seen.filter(({ answers }) => answers).map(({ name, place }) => [name, place])),
  };
  const counted = seen.filter(({ name, place }) => known[name] !== undefined && isOnWay(place, route));
  const ok = counted.filter(({ answers }) => answers).length;
  const beyond = counted.filter(({ place }) => place === 'beyond');
  // a gateway that answers says nothing of the line behind it
  const isCutOff = beyond.length > 0 && beyond.every(({ answers }) => !answers);
  return { ok, total: counted.length, clear: counted.length === 0 || (!isCutOff && ok * 2 >= counted.length), known };
};
