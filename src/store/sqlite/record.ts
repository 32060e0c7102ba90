import type { CheckSource, Phases } from '../../monitor/check.ts';
import type { CheckClass } from '../../monitor/reason.ts';
import type { Verdict } from '../../monitor/verdict.ts';
import { TENTHS } from '../rollup.ts';
import type { ByteReader, ByteWriter } from '../varint.ts';
import type { StoredCheck } from '../contract.ts';

const CLASSES: readonly CheckClass[] = ['ok', 'hard', 'soft'];
const SOURCES: readonly CheckSource[] = ['full', 'pulse', 'recheck', 'now'];
const VERDICTS: readonly Verdict[] = ['pending', 'up', 'suspect', 'down', 'degraded', 'blind'];
const PHASES = ['dns', 'tcp', 'tls', 'ttfb', 'body'] as const;
const HAS_NOTE = 0x80;
const HAS_IP = 0x20;
const HAS_STATUS = 0x40;
const IS_SLOW = 0x80;
const USUAL_STATUS = 200;

/** A check as packed: numbers only. `ip` and `note` are keys of their dictionaries, 0 for none; `took` and phases in tenths of a ms. */
export interface PackedCheck {
  readonly class: CheckClass;
  readonly source: CheckSource;
  readonly verdict: Verdict;
  readonly took: number;
  readonly slow: boolean;
  readonly phases: Phases;
  readonly ip: number;
  readonly status: number | undefined;
  readonly note: number;
}

const tenths = (ms: number): number => Math.max(0, Math.round(ms * TENTHS));

const shapeOf = (check: StoredCheck, ip: number): number => {
  let shape = ip === 0 ? 0 : HAS_IP;
  if (check.status !== undefined) shape |= HAS_STATUS;
  if (check.warning?.code === 'http.slow') shape |= IS_SLOW;
  for (const [bit, phase] of PHASES.entries()) if (check.phases[phase] !== undefined) shape |= 1 << bit;
  return shape;
};

/** Packs all of a check but its monitor and its moment, in about 13 bytes. */
export const packCheck = (writer: ByteWriter, check: StoredCheck, ip: number, note: number): void => {
  const head =
    CLASSES.indexOf(check.class) | (SOURCES.indexOf(check.source) << 2) | (VERDICTS.indexOf(check.verdict) << 4);
  writer.byte(note === 0 ? head : head | HAS_NOTE);
  writer.byte(shapeOf(check, ip));
  writer.varint(tenths(check.tookMs));
  for (const phase of PHASES) {
    const span = check.phases[phase];
    if (span !== undefined) writer.varint(tenths(span));
  }
  if (ip !== 0) writer.varint(ip);
  if (check.status !== undefined) writer.signed(Math.round(check.status) - USUAL_STATUS);
  if (note !== 0) writer.varint(note);
};

const named = <T>(list: readonly T[], index: number): T => {
  const value = list[index];
  if (value === undefined) throw new RangeError('a packed check names what does not exist');
  return value;
};

/** Reads what packCheck packed. */
export const unpackCheck = (reader: ByteReader): PackedCheck => {
  const head = reader.byte();
  const shape = reader.byte();
  const took = reader.varint();
  const phases: { -readonly [phase in keyof Phases]: Phases[phase] } = {};
  for (const [bit, phase] of PHASES.entries()) if (shape & (1 << bit)) phases[phase] = reader.varint() / TENTHS;
  return {
    class: named(CLASSES, head & 3),
    source: named(SOURCES, (head >> 2) & 3),
    verdict: named(VERDICTS, (head >> 4) & 7),
    took,
    slow: (shape & IS_SLOW) !== 0,
    phases,
    ip: shape & HAS_IP ? reader.varint() : 0,
    status: shape & HAS_STATUS ? reader.signed() + USUAL_STATUS : undefined,
    note: head & HAS_NOTE ? reader.varint() : 0,
  };
};

/** One check of the journal: whose, when, the packed rest, and what the roll-ups count. */
export interface JournalEntry {
  readonly monitor: number;
  readonly at: number;
  readonly check: PackedCheck;
  /** The packed bytes of `check`. */
  readonly packed: Uint8Array;
}

/** Reads the checks of one journal row: each is monitor, moment (difference to the one before), packed check. */
export const readJournal = function* (reader: ByteReader): Generator<JournalEntry> {
  let at = 0;
  while (!reader.done) {
    const monitor = reader.varint();
    at += reader.signed();
    const start = reader.position;
    const check = unpackCheck(reader);
    yield { monitor, at, check, packed: reader.between(start, reader.position) };
  }
};

/** Reads the checks of one block, in the order in which they were saved. */
export const readBlock = function* (
  reader: ByteReader,
): Generator<{ readonly at: number; readonly check: PackedCheck }> {
  let at = 0;
  while (!reader.done) {
    at += reader.signed();
    yield { at, check: unpackCheck(reader) };
  }
};
