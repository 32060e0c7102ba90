import { Fault } from '#kernel/fault.ts';

/** What a join code carries: where the brain is, what its certificate is pinned by, and the secret that is good once. */
export interface JoinCode {
  /** `host:port` or `[v6]:port`, the likeliest first. */
  readonly addresses: readonly string[];
  /** SHA-256 of the certificate's DER form, in lower-case hex. */
  readonly fingerprint: string;
  readonly token: string;
}

const VERSION = 1;
const PREFIX = 'dzw';

/** Packs a join code into one word without signs that a shell or a chat would change. */
export const packCode = ({ addresses, fingerprint, token }: JoinCode): string => {
  const pin = Buffer.from(fingerprint, 'hex').toString('base64url');
  return `${PREFIX}${Buffer.from(JSON.stringify([VERSION, pin, token, ...addresses])).toString('base64url')}`;
};

const refused = (message: string): Fault =>
  new Fault('JOIN_REFUSED', message, 'Copy the whole code, or make a new one on the brain: dozor watchers code NAME');

const read = (code: string): unknown => {
  try {
    return JSON.parse(Buffer.from(code.slice(PREFIX.length), 'base64url').toString('utf8'));
  } catch (cause) {
    throw new Fault(
      'JOIN_REFUSED',
      'That is no whole join code.',
      'Copy it again, from its first to its last letter.',
      {
        cause,
      },
    );
  }
};

/** Unpacks a join code. @throws Fault JOIN_REFUSED when it is none, was cut off, or is of a newer Dozor. */
export const unpackCode = (text: string): JoinCode => {
  const code = text.trim();
  if (!code.startsWith(PREFIX)) throw refused('That is no join code: one begins with dzw.');
  const parts = read(code);
  if (!Array.isArray(parts)) throw refused('That is no join code.');
  const [version, pin, token, ...addresses] = parts as readonly unknown[];
  if (version !== VERSION) throw refused('The code is of another version of Dozor than this one.');
  const isWhole =
    typeof pin === 'string' &&
    typeof token === 'string' &&
    addresses.length > 0 &&
    addresses.every((address) => typeof address === 'string');
  const fingerprint = isWhole ? Buffer.from(pin, 'base64url').toString('hex') : '';
  if (!isWhole || fingerprint.length !== 64) throw refused('That is no whole join code.');
  return { addresses: addresses as readonly string[], fingerprint, token };
};
