import type { ErrorReport, Reading } from '../crash.ts';
import type { Params } from '../finding.ts';
import { defineRule } from '../rule.ts';
import { bySignatures, subjectOf, told, words, type Signature } from '../signature.ts';

/** Who usually listens there. */
const KNOWN: Readonly<Record<string, string>> = {
  '5432': 'PostgreSQL',
  '5433': 'PostgreSQL',
  '6432': 'PgBouncer',
  '3306': 'MySQL',
  '33060': 'MySQL',
  '27017': 'MongoDB',
  '6379': 'Redis',
  '26379': 'Redis Sentinel',
  '5672': 'RabbitMQ',
  '9092': 'Kafka',
  '9200': 'Elasticsearch',
  '11211': 'memcached',
  '4222': 'NATS',
  '1433': 'SQL Server',
  '1521': 'Oracle',
  '2379': 'etcd',
  '8123': 'ClickHouse',
  '9042': 'Cassandra',
};

const PLACE =
  /\b(?:ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ECONNRESET|EADDRNOTAVAIL|ENOENT|server at|to host)\b:?[^\n]{0,20}?[\s`(](\[?[\w.-]*[:.][\da-fA-F:.]*\]?|[\w.-]+):(\d{1,5})\b/;

/** Of an error, of its first cause, of its words: the first that says it. */
const firstOf = (report: ErrorReport, key: 'address' | 'port', said: string | undefined): string =>
  [report.props[key], said, ...report.causes.slice(0, 1).map((cause) => cause.props[key])].find(
    (value) => value !== undefined && value !== '',
  ) ?? '';

const addressOf = (report: ErrorReport): readonly [address: string, port: string] => {
  const match = PLACE.exec(subjectOf(report)) ?? [];
  return [firstOf(report, 'address', match[1]), firstOf(report, 'port', match[2])];
};

const placeOf = (report: ErrorReport): Params => {
  const [address, port] = addressOf(report);
  const known = KNOWN[port];
  return {
    ...(address === '' ? {} : { address: told(address) }),
    ...(/^\d{1,5}$/.test(port) ? { port: Number(port) } : {}),
    ...(known === undefined ? {} : { known }),
  };
};

/** `connect ECONNREFUSED`, also where only the code says it. */
const failed =
  (code: RegExp, unless?: RegExp): Signature['match'] =>
  (report) => {
    const subject = subjectOf(report);
    return code.test(subject) && unless?.test(subject) !== true ? placeOf(report) : undefined;
  };

const LISTENING = /\b(?:listen|bind)\b E/;
const NAMES = /\bgetaddrinfo\b|\bquery(?:Srv|Txt|A|AAAA)?\b E|ENOTFOUND|EAI_AGAIN/;

/** Names that do not resolve and certificates that are not accepted have causes of their own. */
const UNLIKE_ABSENCE = new RegExp(`${NAMES.source}|certificate|SSL|[Aa]uthentication failed|bad auth`);

const GAVE_UP =
  /Reached the max retries per request limit|MaxRetriesPerRequestError|KafkaJSNumberOfRetriesExceeded|Connection is closed\.|Max reconnection attempts reached|NoHostAvailable|ConnectionError: connect|retries exceeded/;

/** The driver gave up; what it gave up on stands in the lines before. */
const gaveUp = (report: ErrorReport, reading: Reading): Params | undefined => {
  if (!GAVE_UP.test(subjectOf(report))) return undefined;
  const earlier = reading.suspects.find((other) =>
    /ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ECONNRESET/.test(subjectOf(other.report)),
  );
  return earlier === undefined ? {} : placeOf(earlier.report);
};

const SIGNATURES: readonly Signature[] = [
  { cause: 'dependency-unreachable', sure: 0.95, match: failed(/\bECONNREFUSED\b/, LISTENING) },
  {
    cause: 'dependency-unreachable',
    sure: 0.93,
    match: failed(/\b(?:EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN)\b/, LISTENING),
  },
  { cause: 'dependency-unreachable', sure: 0.9, match: gaveUp },
  { cause: 'dependency-unreachable', sure: 0.88, match: words(/connect ENOENT (?<address>(?!\S*docker)\/\S{1,300})/) },
  {
    cause: 'dependency-unreachable',
    sure: 0.9,
    match: words(/SequelizeConnectionRefusedError|SequelizeHostNotReachableError/),
  },
  { cause: 'dependency-unreachable', sure: 0.93, match: failed(/Can't reach database server at|\bP1001\b/, NAMES) },
  {
    cause: 'dependency-timeout',
    sure: 0.92,
    match: failed(
      /\bconnect ETIMEDOUT\b|\bETIMEDOUT\b|\bESOCKETTIMEDOUT\b|UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT|Connect Timeout Error|Headers Timeout Error|Body Timeout Error/,
      /\bquery|getaddrinfo/,
    ),
  },
  { cause: 'dependency-timeout', sure: 0.85, match: words(/timeout of (?<ms>\d{1,8})ms exceeded/) },
  {
    cause: 'dependency-timeout',
    sure: 0.72,
    match: words(/TimeoutError\]?: (?:The operation was aborted due to timeout|.{0,60}timed out)/),
  },
  {
    cause: 'dependency-timeout',
    sure: 0.9,
    match: failed(
      /timeout expired|Connection terminated due to connection timeout|timeout exceeded when trying to connect|Connection timed out|connection timed? ?out|KafkaJSConnectionError: Connection timeout|Operation `[^`]{1,80}` buffering timed out after/i,
    ),
  },
  {
    cause: 'dependency-timeout',
    sure: 0.88,
    match: failed(
      /\bP1002\b|\bP2024\b|Timed out fetching a new connection from the connection pool|Knex: Timeout acquiring a connection|ResourceRequest timed out|SequelizeConnectionAcquireTimeoutError|Handshake inactivity timeout|PROTOCOL_SEQUENCE_TIMEOUT|Query read timeout|Socket timeout|Command timed out|Redis connection timed out/i,
    ),
  },
  {
    cause: 'dependency-unreachable',
    sure: 0.88,
    match: failed(
      /MongooseServerSelectionError|MongoServerSelectionError|Mongo(?:ose)?NetworkError|failed to connect to server|Server selection timed out/,
      UNLIKE_ABSENCE,
    ),
  },
  {
    cause: 'dependency-unreachable',
    sure: 0.78,
    match: failed(
      /(?:Unable|Failed) to connect to (?:the )?(?:database|redis|server|broker)|Redis (?:connection|server)[^\n]{0,40}(?:failed|refused|lost)|KafkaJSConnectionError|(?:database|server|broker) (?:is )?(?:unreachable|not reachable|unavailable)/i,
      NAMES,
    ),
  },
  {
    cause: 'dependency-unreachable',
    sure: 0.85,
    match: failed(
      /too many (?:clients already|connections)|remaining connection slots are reserved|ER_CON_COUNT_ERROR|ER_TOO_MANY_USER_CONNECTIONS|the database system is (?:starting up|shutting down|in recovery)|max number of clients reached|LOADING Redis is loading|\b(?:57P0[123]|53300)\b|ER_SERVER_SHUTDOWN|NotPrimaryNoSecondaryOk|not master/i,
    ),
  },
  {
    cause: 'dependency-unreachable',
    sure: 0.85,
    match: failed(
      /PROTOCOL_CONNECTION_LOST|Connection lost: The server closed the connection|Connection terminated unexpectedly|server closed the connection unexpectedly|terminating connection due to administrator command|\bP1017\b|Connection ended unexpectedly|Socket closed unexpectedly/,
    ),
  },
  {
    cause: 'dependency-unreachable',
    sure: 0.75,
    match: failed(
      /\b(?:read|write) ECONNRESET\b|\bECONNRESET\b|UND_ERR_SOCKET|other side closed|\bECONNABORTED\b/,
      /^.{0,20}socket hang up/,
    ),
  },
  { cause: 'dependency-unreachable', sure: 0.45, match: failed(/TypeError: fetch failed|FetchError: request to/) },
];

/** What the program needs does not answer: refused, unreachable, cut off, too slow. */
export const dependency = defineRule({
  name: 'dependency',
  causes: ['dependency-unreachable', 'dependency-timeout'],
  judge: (reading) => bySignatures(reading, SIGNATURES),
});
