import type { DatabaseSync } from 'node:sqlite';
import type { EpochMs } from '../../../kernel/time.ts';
import type { Page, PageQuery, StoredCheck } from '../../contract.ts';
import { ByteReader } from '../../varint.ts';
import { readBlock, unpackCheck } from '../record.ts';
import { BLOCK_KEY } from '../schema.ts';
import { limitOf, readCursor, writeCursor } from './pages.ts';
import { bytesOf, tailOf, unfold, type RawCheck } from './raw.ts';

/** What is asked of a monitor's checks: `from` inclusive, `to` exclusive. */
export type ChecksQuery = PageQuery & {
  readonly monitor: number;
  readonly from?: EpochMs;
  readonly to?: EpochMs;
  readonly onlyBad?: boolean;
};

interface Wanted {
  readonly from: EpochMs;
  /** Exclusive. */
  readonly to: EpochMs;
  readonly least: number;
}

/** From the newest block on, until `least` checks are found and no further block can hold a newer one than the last of them. */
const fromBlocks = (database: DatabaseSync, monitor: number, wanted: Wanted, found: RawCheck[]): RawCheck[] => {
  const start = monitor * BLOCK_KEY;
  const blocks = database
    .prepare(
      'SELECT id, newest FROM blocks WHERE id >= ? AND id < ? AND newest >= ? AND oldest < ? ORDER BY newest DESC, id DESC',
    )
    .iterate(start, start + BLOCK_KEY, wanted.from, wanted.to);
  const body = database.prepare('SELECT body FROM blocks WHERE id = ?');
  const older: RawCheck[][] = [];
  let count = found.length;
  let lowest = found.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
  for (const block of blocks) {
    if (count >= wanted.least && Number(block['newest']) < lowest) break;
    const checks = [...readBlock(new ByteReader(bytesOf(body.get(Number(block['id']))?.['body'])))].filter(
      ({ at }) => at >= wanted.from && at < wanted.to,
    );
    count += checks.length;
    for (const { at } of checks) lowest = Math.min(lowest, at);
    older.unshift(checks);
  }
  return [...older.flat(), ...found];
};

const badOnes = (database: DatabaseSync, monitor: number, wanted: Wanted): RawCheck[] => {
  const rows = database
    .prepare('SELECT at, body FROM bad WHERE monitor = ? AND at >= ? AND at < ? ORDER BY at DESC, id DESC LIMIT ?')
    .all(monitor, wanted.from, wanted.to, wanted.least);
  return rows
    .map((row) => ({ at: Number(row['at']), check: unpackCheck(new ByteReader(bytesOf(row['body']))) }))
    .toReversed();
};

/**
 * A page of checks, newest first. The cursor names the moment and which of that moment's checks came last (counted from the first saved),
 * so that checks saved meanwhile move nothing.
 */
export const checks = (database: DatabaseSync, query: ChecksQuery): Page<StoredCheck> => {
  const limit = limitOf(query);
  const cursor = readCursor(query.cursor);
  const to = Math.min(
    query.to ?? Number.MAX_SAFE_INTEGER,
    cursor === undefined ? Number.MAX_SAFE_INTEGER : cursor.at + 1,
  );
  const same = cursor === undefined ? 0 : Number(cursor.id) + 1;
  const wanted: Wanted = { from: query.from ?? Number.MIN_SAFE_INTEGER, to, least: limit + 1 + same + 64 };
  const inSpan = tailOf(database, query.monitor).filter(
    ({ at, check }) => at >= wanted.from && at < wanted.to && (query.onlyBad !== true || check.class !== 'ok'),
  );
  const saved =
    query.onlyBad === true
      ? [...badOnes(database, query.monitor, wanted), ...inSpan]
      : fromBlocks(database, query.monitor, wanted, inSpan);
  const numbered = number(saved.toSorted((a, b) => a.at - b.at));
  const before = numbered.filter(
    ({ raw, rank }) => cursor === undefined || raw.at < cursor.at || rank < Number(cursor.id),
  );
  const page = before.slice(-limit).toReversed();
  const last = page.at(-1);
  const items = unfold(
    database,
    query.monitor,
    page.map(({ raw }) => raw),
  );
  if (before.length <= limit || last === undefined) return { items };
  return { items, next: writeCursor({ at: last.raw.at, id: String(last.rank) }) };
};

/** Numbers checks of one moment from 0 on; they come sorted by moment. */
const number = (sorted: readonly RawCheck[]): { readonly raw: RawCheck; readonly rank: number }[] => {
  let rank = 0;
  return sorted.map((raw, index) => {
    rank = sorted[index - 1]?.at === raw.at ? rank + 1 : 0;
    return { raw, rank };
  });
};
