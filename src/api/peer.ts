import { isIP } from 'node:net';

/** Who is at the other end of a connection, as the listener saw it. */
export interface Peer {
  readonly address: string;
  /** The address of ours that was called. */
  readonly local: string;
  readonly encrypted: boolean;
  /** Came through the Unix socket: whoever may open it is an admin. */
  readonly unix: boolean;
}

/** Plain form of an address: without the IPv4-in-IPv6 prefix, brackets and zone. */
export const plainAddress = (address: string): string => {
  const bare = address
    .replace(/^\[|\]$/g, '')
    .replace(/%.*$/, '')
    .toLowerCase();
  return bare.startsWith('::ffff:') && isIP(bare.slice(7)) === 4 ? bare.slice(7) : bare;
};

/** Is it an address of the machine's loopback? */
export const isLoopback = (address: string): boolean => {
  const plain = plainAddress(address);
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
};

const FORWARDED = ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'forwarded', 'x-real-ip', 'via'];

/** Did a reverse proxy on this machine pass the request on? Such headers are believed from loopback alone. */
export const isForwarded = (headers: Headers): boolean => FORWARDED.some((name) => headers.has(name));

/** The caller's address: what a reverse proxy on loopback says it is, else the connection's. */
export const callerAddress = (peer: Peer, headers: Headers): string => {
  if (peer.unix) return 'local';
  const last = headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() ?? '';
  return isLoopback(peer.address) && isIP(plainAddress(last)) !== 0 ? plainAddress(last) : plainAddress(peer.address);
};

/** Is what the caller sends protected: TLS, loopback, the Unix socket, or a proxy on loopback? */
export const isProtected = (peer: Peer): boolean => peer.unix || peer.encrypted || isLoopback(peer.address);

/** Does the browser see `https://`, here or at the proxy? Decides the cookie's Secure. */
export const isHttps = (peer: Peer, headers: Headers): boolean =>
  peer.encrypted || (isLoopback(peer.address) && headers.get('x-forwarded-proto')?.trim() === 'https');
