import type { DatabaseSync } from 'node:sqlite';
import type { EpochMs } from '../../../kernel/time.ts';
import type { StoredSpan, UptimeFigures } from '../../contract.ts';
import { uptimeFrom, type Watched } from '../../uptime.ts';

interface SpansQuery {
  readonly monitors?: readonly number[];
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** The spans that touch [from, to), oldest first: those of the monitors (of all when none are named) and those of all. */
export const spans = (database: DatabaseSync, query: SpansQuery): StoredSpan[] => {
  const which =
    query.monitors === undefined ? '' : 'AND (monitor IS NULL OR monitor IN (SELECT value FROM json_each(?)))';
  const rows = database
    .prepare(
      `SELECT id, kind, monitor, from_at, to_at FROM spans WHERE from_at < ? AND (to_at IS NULL OR to_at > ?) ${which} ORDER BY from_at, id`,
    )
    .all(query.to, query.from, ...(query.monitors === undefined ? [] : [JSON.stringify(query.monitors)]));
  return rows.map((row) => ({
    id: String(row['id']),
    kind: row['kind'] as StoredSpan['kind'],
    ...(row['monitor'] === null ? {} : { monitor: Number(row['monitor']) }),
    from: Number(row['from_at']),
    ...(row['to_at'] === null ? {} : { to: Number(row['to_at']) }),
  }));
};

/** Exact uptime of the monitors together. */
export const uptime = (
  database: DatabaseSync,
  query: SpansQuery & { readonly monitors: readonly number[] },
): UptimeFigures => {
  const monitors = [...new Set(query.monitors)];
  const rows = database
    .prepare(
      "SELECT num, created_at, retired_at FROM resources WHERE kind = 'monitor' AND num IN (SELECT value FROM json_each(?))",
    )
    .all(JSON.stringify(monitors));
  const watched = new Map<number, Watched>();
  for (const row of rows) {
    const monitor = Number(row['num']);
    const to = row['retired_at'] === null ? {} : { to: Number(row['retired_at']) };
    watched.set(monitor, { monitor, from: Number(row['created_at']), ...to });
  }
  const known = monitors.map((monitor) => watched.get(monitor) ?? { monitor, from: query.to });
  return uptimeFrom(spans(database, { ...query, monitors }), known, query.from, query.to);
};
