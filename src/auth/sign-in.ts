import type { Clock } from '#kernel/clock.ts';
import { Fault } from '#kernel/fault.ts';
import { MINUTE, SECOND, type EpochMs } from '#kernel/time.ts';
import type { StoredToken } from '#store/contract.ts';
import type { OneTime } from './one-time.ts';
import { createRateLimit } from './rate-limit.ts';
import { isScope, type Scope } from './scope.ts';
import type { Tokens } from './tokens.ts';

/** Attempts of one address, and of all together. */
const PER_ADDRESS = { burst: 10, everyMs: 30 * SECOND };
const IN_TOTAL = { burst: 100, everyMs: SECOND };

/** Signing in by a one-time link; the secret stands in the URL's fragment, so that neither proxies nor previews ever see it. */
export interface SignIn {
  /** A new link's path, `/sign-in#<secret>`; good once, for 15 minutes. */
  link(name: string, scope: Scope): Promise<{ readonly path: string; readonly expiresAt: EpochMs }>;
  /** Uses the secret up and starts a session. @throws Fault UNAUTHENTICATED, RATE_LIMITED. */
  byLink(secret: string, address: string): Promise<{ readonly secret: string; readonly token: StoredToken }>;
}

/** Sign-in over one-time secrets and sessions, rate-limited per address and in total. */
export const createSignIn = (world: {
  readonly clock: Clock;
  readonly oneTime: OneTime;
  readonly tokens: Tokens;
}): SignIn => {
  const { clock, oneTime, tokens } = world;
  const perAddress = createRateLimit(PER_ADDRESS);
  const inTotal = createRateLimit(IN_TOTAL);
  const count = (address: string): void => {
    const now = clock.monotonic();
    const wait = perAddress.take(address, now) || inTotal.take('all', now);
    if (wait > 0)
      throw new Fault(
        'RATE_LIMITED',
        'Too many attempts to sign in.',
        `Try again in ${Math.ceil(wait / SECOND)} s${wait > MINUTE ? ' or ask for a new link' : ''}.`,
      );
  };
  return {
    async link(name, scope) {
      const { secret, expiresAt } = await oneTime.issue({ kind: 'sign-in', name, scope });
      return { path: `/sign-in#${secret}`, expiresAt };
    },
    async byLink(secret, address) {
      count(address);
      const used = await oneTime.use('sign-in', secret);
      return tokens.startSession(used.name, isScope(used.scope) ? used.scope : 'viewer');
    },
  };
};
