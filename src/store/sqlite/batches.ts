import type { Stop } from '../../kernel/clock.ts';
import type { Write } from '../contract.ts';
import type { Packed, Packer } from './packer.ts';

/** A batch is closed after so long at most. */
const CLOSE_AFTER_MS = 100;

interface Entry {
  readonly writes: readonly Write[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What a batch needs of the thread behind it. */
export interface Sink {
  /** Commits; rejects when nothing stays. */
  commit(packed: Packed): Promise<void>;
  /** Is the failure one of this batch's content (a bug), not of the machine? */
  isBug(error: unknown): boolean;
}

/**
 * Gathers writes into batches, one transaction each. An urgent write closes its batch at the end of the current turn, or, while a commit is under
 * way, as soon as that is done: a storm of urgent writes shares its commits.
 */
export class Batches {
  readonly #packer: Packer;
  readonly #sink: Sink;
  #entries: Entry[] = [];
  #underWay = 0;
  #urgent = false;
  #stopTimer: Stop | undefined;
  #turn = false;
  #idle: (() => void)[] = [];

  constructor(packer: Packer, sink: Sink) {
    this.#packer = packer;
    this.#sink = sink;
  }

  /** Resolves when the writes are durable. */
  add(writes: readonly Write[], urgent: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#packer.add(writes);
      this.#entries.push({ writes, resolve, reject });
      if (urgent) this.#hurry();
      else this.#stopTimer ??= this.#closeLater();
    });
  }

  /** Closes the batch now and waits for all that are under way. */
  async drain(): Promise<void> {
    this.#close();
    if (this.#underWay > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #closeLater(): Stop {
    const timer = setTimeout(() => this.#close(), CLOSE_AFTER_MS);
    return () => clearTimeout(timer);
  }

  #hurry(): void {
    if (this.#underWay > 0) {
      this.#urgent = true;
      this.#stopTimer ??= this.#closeLater();
    } else if (!this.#turn) {
      this.#turn = true;
      setImmediate(() => {
        this.#turn = false;
        this.#close();
      });
    }
  }

  #close(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#urgent = false;
    if (this.#entries.length === 0) return;
    const entries = this.#entries;
    this.#entries = [];
    this.#underWay += 1;
    void this.#send(entries, this.#packer.take());
  }

  async #send(entries: readonly Entry[], packed: Packed): Promise<void> {
    try {
      if (packed.journal !== undefined || packed.ops.length > 0) await this.#sink.commit(packed);
      this.#packer.saved(packed);
      for (const entry of entries) entry.resolve();
    } catch (error) {
      this.#lost(entries, error);
    }
    this.#underWay -= 1;
    if (this.#urgent) this.#close();
    if (this.#underWay === 0) for (const wake of this.#idle.splice(0)) wake();
  }

  #lost(entries: readonly Entry[], error: unknown): void {
    this.#packer.lost();
    const alone = this.#sink.isBug(error) && entries.length > 1;
    for (const entry of entries) {
      if (alone) this.#sendAlone(entry);
      else entry.reject(error);
    }
  }

  /** A write that cannot be stored must not take its neighbours along: after such a failure each goes by itself. */
  #sendAlone(entry: Entry): void {
    this.#close();
    this.#packer.add(entry.writes);
    this.#underWay += 1;
    void this.#send([entry], this.#packer.take());
  }
}
