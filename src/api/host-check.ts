import { isIP } from 'node:net';
import { isLoopback, plainAddress } from './peer.ts';

/** What a request must fit: where we listen, what people call us, and our own addresses. */
export interface OwnNames {
  readonly listenHost: string;
  readonly publicUrl?: string;
  /** Addresses of this machine, the called one included. */
  readonly addresses: readonly string[];
}

/** The host without its port; undefined when it is no host at all. */
export const hostName = (host: string): string | undefined => {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(host);
  return match?.[1] === undefined ? undefined : plainAddress(match[1]).replace(/\.$/, '');
};

const hostOfUrl = (url: string | undefined): string | undefined =>
  url !== undefined && URL.canParse(url) ? plainAddress(new URL(url).hostname) : undefined;

/**
 * Is this Host header one of ours? A page of somebody else whose name was rebound to our address sends its own name (DNS rebinding), so only
 * loopback names, the listen host, publicUrl's host and literals of our own addresses pass.
 */
export const isOwnHost = (host: string, own: OwnNames): boolean => {
  const name = hostName(host);
  if (name === undefined) return false;
  if (name === 'localhost' || name.endsWith('.localhost') || isLoopback(name)) return true;
  if (name === plainAddress(own.listenHost) || name === hostOfUrl(own.publicUrl)) return true;
  return isIP(name) !== 0 && own.addresses.some((address) => plainAddress(address) === name);
};

/** Is this Origin header the page that we served ourselves: the request's own host, or publicUrl? */
export const isOwnOrigin = (origin: string, host: string, publicUrl: string | undefined): boolean => {
  if (!URL.canParse(origin)) return false;
  const { protocol, host: from } = new URL(origin);
  if (protocol !== 'http:' && protocol !== 'https:') return false;
  if (publicUrl !== undefined && URL.canParse(publicUrl) && new URL(publicUrl).origin === new URL(origin).origin)
    return true;
  return URL.canParse(`${protocol}//${host}`) && new URL(`${protocol}//${host}`).host === from;
};
