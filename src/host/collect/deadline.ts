// Everything in this folder also runs on the Node (18 or later) of a machine that is reached over ssh: no node:sqlite, and none of the
// language's and Node's newer calls. `old-node.test.ts` holds it to that.
import { unknown, type Known, type Unknown } from '#diagnose/known.ts';
import type { Ms } from '#kernel/time.ts';

const WHY: Readonly<Record<string, Unknown>> = {
  EACCES: 'denied',
  EPERM: 'denied',
  ENOENT: 'absent',
  ENOTDIR: 'absent',
  ESRCH: 'absent',
};

const codeOf = (error: unknown): string | undefined => {
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
};

/** Why the machine refused, from an error of the system; anything else is a bug and is thrown on. */
export const refusal = (error: unknown): Known<never> => {
  const code = codeOf(error);
  if (code === undefined) throw error;
  return unknown(WHY[code] ?? 'broken', code);
};

/**
 * Looks something up within a deadline: what has not come by then is `late`, what the system refuses is told, never thrown. The signal aborts at
 * the deadline, so that the work can end as well.
 */
export const within = async <T>(limit: Ms, look: (signal: AbortSignal) => Promise<Known<T>>): Promise<Known<T>> => {
  const ending = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Known<T>>((resolve) => {
    timer = setTimeout(() => {
      resolve(unknown('late', `${Math.round(limit)} ms`));
      ending.abort();
    }, limit);
  });
  try {
    return await Promise.race([look(ending.signal).catch(refusal), late]);
  } finally {
    clearTimeout(timer);
  }
};

/** Gives what else is to be done a turn when so long has been worked without one. */
export const createBreather = (every: Ms = 8): (() => Promise<void>) => {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < every) return;
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    last = performance.now();
  };
};
