import type { Write } from '../contract.ts';
import type { Op, Value } from './wire.ts';

/** A beat's body is cut to so many characters, and so many beats are kept per monitor (issue: bodies ≤ 10 kB, last 100). */
const BEAT_BODY = 10_000;
const BEATS_KEPT = 100;

const upsert = (table: string, key: string, columns: readonly string[]): string =>
  `INSERT INTO ${table} (${[key, ...columns].join(', ')}) VALUES (?${', ?'.repeat(columns.length)}) ` +
  `ON CONFLICT (${key}) DO UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}`;

/** Every statement of the hot path, by name. */
export const STATEMENTS: Readonly<Record<string, string>> = {
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  journal: 'INSERT INTO journal (body) VALUES (?)',
  note: 'INSERT OR IGNORE INTO notes (id, at, body) VALUES (?, ?, ?)',
  address: 'INSERT OR IGNORE INTO addresses (id, at, body) VALUES (?, ?, ?)',
  resource: upsert('resources', 'id', ['num', 'kind', 'created_at', 'retired_at', 'body']),
  state: upsert('states', 'subject', ['body']),
  dropState: 'DELETE FROM states WHERE subject = ?',
  incident: upsert('incidents', 'id', ['code', 'service_id', 'state', 'at', 'closed_at', 'body']),
  timeline: upsert('timeline', 'id', ['incident_id', 'at', 'body']),
  alert: upsert('alerts', 'id', ['incident_id', 'at', 'body']),
  delivery: upsert('deliveries', 'id', [
    'alert_id',
    'incident_id',
    'channel_id',
    'status',
    'at',
    'accepted_at',
    'parts',
    'cost',
    'body',
  ]),
  attempt: 'INSERT INTO attempts (delivery_id, at, took_ms, outcome, error) VALUES (?, ?, ?, ?, ?)',
  event: upsert('events', 'seq', ['at', 'body']),
  span: upsert('spans', 'id', ['kind', 'monitor', 'from_at', 'to_at']),
  beat: 'INSERT INTO beats (monitor, at, kind, code, body, sender) VALUES (?, ?, ?, ?, ?, ?)',
  trimBeats: `DELETE FROM beats WHERE monitor = ?1 AND id <= (SELECT id FROM beats WHERE monitor = ?1 ORDER BY id DESC LIMIT 1 OFFSET ${BEATS_KEPT})`,
  token: upsert('tokens', 'id', ['kind', 'hash', 'expires_at', 'body']),
  dropToken: 'DELETE FROM tokens WHERE id = ?',
  audit: upsert('audit', 'id', ['at', 'body']),
  meta: upsert('meta', 'key', ['body']),
};

type Put<Kind extends string> = Extract<Write, { readonly put: Kind }>;
type Putter = {
  readonly [Kind in Exclude<Extract<Write, { put: string }>['put'], 'check'>]: (write: Put<Kind>) => readonly Op[];
};

const orNull = (value: Value | undefined): Value => value ?? null;

const PUT: Putter = {
  resource: ({ resource: it }) => [
    ['resource', it.id, it.num, it.kind, it.createdAt, orNull(it.retiredAt), JSON.stringify(it)],
  ],
  state: (write) => [['state', write.subject, JSON.stringify(write.state)]],
  incident: ({ incident: it }) => [
    [
      'incident',
      it.id,
      it.code,
      orNull(it.serviceId),
      it.state,
      it.detectedAt,
      orNull(it.closedAt),
      JSON.stringify(it),
    ],
  ],
  timeline: ({ entry }) => [['timeline', entry.id, entry.incidentId, entry.at, JSON.stringify(entry)]],
  alert: ({ alert }) => [['alert', alert.id, orNull(alert.incidentId), alert.createdAt, JSON.stringify(alert)]],
  delivery: ({ delivery: it }) => [
    [
      'delivery',
      it.id,
      it.alertId,
      orNull(it.incidentId),
      it.channelId,
      it.status,
      it.createdAt,
      orNull(it.acceptedAt),
      it.parts ?? 1,
      it.cost ?? 0,
      JSON.stringify(it),
    ],
  ],
  attempt: (it) => [['attempt', it.deliveryId, it.at, it.tookMs, it.outcome, orNull(it.error)]],
  event: ({ event }) => [['event', event.seq, event.at, JSON.stringify(event)]],
  span: ({ span }) => [['span', span.id, span.kind, orNull(span.monitor), span.from, orNull(span.to)]],
  beat: (it) => [
    ['beat', it.monitor, it.at, it.kind, orNull(it.code), orNull(it.body?.slice(0, BEAT_BODY)), orNull(it.from)],
    ['trimBeats', it.monitor],
  ],
  token: ({ token }) => [['token', token.id, token.kind, token.hash, orNull(token.expiresAt), JSON.stringify(token)]],
  audit: ({ entry }) => [['audit', entry.id, entry.at, JSON.stringify(entry)]],
  meta: (write) => [['meta', write.key, JSON.stringify(write.value)]],
};

/** The statements of a write that is no check. */
export const opsOf = (write: Exclude<Write, Put<'check'>>): readonly Op[] => {
  if ('drop' in write) return write.drop === 'state' ? [['dropState', write.subject]] : [['dropToken', write.id]];
  const put = PUT[write.put] as (write: Write) => readonly Op[];
  return put(write);
};
