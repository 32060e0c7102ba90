import type { Ms } from '#kernel/time.ts';

/** How often something may happen: `burst` at once, then one every `everyMs`. */
export interface RateRule {
  readonly burst: number;
  readonly everyMs: Ms;
}

/** Counts by key; memory is bounded by `maxKeys`. */
export interface RateLimit {
  /** Takes one; 0 when it is allowed, else the milliseconds to wait. `now` is a monotonic time. */
  take(key: string, now: Ms): Ms;
}

/** One bucket: how many are left, and when that was true. */
export interface Bucket {
  readonly left: number;
  readonly at: Ms;
}

/** The pure step of a token bucket: the bucket afterwards and the wait (0: taken). */
export const takeOne = (bucket: Bucket | undefined, rule: RateRule, now: Ms): { bucket: Bucket; waitMs: Ms } => {
  const before = bucket ?? { left: rule.burst, at: now };
  const left = Math.min(rule.burst, before.left + Math.max(0, now - before.at) / rule.everyMs);
  if (left >= 1) return { bucket: { left: left - 1, at: now }, waitMs: 0 };
  return { bucket: { left, at: now }, waitMs: Math.ceil((1 - left) * rule.everyMs) };
};

/** A rate limit in memory. The key that was used longest ago is forgotten when there are too many. */
export const createRateLimit = (rule: RateRule, maxKeys = 10_000): RateLimit => {
  const buckets = new Map<string, Bucket>();
  return {
    take(key, now) {
      const { bucket, waitMs } = takeOne(buckets.get(key), rule, now);
      buckets.delete(key);
      buckets.set(key, bucket);
      if (buckets.size > maxKeys) {
        const oldest = buckets.keys().next();
        if (oldest.done !== true) buckets.delete(oldest.value);
      }
      return waitMs;
    },
  };
};
