import type { DatabaseSync } from 'node:sqlite';
import type { Alert, Delivery } from '../../../alert/model.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { Incident, TimelineEntry } from '../../../incident/incident.ts';
import type { AuditEntry, Page, PageQuery, StoredEvent, StoredToken } from '../../contract.ts';
import { bodyOf, pageOf } from './pages.ts';

/** Incidents, by when they were detected. */
export const incidents = (
  database: DatabaseSync,
  query: PageQuery & { readonly serviceId?: string; readonly state?: string },
): Page<Incident> =>
  pageOf(
    database,
    {
      table: 'incidents',
      where: [
        ['service_id = ?', query.serviceId],
        ['state = ?', query.state],
      ],
    },
    query,
    bodyOf<Incident>,
  );

/** By id or by code. */
export const incident = (database: DatabaseSync, idOrCode: string): Incident | undefined => {
  const row = database
    .prepare(
      'SELECT body FROM incidents WHERE id = ?1 OR code = ?1 COLLATE NOCASE ORDER BY id = ?1 DESC, at DESC LIMIT 1',
    )
    .get(idOrCode);
  return row === undefined ? undefined : bodyOf<Incident>(row);
};

/** An incident's timeline. */
export const timeline = (
  database: DatabaseSync,
  query: PageQuery & { readonly incidentId: string },
): Page<TimelineEntry> =>
  pageOf(database, { table: 'timeline', where: [['incident_id = ?', query.incidentId]] }, query, bodyOf<TimelineEntry>);

/** Alerts, each with what became of it on every channel. */
export const alerts = (
  database: DatabaseSync,
  query: PageQuery & { readonly incidentId?: string },
): Page<Alert & { readonly deliveries: readonly Delivery[] }> => {
  const deliveriesOf = database.prepare('SELECT body FROM deliveries WHERE alert_id = ? ORDER BY at, id');
  return pageOf(database, { table: 'alerts', where: [['incident_id = ?', query.incidentId]] }, query, (row) => {
    const alert = bodyOf<Alert>(row);
    return { ...alert, deliveries: deliveriesOf.all(alert.id).map(bodyOf<Delivery>) };
  });
};

/** Deliveries, by when they came to be. */
export const deliveries = (
  database: DatabaseSync,
  query: PageQuery & { readonly channelId?: string; readonly status?: string },
): Page<Delivery> =>
  pageOf(
    database,
    {
      table: 'deliveries',
      where: [
        ['channel_id = ?', query.channelId],
        ['status = ?', query.status],
      ],
    },
    query,
    bodyOf<Delivery>,
  );

/** Accepted deliveries of the incident, oldest first. */
export const acceptedFor = (database: DatabaseSync, incidentId: string): Delivery[] =>
  database
    .prepare(
      "SELECT body FROM deliveries WHERE incident_id = ? AND status = 'accepted' ORDER BY coalesce(accepted_at, at), id",
    )
    .all(incidentId)
    .map(bodyOf<Delivery>);

/** What a channel has sent since a moment. */
export const sentSince = (
  database: DatabaseSync,
  query: { readonly channelId: string; readonly since: EpochMs },
): { messages: number; cost: number } => {
  const row = database
    .prepare(
      "SELECT coalesce(sum(parts), 0) AS messages, coalesce(sum(cost), 0) AS cost FROM deliveries WHERE channel_id = ? AND accepted_at >= ? AND status = 'accepted'",
    )
    .get(query.channelId, query.since);
  return { messages: Number(row?.['messages'] ?? 0), cost: Number(row?.['cost'] ?? 0) };
};

/** Events after a number, oldest first. */
export const events = (
  database: DatabaseSync,
  query: { readonly afterSeq: number; readonly limit: number },
): StoredEvent[] =>
  database
    .prepare('SELECT body FROM events WHERE seq > ? ORDER BY seq LIMIT ?')
    .all(query.afterSeq, Math.max(0, Math.floor(query.limit)))
    .map(bodyOf<StoredEvent>);

/** A beat as it is read back. */
interface Beat {
  readonly at: EpochMs;
  readonly kind: string;
  readonly code?: number;
  readonly body?: string;
}

/** A monitor's signs of life. */
export const beats = (database: DatabaseSync, query: PageQuery & { readonly monitor: number }): Page<Beat> =>
  pageOf(
    database,
    { table: 'beats', columns: 'kind, code, body', id: '+id', where: [['monitor = ?', query.monitor]] },
    query,
    (row) => ({
      at: Number(row['at']),
      kind: String(row['kind']),
      ...(row['code'] === null ? {} : { code: Number(row['code']) }),
      ...(typeof row['body'] === 'string' ? { body: row['body'] } : {}),
    }),
  );

/** Tokens and sessions: hashes only. */
export const tokens = (database: DatabaseSync, kind: string | undefined): StoredToken[] =>
  database
    .prepare('SELECT body FROM tokens WHERE ?1 IS NULL OR kind = ?1 ORDER BY id')
    .all(kind ?? null)
    .map(bodyOf<StoredToken>);

/** The token with this hash. */
export const tokenByHash = (database: DatabaseSync, hash: string): StoredToken | undefined => {
  const row = database.prepare('SELECT body FROM tokens WHERE hash = ?').get(hash);
  return row === undefined ? undefined : bodyOf<StoredToken>(row);
};

/** Who did what. */
export const audit = (database: DatabaseSync, query: PageQuery): Page<AuditEntry> =>
  pageOf(database, { table: 'audit', where: [] }, query, bodyOf<AuditEntry>);
