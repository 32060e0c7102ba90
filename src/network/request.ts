import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import tls from 'node:tls';
import { err, ok, type Result } from '#kernel/result.ts';
import type { Ms } from '#kernel/time.ts';
import type { NameResolver } from '#monitor/kind.ts';

/** One HTTP request of ours: to a channel's provider, a dead-man's URL, a brain. */
export interface WireRequest {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Ends the request at once, in whatever phase it is. */
  readonly signal: AbortSignal;
  /** `http://[user:password@]host:port` (CONNECT) or `socks5://…`; names are resolved by the proxy. */
  readonly proxy?: string;
  /** How long reaching the far side (TLS included) may take; only without a proxy. Default: until the signal. */
  readonly connectMs?: Ms;
  /** How names are resolved; the system's resolver when absent. */
  readonly resolver?: NameResolver;
}

/** What came back. Redirects are answers, never followed. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The body as UTF-8, cut at 256 kB or where the connection broke. */
  readonly text: string;
}

/** No answer came. The message names host and port at most, never the path, which may hold a token. */
export interface WireFailure {
  readonly kind: 'bad-url' | 'network' | 'proxy' | 'timeout';
  /** The system's code, such as `ECONNREFUSED`. */
  readonly code: string;
  readonly message: string;
  /** The request had left for the far side, so it may have been acted upon. */
  readonly written: boolean;
}

/** The most that is read of an answer, in bytes. */
export const ANSWER_LIMIT = 256 * 1024;

const failure = (kind: WireFailure['kind'], error: unknown, written = false): Result<never, WireFailure> => {
  // a failed race of IPv4 and IPv6 comes as an AggregateError without a message of its own
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const message = first instanceof Error ? first.message : String(first);
  const code = first instanceof Error && 'code' in first ? String(first.code) : '';
  return err({ kind, code, message, written });
};

const timedOut = (written: boolean): Result<never, WireFailure> =>
  failure('timeout', Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' }), written);

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${decodeURIComponent(user)}:${decodeURIComponent(password)}`).toString('base64')}`;

const bareHost = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');
const portOf = (url: URL): number => Number(url.port) || (url.protocol === 'https:' ? 443 : 80);

type Addresses = readonly { readonly address: string; readonly family: number }[];

/** Node asks for a name's addresses when it connects; they are known by then. */
const lookupOf = (found: Addresses | undefined): { readonly lookup?: LookupFunction } => {
  const [first] = found ?? [];
  if (found === undefined || first === undefined) return {};
  return {
    lookup: (_, { all }, done) => {
      if (all === true) done(null, [...found]);
      else done(null, first.address, first.family);
    },
  };
};

/** The addresses of the host that is connected to first; undefined when the system is to find them. */
const findAddresses = async (
  host: string,
  { resolver, signal }: WireRequest,
): Promise<Result<Addresses | undefined, WireFailure>> => {
  if (resolver === undefined) return ok(undefined);
  try {
    const addresses = await resolver.addresses(host, 0, signal);
    return ok(addresses.map((address) => ({ address, family: isIP(address) })));
  } catch (error) {
    return signal.aborted ? timedOut(false) : failure('network', error);
  }
};

/** How to get to a proxy. */
interface Way {
  readonly proxy: URL;
  readonly signal: AbortSignal;
  readonly found: Addresses | undefined;
}

const throughConnect = (way: Way, target: URL): Promise<Result<Socket, WireFailure>> =>
  new Promise((resolve) => {
    const { proxy, signal, found } = way;
    const authority = `${target.hostname}:${portOf(target)}`;
    const asking = (proxy.protocol === 'https:' ? https : http).request({
      host: bareHost(proxy),
      port: portOf(proxy),
      method: 'CONNECT',
      path: authority,
      headers: {
        host: authority,
        ...(proxy.username === '' ? {} : { 'proxy-authorization': basic(proxy.username, proxy.password) }),
      },
      agent: false,
      signal,
      ...lookupOf(found),
    });
    const refused = (answer: IncomingMessage): void => {
      resolve(failure('proxy', new Error(`the proxy answered ${answer.statusCode ?? 0}`)));
      asking.destroy();
    };
    asking.once('connect', (answer, socket: Socket) =>
      answer.statusCode === 200 ? resolve(ok(socket)) : refused(answer),
    );
    asking.once('response', refused);
    asking.once('error', (error) => resolve(signal.aborted ? timedOut(false) : failure('proxy', error)));
    asking.end();
  });

const throughSocks = async ({ proxy, signal, found }: Way, target: URL): Promise<Result<Socket, WireFailure>> => {
  const { SocksClient } = await import('socks');
  const connecting = SocksClient.createConnection({
    proxy: {
      host: found?.[0]?.address ?? bareHost(proxy),
      port: Number(proxy.port) || 1080,
      type: 5,
      ...(proxy.username === ''
        ? {}
        : { userId: decodeURIComponent(proxy.username), password: decodeURIComponent(proxy.password) }),
    },
    command: 'connect',
    destination: { host: bareHost(target), port: portOf(target) },
    timeout: 10_000,
  }).then(
    ({ socket }) => {
      if (signal.aborted) socket.destroy();
      return ok(socket);
    },
    (error: unknown) => failure('proxy', error),
  );
  const aborted = new Promise<Result<Socket, WireFailure>>((resolve) => {
    signal.addEventListener('abort', () => resolve(timedOut(false)), { once: true });
  });
  return signal.aborted ? timedOut(false) : await Promise.race([connecting, aborted]);
};

const connectThrough = (way: Way, target: URL): Promise<Result<Socket, WireFailure>> =>
  way.proxy.protocol.startsWith('http') ? throughConnect(way, target) : throughSocks(way, target);

const collect = (incoming: IncomingMessage, done: (text: string) => void): void => {
  const chunks: Buffer[] = [];
  let size = 0;
  const finish = (): void => done(Buffer.concat(chunks).subarray(0, ANSWER_LIMIT).toString('utf8'));
  incoming.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > ANSWER_LIMIT) incoming.destroy();
  });
  // an answer that breaks off is still an answer: its status says whether the request was taken
  incoming.once('error', finish);
  incoming.once('close', finish);
};

