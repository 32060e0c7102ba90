import { Fault, FAULTS, type FaultCode } from '../../kernel/fault.ts';

/** SQLite's primary result codes that say something of the surroundings (sqlite.org/rescode.html). */
const CODES = {
  busy: 5,
  noMemory: 7,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
};

/** A failure as it travels between threads. `fault` is absent for a bug. */
export interface Failure {
  readonly fault?: FaultCode;
  readonly message: string;
  readonly hint: string;
  /** The disk (or the quota of the file system) has no room. */
  readonly full: boolean;
}

const primaryCode = (error: unknown): number | undefined => {
  const code: unknown = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' ? code & 0xff : undefined;
};

const systemCode = (error: unknown): string | undefined => {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && code in FAULTS === false ? code : undefined;
};

const BROKEN_HINT =
  'The file is left as it is. Put a backup in its place with `dozor restore BACKUP` (the broken file is kept beside it), or move the data folder away to start anew.';

/** Is the error one of a broken file? */
export const isBroken = (error: unknown): boolean => {
  const code = primaryCode(error);
  return code === CODES.corrupt || code === CODES.notADatabase;
};

/** Is it about having no room? */
export const isFull = (error: unknown): boolean =>
  primaryCode(error) === CODES.full || systemCode(error) === 'ENOSPC' || systemCode(error) === 'EDQUOT';

/** Is the file or its lock held by somebody else? */
export const isBusy = (error: unknown): boolean => primaryCode(error) === CODES.busy;

/** May the folder or file not be written? */
export const isUnwritable = (error: unknown): boolean => {
  const code = primaryCode(error);
  const system = systemCode(error);
  return (
    code === CODES.readOnly ||
    code === CODES.cannotOpen ||
    (system !== undefined && ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'].includes(system))
  );
};

const isOfTheMachine = (error: unknown): boolean => {
  const code = primaryCode(error);
  return (
    isFull(error) ||
    isUnwritable(error) ||
    (code !== undefined && [CODES.busy, CODES.noMemory, CODES.ioError].includes(code)) ||
    ['EIO', 'ENOENT', 'EMFILE', 'ENFILE', 'ENOMEM'].includes(systemCode(error) ?? '')
  );
};

/** What the store says of an error: a Fault's parts, or a bug's message. */
export const failureOf = (error: unknown): Failure => {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Fault) return { fault: error.code, message, hint: error.hint, full: false };
  if (isBroken(error))
    return {
      fault: 'STORE_BROKEN',
      message: `the store's file is broken (${message})`,
      hint: BROKEN_HINT,
      full: false,
    };
  if (!isOfTheMachine(error)) return { message, hint: '', full: false };
  const full = isFull(error);
  return {
    fault: 'STORE_UNAVAILABLE',
    message: full ? `the store cannot save: the disk is full (${message})` : `the store cannot be used: ${message}`,
    hint: full
      ? 'Free space on the disk of the data folder; saving goes on by itself.'
      : 'Look at the disk of the data folder.',
    full,
  };
};

/** The failure as an error to throw: a Fault, or a plain error for a bug. */
export const errorOf = (failure: Failure): Error =>
  failure.fault === undefined ? new Error(failure.message) : new Fault(failure.fault, failure.message, failure.hint);

/** The Fault for a broken file. */
export const brokenFault = (file: string, what: string): Fault =>
  new Fault('STORE_BROKEN', `${file} is broken: ${what}`, BROKEN_HINT);
