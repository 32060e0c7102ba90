import type { EpochMs } from '../../kernel/time.ts';
import type { Op } from './wire.ts';

interface Word {
  readonly id: number;
  readonly at: EpochMs;
  saved: boolean;
}

/**
 * Texts that recur (addresses, reasons) and stand in the packed checks as small numbers. A text that is not known to be saved goes along
 * with every batch that may need it, until one of them is committed.
 */
export class Dictionary {
  readonly #statement: string;
  readonly #limit: number;
  readonly #freshMs: number;
  readonly #words = new Map<string, Word>();
  readonly #unsaved = new Map<string, Word>();
  #next: number;

  /** Remembers up to `limit` texts, each for `freshMs` after it was first used: later it gets a new number, so that old rows can go. */
  constructor(statement: string, next: number, limit: number, freshMs: number) {
    this.#statement = statement;
    this.#next = next;
    this.#limit = limit;
    this.#freshMs = freshMs;
  }

  /** Takes over a text that was saved in an earlier life. */
  know(id: number, text: string, at: EpochMs): void {
    this.#words.set(text, { id, at, saved: true });
  }

  /** The text's number. */
  idOf(text: string, at: EpochMs): number {
    const known = this.#words.get(text);
    if (known !== undefined && at - known.at < this.#freshMs) return known.id;
    const word = { id: this.#next, at, saved: false };
    this.#next += 1;
    this.#words.delete(text);
    this.#words.set(text, word);
    this.#unsaved.set(text, word);
    this.#forgetOldest();
    return word.id;
  }

  /** What has to go along with the batch that is closed now. */
  unsaved(): Op[] {
    if (this.#unsaved.size === 0) return [];
    return [...this.#unsaved].map(([text, word]): Op => [this.#statement, word.id, word.at, text]);
  }

  /** The statements of a batch that was committed: these texts need not go along any more. */
  saved(ops: readonly Op[]): void {
    for (const [statement, id, , text] of ops) {
      if (statement !== this.#statement || typeof text !== 'string') continue;
      if (this.#unsaved.get(text)?.id === id) this.#unsaved.delete(text);
    }
  }

  #forgetOldest(): void {
    if (this.#words.size <= this.#limit) return;
    for (const text of this.#words.keys()) {
      if (!this.#unsaved.has(text)) {
        this.#words.delete(text);
        return;
      }
    }
  }
}
