import type { DatabaseSync } from 'node:sqlite';
import { Fault } from '../../../kernel/fault.ts';
import type { Page, PageQuery } from '../../contract.ts';
import type { Value } from '../wire.ts';

const MOST = 1_000;

/** Where a page ended: the moment and the id of its last row. */
export interface Cursor {
  readonly at: number;
  readonly id: string;
}

/** How many rows a page has: what was asked for, within reason. */
export const limitOf = (query: PageQuery): number => Math.min(MOST, Math.max(1, Math.floor(query.limit)));

/** A cursor as text for URLs. */
export const writeCursor = (cursor: Cursor): string => Buffer.from(`${cursor.at}:${cursor.id}`).toString('base64url');

/** Reads a cursor. @throws Fault INPUT_INVALID for what writeCursor did not write. */
export const readCursor = (text: string | undefined): Cursor | undefined => {
  if (text === undefined) return undefined;
  const parts = /^(-?\d{1,16}):(.{1,200})$/s.exec(Buffer.from(text, 'base64url').toString('utf8'));
  if (parts === null)
    throw new Fault('INPUT_INVALID', 'the cursor is none of ours', 'Take `next` of the page before as it is.');
  return { at: Number(parts[1]), id: parts[2] ?? '' };
};

/** A table of rows with `at`, `id` and `body`, read newest first. */
export interface Listing {
  readonly table: string;
  readonly id?: string;
  readonly columns?: string;
  /** Conditions, each with its value; those without a value are left out. */
  readonly where: readonly (readonly [sql: string, value: Value | undefined])[];
}

type Row = Record<string, unknown>;

/** One page of a listing; rows that are added later never move what the following pages show. */
export const pageOf = <T>(
  database: DatabaseSync,
  listing: Listing,
  query: PageQuery,
  read: (row: Row) => T,
): Page<T> => {
  const limit = limitOf(query);
  const cursor = readCursor(query.cursor);
  const id = listing.id ?? 'id';
  const wanted = listing.where.filter(([, value]) => value !== undefined);
  const conditions = wanted.map(([sql]) => sql);
  const values: Value[] = wanted.map(([, value]) => value ?? null);
  if (cursor !== undefined) {
    conditions.push(`(at, ${id}) < (?, ?)`);
    values.push(cursor.at, id === 'id' ? cursor.id : Number(cursor.id));
  }
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const sql = `SELECT ${id} AS id, at, ${listing.columns ?? 'body'} FROM ${listing.table} ${where} ORDER BY at DESC, ${id} DESC LIMIT ?`;
  const rows = database.prepare(sql).all(...values, limit + 1);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    items: items.map(read),
    ...(more ? { next: writeCursor({ at: Number(last['at']), id: String(last['id']) }) } : {}),
  };
};

/** A row's body, stored as JSON by this program; its type is what the table holds. */
export const bodyOf = <T>(row: Row): T => JSON.parse(String(row['body'])) as T;