const watchConnecting = (socket: Socket, secure: boolean, limit: Ms): void => {
  const timer = setTimeout(() => {
    socket.destroy(Object.assign(new Error('could not connect in time'), { code: 'ETIMEDOUT' }));
  }, limit);
  const clear = (): void => clearTimeout(timer);
  socket.once(secure ? 'secureConnect' : 'connect', clear);
  socket.once('close', clear);
};

const exchange = (
  url: URL,
  ask: WireRequest,
  reached: { found?: Addresses | undefined; way?: Socket },
): Promise<Result<WireAnswer, WireFailure>> =>
  new Promise((resolve) => {
    const { found, way } = reached;
    const secure = url.protocol === 'https:';
    const host = bareHost(url);
    const throughWay = (socket: Socket): Socket =>
      secure ? tls.connect({ socket, ...(/[a-z]/i.test(host) ? { servername: host } : {}) }) : socket;
    const outgoing = (secure ? https : http).request(url, {
      method: ask.method ?? 'GET',
      headers: {
        // without an agent node would name the usual port as well, which some servers take for another host
        host: url.host,
        ...(ask.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(ask.body)) }),
        ...ask.headers,
      },
      signal: ask.signal,
      ...lookupOf(found),
      ...(way === undefined ? { agent: false } : { createConnection: () => throughWay(way) }),
    });
    let written = false;
    outgoing.once('finish', () => {
      written = true;
    });
    outgoing.once('socket', (socket) => {
      if (way === undefined && ask.connectMs !== undefined) watchConnecting(socket, secure, ask.connectMs);
    });
    outgoing.once('response', (incoming) =>
      collect(incoming, (text) => {
        outgoing.destroy();
        resolve(ok({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }));
      }),
    );
    outgoing.on('error', (error) =>
      resolve(ask.signal.aborted ? timedOut(written) : failure('network', error, written)),
    );
    outgoing.end(ask.body);
  });

const PROXY_SCHEMES = new Set(['http:', 'https:', 'socks5:', 'socks5h:']);

const parse = (address: string): URL | undefined => (URL.canParse(address) ? new URL(address) : undefined);

const carryOut = async (url: URL, ask: WireRequest): Promise<Result<WireAnswer, WireFailure>> => {
  const proxy = ask.proxy === undefined ? undefined : parse(ask.proxy);
  if (ask.proxy !== undefined && (proxy === undefined || !PROXY_SCHEMES.has(proxy.protocol)))
    return failure('bad-url', new Error('the proxy must be http://host:port or socks5://host:port'));
  const found = await findAddresses(bareHost(proxy ?? url), ask);
  if (!found.ok) return found;
  if (proxy === undefined) return await exchange(url, ask, { found: found.value });
  const way = await connectThrough({ proxy, signal: ask.signal, found: found.value }, url);
  return way.ok ? await exchange(url, ask, { way: way.value }) : way;
};

/** Asks once, on a connection of its own. Never throws: whatever the network does is a value. */
export const request = async (ask: WireRequest): Promise<Result<WireAnswer, WireFailure>> => {
  const url = parse(ask.url);
  if (url === undefined || !/^https?:$/.test(url.protocol))
    return failure('bad-url', new Error('the address must begin with http:// or https://'));
  if (ask.signal.aborted) return timedOut(false);
  try {
    return await carryOut(url, ask);
  } catch (error) {
    // node refuses a header or a path with characters that HTTP has no room for
    return failure(
      'bad-url',
      error instanceof TypeError ? new Error('address or headers have unfit characters') : error,
    );
  }
};

/** What a `Retry-After` header asks for, in milliseconds (RFC 9110 § 10.2.3: seconds or a date); undefined without one. */
export const retryAfterOf = (answer: WireAnswer, now: number): Ms | undefined => {
  const header = answer.headers['retry-after'];
  if (header === undefined) return undefined;
  const seconds = Number(header);
  const wait = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - now;
  return Number.isFinite(wait) ? Math.max(0, Math.round(wait)) : undefined;
};
