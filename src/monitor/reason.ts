import type { SuperviseReasonCode } from '../supervise/reason.ts';

/**
 * Why a check is not good. `class` is the weight of the evidence: hard means the target itself answered wrongly (refused, wrong status,
 * bad certificate), soft means silence or a cut that the way to it could have caused as well. `lasting` means that it will not heal by
 * itself, so that the first alert is loud (DESIGN § 6).
 *
 * What was seen stands in the reason's parameters, each optional: `ms` (how long was waited) for every time-out, `tcp.no-answer` and
 * `ping.no-reply`; `name`, `type`, `code` for dns.not-found, dns.no-records and dns.failed; `type`, `expected`, `found` for dns.unexpected;
 * `expected`, `found` for tcp.unexpected; `validTo`, `validFrom` (YYYY-MM-DD), `host`, `names`, `code` for tls.*; `days`, `threshold` (days) for
 * tls.expires-soon; `status`, `expected` for http.status; `location` for http.redirect-loop; `code` for http.malformed; `limit` for
 * http.body-too-large; `tookMs`, `limitMs` for http.slow; `keyword`, `pattern` for keyword and regex; `path`, `expected`, `found` for
 * json-mismatch; `name`, `expected`, `found` for header-mismatch; `code` (exit code) for heartbeat.failed; `failed`, `asked` for
 * partial-failures; `what` for watch.cannot-ask. Those of apps and hosts (`app.*`, `manager.*`, `host.*`) stand in `supervise/reason.ts`.
 */
export const REASONS = {
  'dns.not-found': { class: 'hard', lasting: true },
  'dns.no-records': { class: 'hard', lasting: true },
  'dns.failed': { class: 'soft', lasting: false },
  'dns.timeout': { class: 'soft', lasting: false },
  'dns.unexpected': { class: 'hard', lasting: false },
  'tcp.refused': { class: 'hard', lasting: false },
  'tcp.reset': { class: 'soft', lasting: false },
  'tcp.unreachable': { class: 'soft', lasting: false },
  'tcp.timeout': { class: 'soft', lasting: false },
  'tcp.unexpected': { class: 'hard', lasting: false },
  'tcp.no-answer': { class: 'soft', lasting: false },
  'tls.expired': { class: 'hard', lasting: true },
  'tls.not-yet-valid': { class: 'hard', lasting: true },
  'tls.wrong-host': { class: 'hard', lasting: true },
  'tls.untrusted': { class: 'hard', lasting: true },
  'tls.revoked': { class: 'hard', lasting: true },
  'tls.client-certificate': { class: 'hard', lasting: true },
  'tls.protocol': { class: 'hard', lasting: false },
  'tls.timeout': { class: 'soft', lasting: false },
  'tls.expires-soon': { class: 'ok', lasting: false },
  'http.status': { class: 'hard', lasting: false },
  'http.redirect-loop': { class: 'hard', lasting: false },
  'http.malformed': { class: 'hard', lasting: false },
  'http.timeout': { class: 'soft', lasting: false },
  'http.body-timeout': { class: 'soft', lasting: false },
  'http.truncated': { class: 'soft', lasting: false },
  'http.body-too-large': { class: 'hard', lasting: false },
  'http.slow': { class: 'ok', lasting: false },
  'content.empty': { class: 'hard', lasting: false },
  'content.keyword-missing': { class: 'hard', lasting: false },
  'content.keyword-present': { class: 'hard', lasting: false },
  'content.regex-missing': { class: 'hard', lasting: false },
  'content.regex-present': { class: 'hard', lasting: false },
  'content.not-json': { class: 'hard', lasting: false },
  'content.json-mismatch': { class: 'hard', lasting: false },
  'content.header-mismatch': { class: 'hard', lasting: false },
  'ping.no-reply': { class: 'soft', lasting: false },
  'heartbeat.missed': { class: 'hard', lasting: true },
  'heartbeat.failed': { class: 'hard', lasting: true },
  'heartbeat.overrun': { class: 'hard', lasting: true },
  'partial-failures': { class: 'ok', lasting: false },
  'host.gone': { class: 'hard', lasting: true },
  /** The watch itself could not ask (its tool is missing, no descriptors left): says nothing about the target. */
  'watch.cannot-ask': { class: 'soft', lasting: false },
  'app.boot-crash': { class: 'hard', lasting: true },
  'app.crash-loop': { class: 'hard', lasting: false },
  'app.restarting': { class: 'hard', lasting: false },
  'app.exits-rising': { class: 'ok', lasting: false },
  'app.memory-restarts': { class: 'ok', lasting: false },
  'app.oom-kills': { class: 'ok', lasting: false },
  'app.gave-up': { class: 'hard', lasting: true },
  'app.not-running': { class: 'hard', lasting: false },
  'app.partly-down': { class: 'ok', lasting: false },
  'app.zombie': { class: 'hard', lasting: true },
  'app.unhealthy': { class: 'hard', lasting: false },
  'app.unstable-after-deploy': { class: 'hard', lasting: true },
  'manager.gone': { class: 'hard', lasting: true },
  'host.disk-full': { class: 'hard', lasting: true },
  'host.disk-filling': { class: 'ok', lasting: true },
  'host.inodes-full': { class: 'hard', lasting: true },
  'host.inodes-filling': { class: 'ok', lasting: true },
  'host.memory-low': { class: 'ok', lasting: false },
  'host.swap-full': { class: 'ok', lasting: false },
  'host.clock-skew': { class: 'ok', lasting: true },
  'host.oom-kill': { class: 'ok', lasting: false },
} as const satisfies Record<string, Weight> & Record<SuperviseReasonCode, Weight>;

interface Weight {
  readonly class: CheckClass;
  readonly lasting: boolean;
}

/** ok, or how heavily the check weighs against the target. */
export type CheckClass = 'ok' | 'hard' | 'soft';
export type ReasonCode = keyof typeof REASONS;

/** A reason with what was seen, for the catalogs to put into words. Parameters are already redacted and short (≤ 200 characters each). */
export interface Reason {
  readonly code: ReasonCode;
  readonly params: Readonly<Record<string, string | number | boolean>>;
}

/** Builds a reason. */
export const reason = (code: ReasonCode, params: Reason['params'] = {}): Reason => ({ code, params });

/** Is the cause one that will not heal by itself? */
export const isLasting = (code: ReasonCode): boolean => REASONS[code].lasting;
