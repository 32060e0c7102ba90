/** What was seen, as the reason carries it; a parameter may be missing, so every phrase reads well without. */
export type ReasonParams = Readonly<Record<string, string | number | boolean>>;

/** One reason in words: `long` for messages and pages, `short` for an SMS. Neither starts with a capital nor ends with a full stop. */
export interface ReasonPhrase {
  readonly long: (seen: ReasonParams) => string;
  readonly short: (seen: ReasonParams) => string;
}

const phrases = <Code extends string>(all: Readonly<Record<Code, ReasonPhrase>>): typeof all => all;

const part = (seen: ReasonParams, key: string, write: (value: string) => string): string => {
  const value = seen[key];
  return value === undefined || value === '' ? '' : write(String(value));
};

const within = (seen: ReasonParams): string => part(seen, 'ms', (ms) => ` within ${seconds(Number(ms))} s`);

const seconds = (ms: number): string => String(Math.round(ms / 100) / 10);

const days = (count: number): string => (count === 1 ? '1 day' : `${count} days`);

const found = (seen: ReasonParams): string =>
  part(seen, 'expected', (value) => `, expected ${value}`) + part(seen, 'found', (value) => `, found ${value}`);

const certificateEnds = (left: number): string =>
  left <= 0 ? 'certificate ends within a day' : `certificate ends in ${days(left)}`;

const exit = (seen: ReasonParams): string =>
  part(seen, 'signal', (name) => `, signal ${name}`) || part(seen, 'code', (code) => `, exit code ${code}`);

const shortExit = (seen: ReasonParams): string => part(seen, 'code', (code) => (code.length > 3 ? '' : ` (${code})`));

