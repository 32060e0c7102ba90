import { Fault } from '#kernel/fault.ts';
import type { StoredToken } from '#store/contract.ts';
import type { World } from '../env.ts';

const REFUSALS = {
  unknown: 'This Dozor does not know the code.',
  used: 'The code was used already: each is good once.',
  expired: 'The code is too old: each is good for 30 minutes.',
} as const;

/**
 * Uses up the token of a join code and finds what it is for; a token for something else is not used up. `how` makes a new one.
 * @throws Fault JOIN_REFUSED
 */
export const spendJoinToken = async <T>(
  world: World,
  token: string,
  how: string,
  find: (token: StoredToken) => T | undefined,
): Promise<T> => {
  const seen = await world.auth.oneTime.look('join', token);
  const refuse = (state: keyof typeof REFUSALS): Fault =>
    new Fault('JOIN_REFUSED', REFUSALS[state], `Make a new one on the brain: ${how}`);
  if (seen.state !== 'good') throw refuse(seen.state);
  const found = find(seen.token);
  if (found === undefined) throw refuse('unknown');
  await world.auth.oneTime.use('join', token).catch((error: unknown) => {
    throw error instanceof Fault && error.code === 'UNAUTHENTICATED' ? refuse('used') : error;
  });
  return found;
};
