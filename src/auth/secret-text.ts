import { createHash, randomBytes } from 'node:crypto';
import type { RandomBytes } from '#kernel/id.ts';

/** Randomness of the machine; tests pass their own. */
export const machineRandom: RandomBytes = (count) => randomBytes(count);

/** A new secret of 256 bits, readable as one word in a terminal: `dzr_…`. */
export const newSecret = (prefix: string, random: RandomBytes): string =>
  `${prefix}_${Buffer.from(random(32)).toString('base64url')}`;

/** What is stored of a secret. Its 256 random bits need no salt and no slow hash. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SHORT_LENGTH = 12;

/**
 * A short secret of 71 bits (12 letters of base 62): for a link in an SMS, where each character is paid for. Enough for what is good for a day,
 * once, and is asked for through a rate limit.
 */
export const newShortSecret = (random: RandomBytes): string => {
  // 128 bits over 62^12 values: no value is likelier than another by more than 2^-56.
  let rest = BigInt(`0x${Buffer.from(random(16)).toString('hex')}`);
  let text = '';
  for (let place = 0; place < SHORT_LENGTH; place += 1) {
    text += LETTERS[Number(rest % 62n)] ?? '';
    rest /= 62n;
  }
  return text;
};

/** Does the text look like a secret of ours at all? Spares the store what cannot be one. */
export const isSecretShaped = (text: string): boolean =>
  /^[a-z]{2,8}_[A-Za-z0-9_-]{20,100}$/.test(text) || /^[A-Za-z0-9]{12}$/.test(text);
