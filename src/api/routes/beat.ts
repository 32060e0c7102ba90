import type { Hono } from 'hono';
import { createRateLimit } from '#auth/rate-limit.ts';
import { Fault } from '#kernel/fault.ts';
import { SECOND } from '#kernel/time.ts';
import { readStart } from '../body.ts';
import type { ApiEnv, World } from '../env.ts';
import { callerAddress } from '../peer.ts';

/** What is kept of a body. */
export const KEPT_BYTES = 10_000;
/** A job that beats more often than this has run wild. */
const PER_KEY = { burst: 60, everyMs: SECOND };
/** Guessing keys is slow. */
const UNKNOWN_PER_ADDRESS = { burst: 30, everyMs: 2 * SECOND };

type Sign = { readonly kind: 'start' | 'success' | 'fail' | 'exit'; readonly code?: number };

/** What the last part of the path says: nothing, `start`, `fail` or an exit code from 0 to 255. */
export const signOf = (sign: string | undefined): Sign | undefined => {
  if (sign === undefined || sign === '') return { kind: 'success' };
  if (sign === 'start' || sign === 'fail') return { kind: sign };
  return /^\d{1,3}$/.test(sign) && Number(sign) <= 255 ? { kind: 'exit', code: Number(sign) } : undefined;
};

const refuse = (wait: number): void => {
  if (wait > 0) throw new Fault('RATE_LIMITED', 'This key beats too often.', `Wait ${Math.ceil(wait / SECOND)} s.`);
};

/** `/beat/<key>` with `/start`, `/fail` or an exit code: signs of life, without a token; the key is the secret. */
export const addBeat = (app: Hono<ApiEnv>, world: World): void => {
  const perKey = createRateLimit(PER_KEY);
  const unknown = createRateLimit(UNKNOWN_PER_ADDRESS);
  app.on(['GET', 'POST', 'PUT'], ['/beat/:key', '/beat/:key/:sign'], async (context) => {
    const { key } = context.req.param();
    const sign = signOf(context.req.param('sign' as never));
    if (sign === undefined)
      throw new Fault('NOT_FOUND', 'After the key comes nothing, start, fail or an exit code from 0 to 255.');
    if (key.length > 200) throw new Fault('NOT_FOUND', 'There is no heartbeat with this key.');
    refuse(perKey.take(key, world.clock.monotonic()));
    const bytes = await readStart(context.req.raw, KEPT_BYTES);
    const body = new TextDecoder().decode(bytes);
    const from = callerAddress(context.env.peer, context.req.raw.headers);
    const { kind, ...code } = sign;
    try {
      await world.brain.beat(key, kind, { ...code, from, ...(body === '' ? {} : { body }) });
    } catch (error) {
      if (error instanceof Fault && error.code === 'NOT_FOUND') refuse(unknown.take(from, world.clock.monotonic()));
      throw error;
    }
    return context.text('OK\n');
  });
};
