import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { DAY, HOUR, MINUTE, type EpochMs } from '#kernel/time.ts';
import type { Write } from '#store/contract.ts';
import { addCheck, emptyRollup, packRollup } from '#store/rollup.ts';
import { openStore, STORE_FILE } from '#store/sqlite/open.ts';
import { packCheck } from '#store/sqlite/record.ts';
import { BLOCK_KEY, LEVELS } from '#store/sqlite/schema.ts';
import { ByteWriter } from '#store/varint.ts';
import { alertAt, checkAt, deliveryAt, incidentAt, noteAt } from '#store/contract-samples.test-suite.ts';

/** What the history is of: numbers of the monitors, and the service that all incidents are of. */
interface Subjects {
  readonly monitors: readonly number[];
  readonly serviceId: string;
  readonly now: EpochMs;
}

const EVERY_MS = 30_000;
const RAW_MS = 7 * DAY;
const KEPT_MS = { minutes: 14 * DAY, hours: 730 * DAY, days: 730 * DAY };
/** So many different pieces are made and used again and again: packing each anew would take minutes. */
const PIECES = 200;
const BLOCK_CHECKS = 60;
const INCIDENTS = 2_000;

const tookTenths = (): number => Math.round(400 + 6_000 * Math.random() ** 3);

const pieceOf = (checks: number): Uint8Array => {
  const rollup = emptyRollup();
  for (let count = 0; count < checks; count += 1) addCheck(rollup, Math.random() > 0.001, false, tookTenths());
  return packRollup(rollup);
};

const fillRollups = (database: DatabaseSync, { monitors, now }: Subjects): void => {
  for (const level of LEVELS) {
    const pieces = Array.from({ length: PIECES }, () => pieceOf(level.spanMs / EVERY_MS));
    const insert = database.prepare(`INSERT INTO ${level.table} (id, body) VALUES (?, ?)`);
    const last = Math.floor(now / level.spanMs);
    const first = Math.floor((now - KEPT_MS[level.table]) / level.spanMs);
    for (const monitor of monitors)
      for (let piece = first; piece < last; piece += 1)
        insert.run(monitor * level.key + piece, pieces[piece % PIECES] ?? new Uint8Array());
  }
};

const fillRaw = (database: DatabaseSync, { monitors, now }: Subjects): void => {
  const insert = database.prepare('INSERT INTO blocks (id, oldest, newest, last, body) VALUES (?, ?, ?, ?, ?)');
  for (const monitor of monitors) {
    for (let from = now - RAW_MS; from < now; from += BLOCK_CHECKS * EVERY_MS) {
      const bytes = new ByteWriter(1_024);
      let last = 0;
      for (let count = 0; count < BLOCK_CHECKS; count += 1) {
        const at = from + count * EVERY_MS;
        bytes.signed(at - last);
        packCheck(bytes, checkAt(at, { tookMs: tookTenths() / 10 }), 0, 0);
        last = at;
      }
      insert.run(monitor * BLOCK_KEY + Math.floor(from / 1_000), from, last, last, bytes.take());
    }
  }
};

const incidentWrites = ({ monitors, serviceId, now }: Subjects, index: number): readonly Write[] => {
  const id = `past-${String(index).padStart(6, '0')}`;
  const at = Math.round(now - (2 * 365 * DAY * (INCIDENTS - index)) / INCIDENTS);
  const monitor = monitors[index % monitors.length] ?? 1;
  const closed = { serviceId, state: 'closed', closedAt: at + 10 * MINUTE } as const;
  return [
    { put: 'incident', incident: incidentAt(id, at, closed) },
    ...[0, 1, 2, 3].map((note): Write => ({ put: 'timeline', entry: noteAt(`${id}-${note}`, id, at + note * 1_000) })),
    { put: 'alert', alert: alertAt(`${id}-a`, id, at) },
    {
      put: 'delivery',
      delivery: deliveryAt(`${id}-d`, `${id}-a`, at, { incidentId: id, status: 'accepted', acceptedAt: at + 300 }),
    },
    { put: 'span', span: { id: `${id}-s`, kind: 'down', monitor, from: at, to: at + 10 * MINUTE } },
    { put: 'event', event: { seq: 1_000_000 + index, at, type: 'verdict', data: {}, serviceId, incidentId: id } },
  ];
};

const subjectsIn = (database: DatabaseSync, now: EpochMs): Subjects => {
  const of = (kind: string): readonly Record<string, unknown>[] =>
    database.prepare('SELECT id, num FROM resources WHERE kind = ? ORDER BY num').all(kind);
  return { monitors: of('monitor').map(({ num }) => Number(num)), serviceId: String(of('service')[0]?.['id']), now };
};

/**
 * Fills a stopped brain's store with two years of history in the form that the store itself writes: raw checks of 7 days, minutes of 14, hours and
 * days of two years, 2,000 incidents with timeline, alerts and spans. Takes about half a minute.
 */
export const fillHistory = async (dir: string, now: EpochMs): Promise<void> => {
  const database = new DatabaseSync(join(dir, STORE_FILE));
  const subjects = subjectsIn(database, now);
  database.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -65536; BEGIN');
  fillRollups(database, subjects);
  fillRaw(database, subjects);
  database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
  const clock = { now: () => now, monotonic: () => performance.now(), after: () => () => undefined };
  const retention = { checksMs: RAW_MS, minutesMs: KEPT_MS.minutes, hoursMs: KEPT_MS.hours + HOUR };
  const store = await openStore({ dir, clock, quotaBytes: 2 ** 40, keepFreeBytes: 0, retention });
  for (let index = 0; index < INCIDENTS; index += 50)
    await Promise.all(Array.from({ length: 50 }, (_, place) => store.write(incidentWrites(subjects, index + place))));
  await store.close();
};
