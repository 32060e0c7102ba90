/**
 * Every way in which input, set-up or surroundings can be wrong, in one list: the code is stable and documented, the exit code and
 * HTTP status are what the two faces answer with. Whatever is thrown and is no Fault is a bug.
 */
export const FAULTS = {
  // exit 2: called wrongly
  USAGE: { exit: 2, status: 400 },
  // exit 3: the configuration cannot be used
  CONFIG_UNREADABLE: { exit: 3, status: 422 },
  CONFIG_INVALID: { exit: 3, status: 422 },
  CONFIG_CLASH: { exit: 3, status: 409 },
  // exit 4: another Dozor already works on this data folder
  DATA_IN_USE: { exit: 4, status: 503 },
  // exit 5: the address to listen on is taken or not ours
  PORT_IN_USE: { exit: 5, status: 503 },
  LISTEN_REFUSED: { exit: 5, status: 503 },
  // exit 6: the data folder cannot be written
  DATA_UNWRITABLE: { exit: 6, status: 503 },
  // exit 7: this Node is too old (thrown by bin/dozor.js before anything is loaded)
  NODE_TOO_OLD: { exit: 7, status: 500 },
  // exit 8: the store's file is broken, or from a newer Dozor
  STORE_BROKEN: { exit: 8, status: 503 },
  STORE_NEWER: { exit: 8, status: 503 },
  STORE_UNAVAILABLE: { exit: 8, status: 503 },
  BACKUP_INVALID: { exit: 8, status: 422 },
  // exit 9: no brain answers
  BRAIN_UNREACHABLE: { exit: 9, status: 503 },
  // exit 10: not allowed
  UNAUTHENTICATED: { exit: 10, status: 401 },
  FORBIDDEN: { exit: 10, status: 403 },
  RATE_LIMITED: { exit: 10, status: 429 },
  // exit 11: what was named is not there, or not in the state for it
  NOT_FOUND: { exit: 11, status: 404 },
  CONFLICT: { exit: 11, status: 409 },
  READ_ONLY: { exit: 11, status: 409 },
  // exit 12: input of the API or of a prompt is wrong
  INPUT_INVALID: { exit: 12, status: 422 },
  INPUT_TOO_LARGE: { exit: 12, status: 413 },
  TARGET_PRIVATE: { exit: 12, status: 422 },
  // exit 13: a channel could not send
  CHANNEL_FAILED: { exit: 13, status: 502 },
  // exit 14: joining a brain failed
  JOIN_REFUSED: { exit: 14, status: 403 },
  // exit 15: the machine lacks what the command needs
  MACHINE_LACKS: { exit: 15, status: 500 },
  // exit 16: the way over SSH
  SSH_UNREACHABLE: { exit: 16, status: 502 },
  SSH_REFUSED: { exit: 16, status: 502 },
  SSH_BROKEN: { exit: 16, status: 502 },
} as const;

/** A stable name for what is wrong. */
export type FaultCode = keyof typeof FAULTS;

/** One place where something is wrong: a path in the configuration or the body, with line and column where there are any. */
export interface FaultPlace {
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** Wrong input, set-up or surroundings: what is wrong, and what to do next. Never thrown for bugs. */
export class Fault extends Error {
  readonly code: FaultCode;
  /** What to do next, as a sentence; empty when the message says all. */
  readonly hint: string;
  /** Every place that is wrong, when there are several. */
  readonly places: readonly FaultPlace[];

  constructor(
    code: FaultCode,
    message: string,
    hint = '',
    more: { cause?: unknown; places?: readonly FaultPlace[] } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'Fault';
    this.code = code;
    this.hint = hint;
    this.places = more.places ?? [];
  }

  /** The process's exit code for it. */
  get exit(): number {
    return FAULTS[this.code].exit;
  }

  /** The HTTP status for it. */
  get status(): number {
    return FAULTS[this.code].status;
  }
}
