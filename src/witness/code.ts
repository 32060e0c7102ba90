import { Fault } from '#kernel/fault.ts';

/** What a join code carries: where the brain is, what its certificate is pinned by, and the secret that is good once. */
export interface JoinCode {
  /** `host:port` or `[v6]:port`, the likeliest first. */
  readonly addresses: readonly string[];
  /** SHA-256 of the certificate's DER form, in lower-case hex. */
  readonly fingerprint: string;
  readonly token: string;
  /** Who joins by it; a witness unless it says otherwise. */
  readonly role?: JoinRole;
}

/** Who may join a brain. */
export type JoinRole = 'witness' | 'agent';

const VERSION = 1;
const PREFIX_OF = { witness: 'dzw', agent: 'dza' } as const;
const PREFIX_LENGTH = 3;

/** Packs a join code into one word without signs that a shell or a chat would change. */
export const packCode = ({ addresses, fingerprint, token, role = 'witness' }: JoinCode): string => {
  const pin = Buffer.from(fingerprint, 'hex').toString('base64url');
  return `${PREFIX_OF[role]}${Buffer.from(JSON.stringify([VERSION, pin, token, ...addresses])).toString('base64url')}`;
};

const refused = (message: string): Fault =>
  new Fault(
    'JOIN_REFUSED',
    message,
    'Copy the whole code, or make a new one on the brain: dozor watchers code NAME (an agent: dozor hosts code NAME)',
  );

const read = (code: string): unknown => {
  try {
    return JSON.parse(Buffer.from(code.slice(PREFIX_LENGTH), 'base64url').toString('utf8'));
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

const roleOf = (code: string): JoinRole => {
  const role = (['witness', 'agent'] as const).find((one) => code.startsWith(PREFIX_OF[one]));
  if (role !== undefined) return role;
  throw refused('That is no join code: one begins with dzw (for a witness) or dza (for an agent).');
};

/** Unpacks a join code. @throws Fault JOIN_REFUSED when it is none, was cut off, or is of a newer Dozor. */
export const unpackCode = (text: string): JoinCode => {
  const code = text.trim();
  const role = roleOf(code);
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
  const whole = { addresses: addresses as readonly string[], fingerprint, token };
  return role === 'agent' ? { ...whole, role } : whole;
};
