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

/**
 * The pure step (generic cell rate algorithm, exact in whole milliseconds): when the key will have used nothing of its burst any more,
 * and the wait (0: taken).
 */
const takeOne = (calmAt: Ms | undefined, rule: RateRule, now: Ms): { readonly calmAt: Ms; readonly waitMs: Ms } => {
  const next = Math.max(calmAt ?? now, now) + rule.everyMs;
  const waitMs = next - now - rule.burst * rule.everyMs;
  return waitMs <= 0 ? { calmAt: next, waitMs: 0 } : { calmAt: next - rule.everyMs, waitMs };
};

/** A rate limit in memory. The key that was used longest ago is forgotten when there are too many. */
export const createRateLimit = (rule: RateRule, maxKeys = 10_000): RateLimit => {
  const calm = new Map<string, Ms>();
  return {
    take(key, now) {
      const { calmAt, waitMs } = takeOne(calm.get(key), rule, now);
      calm.delete(key);
      calm.set(key, calmAt);
      if (calm.size > maxKeys) {
        const oldest = calm.keys().next();
        if (oldest.done !== true) calm.delete(oldest.value);
      }
      return waitMs;
    },
  };
};
