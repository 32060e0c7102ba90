import type { Stop } from '../kernel/clock.ts';
import type { EpochMs, Ms } from '../kernel/time.ts';
import { DeadlineHeap } from '../monitor/schedule.ts';
import type { WatchClock } from './watch-clock.ts';

/** Node's timers fire up to a millisecond early; what is due within that is due. */
const EARLY_MS: Ms = 1;

/** What is to be called; an object of its own for each setting, so that one set anew is told from the one before. */
interface Entry {
  readonly call: (dueAt: EpochMs) => void;
}

interface Due {
  readonly key: string;
  readonly at: EpochMs;
  readonly entry: Entry;
}

/**
 * Every deadline of the engine under one timer: checks, re-checks, escalations, deliveries. A key has one deadline; setting it again moves it.
 * A call that throws is a bug of its own and stops nothing else.
 */
export class Deadlines {
  readonly #clock: WatchClock;
  readonly #heap = new DeadlineHeap();
  readonly #calls = new Map<string, Entry>();
  readonly #onBug: (where: string, error: unknown) => void;
  #stopTimer: Stop | undefined;
  #timerAt: EpochMs = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(clock: WatchClock, onBug: (where: string, error: unknown) => void) {
    this.#clock = clock;
    this.#onBug = onBug;
  }

  /** Calls at the moment (at once, if it has passed), with the moment it was due. */
  set(key: string, at: EpochMs, call: (dueAt: EpochMs) => void): void {
    if (this.#closed) return;
    this.#calls.set(key, { call });
    this.#heap.set(key, at);
    if (at < this.#timerAt) this.#arm();
  }

  clear(key: string): void {
    this.#calls.delete(key);
    this.#heap.delete(key);
  }

  /** When the key is due; undefined when it is not set. */
  at(key: string): EpochMs | undefined {
    return this.#heap.at(key);
  }

  /** Stops everything; nothing is called afterwards. */
  close(): void {
    this.#closed = true;
    this.#stopTimer?.();
    this.#calls.clear();
  }

  #arm(): void {
    this.#stopTimer?.();
    const next = this.#heap.peek();
    if (next === undefined || this.#closed) {
      this.#timerAt = Number.POSITIVE_INFINITY;
      return;
    }
    this.#timerAt = next.at;
    this.#stopTimer = this.#clock.after(Math.max(0, next.at - this.#clock.now()), () => this.#run());
  }

  /**
   * Calls what is due now. What is set meanwhile waits for the next turn, even when it is due as well: a call a millisecond early finds that its
   * moment has not come and asks for the same moment again, which must not go round within one turn.
   */
  #run(): void {
    const now = this.#clock.now() + EARLY_MS;
    this.#timerAt = Number.NEGATIVE_INFINITY;
    for (const { key, at, entry } of this.#takeDue(now)) {
      // Cleared or set anew by one that was called before it.
      if (this.#calls.get(key) !== entry) continue;
      this.#calls.delete(key);
      try {
        entry.call(at);
      } catch (error) {
        this.#onBug(`deadline ${key}`, error);
      }
    }
    this.#arm();
  }

  #takeDue(now: EpochMs): readonly Due[] {
    const due: Due[] = [];
    for (let next = this.#heap.peek(); next !== undefined && next.at <= now; next = this.#heap.peek()) {
      this.#heap.delete(next.key);
      const entry = this.#calls.get(next.key);
      if (entry !== undefined) due.push({ key: next.key, at: next.at, entry });
    }
    return due;
  }
}
