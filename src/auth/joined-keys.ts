import type { Clock } from '#kernel/clock.ts';
import { timedId, type RandomBytes } from '#kernel/id.ts';
import type { Store, StoredToken } from '#store/contract.ts';
import { hashSecret, isSecretShaped, newSecret } from './secret-text.ts';

/** Who joins a brain by a code: a witness (for a watcher), or the agent of a host. */
export type Joined = 'witness' | 'agent';

/** What a code or key is for: the id of a watcher, or of a host. */
const SUBJECT: Readonly<Record<Joined, string>> = { witness: 'watcherId', agent: 'hostId' };

/** Keys of those who joined. */
export interface JoinedKeys {
  /** A new key for a watcher or host; keys that it had before are worthless from then on. The secret is given out once. */
  give(subject: { readonly id: string; readonly name: string }): Promise<string>;
  /** The id that the key is for; undefined for a key that is none (any more). */
  subjectOf(secret: string): Promise<string | undefined>;
  /** Makes the keys of a watcher or host worthless. Returns how many there were. */
  revoke(id: string): Promise<number>;
}

/** What a code or key for this id carries. */
export const joinedData = (who: Joined, id: string): Readonly<Record<string, string>> => ({ [SUBJECT[who]]: id });

/** The id that a code or key is for; undefined when it is for none of this kind. */
export const subjectIn = ({ data }: StoredToken, who: Joined): string | undefined => {
  const known = typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>) : {};
  const id = known[SUBJECT[who]];
  return typeof id === 'string' ? id : undefined;
};

/** Keys over the store; only their hashes are kept. */
export const createJoinedKeys = (
  who: Joined,
  world: { readonly store: Store; readonly clock: Clock; readonly random: RandomBytes },
): JoinedKeys => {
  const { store, clock, random } = world;
  const keysOf = async (id: string): Promise<readonly StoredToken[]> =>
    (await store.tokens(who)).filter((token) => subjectIn(token, who) === id);
  const drops = (tokens: readonly StoredToken[]) => tokens.map(({ id }) => ({ drop: 'token' as const, id }));
  return {
    async give({ id, name }) {
      const secret = newSecret('dzk', random);
      const now = clock.now();
      const token: StoredToken = {
        id: timedId(now, random),
        name,
        kind: who,
        scope: who,
        hash: hashSecret(secret),
        createdAt: now,
        data: joinedData(who, id),
      };
      await store.write([...drops(await keysOf(id)), { put: 'token', token }], { urgent: true });
      return secret;
    },
    async subjectOf(secret) {
      const token = isSecretShaped(secret) ? await store.tokenByHash(hashSecret(secret)) : undefined;
      return token?.kind === who ? subjectIn(token, who) : undefined;
    },
    async revoke(id) {
      const keys = await keysOf(id);
      if (keys.length > 0) await store.write(drops(keys), { urgent: true });
      return keys.length;
    },
  };
};
