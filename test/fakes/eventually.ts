import { setImmediate } from 'node:timers/promises';

/** So long a probe is tried before the test fails. */
const LIMIT_MS = 10_000;

/**
 * Waits, a turn of the event loop at a time, until the probe tells something; for what real threads and sockets do in their own time. Rejects
 * after 10 s with `what` was waited for.
 */
export const eventually = async <T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> => {
  const limit = performance.now() + LIMIT_MS;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > limit) throw new Error(`waited ${LIMIT_MS} ms for ${what}`);
    await setImmediate();
  }
};
