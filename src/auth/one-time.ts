import type { Clock } from '#kernel/clock.ts';
import { Fault } from '#kernel/fault.ts';
import { timedId, type RandomBytes } from '#kernel/id.ts';
import type { Json } from '#kernel/json.ts';
import type { Locale } from '#kernel/locale.ts';
import { HOUR, MINUTE, type EpochMs, type Ms } from '#kernel/time.ts';
import type { Store, StoredToken } from '#store/contract.ts';
import { hashSecret, isSecretShaped, newSecret, newShortSecret } from './secret-text.ts';

/** Kinds of secrets that open something once. */
type OneTimeKind = 'sign-in' | 'join' | 'ack' | 'button';

/** How long each is good for. */
const ONE_TIME_LIFE: Readonly<Record<OneTimeKind, Ms>> = {
  'sign-in': 15 * MINUTE,
  join: 30 * MINUTE,
  ack: 24 * HOUR,
  button: 15 * MINUTE,
};

const PREFIX: Readonly<Record<Exclude<OneTimeKind, 'ack'>, string>> = { 'sign-in': 'dzs', join: 'dzj', button: 'dzb' };

/** What a one-time secret is made of. */
export interface OneTimeInput {
  readonly kind: OneTimeKind;
  readonly name: string;
  readonly scope: StoredToken['scope'];
  readonly data?: Json;
}

/** A new one-time secret and the row to be stored for it (in the caller's own transaction, if it has one). */
export const newOneTime = (
  input: OneTimeInput,
  now: EpochMs,
  random: RandomBytes,
): { readonly secret: string; readonly token: StoredToken } => {
  const secret = input.kind === 'ack' ? newShortSecret(random) : newSecret(PREFIX[input.kind], random);
  const token: StoredToken = {
    id: timedId(now, random),
    name: input.name,
    kind: input.kind,
    hash: hashSecret(secret),
    scope: input.scope,
    createdAt: now,
    expiresAt: now + ONE_TIME_LIFE[input.kind],
    ...(input.data === undefined ? {} : { data: input.data }),
  };
  return { secret, token };
};

/** The one-time link of an SMS or mail: its path is `/a/<secret>`; acknowledges this incident, once, within 24 hours. Its page speaks the reader's language. */
export const newAckLink = (
  incidentId: string,
  reader: { readonly name: string; readonly locale: Locale },
  now: EpochMs,
  random: RandomBytes,
): { readonly secret: string; readonly token: StoredToken } =>
  newOneTime(
    { kind: 'ack', name: reader.name, scope: 'ack', data: { incidentId, locale: reader.locale } },
    now,
    random,
  );

/** How a one-time secret stands: still good, used up, too old, or never given out. */
export type OneTimeState =
  | { readonly state: 'good' | 'used' | 'expired'; readonly token: StoredToken }
  | { readonly state: 'unknown' };

/** Issues, shows and uses up one-time secrets. */
export interface OneTime {
  /** Saves a new one and gives its secret, which is never shown again. */
  issue(input: OneTimeInput): Promise<{ readonly secret: string; readonly expiresAt: EpochMs }>;
  /** Looks without using it up. */
  look(kind: OneTimeKind, secret: string): Promise<OneTimeState>;
  /** Uses it up. @throws Fault UNAUTHENTICATED when it is unknown, too old or used. */
  use(kind: OneTimeKind, secret: string): Promise<StoredToken>;
}

const stateOf = (token: StoredToken | undefined, kind: OneTimeKind, now: EpochMs): OneTimeState => {
  if (token === undefined || token.kind !== kind) return { state: 'unknown' };
  if (token.usedAt !== undefined) return { state: 'used', token };
  return { state: (token.expiresAt ?? 0) > now ? 'good' : 'expired', token };
};

const REFUSALS = {
  unknown: 'This link is not known here.',
  used: 'This link was used already.',
  expired: 'This link is too old.',
} as const;

/** One-time secrets over the store. The brain is one process, so a set of spent ids makes the use single. */
export const createOneTime = (world: {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: RandomBytes;
}): OneTime => {
  const { store, clock, random } = world;
  const spent = new Set<string>();
  const look: OneTime['look'] = async (kind, secret) => {
    const token = isSecretShaped(secret) ? await store.tokenByHash(hashSecret(secret)) : undefined;
    return stateOf(token, kind, clock.now());
  };
  return {
    look,
    async issue(input) {
      const { secret, token } = newOneTime(input, clock.now(), random);
      await store.write([{ put: 'token', token }], { urgent: true });
      return { secret, expiresAt: token.expiresAt ?? clock.now() };
    },
    async use(kind, secret) {
      const seen = await look(kind, secret);
      if (seen.state !== 'good' || spent.has(seen.token.id))
        throw new Fault('UNAUTHENTICATED', REFUSALS[seen.state === 'good' ? 'used' : seen.state], 'Ask for a new one.');
      const { token } = seen;
      spent.add(token.id);
      try {
        await store.write([{ put: 'token', token: { ...token, usedAt: clock.now() } }], { urgent: true });
      } catch (error) {
        // A full disk keeps nobody from answering an alert: then the set alone makes the use single.
        const mayGoOn =
          (kind === 'ack' || kind === 'button') && error instanceof Fault && error.code === 'STORE_UNAVAILABLE';
        if (!mayGoOn) {
          spent.delete(token.id);
          throw error;
        }
      }
      return token;
    },
  };
};
