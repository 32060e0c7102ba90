import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { secret } from '#monitor/fields.ts';
import { Fault } from '#kernel/fault.ts';
import { KEY_FILE, maskSecrets, openSecrets, secretsWith } from './secrets.ts';

const schema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('bot'),
    botToken: secret('Token').optional(),
    chat: z.string().optional(),
    headers: z.record(z.string(), secret()).optional(),
    auth: z.strictObject({ user: z.string(), password: secret() }).optional(),
  }),
  z.strictObject({ kind: z.literal('hook'), botToken: z.string() }),
]);
const folder = (): string => mkdtempSync(join(tmpdir(), 'dozor-secrets-'));

test('exactly the secret fields are encrypted, and come back as they were', () => {
  const secrets = openSecrets(folder());
  const spec = {
    kind: 'bot',
    botToken: 'the-T0KEN-of-the-bot',
    chat: 'plain',
    headers: { a: 'a-header-of-theirs' },
    auth: { user: 'u', password: 'the-password-of-u' },
  };
  const sealed = secrets.encrypt(spec, schema) as unknown as typeof spec;
  assert.equal(sealed.chat, 'plain');
  assert.equal(sealed.auth.user, 'u');
  assert.doesNotMatch(JSON.stringify(sealed), /the-T0KEN-of-the-bot|a-header-of-theirs|the-password-of-u/);
  assert.deepEqual(secrets.decrypt(sealed, schema), spec);
  assert.deepEqual(secrets.encrypt(sealed, schema), sealed, 'what is encrypted is not encrypted again');
});

test('the alternative of a union decides what is secret', () => {
  const secrets = openSecrets(folder());
  assert.deepEqual(secrets.encrypt({ kind: 'hook', botToken: 'open' }, schema), { kind: 'hook', botToken: 'open' });
});

test('any text survives encryption', () => {
  const secrets = secretsWith(Buffer.alloc(32, 7));
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
      const spec = { kind: 'bot', botToken: text };
      assert.deepEqual(secrets.decrypt(secrets.encrypt(spec, schema), schema), spec);
    }),
  );
});

test('the key is made once, readable by its owner only, without leftovers', () => {
  const dir = folder();
  const sealed = openSecrets(dir).encrypt({ kind: 'bot', botToken: 'x' }, schema);
  chmodSync(join(dir, KEY_FILE), 0o644);
  assert.deepEqual(openSecrets(dir).decrypt(sealed, schema), { kind: 'bot', botToken: 'x' });
  assert.equal(statSync(join(dir, KEY_FILE)).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(dir), [KEY_FILE]);
});

test('another key is told as such, and so is a changed text', () => {
  const sealed = secretsWith(Buffer.alloc(32, 1)).encrypt({ kind: 'bot', botToken: 'x' }, schema) as {
    botToken: string;
  };
  const decrypt = (key: number, text: string) => () =>
    secretsWith(Buffer.alloc(32, key)).decrypt({ kind: 'bot', botToken: text }, schema);
  const fault = (words: RegExp) => (error: unknown) =>
    error instanceof Fault && error.code === 'STORE_BROKEN' && words.test(error.message);
  assert.throws(decrypt(2, sealed.botToken), fault(/another secret\.key/));
  assert.throws(decrypt(1, `${sealed.botToken.slice(0, -4)}AAAA`), fault(/changed/));
  assert.throws(decrypt(1, sealed.botToken.slice(0, 20)), fault(/changed/));
});

test('a file that holds no key is a Fault, and is left as it is', () => {
  const dir = folder();
  writeFileSync(join(dir, KEY_FILE), 'nonsense');
  assert.throws(
    () => openSecrets(dir),
    (error) => error instanceof Fault && error.code === 'STORE_BROKEN',
  );
  assert.equal(readFileSync(join(dir, KEY_FILE), 'utf8'), 'nonsense');
});

test('a data folder that cannot be made is a Fault', () => {
  const file = join(folder(), 'file');
  writeFileSync(file, '');
  assert.throws(
    () => openSecrets(join(file, 'data')),
    (error) => error instanceof Fault && error.code === 'DATA_UNWRITABLE',
  );
});

test('masks hide secrets and passwords in URLs, and keep references', () => {
  const masked = maskSecrets(
    { kind: 'bot', botToken: '${TOKEN}', chat: 'smtp://me:pw@host', headers: { a: 'a-header-of-theirs' } },
    schema,
  );
  assert.deepEqual(masked, {
    kind: 'bot',
    botToken: '${TOKEN}',
    chat: 'smtp://me:••••••@host',
    headers: { a: '••••••' },
  });
});
