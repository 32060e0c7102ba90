const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Gives random bytes; passed in, since the kernel touches no world. */
export type RandomBytes = (count: number) => Uint8Array;

const letters = (bytes: Uint8Array): string => Array.from(bytes, (byte) => ALPHABET[byte % 32]).join('');

/** An id that sorts by time: 10 letters of the moment, 12 random ones (Crockford's base 32, as in ULID). */
export const timedId = (atMs: number, random: RandomBytes): string => {
  let rest = Math.max(0, Math.floor(atMs));
  let head = '';
  for (let place = 0; place < 10; place += 1) {
    head = `${ALPHABET[rest % 32]}${head}`;
    rest = Math.floor(rest / 32);
  }
  return head + letters(random(12));
};

/** A short code for people to read and type, such as the `7F3K` of a link in an SMS: without letters that look alike. */
export const shortCode = (length: number, random: RandomBytes): string => letters(random(length));
