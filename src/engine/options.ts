import type { Clock } from '../kernel/clock.ts';
import type { ConfigChange, SecretSource } from '../config/contract.ts';
import type { Fault } from '../kernel/fault.ts';
import type { Ping } from './deadman.ts';
import type { Log } from './log.ts';
import type { VerdictLine } from './verdicts.ts';

/** How a brain is started. */
export interface StartOptions {
  readonly configFile?: string;
  readonly urls: readonly string[];
  readonly dataDir: string;
  readonly listen?: { readonly host: string; readonly port: number };
  readonly secrets: SecretSource;
  readonly log: Log;
  readonly version: string;
  /** A change of verdict, for the terminal. */
  readonly onVerdict: (line: VerdictLine) => void;
  /** What else is worth a line: reloads, pairing, the watch's own gap and clock. */
  readonly onNote: (text: string) => void;
  /** The file changed and was read again: with what changed, or why it changes nothing. */
  readonly onReload: (outcome: { readonly changes: readonly ConfigChange[] } | { readonly fault: Fault }) => void;
  /** Sends a dead-man's ping. */
  readonly ping: Ping;
  readonly clock?: Clock;
}
