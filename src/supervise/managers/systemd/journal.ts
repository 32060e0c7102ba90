/** A line of `journalctl -o json`. */
export interface JournalEntry {
  readonly message: string;
  /** Since 1970. */
  readonly atMs: number;
  /** Written by systemd about the unit, not by the unit itself. */
  readonly bySystemd: boolean;
}

/** Messages are texts, or lists of bytes where they are no UTF-8. */
const messageOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'number')) return undefined;
  return Buffer.from(value).toString('utf8');
};

/** Reads a line; undefined when it is none of the journal's (journalctl prints notes between them), or has no message. */
export const readJournalLine = (line: string): JournalEntry | undefined => {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    // a note for people: "-- Logs begin at …"
    return undefined;
  }
  if (typeof entry !== 'object' || entry === null) return undefined;
  const fields = entry as Readonly<Record<string, unknown>>;
  const message = messageOf(fields['MESSAGE']);
  if (message === undefined) return undefined;
  const at = Number(fields['__REALTIME_TIMESTAMP']);
  return {
    message,
    atMs: Number.isFinite(at) ? Math.floor(at / 1_000) : 0,
    // systemd's own lines name their unit in UNIT (USER_UNIT of a user's manager)
    bySystemd: 'UNIT' in fields || 'USER_UNIT' in fields,
  };
};
