import type { Clock } from '#kernel/clock.ts';
import { Fault } from '#kernel/fault.ts';
import { timedId, type RandomBytes } from '#kernel/id.ts';
import { DAY, MINUTE, type EpochMs, type Ms } from '#kernel/time.ts';
import type { Store, StoredToken } from '#store/contract.ts';
import type { Scope } from './scope.ts';
import { hashSecret, isSecretShaped, newSecret } from './secret-text.ts';

/** The last use is written at most so often. */
const USE_EVERY: Ms = MINUTE;
/** A session ends when it was not used for so long, */
const SESSION_IDLE: Ms = 14 * DAY;
/** and in any case after so long. */
export const SESSION_LIFE: Ms = 90 * DAY;

/** Is the token still to be honoured? Sessions slide: each use moves the end, up to their whole life. */
const isLive = (token: StoredToken, now: EpochMs): boolean => (token.expiresAt ?? Infinity) > now;

/** The token after a use, or undefined when writing it again is not worth a commit yet. */
const touched = (token: StoredToken, now: EpochMs): StoredToken | undefined => {
  if (now - (token.usedAt ?? 0) < USE_EVERY) return undefined;
  if (token.kind !== 'session') return { ...token, usedAt: now };
  return { ...token, usedAt: now, expiresAt: Math.min(now + SESSION_IDLE, token.createdAt + SESSION_LIFE) };
};

/** Tokens that stand for a caller: of the API (`dzr_…`) and of a browser's session (`dzw_…`). */
export interface Tokens {
  create(input: {
    readonly name: string;
    readonly scope: Scope;
    readonly expiresAt?: EpochMs;
  }): Promise<{ readonly secret: string; readonly token: StoredToken }>;
  startSession(
    name: string,
    scope: StoredToken['scope'],
  ): Promise<{ readonly secret: string; readonly token: StoredToken }>;
  /** The live API or session token of this secret, its use noted. */
  find(kind: 'api' | 'session', secret: string): Promise<StoredToken | undefined>;
  /** Is the token or session of this id still to be honoured? Asking is no use of it. */
  isHonoured(id: string): Promise<boolean>;
  list(): Promise<readonly StoredToken[]>;
  /** By id or, for API tokens, by name. @throws Fault NOT_FOUND. */
  revoke(idOrName: string): Promise<StoredToken>;
}

/** Ignores only that the store cannot be written now: reading must go on when the disk is full. */
const unlessFull = (error: unknown): void => {
  if (!(error instanceof Fault && error.code === 'STORE_UNAVAILABLE')) throw error;
};

/** Tokens over the store; the secret is given out once and only its hash is kept. */
export const createTokens = (world: {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: RandomBytes;
}): Tokens => {
  const { store, clock, random } = world;
  const save = async (
    prefix: string,
    rest: Pick<StoredToken, 'name' | 'kind' | 'scope'> & { readonly expiresAt?: EpochMs },
  ): Promise<{ readonly secret: string; readonly token: StoredToken }> => {
    const secret = newSecret(prefix, random);
    const now = clock.now();
    const token: StoredToken = { id: timedId(now, random), hash: hashSecret(secret), createdAt: now, ...rest };
    await store.write([{ put: 'token', token }], { urgent: true });
    return { secret, token };
  };
  const list = async (): Promise<readonly StoredToken[]> => [
    ...(await store.tokens('api')),
    ...(await store.tokens('session')),
  ];
  return {
    list,
    async create(input) {
      if ((await store.tokens('api')).some((token) => token.name === input.name))
        throw new Fault(
          'CONFLICT',
          `A token named "${input.name}" exists already.`,
          'Revoke it or choose another name.',
        );
      return save('dzr', { kind: 'api', ...input });
    },
    startSession: (name, scope) => save('dzw', { kind: 'session', name, scope, expiresAt: clock.now() + SESSION_IDLE }),
    async find(kind, secret) {
      if (!isSecretShaped(secret)) return undefined;
      const token = await store.tokenByHash(hashSecret(secret));
      if (token === undefined || token.kind !== kind || !isLive(token, clock.now())) return undefined;
      const after = touched(token, clock.now());
      // Urgent, for the caller waits: a batch would stay open for 100 ms.
      if (after !== undefined) await store.write([{ put: 'token', token: after }], { urgent: true }).catch(unlessFull);
      return after ?? token;
    },
    isHonoured: async (id) => (await list()).some((token) => token.id === id && isLive(token, clock.now())),
    async revoke(idOrName) {
      const token = (await list()).find((one) => one.id === idOrName || (one.kind === 'api' && one.name === idOrName));
      if (token === undefined) throw new Fault('NOT_FOUND', `No token "${idOrName}".`, 'See: dozor token list');
      await store.write([{ drop: 'token', id: token.id }], { urgent: true });
      return token;
    },
  };
};
