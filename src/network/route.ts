import { readFileSync } from 'node:fs';
import { BlockList, isIP, isIPv6, SocketAddress } from 'node:net';
import { networkInterfaces } from 'node:os';

/**
 * Which way leads to an address: over `loopback`, to an `own` address of this machine, to the default `gateway` itself, to a neighbour
 * `on-link`, or `beyond` the gateway. It decides which controls vouch for the way (DESIGN § 6).
 */
export type Route = 'loopback' | 'own' | 'gateway' | 'on-link' | 'beyond';

/** What the machine knows of its own network. */
export interface RouteTable {
  readonly own: ReadonlySet<string>;
  readonly links: BlockList;
  /** Addresses of the default gateways, IPv4 first; those of IPv6 that are link-local carry their zone. */
  readonly gateways: readonly string[];
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');

/** Without zone, mapped IPv4 as IPv4, IPv6 in its shortest form, so that one address is one text. */
const bare = (address: string): string => {
  const plain = address.replace(/%.*$/, '').replace(/^::ffff:(\d+\.\d+\.\d+\.\d+)$/i, '$1');
  return isIPv6(plain) ? new SocketAddress({ address: plain, family: 'ipv6' }).address : plain;
};

const RTF_GATEWAY = 0x2;

const fields = (text: string): readonly string[][] => text.split('\n').map((line) => line.trim().split(/\s+/));

/** Default gateways in the text of /proc/net/route (proc(5): little-endian hexadecimal words). */
export const parseGateways4 = (text: string): readonly string[] =>
  fields(text)
    .filter((row) => row[1] === '00000000' && row[7] === '00000000' && (Number(`0x${row[3]}`) & RTF_GATEWAY) !== 0)
    .toSorted((a, b) => Number(a[6]) - Number(b[6]))
    .map((row) =>
      Buffer.from(row[2] ?? '', 'hex')
        .toReversed()
        .join('.'),
    );

/** Default gateways in the text of /proc/net/ipv6_route (net/ipv6/route.c: destination, bits, source, bits, next hop, metric, …, device). */
export const parseGateways6 = (text: string): readonly string[] =>
  fields(text)
    .filter((row) => row[1] === '00' && /[^0]/.test(row[4] ?? '') && row[9] !== 'lo')
    .map((row) => {
      const address = (row[4] ?? '').replace(/(.{4})(?=.)/g, '$1:');
      return /^fe[89ab]/.test(address) ? `${bare(address)}%${row[9] ?? ''}` : bare(address);
    });

const readIfThere = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    // no procfs (another system) or IPv6 switched off: nothing is known, which is no fault
    if (error instanceof Error && 'code' in error) return '';
    throw error;
  }
};

/** Reads the machine's addresses and gateways now. Without procfs no gateway is known. */
export const readRouteTable = (): RouteTable => {
  const own = new Set<string>();
  const links = new BlockList();
  for (const entry of Object.values(networkInterfaces()).flatMap((entries) => entries ?? [])) {
    own.add(bare(entry.address));
    const bits = Number(entry.cidr?.split('/')[1]);
    if (!entry.internal && Number.isInteger(bits)) links.addSubnet(bare(entry.address), bits, familyOf(entry.address));
  }
  links.addSubnet('fe80::', 10, 'ipv6');
  const gateways = [
    ...parseGateways4(readIfThere('/proc/net/route')),
    ...parseGateways6(readIfThere('/proc/net/ipv6_route')),
  ];
  return { own, links, gateways: [...new Set(gateways)] };
};

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

const wayTo = (plain: string, table: RouteTable): Route => {
  if (isIP(plain) === 0) return /^(.+\.)?localhost\.?$/i.test(plain) ? 'loopback' : 'beyond';
  const family = familyOf(plain);
  if (LOOPBACK.check(plain, family)) return 'loopback';
  if (table.own.has(plain)) return 'own';
  if (table.gateways.some((gateway) => bare(gateway) === plain)) return 'gateway';
  return table.links.check(plain, family) ? 'on-link' : 'beyond';
};

const MOST_KNOWN = 20_000;
const known = new WeakMap<RouteTable, Map<string, Route>>();

/**
 * The way to an address; `localhost` leads to loopback, and to what else is no address (a name that could not be resolved, or nothing) the way counts
 * as beyond the gateway. Kept with the table: the same thousands of addresses are asked for every other second.
 */
export const routeTo = (address: string | undefined, table: RouteTable = readRouteTable()): Route => {
  const routes = known.get(table) ?? new Map<string, Route>();
  known.set(table, routes);
  const found = routes.get(address ?? '');
  if (found !== undefined) return found;
  const route = wayTo(bare(address ?? ''), table);
  if (routes.size < MOST_KNOWN) routes.set(address ?? '', route);
  return route;
};
