import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { Fault } from '#kernel/fault.ts';

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

const refused = (file: string, verb: string, cause: unknown): Fault =>
  new Fault('DATA_UNWRITABLE', `${file} cannot be ${verb}.`, 'Give the user that runs Dozor its data folder.', {
    cause,
  });

/** The file's text; undefined when there is none. @throws Fault DATA_UNWRITABLE when it may not be read. */
export const readIfThere = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw refused(file, 'read', cause);
  }
};

/**
 * Writes beside the place, then links it in: whoever looks sees a whole file or none, and of two that come at once the first wins.
 * Returns what stands there now. `replace`: in place of what is there. @throws Fault DATA_UNWRITABLE.
 */
export const writeOnce = (file: string, text: string, mode: number, replace = false): string => {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeDraft(draft, text, mode);
    if (replace) renameSync(draft, file);
    else linkSync(draft, file);
    return text;
  } catch (cause) {
    const winner = codeOf(cause) === 'EEXIST' ? readIfThere(file) : undefined;
    if (winner !== undefined) return winner;
    throw refused(file, 'written', cause);
  } finally {
    rmSync(draft, { force: true });
  }
};

const writeDraft = (draft: string, text: string, mode: number): void => {
  const handle = openSync(draft, 'wx', mode);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};
