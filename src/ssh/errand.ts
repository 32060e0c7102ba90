import type { Json } from '../kernel/json.ts';

/** What an errand sees of its caller. */
export interface ErrandCall {
  /** What the caller sent; from another version of Dozor perhaps, so it is checked before use. */
  readonly input: unknown;
  /** Aborted when the caller is gone or wants no more. */
  readonly signal: AbortSignal;
  /** Tells the caller how it goes. Never fails: when nobody listens any more, nobody is told. */
  readonly progress: (news: Json) => void;
  /** The bytes that come with the call. Throws when they end before their end: then nothing of them may be used. */
  readonly attachment: () => AsyncIterable<Buffer>;
}

/** Something that is done on another machine by what is sent there. */
export interface Errand {
  /**
   * true: it changes the machine, so it is left to finish or undo by itself when the caller is gone (`signal` says so). false: it is ended at once.
   */
  readonly changes: boolean;
  /** Resolves with what the caller gets. Faults reach the caller as they are. */
  run(call: ErrandCall): Promise<unknown>;
}

/** Errands by name. */
export type Errands = Readonly<Record<string, Errand>>;

/** One line from the far side, behind the mark. */
export type FarLine =
  | { readonly is: 'ready'; readonly node: string; readonly program: string }
  | { readonly is: 'progress'; readonly news: Json }
  | { readonly is: 'result'; readonly value: unknown }
  | {
      readonly is: 'fault';
      readonly code: string;
      readonly message: string;
      readonly hint: string;
      readonly places: readonly unknown[];
    }
  | { readonly is: 'bug'; readonly stack: string };
