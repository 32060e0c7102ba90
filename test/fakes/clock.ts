import type { Clock } from '#kernel/clock.ts';
import type { EpochMs, Ms } from '#kernel/time.ts';

/** A clock that stands still until it is moved; what is due then is called in order. */
export interface FakeClock extends Clock {
  advance(span: Ms): void;
}

/** A clock that starts at this moment. */
export const fakeClock = (start: EpochMs): FakeClock => {
  let elapsed = 0;
  let waiting: { readonly at: Ms; readonly call: () => void }[] = [];
  return {
    now: () => start + elapsed,
    monotonic: () => elapsed,
    after(span, call) {
      const entry = { at: elapsed + span, call };
      waiting.push(entry);
      return () => {
        waiting = waiting.filter((one) => one !== entry);
      };
    },
    advance(span) {
      const end = elapsed + span;
      for (;;) {
        const [next] = waiting.filter((one) => one.at <= end).toSorted((one, other) => one.at - other.at);
        if (next === undefined) break;
        waiting = waiting.filter((one) => one !== next);
        elapsed = next.at;
        next.call();
      }
      elapsed = end;
    },
  };
};