/** 60 s, 10 min, 3 h: as coarse as the number allows. */
const span = (ms: number): string => {
  if (ms < 120_000) return `${Math.max(1, Math.round(ms / 1000))} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
};

const exits = (seen: ReasonParams): string =>
  part(seen, 'exits', (count) => `: ${count} exits${part(seen, 'withinMs', (ms) => ` in ${span(Number(ms))}`)}`);

const counted = (seen: ReasonParams, key: string): string =>
  part(seen, key, (count) => `: ${count}×${part(seen, 'withinMs', (ms) => ` in ${span(Number(ms))}`)}`);

const lasted = (seen: ReasonParams): string => part(seen, 'forMs', (ms) => ` for ${span(Number(ms))}`);

const ahead = (seen: ReasonParams): string => part(seen, 'inMs', (ms) => `, full in ${span(Number(ms))}`);

const manager = (seen: ReasonParams): string => String(seen['manager'] ?? 'the process manager');

const size = (bytes: number): string =>
  bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${Math.round(bytes / 1e8) / 10} GB`;

const free = (seen: ReasonParams): string => part(seen, 'freeBytes', (bytes) => `, ${size(Number(bytes))} free`);

/** English texts: every reason of `monitor/reason.ts`, whose table of parameters stands there. */
export const reasons = phrases({
  'dns.not-found': {
    long: (seen) => `name not found${part(seen, 'name', (name) => `: ${name}`)}`,
    short: () => 'no such name',
  },
  'dns.no-records': {
    long: (seen) =>
      `no ${part(seen, 'type', (type) => `${type} `)}records${part(seen, 'name', (name) => ` for ${name}`)}`,
    short: () => 'no DNS records',
  },
  'dns.failed': {
    long: (seen) => `the name server failed${part(seen, 'code', (code) => ` (${code})`)}`,
    short: () => 'DNS failed',
  },
  'dns.timeout': { long: (seen) => `no answer from the name server${within(seen)}`, short: () => 'DNS timeout' },
  'dns.unexpected': {
    long: (seen) => `unexpected ${part(seen, 'type', (type) => `${type} `)}records${found(seen)}`,
    short: () => 'wrong DNS records',
  },
  'tcp.refused': { long: () => 'connection refused', short: () => 'refused' },
  'tcp.reset': { long: () => 'connection reset', short: () => 'reset' },
  'tcp.unreachable': { long: () => 'host unreachable', short: () => 'unreachable' },
  'tcp.timeout': { long: (seen) => `no connection${within(seen)}`, short: () => 'connect timeout' },
  'tcp.unexpected': { long: (seen) => `unexpected answer${found(seen)}`, short: () => 'wrong answer' },
  'tcp.no-answer': { long: (seen) => `connected, but no answer${within(seen)}`, short: () => 'no answer' },
  'tls.expired': {
    long: (seen) => `certificate expired${part(seen, 'validTo', (date) => ` on ${date}`)}`,
    short: () => 'cert expired',
  },
  'tls.not-yet-valid': {
    long: (seen) => `certificate not valid yet${part(seen, 'validFrom', (date) => `, only from ${date}`)}`,
    short: () => 'cert not yet valid',
  },
  'tls.wrong-host': {
    long: (seen) =>
      `certificate is for another host${part(seen, 'names', (names) => ` (${names})`)}${part(seen, 'host', (host) => `, not for ${host}`)}`,
    short: () => 'cert wrong host',
  },
  'tls.untrusted': {
    long: (seen) => `certificate not trusted${part(seen, 'code', (code) => ` (${code})`)}`,
    short: () => 'cert untrusted',
  },
  'tls.revoked': { long: () => 'certificate revoked', short: () => 'cert revoked' },
  'tls.client-certificate': {
    long: (seen) => `the server refused our client certificate${part(seen, 'code', (code) => ` (${code})`)}`,
    short: () => 'client cert refused',
  },
  'tls.protocol': {
    // OpenSSL's words for an answer in plain text.
    long: (seen) =>
      seen['code'] === 'ERR_SSL_WRONG_VERSION_NUMBER'
        ? 'does not speak TLS'
        : `TLS handshake failed${part(seen, 'code', (code) => ` (${code})`)}`,
    short: () => 'TLS failed',
  },
  'tls.timeout': { long: (seen) => `TLS handshake not finished${within(seen)}`, short: () => 'TLS timeout' },
  'tls.expires-soon': {
    long: (seen) => certificateEnds(Number(seen['days'] ?? 0)),
    short: (seen) => `cert ends in ${Number(seen['days'] ?? 0)} d`,
  },
  'http.status': {
    long: (seen) => `status ${seen['status'] ?? '?'}${part(seen, 'expected', (value) => `, expected ${value}`)}`,
    short: (seen) => `HTTP ${seen['status'] ?? '?'}`,
  },
  'http.redirect-loop': {
    long: (seen) => `redirects without end${part(seen, 'location', (location) => ` (to ${location})`)}`,
    short: () => 'redirect loop',
  },
  'http.malformed': {
    long: (seen) => `malformed HTTP answer${part(seen, 'code', (code) => ` (${code})`)}`,
    short: () => 'bad HTTP answer',
  },
  'http.timeout': { long: (seen) => `connected, but no answer${within(seen)}`, short: () => 'no answer' },
  'http.body-timeout': { long: (seen) => `answer not finished${within(seen)}`, short: () => 'answer stalls' },
  'http.truncated': { long: () => 'answer cut off before its end', short: () => 'answer cut off' },
  'http.body-too-large': {
    long: (seen) => `answer larger than ${seen['limit'] ?? '1 MB'}`,
    short: () => 'answer too large',
  },
  'http.slow': {
    long: (seen) =>
      `answers in ${seconds(Number(seen['tookMs'] ?? 0))} s, slower than ${seconds(Number(seen['limitMs'] ?? 0))} s`,
    short: () => 'slow',
  },
  'content.empty': { long: () => 'empty answer', short: () => 'empty answer' },
  'content.keyword-missing': {
    long: (seen) => `the answer lacks "${seen['keyword'] ?? ''}"`,
    short: () => 'wrong content',
  },
  'content.keyword-present': {
    long: (seen) => `the answer contains "${seen['keyword'] ?? ''}"`,
    short: () => 'wrong content',
  },
  'content.regex-missing': {
    long: (seen) => `the answer does not match /${seen['pattern'] ?? ''}/`,
    short: () => 'wrong content',
  },
  'content.regex-present': {
    long: (seen) => `the answer matches /${seen['pattern'] ?? ''}/`,
    short: () => 'wrong content',
  },
  'content.not-json': { long: () => 'the answer is not JSON', short: () => 'not JSON' },
  'content.json-mismatch': {
    long: (seen) => `wrong content at ${seen['path'] ?? '$'}${found(seen)}`,
    short: () => 'wrong content',
  },
  'content.header-mismatch': {
    long: (seen) => `wrong header${part(seen, 'name', (name) => ` ${name}`)}${found(seen)}`,
    short: () => 'wrong header',
  },
  'ping.no-reply': { long: (seen) => `no reply to ping${within(seen)}`, short: () => 'no ping' },
  'heartbeat.missed': { long: () => 'no sign of life', short: () => 'no heartbeat' },
  'heartbeat.failed': {
    long: (seen) => `reported its own failure${part(seen, 'code', (code) => ` (exit code ${code})`)}`,
    short: (seen) => `failed${part(seen, 'code', (code) => ` (exit ${code})`)}`,
  },
  'heartbeat.overrun': { long: () => 'started, but did not finish in time', short: () => 'did not finish' },
  'partial-failures': {
    long: (seen) =>
      seen['failed'] === undefined || seen['asked'] === undefined
        ? 'some requests fail'
        : `${seen['failed']} of ${seen['asked']} requests fail`,
    short: () => 'partly failing',
  },
  'host.gone': { long: () => 'host gone (no agent, no ping)', short: () => 'host gone' },
  'watch.cannot-ask': {
    long: (seen) => `the watch cannot ask${part(seen, 'what', (what) => ` (${what})`)}`,
    short: () => 'cannot check',
  },
  'app.boot-crash': {
    long: (seen) => `crashes at its start${exit(seen)}`,
    short: (seen) => `crash at start${shortExit(seen)}`,
  },
  'app.crash-loop': { long: (seen) => `crash loop${exits(seen)}${exit(seen)}`, short: () => 'crash loop' },
  'app.restarting': {
    long: (seen) => `crashes again and again${exits(seen)}${exit(seen)}`,
    short: () => 'keeps crashing',
  },
  'app.exits-rising': {
    long: (seen) =>
      `crashes more often than usual${part(seen, 'perHour', (count) => `: ${count} in an hour`)}${part(seen, 'usual', (count) => `, usually ${count}`)}`,
    short: () => 'crashes more often',
  },
  'app.memory-restarts': {
    long: (seen) => `restarted again and again at its memory limit${counted(seen, 'restarts')}`,
    short: () => 'memory restarts',
  },
  'app.oom-kills': {
    long: (seen) => `killed by the system for want of memory${counted(seen, 'kills')}`,
    short: () => 'OOM kills',
  },
  'app.gave-up': {
    long: (seen) => `${manager(seen)} has given up restarting it${part(seen, 'status', (word) => ` (${word})`)}`,
    short: () => 'not restarted now',
  },
  'app.not-running': {
    long: (seen) => `not running${part(seen, 'status', (word) => ` (${manager(seen)} says ${word})`)}`,
    short: () => 'not running',
  },
  'app.partly-down': {
    long: (seen) =>
      seen['failing'] === undefined || seen['of'] === undefined
        ? 'some of its processes keep crashing'
        : `${seen['failing']} of ${seen['of']} processes keep crashing`,
    short: () => 'partly crashing',
  },
  'app.zombie': {
    long: (seen) =>
      `the process runs, but ${part(seen, 'port', (port) => `port ${port}`) || 'its port'} is closed${lasted(seen)}`,
    short: (seen) => `port${part(seen, 'port', (port) => ` ${port}`)} closed`,
  },
  'app.unhealthy': {
    long: (seen) => `runs, but its health check fails${part(seen, 'detail', (what) => `: ${what}`)}${lasted(seen)}`,
    short: () => 'unhealthy',
  },
  'app.unstable-after-deploy': {
    long: (seen) => `crashes since the deploy${exits(seen)}${exit(seen)}`,
    short: () => 'bad deploy',
  },
  'manager.gone': {
    long: (seen) => `${manager(seen)} is not running`,
    short: (seen) => `${String(seen['manager'] ?? 'manager')} gone`,
  },
  'host.disk-full': {
    long: (seen) => `disk full${part(seen, 'mount', (mount) => `: ${mount}`)}${free(seen)}`,
    short: () => 'disk full',
  },
  'host.disk-filling': {
    long: (seen) => `disk fills up${part(seen, 'mount', (mount) => `: ${mount}`)}${free(seen)}${ahead(seen)}`,
    short: () => 'disk fills up',
  },
  'host.inodes-full': {
    long: (seen) => `no inodes left${part(seen, 'mount', (mount) => ` on ${mount}`)}`,
    short: () => 'no inodes',
  },
  'host.inodes-filling': {
    long: (seen) => `inodes run out${part(seen, 'mount', (mount) => ` on ${mount}`)}${ahead(seen)}`,
    short: () => 'inodes run out',
  },
  'host.memory-low': {
    long: (seen) => `little memory left${part(seen, 'availableBytes', (bytes) => ` (${size(Number(bytes))})`)}`,
    short: () => 'memory low',
  },
  'host.swap-full': {
    long: (seen) => `swap used up${part(seen, 'usedPercent', (share) => ` (${share} %)`)}`,
    short: () => 'swap full',
  },
  'host.clock-skew': {
    long: (seen) => `the clock is wrong${part(seen, 'skewMs', (ms) => ` by ${seconds(Math.abs(Number(ms)))} s`)}`,
    short: () => 'clock wrong',
  },
  'host.oom-kill': {
    long: (seen) => `out of memory${part(seen, 'program', (name) => `: the system killed ${name}`)}`,
    short: () => 'OOM kill',
  },
});
