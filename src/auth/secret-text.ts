import { createHash, randomBytes } from 'node:crypto';
import type { RandomBytes } from '#kernel/id.ts';

/** Randomness of the machine; tests pass their own. */
export const machineRandom: RandomBytes = (count) => randomBytes(count);

/** A new secret of 256 bits, readable as one word in a terminal: `dzr_…`. */
export const newSecret = (prefix: string, random: RandomBytes): string =>
  `${prefix}_${Buffer.from(random(32)).toString('base64url')}`;

/** What is stored of a secret. Its 256 random bits need no salt and no slow hash. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Does the text look like a secret of ours at all? Spares the store what cannot be one. */
export const isSecretShaped = (text: string): boolean => /^[a-z]{2,8}_[A-Za-z0-9_-]{20,100}$/.test(text);
