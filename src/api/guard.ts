import { networkInterfaces } from 'node:os';
import type { Context, MiddlewareHandler } from 'hono';
import { Fault } from '#kernel/fault.ts';
import type { ApiEnv, World } from './env.ts';
import { isOwnHost, isOwnOrigin } from './host-check.ts';
import { isProtected } from './peer.ts';

/** Paths that carry no credentials of people and that anybody may ask, from any name and in plain text. */
const OPEN = /^\/(health|ready|beat\/.*)$/;

const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // Not no-referrer: with it browsers send `Origin: null` with forms.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

/** Puts the security headers on every answer; nothing is cached unless the route says so. */
export const securityHeaders: MiddlewareHandler<ApiEnv> = async (context, next) => {
  await next();
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) context.res.headers.set(name, value);
  if (!context.res.headers.has('cache-control')) context.res.headers.set('cache-control', 'no-store');
};

const ownAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map((one) => one.address));

const checkHost = (context: Context<ApiEnv>, world: World): void => {
  const host = context.req.header('host') ?? '';
  const { listen, publicUrl } = world.brain.settings();
  const listenHost = world.listening()?.host ?? listen.host;
  const addresses = [context.env.peer.local, ...ownAddresses()];
  const own = { listenHost, addresses, ...(publicUrl === undefined ? {} : { publicUrl }) };
  if (!isOwnHost(host, own))
    throw new Fault(
      'FORBIDDEN',
      `This Dozor is not called "${host.slice(0, 100)}".`,
      'Set publicUrl in dozor.yaml to the address under which people open it.',
    );
};

/** Refuses requests that a foreign page makes a browser send: an Origin that is not ours, or a cross-site request that may change something. */
const checkOrigin = (context: Context<ApiEnv>, world: World): void => {
  const { req } = context;
  const origin = req.header('origin');
  const unsafe = !['GET', 'HEAD', 'OPTIONS'].includes(req.method);
  const foreign =
    origin !== undefined && !isOwnOrigin(origin, req.header('host') ?? '', world.brain.settings().publicUrl);
  const crossSite = unsafe && req.header('sec-fetch-site') === 'cross-site';
  if (foreign || crossSite)
    throw new Fault(
      'FORBIDDEN',
      'The request comes from a page of another site.',
      'Behind a reverse proxy set publicUrl in dozor.yaml, or let the proxy pass the Host header on.',
    );
};

/** Plain HTTP from another machine would show credentials to the way between: pages are sent to https, all else is refused. */
const refusePlain = (context: Context<ApiEnv>, world: World): Response => {
  const { req } = context;
  const host = req.header('host') ?? '';
  const url = new URL(req.url);
  const page = req.method === 'GET' && !url.pathname.startsWith('/api/') && url.pathname !== '/metrics';
  if (page && world.certificate() !== undefined)
    return context.redirect(`https://${host}${url.pathname}${url.search}`, 307);
  throw new Fault(
    'FORBIDDEN',
    'Plain HTTP is refused from other machines: passwords and tokens would be readable on the way.',
    world.certificate() === undefined
      ? 'Put a reverse proxy with TLS on this machine in front, or tunnel: ssh -L 4600:127.0.0.1:4600.'
      : `Use https://${host} (its certificate is Dozor's own) or a reverse proxy on this machine.`,
  );
};

/** Host, Origin and transport are checked before anything is read (DESIGN § 7). */
export const guard =
  (world: World): MiddlewareHandler<ApiEnv> =>
  async (context, next) => {
    const { peer } = context.env;
    if (OPEN.test(new URL(context.req.url).pathname) || peer.unix) return next();
    checkHost(context, world);
    if (!isProtected(peer)) return refusePlain(context, world);
    checkOrigin(context, world);
    return next();
  };
