import { MINUTE, type EpochMs, type Ms } from '../kernel/time.ts';

/** How far a check strays from its rhythm, as a share of it: without that a crash loop can hide between checks (detection.md § 1). */
export const JITTER = { full: 0.1, pulse: 0.2 } as const;

/** So many monitors are all asked at once after a start; more are spread. */
const AT_ONCE = 10;
/** The first checks are spread over at most this, however rarely a monitor asks. */
const SPREAD_MOST_MS: Ms = MINUTE;

/**
 * When a monitor is first asked after a start: at once when there are few, else spread evenly, so that each is watched within one interval.
 * `place` is the monitor's place among `of`; `intervalMs` the shorter of full check and pulse.
 */
export const firstAt = (start: EpochMs, place: number, of: number, intervalMs: Ms): EpochMs =>
  of <= AT_ONCE ? start : start + Math.floor((Math.min(intervalMs, SPREAD_MOST_MS) * place) / of);

/** The first pulse: within one rhythm after the first full check. `random` lies in [0, 1). */
export const firstPulseAt = (firstFullAt: EpochMs, pulseMs: Ms, random: number): EpochMs =>
  firstFullAt + Math.round(pulseMs * (JITTER.pulse + (1 - JITTER.pulse) * random));

/**
 * The deadline after the one at `dueAt`, counted from that deadline and never from when the check really ran, so that lateness does not add up. What was
 * missed meanwhile is skipped in whole intervals: monitors keep their distance instead of all asking at once. `random` lies in [0, 1).
 */
export const nextAt = (
  dueAt: EpochMs,
  everyMs: Ms,
  which: keyof typeof JITTER,
  now: EpochMs,
  random: number,
): EpochMs => {
  const strayed = dueAt + Math.max(1, Math.round(everyMs * (1 + JITTER[which] * (2 * random - 1))));
  return strayed > now ? strayed : strayed + (Math.floor((now - strayed) / everyMs) + 1) * everyMs;
};

interface Deadline {
  readonly key: string;
  readonly at: EpochMs;
}

/** Deadlines by key, the earliest first: a binary heap that also moves and removes by key in O(log n). Deadlines of one moment come in the order they were set. */
export class DeadlineHeap {
  readonly #heap: (Deadline & { readonly order: number })[] = [];
  readonly #places = new Map<string, number>();
  #order = 0;

  /** How many deadlines there are. */
  get size(): number {
    return this.#heap.length;
  }

  /** Sets a key's deadline, or moves it. */
  set(key: string, at: EpochMs): void {
    this.#order += 1;
    const item = { key, at, order: this.#order };
    const place = this.#places.get(key) ?? this.#heap.length;
    this.#put(place, item);
    this.#settle(place);
  }

  /** Removes a key's deadline; false when it had none. */
  delete(key: string): boolean {
    const place = this.#places.get(key);
    if (place === undefined) return false;
    this.#places.delete(key);
    const last = this.#heap.pop();
    if (last !== undefined && last.key !== key) {
      this.#put(place, last);
      this.#settle(place);
    }
    return true;
  }

  /** A key's deadline; undefined when it has none. */
  at(key: string): EpochMs | undefined {
    const place = this.#places.get(key);
    return place === undefined ? undefined : this.#heap[place]?.at;
  }

  /** The earliest deadline, which stays; undefined when there is none. */
  peek(): Deadline | undefined {
    return this.#heap[0];
  }

  #put(place: number, item: Deadline & { readonly order: number }): void {
    this.#heap[place] = item;
    this.#places.set(item.key, place);
  }

  #isBefore(left: number, right: number): boolean {
    const a = this.#heap[left];
    const b = this.#heap[right];
    if (a === undefined || b === undefined) return false;
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  #swap(left: number, right: number): void {
    const a = this.#heap[left];
    const b = this.#heap[right];
    if (a === undefined || b === undefined) return;
    this.#put(left, b);
    this.#put(right, a);
  }

  #settle(start: number): void {
    let place = start;
    while (place > 0 && this.#isBefore(place, (place - 1) >> 1)) {
      const parent = (place - 1) >> 1;
      this.#swap(place, parent);
      place = parent;
    }
    for (;;) {
      const left = 2 * place + 1;
      const least = this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#isBefore(least, place)) return;
      this.#swap(place, least);
      place = least;
    }
  }
}
