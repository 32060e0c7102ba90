import { BlockList, isIPv6 } from 'node:net';
import type { NameResolver } from '#monitor/kind.ts';
import { ResolveError } from './resolver.ts';

const listed = (subnets: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = '', bits = ''] = subnet.split('/');
    list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return list;
};

// IANA's special-purpose registries (RFC 6890): loopback, private, shared, link-local (cloud metadata among them), multicast, reserved,
// and what carries an IPv4 address inside: compatible, NAT64, Teredo, 6to4
const PRIVATE = listed([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
  '2001::/32',
  '2002::/16',
]);

/** Is it an address that targets made through API or screens may not reach (DESIGN § 7)? IPv4 inside IPv6 counts as IPv4. */
export const isPrivate = (address: string): boolean => {
  const bare = address.replace(/%.*$/, '');
  return PRIVATE.check(bare, isIPv6(bare) ? 'ipv6' : 'ipv4');
};

/**
 * The same resolver without private addresses: kinds take every address, literal ones and those of redirects too, through the resolver, so
 * that neither a name nor a redirect leads inside. @throws ResolveError `EPRIVATE` when nothing is left.
 */
export const publicOnly = (resolver: NameResolver): NameResolver => ({
  async addresses(host, family, signal, fresh) {
    const found = await resolver.addresses(host, family, signal, fresh);
    const fitting = found.filter((address) => !isPrivate(address));
    if (fitting.length === 0) throw new ResolveError('EPRIVATE', host);
    return fitting;
  },
});
