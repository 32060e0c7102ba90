/** What is known of a program's end: its words, and how the system saw it go. */
export interface Crash {
  /** Standard error (and output), verbatim, the newest last. May carry colours, prefixes of process managers, JSON lines. */
  readonly output: string;
  readonly exitCode?: number;
  /** `SIGKILL` …; undefined when none ended it. */
  readonly signal?: string;
  /** `v20.20.2`; found in the output when not given. */
  readonly nodeVersion?: string;
}

/** The lines of the source that Node prints above an error. */
export interface Excerpt {
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

/** An error as a program printed it. */
export interface ErrorReport {
  /** `TypeError`, `MongoServerError`; empty for what is no error object. */
  readonly name: string;
  /** `ECONNREFUSED`, `ERR_MODULE_NOT_FOUND`, `28P01`; empty when it has none. */
  readonly code: string;
  /** Without its name; may have several lines. */
  readonly message: string;
  /** What stood on the line before the name: a logger's prefix, `Unhandled error event:`. */
  readonly prefix: string;
  /** Where it was thrown, innermost first: `/srv/app/index.js:3:7`, `node:fs:573:18`, each with the function before it where it has one. */
  readonly frames: readonly string[];
  /** What it carried besides (`syscall`, `path`, `address`, `port`, `hostname` …), as printed, without quotes. */
  readonly props: Readonly<Record<string, string>>;
  readonly excerpt?: Excerpt;
  /** Its causes and parts, outermost first. */
  readonly causes: readonly ErrorReport[];
  /** `uncaught`: Node itself says so; `rejection`: so it does, of a promise; `block`: an error with its stack; `line`: words only. */
  readonly form: 'uncaught' | 'rejection' | 'block' | 'line';
  /** The line it begins on, for the quote. */
  readonly head: string;
  /** Where it begins and ends among the lines. */
  readonly from: number;
  readonly to: number;
}

/** An error with how much it counts: 1 for the one that decided, less for what was said before it or only in passing. */
export interface Suspect {
  readonly report: ErrorReport;
  readonly weight: number;
}

/** A crash, read: what rules judge by. */
export interface Reading {
  readonly crash: Crash;
  readonly exitCode: number | undefined;
  /** Also from an exit code above 128. */
  readonly signal: string | undefined;
  readonly nodeMajor: number | undefined;
  /** Without colours, prefixes and the noise of wrappers. */
  readonly lines: readonly string[];
  /** The same as one text. */
  readonly text: string;
  /** All of it, noise included. */
  readonly everything: string;
  /** What may have ended it, the deciding one first. */
  readonly suspects: readonly Suspect[];
}
