import { connect, isIP } from 'node:net';
import type { DependencyFact } from '#diagnose/app-facts.ts';
import type { Ms } from '#kernel/time.ts';
import type { EnvValues } from './env-file.ts';

/** A server that the app needs; found in its environment's values, which stay here. */
export interface Dependency {
  readonly name: string;
  readonly kind: string;
  readonly host: string;
  readonly port: number;
}

const PORTS: Readonly<Record<string, number>> = {
  postgres: 5432,
  postgresql: 5432,
  mysql: 3306,
  mariadb: 3306,
  mongodb: 27017,
  redis: 6379,
  rediss: 6379,
  amqp: 5672,
  amqps: 5671,
  mssql: 1433,
  sqlserver: 1433,
  clickhouse: 8123,
  nats: 4222,
  kafka: 9092,
  memcached: 11211,
};

const fromUrl = (name: string, value: string): readonly Dependency[] => {
  const [, scheme = '', authority = ''] = /^([a-z][a-z0-9]*)(?:\+[a-z]+)?:\/\/([^/?#]*)/i.exec(value.trim()) ?? [];
  const usual = PORTS[scheme.toLowerCase()];
  // `mongodb+srv` names a record of the DNS, not a host.
  if (usual === undefined || /^\w+\+srv:/i.test(value)) return [];
  const hosts = authority.slice(authority.lastIndexOf('@') + 1).split(',');
  return hosts.flatMap((one) => {
    const [, v6, host = v6, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(one) ?? [];
    // A path that is written as a host is a socket.
    if (host === undefined || host === '' || host.startsWith('/') || host.includes('%2F')) return [];
    const kind = scheme.toLowerCase().replace('postgresql', 'postgres');
    return isPort(Number(port ?? usual)) ? [{ name, kind, host, port: Number(port ?? usual) }] : [];
  });
};

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^(PG|POSTGRES|POSTGRESQL)/, 'postgres'],
  [/^(MYSQL|MARIADB)/, 'mysql'],
  [/^(MONGO|MONGODB)/, 'mongodb'],
  [/^(REDIS|CACHE)/, 'redis'],
  [/^(RABBIT|RABBITMQ|AMQP)/, 'amqp'],
  [/^(MSSQL|SQLSERVER)/, 'mssql'],
  [/^(CLICKHOUSE)/, 'clickhouse'],
  [/^(MEMCACHED)/, 'memcached'],
];

const HOST_NAME =
  /^((?:[A-Z0-9]+_)*?(?:PG|DB|DATABASE|POSTGRES|POSTGRESQL|MYSQL|MARIADB|MONGO|MONGODB|REDIS|CACHE|RABBIT|RABBITMQ|AMQP|MSSQL|SQLSERVER|CLICKHOUSE|MEMCACHED|TYPEORM))_?(?:HOST|HOSTNAME|SERVER)$/;

const kindOf = (stem: string, values: EnvValues): string => {
  const named = KINDS.find(([pattern]) => pattern.test(stem.split('_').pop() ?? stem) || pattern.test(stem))?.[1];
  if (named !== undefined) return named;
  const said = ['DB_TYPE', 'DB_DIALECT', 'DB_CONNECTION', 'DB_CLIENT', 'TYPEORM_CONNECTION', 'DB_DRIVER']
    .map((name) => values.get(name))
    .find((one) => one !== undefined);
  return said === undefined ? 'database' : said.replace(/^(pg|postgresql)$/, 'postgres');
};

const isHostName = (text: string): boolean => text !== '' && !text.startsWith('/') && !text.includes('://');

const isPort = (port: number): boolean => Number.isInteger(port) && port > 0 && port < 65_536;

const fromHost = (name: string, value: string, values: EnvValues): readonly Dependency[] => {
  const stem = HOST_NAME.exec(name)?.[1];
  const host = value.trim();
  if (stem === undefined || !isHostName(host)) return [];
  const kind = kindOf(stem, values);
  const port = Number(values.get(`${stem}_PORT`) ?? values.get(`${stem}PORT`) ?? PORTS[kind]);
  return isPort(port) ? [{ name, kind, host, port }] : [];
};

/** The servers that an environment points to: connection strings and HOST/PORT pairs of databases, caches and queues. */
export const dependenciesIn = (values: EnvValues): readonly Dependency[] => {
  const found = [...values].flatMap(([name, value]) => [...fromUrl(name, value), ...fromHost(name, value, values)]);
  const seen = new Set<string>();
  return found.filter(({ host, port }) => {
    const key = `${host}:${port}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
};

/** Does something accept a connection there? Nothing is sent. */
export const askPort = async (
  host: string,
  port: number,
  limit: Ms,
  signal: AbortSignal,
): Promise<{ readonly answers: boolean; readonly tookMs: Ms; readonly error?: string }> =>
  new Promise((resolve) => {
    const started = performance.now();
    const socket = connect({ host, port, ...(isIP(host) === 0 ? { autoSelectFamily: true } : {}) });
    const end = (error?: string): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', late);
      socket.destroy();
      const tookMs = Math.round(performance.now() - started);
      resolve(error === undefined ? { answers: true, tookMs } : { answers: false, tookMs, error });
    };
    const late = (): void => end('ETIMEDOUT');
    const timer = setTimeout(late, limit);
    signal.addEventListener('abort', late, { once: true });
    socket.once('connect', () => end());
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const parts = (error as { readonly errors?: readonly NodeJS.ErrnoException[] }).errors;
      end(error.code ?? parts?.[0]?.code ?? 'EUNKNOWN');
    });
    if (signal.aborted) late();
  });

const MOST_ASKED = 20;

/** Asks every server that the environment points to whether its port answers from here. */
export const askDependencies = async (
  values: EnvValues,
  limit: Ms,
  signal: AbortSignal,
): Promise<readonly DependencyFact[]> =>
  Promise.all(
    dependenciesIn(values)
      .slice(0, MOST_ASKED)
      .map(async (one) => ({ ...one, ...(await askPort(one.host, one.port, limit, signal)) })),
  );
