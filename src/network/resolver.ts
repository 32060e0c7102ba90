import { promises as dns, type RecordWithTtl } from 'node:dns';
import { statSync } from 'node:fs';
import { isIP } from 'node:net';
import type { Clock } from '#kernel/clock.ts';
import { SECOND, type EpochMs, type Ms } from '#kernel/time.ts';
import type { NameResolver } from '#monitor/kind.ts';
import { hedge } from './hedge.ts';
import { openHostsFile } from './hosts-file.ts';

/** A name that could not be turned into addresses; `code` is c-ares's (`ENOTFOUND`, `ENODATA`, `ESERVFAIL`, `ETIMEOUT`, …) or `EPRIVATE`. */
export class ResolveError extends Error {
  readonly code: string;

  constructor(code: string, host: string) {
    super(`${code} ${host}`);
    this.name = 'ResolveError';
    this.code = code;
  }
}

/** What a resolver is made of. */
export interface ResolverOptions {
  /** Name servers as `ip` or `ip:port`; the system's (`/etc/resolv.conf`, read again when it changes) when absent or empty. */
  readonly servers?: readonly string[];
  readonly hostsFile?: string;
  readonly clock: Clock;
}

/** An answer is used again for so long at most, whatever its TTL says: a moved name must be seen soon. */
const CACHE_MAX: Ms = 10 * SECOND;
/** Who asks while the same question is under way joins it only when it is this young, so as to inherit no hung one. */
const JOIN_MAX: Ms = SECOND;
/** So long the other family may lag behind before the first goes alone (RFC 8305 § 3). */
const LAG_MAX: Ms = 50;
/** A question is put again beside the first after this: a lost packet or two must fit in a check's 5 s. */
const HEDGE_MS: Ms = 1_250;
const HEDGES = 3;
/** So long a server may take. */
const ANSWER_MS: Ms = 6_000;
const CACHE_NAMES = 5_000;

interface Question {
  readonly startedAt: Ms;
  readonly answer: Promise<readonly string[]>;
}

