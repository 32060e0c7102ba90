import type { Clock } from '#kernel/clock.ts';
import type { Ms } from '#kernel/time.ts';

/** An answer took longer than a caller is kept waiting; the work itself goes on. */
export class StoppedWaiting extends Error {}

/** The promise's outcome, or StoppedWaiting after the span. */
export const within = async <T>(clock: Clock, span: Ms, work: Promise<T>): Promise<T> => {
  const late = Promise.withResolvers<never>();
  // A stopped process has nobody to answer: it must not live on for this.
  const stop = clock.after(
    span,
    () => late.reject(new StoppedWaiting(`No answer within ${Math.round(span / 1000)} s.`)),
    'idle',
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    stop();
  }
};
