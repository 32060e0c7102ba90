import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Fault } from '../kernel/fault.ts';
import type { Pinned } from './link.ts';

/** A brain that this machine has joined: what the witness proves itself by. */
export interface Membership extends Pinned {
  /** What the brain calls itself. */
  readonly brain: string;
  /** The watcher's name at the brain. */
  readonly name: string;
  /** The long-lived secret. */
  readonly key: string;
}

/** The files of a witness in its data folder. */
export const FILES = {
  membership: 'witness.json',
  state: 'witness-state.json',
  outbox: 'witness-outbox.json',
  pairings: 'witness-pairings.json',
  /** An agent's membership. */
  agent: 'agent.json',
} as const;
export type WitnessFile = keyof typeof FILES;

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

/** Reads one of the files; undefined when there is none. @throws Fault DATA_UNWRITABLE, STORE_BROKEN. */
export const readFileOf = <T>(dir: string, file: WitnessFile): T | undefined => {
  const path = join(dir, FILES[file]);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw new Fault('DATA_UNWRITABLE', `${path} cannot be read.`, 'Give the user that runs the witness its folder.', {
      cause,
    });
  }
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new Fault('STORE_BROKEN', `${path} is damaged.`, 'Remove it; a lost witness.json means to join again.', {
      cause,
    });
  }
};

/**
 * Puts a file in place as a whole: after a crash at any moment there is the old one or the new one. `durable`: also after a power cut.
 * @throws Fault DATA_UNWRITABLE.
 */
export const writeFileOf = (dir: string, file: WitnessFile, value: object, durable: boolean): void => {
  const path = join(dir, FILES[file]);
  const draft = `${path}.new`;
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const handle = openSync(draft, 'w', 0o600);
    try {
      writeSync(handle, JSON.stringify(value));
      if (durable) fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(draft, path);
    if (durable) syncFolder(dirname(path));
  } catch (cause) {
    throw new Fault(
      'DATA_UNWRITABLE',
      `${path} cannot be written (${codeOf(cause)}).`,
      'Free space, or mend its rights.',
      {
        cause,
      },
    );
  }
};

const syncFolder = (folder: string): void => {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};
