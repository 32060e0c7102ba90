import type { Json } from '../kernel/json.ts';

/** What the engine writes about itself, for the one who runs it. Values are redacted by the writer. */
export interface Log {
  info(message: string, facts?: Readonly<Record<string, Json>>): void;
  warn(message: string, facts?: Readonly<Record<string, Json>>): void;
  /** A bug was caught at the engine's boundary: it is counted, and the loop lives on. */
  bug(where: string, error: unknown): void;
}

/** One line a record, to where `write` says; bugs with their stack. */
export const lineLog = (write: (line: string) => void, now: () => number, redact: (text: string) => string): Log => {
  const line = (level: string, message: string, facts: Readonly<Record<string, Json>> = {}): void =>
    write(redact(JSON.stringify({ at: new Date(now()).toISOString(), level, message, ...facts })));
  return {
    info: (message, facts) => line('info', message, facts),
    warn: (message, facts) => line('warn', message, facts),
    bug: (where, error) =>
      line('bug', where, { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  };
};
