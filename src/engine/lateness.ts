import type { EpochMs, Ms } from '../kernel/time.ts';
import { MINUTE } from '../kernel/time.ts';

/** How late checks started, over the last minute. */
export interface LatenessFigures {
  readonly p50: Ms;
  readonly p99: Ms;
  readonly max: Ms;
}

const KEEP = 20_000;

/** Remembers how late each check started; bounded, whatever the rate. */
export class Lateness {
  readonly #now: () => EpochMs;
  readonly #late = new Float64Array(KEEP);
  readonly #at = new Float64Array(KEEP);
  #next = 0;
  #count = 0;

  constructor(now: () => EpochMs) {
    this.#now = now;
  }

  /** Notes one start; early is on time. */
  note(late: Ms): void {
    this.#late[this.#next] = Math.max(0, late);
    this.#at[this.#next] = this.#now();
    this.#next = (this.#next + 1) % KEEP;
    this.#count = Math.min(KEEP, this.#count + 1);
  }

  /** The last minute's figures; zeros when nothing started. */
  figures(): LatenessFigures {
    const since = this.#now() - MINUTE;
    const recent: number[] = [];
    for (let index = 0; index < this.#count; index += 1)
      if ((this.#at[index] ?? 0) >= since) recent.push(this.#late[index] ?? 0);
    recent.sort((a, b) => a - b);
    const quantile = (part: number): Ms => recent[Math.min(recent.length - 1, Math.floor(part * recent.length))] ?? 0;
    return { p50: quantile(0.5), p99: quantile(0.99), max: recent.at(-1) ?? 0 };
  }
}
