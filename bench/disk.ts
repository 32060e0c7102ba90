import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Write } from '#store/contract.ts';
import { openStore } from '#store/sqlite/open.ts';
import { reportAtMost } from './rig/figure.ts';

/** Disk per ok check, all levels and indexes counted, and what a year of 100 monitors at 30 s comes to. */
const MONITORS = 100;
const EVERY = 30_000;
const CHECKS = 200_000;
const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 5);
const KEEP = { checksMs: 7 * DAY, minutesMs: 14 * DAY, hoursMs: 730 * DAY };

const clock = { now: () => Date.now(), monotonic: () => performance.now(), after: () => () => undefined };
const dir = mkdtempSync(join(tmpdir(), 'dozor-disk-'));
const store = await openStore({ dir, clock, quotaBytes: 2 ** 40, keepFreeBytes: 0, retention: KEEP });

let seed = 1;
const random = (): number => {
  seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
  return seed / 2 ** 31;
};

const checkOf = (index: number): Write => {
  const monitor = 1 + (index % MONITORS);
  const startedAt = START + Math.floor(index / MONITORS) * EVERY + monitor * 290 + Math.floor(random() * 5);
  const ttfb = 40 + 60 * random() ** 3 * 10;
  return {
    put: 'check',
    check: {
      monitor,
      startedAt,
      tookMs: ttfb + 45,
      class: 'ok',
      source: 'full',
      verdict: 'up',
      phases: { dns: 1 + random(), tcp: 15 + random() * 5, tls: 25 + random() * 9, ttfb, body: random() },
      ip: `192.0.2.${monitor}`,
      status: 200,
    },
  };
};

const fileBytes = (): number => statSync(join(dir, 'dozor.db')).size;
const empty = fileBytes();
for (let index = 0; index < CHECKS;) {
  const pending: Promise<void>[] = [];
  for (const end = index + 1_000; index < end; index += 5)
    pending.push(
      store.write(
        Array.from({ length: 5 }, (_, place) => checkOf(index + place)),
        { urgent: true },
      ),
    );
  await Promise.all(pending);
  await store.tend(START + Math.floor(index / MONITORS) * EVERY);
}
await store.tend(START + (CHECKS / MONITORS) * EVERY + DAY);
await store.close();

const { DatabaseSync } = await import('node:sqlite');
const database = new DatabaseSync(join(dir, 'dozor.db'));
const bytesOf = (table: string): number =>
  Number(database.prepare('SELECT coalesce(sum(pgsize), 0) AS bytes FROM dbstat WHERE name = ?').get(table)?.['bytes']);
const rowsOf = (table: string): number =>
  Number(database.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.['rows']);
const sizes = Object.fromEntries(
  ['blocks', 'minutes', 'hours', 'days'].map((table) => [table, { bytes: bytesOf(table), rows: rowsOf(table) }]),
);
const perRow = (table: string): number => (sizes[table]?.bytes ?? 0) / Math.max(1, sizes[table]?.rows ?? 1);
const perCheck = (sizes['blocks']?.bytes ?? 0) / CHECKS;
const year =
  perCheck * MONITORS * ((7 * DAY) / EVERY) +
  perRow('minutes') * MONITORS * 14 * 1440 +
  perRow('hours') * MONITORS * 365 * 24 +
  perRow('days') * MONITORS * 365;
const perCheckInAll = (fileBytes() - empty) / CHECKS;
console.log(
  `${CHECKS} ok checks: ${perCheck.toFixed(1)} bytes each raw, ${perCheckInAll.toFixed(1)} with all roll-ups; a minute ${perRow('minutes').toFixed(1)}, ` +
    `an hour ${perRow('hours').toFixed(0)}, a day ${perRow('days').toFixed(0)} bytes`,
);
database.close();
rmSync(dir, { recursive: true });
reportAtMost('Disk of an ok check, indexes and roll-ups counted', perCheckInAll, 40, ' bytes');
reportAtMost('A year of 100 monitors at 30 s (calculated of the measured rows)', year / 1e6, 500, ' MB', 0);
