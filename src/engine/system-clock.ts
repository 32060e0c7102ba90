import { performance } from 'node:perf_hooks';
import type { Clock } from '../kernel/clock.ts';

/** The longest span that one Node timer takes; longer ones are chained (Node fires those above 2^31-1 ms at once). */
const MAX_TIMER_MS = 2_000_000_000;

/** The machine's clocks and timers. Timers keep the process alive unless they are idle ones: whoever sets one stops it. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (span, call, idle) => {
    if (span > MAX_TIMER_MS) {
      const rest = (): void => {
        stop = systemClock.after(span - MAX_TIMER_MS, call, idle);
      };
      let stop = systemClock.after(MAX_TIMER_MS, rest, idle);
      return () => stop();
    }
    const timer = setTimeout(call, Math.max(0, span));
    if (idle === 'idle') timer.unref();
    return () => clearTimeout(timer);
  },
};
