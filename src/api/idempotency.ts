import { createHash } from 'node:crypto';
import type { Clock } from '#kernel/clock.ts';
import { Fault } from '#kernel/fault.ts';
import { MINUTE, type Ms } from '#kernel/time.ts';

const KEPT: Ms = 10 * MINUTE;
const MAX_KEPT = 1_000;
const MAX_KEY = 200;

interface Done {
  readonly at: Ms;
  readonly body: string;
  readonly answer: Promise<unknown>;
}

/** Answers to requests with an `Idempotency-Key`, kept in memory for ten minutes: a repeat gets the first answer, also while that is still under way. */
export interface Idempotency {
  /** @throws Fault CONFLICT when the key came with another body before; INPUT_INVALID when it is too long. */
  once(
    key: { readonly caller: string; readonly route: string; readonly key: string },
    body: unknown,
    work: () => Promise<unknown>,
  ): Promise<unknown>;
}

/** Such a memory; a request that failed is forgotten, so that it can be tried again. */
export const createIdempotency = (clock: Clock): Idempotency => {
  const known = new Map<string, Done>();
  const forget = (): void => {
    for (const [id, { at }] of known)
      if (clock.monotonic() - at > KEPT || known.size > MAX_KEPT) known.delete(id);
      else break;
  };
  return {
    once({ caller, route, key }, body, work) {
      if (key.length > MAX_KEY)
        throw new Fault('INPUT_INVALID', `An Idempotency-Key has at most ${MAX_KEY} characters.`);
      forget();
      const id = JSON.stringify([caller, route, key]);
      const hash = createHash('sha256').update(JSON.stringify(body)).digest('base64');
      const before = known.get(id);
      if (before !== undefined && before.body !== hash)
        throw new Fault(
          'CONFLICT',
          'This Idempotency-Key came with another body before.',
          'Use a new key for a new request.',
        );
      if (before !== undefined) return before.answer;
      const answer = work();
      known.set(id, { at: clock.monotonic(), body: hash, answer });
      answer.catch(() => known.delete(id));
      return answer;
    },
  };
};
