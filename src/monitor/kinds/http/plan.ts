import type { SecureContext } from 'node:tls';
import type { Security } from '#network/dial.ts';
import { securityContext } from '#network/pem.ts';
import { USER_AGENT } from '#network/user-agent.ts';
import type { HttpConfig } from './config.ts';
import { readExpectation, type Expectation } from './expectation.ts';

/** One request, ready to be written. */
export interface Hop {
  readonly url: URL;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly method: string;
  readonly body: string | undefined;
  /** Name, value, name, value: the form that Node writes without looking at each. */
  readonly headers: readonly string[];
  readonly security: Security | undefined;
  /** Goes to the host that the configuration names, so what is secret may go along. */
  readonly isHome: boolean;
}

/** Everything that follows from a configuration alone, worked out once. */
export interface Plan {
  readonly config: HttpConfig;
  readonly first: Hop;
  readonly expectation: Expectation;
  readonly contexts: { readonly home: SecureContext | undefined; readonly foreign: SecureContext | undefined };
}

const PROTOCOLS = ['http/1.1'];
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    // a lone percent sign in a password is meant as it stands
    if (error instanceof URIError) return part;
    throw error;
  }
};

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

const authorization = (config: HttpConfig): string | undefined => {
  if (config.auth !== undefined)
    return 'bearer' in config.auth ? `Bearer ${config.auth.bearer}` : basic(config.auth.user, config.auth.password);
  const url = new URL(config.url);
  return url.username === '' && url.password === '' ? undefined : basic(decode(url.username), decode(url.password));
};

const headersOf = (config: HttpConfig, url: URL, body: string | undefined, isHome: boolean): readonly string[] => {
  const headers = new Map<string, readonly [string, string]>();
  const set = (name: string, value: string | undefined): void => {
    if (value !== undefined) headers.set(name.toLowerCase(), [name, value]);
  };
  set('Host', url.host);
  set('User-Agent', USER_AGENT);
  set('Accept', '*/*');
  set('Connection', 'close');
  if (body !== undefined) set('Content-Length', String(Buffer.byteLength(body)));
  if (isHome) {
    set('Authorization', authorization(config));
    for (const [name, value] of Object.entries(config.headers ?? {})) set(name, value);
  }
  return [...headers.values()].flat();
};

const hopTo = (
  config: HttpConfig,
  url: URL,
  ask: { readonly method: string; readonly body: string | undefined; readonly isHome: boolean },
  context: SecureContext | undefined,
): Hop => {
  const isSecure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return {
    url,
    host,
    port: Number(url.port) || (isSecure ? 443 : 80),
    path: `${url.pathname}${url.search}`,
    headers: headersOf(config, url, ask.body, ask.isHome),
    security: isSecure
      ? { host, protocols: PROTOCOLS, ...(context === undefined ? {} : { secureContext: context }) }
      : undefined,
    ...ask,
  };
};

/** The same host at another path; a path that begins with two slashes stays a path. */
const atPath = (url: URL, path: string | undefined): URL => {
  if (path === undefined) return url;
  const [pathname = '', ...query] = path.split('?');
  url.pathname = pathname;
  url.search = query.join('?');
  return url;
};

const makePlan = (config: HttpConfig, pulsePath: string | undefined): Plan => {
  const home = securityContext(config.ca, config.clientCertificate);
  const contexts = {
    home,
    foreign: config.clientCertificate === undefined ? home : securityContext(config.ca, undefined),
  };
  const url = atPath(new URL(config.url), pulsePath);
  const isPlain = pulsePath === undefined || config.method === 'HEAD';
  const ask = isPlain ? { method: config.method, body: config.body } : { method: 'GET', body: undefined };
  return {
    config,
    contexts,
    first: hopTo(config, url, { ...ask, isHome: true }, home),
    expectation: readExpectation(config.expect, pulsePath !== undefined),
  };
};

const plans = new WeakMap<HttpConfig, Map<string, Plan>>();

/**
 * The plan of a configuration, made at its first check and kept with the object.
 * @throws the system's or OpenSSL's error when a certificate's file cannot be read.
 */
export const planOf = (config: HttpConfig, pulsePath: string | undefined): Plan => {
  const known = plans.get(config) ?? new Map<string, Plan>();
  plans.set(config, known);
  const key = pulsePath ?? '';
  const plan = known.get(key) ?? makePlan(config, pulsePath);
  known.set(key, plan);
  return plan;
};

/** Forgets a plan, so that the next check reads the certificates' files again: they may have been renewed. */
export const forgetPlan = (config: HttpConfig): void => {
  plans.delete(config);
};

/** Is it a redirect that is to be followed? One whose status is expected is the answer itself. */
export const isFollowed = (plan: Plan, status: number): boolean =>
  REDIRECTS.has(status) && plan.config.redirects > 0 && plan.expectation.status(status) !== undefined;

const isDowngrade = (from: URL, to: URL): boolean => from.protocol === 'https:' && to.protocol === 'http:';

const becomesGet = (method: string, status: number): boolean =>
  method !== 'HEAD' && (status === 303 || (status < 303 && method === 'POST'));

/**
 * The request that a redirect asks for (RFC 9110 § 15.4: 303 always, 301 and 302 after a POST become GET); undefined when it leads to no web address.
 * Sign-in, configured headers and the client certificate go along only to the same host, and never from https to http.
 */
export const followHop = (plan: Plan, from: Hop, status: number, location: string): Hop | undefined => {
  if (!URL.canParse(location, from.url.href)) return undefined;
  const url = new URL(location, from.url.href);
  if (!/^https?:$/.test(url.protocol)) return undefined;
  const isHome = from.isHome && url.hostname === from.url.hostname && !isDowngrade(from.url, url);
  const ask = becomesGet(from.method, status)
    ? { method: 'GET', body: undefined }
    : { method: from.method, body: from.body };
  return hopTo(plan.config, url, { ...ask, isHome }, isHome ? plan.contexts.home : plan.contexts.foreign);
};
