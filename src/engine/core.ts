import type { Json } from '../kernel/json.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { SecretSource, Settings } from '../config/contract.ts';
import type { Store, StoredEvent, Write } from '../store/contract.ts';
import type { Deadlines } from './deadlines.ts';
import type { Log } from './log.ts';
import type { Registry } from './registry.ts';
import type { WatchClock } from './watch-clock.ts';

/** Whether a turn's writes are durable; when not, people are told from memory, with the error as the second line. */
export type Saved = { readonly saved: true } | { readonly saved: false; readonly error: string };

/** What all parts of the engine share. Built once in `start.ts`; each part names only what it uses. */
export interface Core {
  readonly clock: WatchClock;
  readonly log: Log;
  readonly store: Store;
  readonly registry: Registry;
  readonly deadlines: Deadlines;
  readonly secrets: SecretSource;
  settings(): Settings;
  newId(): string;
  newCode(): string;
  random(): number;
  /** Counts a bug that was caught at a boundary. */
  bug(where: string, error: unknown): void;
  bugs(): number;
  /** Something could not be written: logged once a minute, counted. */
  unsaved(error: unknown): void;
  /** Begins a change: what is added commits together, what is to be done afterwards waits for the commit. */
  turn(): Turn;
}

/** Publishes what was committed to whoever listens. */
export type Publish = (event: StoredEvent) => void;

/** One change: writes that commit in one transaction, and what follows once they have. Saved first, told second. */
export class Turn {
  readonly #save: (writes: readonly Write[]) => Promise<Saved>;
  readonly #publish: Publish;
  readonly #nextSeq: () => number;
  readonly #now: () => EpochMs;
  readonly #bug: (error: unknown) => void;
  readonly #writes: Write[] = [];
  readonly #after: ((saved: Saved) => void)[] = [];

  constructor(parts: {
    /** Never rejects. */
    readonly save: (writes: readonly Write[]) => Promise<Saved>;
    readonly publish: Publish;
    readonly nextSeq: () => number;
    readonly now: () => EpochMs;
    readonly bug: (error: unknown) => void;
  }) {
    this.#save = parts.save;
    this.#publish = parts.publish;
    this.#nextSeq = parts.nextSeq;
    this.#now = parts.now;
    this.#bug = parts.bug;
  }

  /** Adds to what is written. */
  write(...writes: readonly Write[]): this {
    this.#writes.push(...writes);
    return this;
  }

  /** Adds a row of everything that happened; listeners hear of it after the commit. */
  event(type: string, data: Json, about: { readonly serviceId?: string; readonly incidentId?: string } = {}): this {
    const event: StoredEvent = { seq: this.#nextSeq(), at: this.#now(), type, data, ...about };
    this.#writes.push({ put: 'event', event });
    this.#after.push(() => this.#publish(event));
    return this;
  }

  /** What is to be done once the writes are durable, or once it is known that they can't be. */
  afterwards(call: (saved: Saved) => void): this {
    this.#after.push(call);
    return this;
  }

  /** Commits at once; never rejects: what follows is told whether it was saved. */
  async commit(): Promise<Saved> {
    const saved = await this.#save(this.#writes);
    for (const call of this.#after) {
      // One that throws must not keep the others' alerts from being sent, nor end the process.
      try {
        call(saved);
      } catch (error) {
        this.#bug(error);
      }
    }
    return saved;
  }
}
