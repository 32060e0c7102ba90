import type { Clock, Stop } from '#kernel/clock.ts';
import type { Ms } from '#kernel/time.ts';
import { errorCode } from './connect-error.ts';

const isSilence = (error: unknown): boolean => errorCode(error) === 'ETIMEOUT' || errorCode(error) === 'ECANCELLED';

/**
 * Asks again beside a question that is still open after a while: a lost packet costs little, and a slow answer is waited for all the same
 * (c-ares forgets a question when it repeats it, so its own tries would never hear an answer slower than one try).
 * @throws what the first answer that is no silence was thrown with; silence when all were met with it.
 */
export const hedge = <T>(asks: readonly (() => Promise<T>)[], spacing: Ms, clock: Clock): Promise<T> =>
  new Promise((resolve, reject) => {
    let stop: Stop | undefined;
    let open = 0;
    const next = (at: number): void => {
      const ask = asks[at];
      if (ask === undefined) return;
      const isLast = at === asks.length - 1;
      open += 1;
      stop = isLast ? undefined : clock.after(spacing, () => next(at + 1));
      ask().then(
        (value) => {
          stop?.();
          resolve(value);
        },
        (error: unknown) => {
          open -= 1;
          if (isSilence(error) && (open > 0 || !isLast)) return;
          stop?.();
          reject(error);
        },
      );
    };
    next(0);
  });
