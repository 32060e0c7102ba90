import { closeSync, fsyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { failureOf, isFull } from './failure.ts';

const CHUNK = 64 * 1024;

/**
 * A file that only takes room: given up when the disk is full, so that the last facts and the alerts' bookkeeping can still be saved, and
 * made again when there is space.
 */
export class Reserve {
  readonly #file: string;
  readonly #bytes: number;

  constructor(file: string, bytes: number) {
    this.#file = file;
    this.#bytes = bytes;
  }

  get held(): boolean {
    return (statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0) >= this.#bytes;
  }

  /** Gives the room back. True when there was any. */
  release(): boolean {
    const size = statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
    rmSync(this.#file, { force: true });
    return size > 0;
  }

  /** Takes the room, with real bytes. Takes nothing and returns false when it is not there. */
  take(): boolean {
    if (this.held) return true;
    const handle = openSync(this.#file, 'w', 0o600);
    try {
      const zeros = new Uint8Array(CHUNK);
      for (let left = this.#bytes; left > 0; left -= CHUNK) writeSync(handle, zeros, 0, Math.min(left, CHUNK));
      fsyncSync(handle);
      return true;
    } catch (error) {
      rmSync(this.#file, { force: true });
      if (!isFull(error)) throw error;
      return false;
    } finally {
      closeSync(handle);
    }
  }
}

/** How much the file system of a folder still has for us, in bytes; undefined when it does not say. */
export const freeBytesOf = (dir: string): number | undefined => {
  try {
    const { bavail, bsize } = statfsSync(dir);
    return bavail * bsize;
  } catch (error) {
    if (failureOf(error).fault === undefined) throw error;
    return undefined;
  }
};
