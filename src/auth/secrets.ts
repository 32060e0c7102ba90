import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Schema } from '#config/introspect.ts';
import { mapSecrets, maskText, maskUrls } from '#config/secret-fields.ts';
import { Fault } from '#kernel/fault.ts';
import type { Json } from '#kernel/json.ts';

/** The key's file in the data folder. */
export const KEY_FILE = 'secret.key';

/** Encrypts and decrypts the secret fields of definitions that were made through screens or API. */
export interface Secrets {
  /** A copy in which every secret text is encrypted; what is encrypted already stays. */
  encrypt(spec: Json, schema: Schema): Json;
  /** The copy back in the clear. @throws Fault STORE_BROKEN when a text was encrypted with another key or was changed. */
  decrypt(spec: Json, schema: Schema): Json;
}

const MARK = 'enc:v1:';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Opens the secrets of a data folder; the key is made at the first time (0600, whole or not at all).
 * @throws Fault STORE_BROKEN when the key's file holds no key, DATA_UNWRITABLE when it can be neither read nor made.
 */
export const openSecrets = (dataDir: string): Secrets => secretsWith(readOrMakeKey(dataDir));

/** Secrets under a key of 32 bytes. */
export const secretsWith = (key: Buffer): Secrets => {
  const id = createHash('sha256').update(key).digest('base64url').slice(0, 8);
  const isOurs = (text: string): boolean => text.startsWith(MARK);
  return {
    encrypt: (spec, schema) => mapSecrets(spec, schema, (text) => (isOurs(text) ? text : seal(text, key, id))),
    decrypt: (spec, schema) => mapSecrets(spec, schema, (text) => (isOurs(text) ? open(text, key, id) : text)),
  };
};

/** The definition as it may be shown: secret texts and passwords in URLs masked, `${NAME}` references kept. */
export const maskSecrets = (spec: Json, schema: Schema): Json => {
  const masked = mapSecrets(spec, schema, maskText);
  return mapTexts(masked, maskUrls);
};

const mapTexts = (value: Json, change: (text: string) => string): Json => {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => mapTexts(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item as Json, change)]));
};

const seal = (text: string, key: Buffer, id: string): string => {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return `${MARK}${id}:${Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')}`;
};

const open = (text: string, key: Buffer, id: string): string => {
  const [keyId = '', body = ''] = text.slice(MARK.length).split(':');
  if (keyId !== id)
    throw new Fault(
      'STORE_BROKEN',
      `A stored secret was encrypted with another ${KEY_FILE} than the one in the data folder.`,
      `Put the ${KEY_FILE} back that belongs to this store (a backup holds it only with --with-key), or enter the secret again.`,
    );
  const bytes = Buffer.from(body, 'base64url');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new Fault('STORE_BROKEN', 'A stored secret was changed and cannot be read.', 'Enter the secret again.', {
      cause,
    });
  }
};

const readKey = (file: string): Buffer | undefined => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
    chmodSync(file, 0o600);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Fault('DATA_UNWRITABLE', `${file} cannot be read.`, 'Give the user that runs Dozor its data folder.', {
      cause,
    });
  }
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length === KEY_BYTES) return key;
  throw new Fault('STORE_BROKEN', `${file} holds no key.`, 'Restore it from a backup made with --with-key.');
};

const readOrMakeKey = (dataDir: string): Buffer => {
  const file = join(dataDir, KEY_FILE);
  const found = readKey(file);
  if (found !== undefined) return found;
  const key = randomBytes(KEY_BYTES);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    if (placeKey(file, key)) return key;
  } catch (cause) {
    throw new Fault('DATA_UNWRITABLE', `${file} cannot be written.`, 'Give the user that runs Dozor its data folder.', {
      cause,
    });
  }
  return readKey(file) ?? readOrMakeKey(dataDir);
};

/** Writes the key beside its place, then links it in: whoever looks sees a whole key or none. False when another was first. */
const placeKey = (file: string, key: Buffer): boolean => {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = openSync(draft, 'wx', 0o600);
  try {
    writeSync(handle, `${key.toString('base64')}\n`);
    fsyncSync(handle);
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    closeSync(handle);
    rmSync(draft, { force: true });
  }
};
