import { argon2, timingSafeEqual, type Argon2Parameters } from 'node:crypto';
import { promisify } from 'node:util';
import { Fault } from '#kernel/fault.ts';
import { machineRandom } from './secret-text.ts';

/** OWASP's password storage sheet: argon2id with 19 MiB, two passes, one lane. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const TAG_BYTES = 32;
/** Longer passwords only cost time. */
const PASSWORD_MAX = 256;
const PASSWORD_MIN = 10;

const derive = promisify(argon2) as (algorithm: 'argon2id', parameters: Argon2Parameters) => Promise<Buffer>;

/** The hash in PHC form, `$argon2id$v=19$m=…,t=…,p=…$salt$tag`. @throws Fault INPUT_INVALID when it is too short or too long. */
export const hashPassword = async (password: string): Promise<string> => {
  if (password.length < PASSWORD_MIN || password.length > PASSWORD_MAX)
    throw new Fault('INPUT_INVALID', `A password has ${PASSWORD_MIN} to ${PASSWORD_MAX} characters.`);
  const nonce = Buffer.from(machineRandom(16));
  const tag = await derive('argon2id', {
    message: password,
    nonce,
    parallelism: LANES,
    tagLength: TAG_BYTES,
    memory: MEMORY_KIB,
    passes: PASSES,
  });
  const text = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${text(nonce)}$${text(tag)}`;
};

const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** Is it the password? False as well for a hash that cannot be read. Takes the same time whether or not it matches. */
export const isPassword = async (password: string, phc: string): Promise<boolean> => {
  const parts = PHC.exec(phc);
  if (parts === null || password.length > PASSWORD_MAX) return false;
  const [, memory = '', passes = '', lanes = '', salt = '', tag = ''] = parts;
  const wanted = Buffer.from(tag, 'base64');
  const got = await derive('argon2id', {
    message: password,
    nonce: Buffer.from(salt, 'base64'),
    parallelism: Number(lanes),
    tagLength: wanted.length,
    memory: Number(memory),
    passes: Number(passes),
  });
  return timingSafeEqual(got, wanted);
};
