import type { Clock } from '#kernel/clock.ts';
import { timedId, type RandomBytes } from '#kernel/id.ts';
import type { Store, StoredToken } from '#store/contract.ts';
import { hashSecret, isSecretShaped, newSecret } from './secret-text.ts';

/** Keys of joined witnesses. */
export interface WitnessKeys {
  /** A new key for a watcher; keys that it had before are worthless from then on. The secret is given out once. */
  give(watcher: { readonly id: string; readonly name: string }): Promise<string>;
  /** The id of the watcher that the key is of; undefined for a key that is none (any more). */
  watcherOf(secret: string): Promise<string | undefined>;
}

/** The id of the watcher that a join code or a key is for; undefined when it is for none. */
export const watcherIn = ({ data }: StoredToken): string | undefined => {
  const id = typeof data === 'object' && data !== null && 'watcherId' in data ? data['watcherId'] : undefined;
  return typeof id === 'string' ? id : undefined;
};

/** Witness keys over the store; only their hashes are kept. */
export const createWitnessKeys = (world: {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: RandomBytes;
}): WitnessKeys => {
  const { store, clock, random } = world;
  return {
    async give({ id: watcherId, name }) {
      const secret = newSecret('dzk', random);
      const now = clock.now();
      const before = (await store.tokens('witness')).filter((token) => watcherIn(token) === watcherId);
      await store.write(
        [
          ...before.map(({ id }) => ({ drop: 'token' as const, id })),
          {
            put: 'token',
            token: {
              id: timedId(now, random),
              name,
              kind: 'witness',
              scope: 'witness',
              hash: hashSecret(secret),
              createdAt: now,
              data: { watcherId },
            },
          },
        ],
        { urgent: true },
      );
      return secret;
    },
    async watcherOf(secret) {
      const token = isSecretShaped(secret) ? await store.tokenByHash(hashSecret(secret)) : undefined;
      return token?.kind === 'witness' ? watcherIn(token) : undefined;
    },
  };
};
