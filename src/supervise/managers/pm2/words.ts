import { open } from 'node:fs/promises';
import type { EpochMs } from '../../../kernel/time.ts';

/** So much of a process's error output is kept and handed out. */
const LIMIT = 16 * 1024;

interface Chunk {
  readonly at: EpochMs;
  readonly text: string;
}

/** The latest error output of each process, as the bus told it. */
export class ErrorWords {
  readonly #chunks = new Map<number, Chunk[]>();

  add(id: number, at: EpochMs, text: string): void {
    const chunks = this.#chunks.get(id) ?? [];
    chunks.push({ at, text: text.slice(-LIMIT) });
    let size = chunks.reduce((sum, chunk) => sum + chunk.text.length, 0);
    while (size > LIMIT && chunks.length > 1) size -= chunks.shift()?.text.length ?? 0;
    this.#chunks.set(id, chunks);
  }

  /** What the process has written since; everything that is kept without a moment. */
  since(id: number, startedAt: EpochMs | undefined): string {
    const from = startedAt ?? 0;
    return (this.#chunks.get(id) ?? [])
      .filter((chunk) => chunk.at >= from)
      .map((chunk) => chunk.text)
      .join('');
  }

  /** Lets go of processes that are no longer listed. */
  keep(ids: ReadonlySet<number>): void {
    for (const id of this.#chunks.keys()) if (!ids.has(id)) this.#chunks.delete(id);
  }
}

/** The end of a file, at most 16 kB, from the beginning of a line; empty when it cannot be read or is no file. */
export const endOfFile = async (path: string): Promise<string> => {
  try {
    const file = await open(path, 'r');
    try {
      const status = await file.stat();
      if (!status.isFile()) return '';
      const { size } = status;
      const length = Math.min(size, LIMIT);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
      const text = buffer.toString('utf8', 0, bytesRead);
      return size > LIMIT ? text.slice(text.indexOf('\n') + 1) : text;
    } finally {
      await file.close();
    }
  } catch {
    // unreadable or gone: there are no words, which is an answer
    return '';
  }
};
