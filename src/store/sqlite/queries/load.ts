import type { DatabaseSync } from 'node:sqlite';
import type { Alert, Delivery } from '../../../alert/model.ts';
import type { Incident } from '../../../incident/incident.ts';
import type { Json } from '../../../kernel/json.ts';
import type { EpochMs, Ms } from '../../../kernel/time.ts';
import type { Resource, Snapshot } from '../../contract.ts';
import { numberOf } from '../database.ts';
import { bodyOf } from './pages.ts';

const mapOf = (database: DatabaseSync, sql: string): Map<string, Json> =>
  new Map(
    database
      .prepare(sql)
      .all()
      .map((row) => [String(row['key']), bodyOf<Json>(row)]),
  );

/** What the brain needs to go on where it was: the alerts are those of the pending deliveries and of the open and recent incidents. */
export const load = (database: DatabaseSync, query: { readonly relapseMs: Ms; readonly now: EpochMs }): Snapshot => {
  const all = <T>(sql: string, ...values: (string | number)[]): T[] =>
    database
      .prepare(sql)
      .all(...values)
      .map(bodyOf<T>);
  const since = query.now - query.relapseMs;
  const alerts = all<Alert>(
    `SELECT body FROM alerts WHERE id IN (SELECT alert_id FROM deliveries WHERE status IN ('waiting', 'sending'))
     OR incident_id IN (SELECT id FROM incidents WHERE state = 'open' OR (state = 'closed' AND closed_at >= ?))`,
    since,
  );
  return {
    resources: all<Resource>('SELECT body FROM resources ORDER BY id'),
    states: mapOf(database, 'SELECT subject AS key, body FROM states'),
    openIncidents: all<Incident>("SELECT body FROM incidents WHERE state = 'open' ORDER BY at, id"),
    recentIncidents: all<Incident>(
      `SELECT body FROM incidents WHERE state = 'closed' AND (closed_at >= ? OR id IN
       (SELECT incident_id FROM deliveries WHERE status IN ('waiting', 'sending') AND incident_id IS NOT NULL)) ORDER BY at, id`,
      since,
    ),
    pendingDeliveries: all<Delivery>(
      "SELECT body FROM deliveries WHERE status IN ('waiting', 'sending') ORDER BY at, id",
    ),
    alerts: new Map(alerts.map((alert) => [alert.id, alert])),
    meta: mapOf(database, 'SELECT key, body FROM meta'),
    lastEventSeq: numberOf(database, 'SELECT coalesce(max(seq), 0) FROM events'),
  };
};