interface Known {
  readonly addresses: readonly string[];
  readonly until: Ms;
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'EBADRESP';

const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOTFOUND' || codeOf(error) === 'ENODATA';

/** One channel a hedge, each with another server first, so that a dead first server delays no hedge. */
const openChannels = (servers: readonly string[]): readonly dns.Resolver[] =>
  Array.from({ length: HEDGES }, (_none, at) => {
    const resolver = new dns.Resolver({ timeout: ANSWER_MS, tries: 1 });
    const all = servers.length === 0 ? resolver.getServers() : servers;
    const first = at % all.length;
    if (all.length > 0) resolver.setServers([...all.slice(first), ...all.slice(0, first)]);
    return resolver;
  });

const openSystemServers = (clock: Clock): (() => readonly dns.Resolver[]) => {
  let version = '';
  let lookedAt: EpochMs = Number.NEGATIVE_INFINITY;
  let channels: readonly dns.Resolver[] = [];
  return () => {
    const now = clock.monotonic();
    if (now - lookedAt < SECOND) return channels;
    lookedAt = now;
    const found = statSync('/etc/resolv.conf', { throwIfNoEntry: false });
    const seen = found === undefined ? 'missing' : `${found.ino}-${found.mtimeMs}`;
    // a c-ares channel keeps the servers it was born with
    if (seen !== version) channels = openChannels([]);
    version = seen;
    return channels;
  };
};

const openFixedServers = (servers: readonly string[]): (() => readonly dns.Resolver[]) => {
  const channels = openChannels(servers);
  return () => channels;
};

const withDeadline = <T>(answer: Promise<T>, host: string, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const cut = (): void => reject(new ResolveError('ETIMEOUT', host));
    if (signal.aborted) cut();
    signal.addEventListener('abort', cut, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', cut));
  });

const later = (span: Ms, clock: Clock): Promise<undefined> =>
  new Promise((resolve) => {
    clock.after(span, () => resolve(undefined));
  });

const inFamily = (addresses: readonly string[], family: 0 | 4 | 6): readonly string[] =>
  family === 0 ? addresses : addresses.filter((address) => isIP(address) === family);

const isLocalhost = (host: string): boolean => /^(.+\.)?localhost\.?$/i.test(host);

/** What is known without asking: addresses, the hosts file, and `localhost` (RFC 6761 § 6.3); undefined when a server must say. */
const knownWithoutAsking = (
  host: string,
  hosts: (name: string) => readonly string[],
): readonly string[] | undefined => {
  if (isIP(host) !== 0) return [host];
  const listed = hosts(host);
  if (isLocalhost(host)) return [...new Set([...listed, '127.0.0.1', '::1'])];
  return listed.length > 0 ? listed : undefined;
};

/** Asks the servers for one family or both, and tells for how long the answer may be kept. */
const openQuestions = (channels: () => readonly dns.Resolver[], clock: Clock) => {
  const one = async (host: string, family: 4 | 6): Promise<readonly RecordWithTtl[]> =>
    await hedge(
      channels().map((channel) => async () => {
        if (family === 4) return await channel.resolve4(host, { ttl: true });
        return await channel.resolve6(host, { ttl: true });
      }),
      HEDGE_MS,
      clock,
    );

  return async (host: string, family: 0 | 4 | 6): Promise<readonly RecordWithTtl[]> => {
    if (family !== 0) return await one(host, family);
    const [four, six] = [one(host, 4), one(host, 6).catch((error: unknown) => error)];
    try {
      const first = await four;
      const second = await Promise.race([six, later(LAG_MAX, clock)]);
      return Array.isArray(second) ? [...first, ...(second as RecordWithTtl[])] : first;
    } catch (error) {
      const second = await six;
      if (Array.isArray(second)) return second as RecordWithTtl[];
      // "no such name" of one family says less than a failure of the other
      throw isMissing(error) && !isMissing(second) ? second : error;
    }
  };
};

/**
 * Turns names into addresses with c-ares under the asker's deadline. Answers are shared for their TTL, 10 s at most; a failure is
 * never kept; `fresh` (for re-checks) asks again. IPv4 comes first.
 */
export const createResolver = (options: ResolverOptions): NameResolver => {
  const { clock, servers = [] } = options;
  const hosts = openHostsFile(options.hostsFile ?? '/etc/hosts', clock);
  const ask = openQuestions(servers.length === 0 ? openSystemServers(clock) : openFixedServers(servers), clock);
  const cache = new Map<string, Known>();
  const underWay = new Map<string, Question>();

  const keep = (key: string, records: readonly RecordWithTtl[]): readonly string[] => {
    const addresses = records.map((record) => record.address);
    const ttl = Math.min(CACHE_MAX, ...records.map((record) => record.ttl * SECOND));
    if (cache.size >= CACHE_NAMES) cache.clear();
    if (ttl > 0) cache.set(key, { addresses, until: clock.monotonic() + ttl });
    else cache.delete(key);
    return addresses;
  };

  const begin = (key: string, host: string, family: 0 | 4 | 6): Promise<readonly string[]> => {
    const answer = ask(host, family).then(
      (records) => keep(key, records),
      (error: unknown) => {
        cache.delete(key);
        throw new ResolveError(codeOf(error), host);
      },
    );
    const question = { startedAt: clock.monotonic(), answer };
    const forget = (): void => {
      if (underWay.get(key) === question) underWay.delete(key);
    };
    underWay.set(key, question);
    answer.then(forget, forget);
    return answer;
  };

  return {
    async addresses(host, family, signal, fresh = false) {
      const plain = knownWithoutAsking(host, hosts);
      if (plain !== undefined) {
        const fitting = inFamily(plain, family);
        if (fitting.length === 0) throw new ResolveError('ENODATA', host);
        return fitting;
      }
      const key = `${family} ${host.toLowerCase()}`;
      const now = clock.monotonic();
      const known = cache.get(key);
      if (!fresh && known !== undefined && known.until > now) return known.addresses;
      const question = underWay.get(key);
      const young = question !== undefined && now - question.startedAt < JOIN_MAX;
      return await withDeadline(young ? question.answer : begin(key, host, family), host, signal);
    },
  };
};
