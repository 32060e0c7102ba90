import type { DatabaseSync } from 'node:sqlite';
import type { CheckResult } from '../../../monitor/check.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { StoredCheck } from '../../contract.ts';
import { TENTHS } from '../../rollup.ts';
import { ByteReader } from '../../varint.ts';
import { readJournal, type PackedCheck } from '../record.ts';

/** A packed check with its moment. */
export interface RawCheck {
  readonly at: EpochMs;
  readonly check: PackedCheck;
}

type Note = Pick<CheckResult, 'reason' | 'warning' | 'detail' | 'certificate'>;

/** A column's bytes. */
export const bytesOf = (value: unknown): Uint8Array => (value instanceof Uint8Array ? value : new Uint8Array());

/** The checks of a monitor that are not folded into its blocks yet, in the order in which they were saved. */
export const tailOf = (database: DatabaseSync, monitor: number): RawCheck[] => {
  const tail: RawCheck[] = [];
  for (const row of database.prepare('SELECT body FROM journal ORDER BY id').iterate())
    for (const entry of readJournal(new ByteReader(bytesOf(row['body']))))
      if (entry.monitor === monitor) tail.push({ at: entry.at, check: entry.check });
  return tail;
};

/** Turns packed checks into whole ones: numbers of the dictionaries become texts again. */
export const unfold = (database: DatabaseSync, monitor: number, raw: readonly RawCheck[]): StoredCheck[] => {
  const address = database.prepare('SELECT body FROM addresses WHERE id = ?');
  const note = database.prepare('SELECT body FROM notes WHERE id = ?');
  const textOf = (statement: typeof note, id: number): string | undefined => {
    const row = id === 0 ? undefined : statement.get(id);
    return row === undefined ? undefined : String(row['body']);
  };
  return raw.map(({ at, check }) => {
    const ip = textOf(address, check.ip);
    const noted = textOf(note, check.note);
    return {
      monitor,
      startedAt: at,
      tookMs: check.took / TENTHS,
      class: check.class,
      source: check.source,
      verdict: check.verdict,
      phases: check.phases,
      ...(ip === undefined ? {} : { ip }),
      ...(check.status === undefined ? {} : { status: check.status }),
      ...(noted === undefined ? {} : (JSON.parse(noted) as Note)),
    };
  });
};
