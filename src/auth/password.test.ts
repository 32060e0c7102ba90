import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '#kernel/fault.ts';
import { hashPassword, isPassword } from './password.ts';

test('a password is known by its hash, another is not; equal passwords have different hashes', async () => {
  const hash = await hashPassword('correct horse battery');
  assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.equal(await isPassword('correct horse battery', hash), true);
  assert.equal(await isPassword('correct horse batterz', hash), false);
  assert.notEqual(await hashPassword('correct horse battery'), hash);
});

test("another tool's argon2id hash is read by its own parameters", async () => {
  // From the reference implementation: echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 -l 32 (phc-winner-argon2, test.c)
  const hash = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
  assert.equal(await isPassword('password', hash), true);
  assert.equal(await isPassword('passwore', hash), false);
});

test('what is no hash matches nothing, and passwords too short or too long are refused', async () => {
  assert.equal(await isPassword('x', 'plain'), false);
  for (const password of ['short', 'x'.repeat(300)])
    await assert.rejects(hashPassword(password), (error) => error instanceof Fault && error.code === 'INPUT_INVALID');
});
