import type { Ms } from '../../kernel/time.ts';
import type { Failure } from './failure.ts';

/** What may stand in a statement's place. */
export type Value = string | number | null;

/** One statement to run: its name in `STATEMENTS`, and the values for its places. */
export type Op = readonly [name: string, ...values: Value[]];

/** What the writer thread is started with. */
export interface WriterSettings {
  readonly dir: string;
  readonly file: string;
  readonly reserveBytes: number;
  readonly keepFreeBytes: number;
  readonly quotaBytes: number;
  readonly retention: { readonly checksMs: Ms; readonly minutesMs: Ms; readonly hoursMs: Ms };
}

/** How much room there is: `bytes` is the store's size on disk. `yielding`: too little for what can be done without. */
export interface Room {
  readonly bytes: number;
  readonly freeBytes: number;
  readonly yielding: boolean;
}

/** What the writer knows when it has opened the file, for the packing of checks. */
export interface WriterReady extends Room {
  readonly addresses: readonly (readonly [id: number, text: string])[];
  readonly nextNote: number;
  readonly nextAddress: number;
}

/** How a batch went. */
export interface Committed {
  readonly tookMs: Ms;
  readonly yielding: boolean;
}

/** A request to a thread. `journal` are the batch's packed checks. */
export interface Request {
  readonly id: number;
  readonly call: string;
  readonly journal?: Uint8Array;
  readonly ops?: readonly Op[];
  readonly args?: unknown;
}

/** A thread's answer. */
export interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly failure?: Failure;
}
