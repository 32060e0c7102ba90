import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Fault } from '#kernel/fault.ts';
import { packCode, unpackCode } from './code.ts';

const CODE = { addresses: ['192.0.2.7:4600', '[2001:db8::7]:4600'], fingerprint: 'ab'.repeat(32), token: 'dzj_secret' };

describe('a join code', () => {
  it('carries addresses, fingerprint and token as one word', () => {
    const word = packCode(CODE);
    assert.match(word, /^dzw[\w-]+$/);
    assert.deepEqual(unpackCode(` ${word}\n`), CODE);
  });

  it('tells an agent from a witness by its first letters', () => {
    const word = packCode({ ...CODE, role: 'agent' });
    assert.match(word, /^dza[\w-]+$/);
    assert.deepEqual(unpackCode(word), { ...CODE, role: 'agent' });
  });

  it('is refused in a sentence when a part of it is missing', () => {
    const word = packCode(CODE);
    for (let length = 0; length < word.length; length += 1)
      assert.throws(() => unpackCode(word.slice(0, length)), { code: 'JOIN_REFUSED' });
  });

  it('is refused in a sentence whatever was typed instead', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `dzw${text}`),
          fc.json().map((json) => `dzw${Buffer.from(json).toString('base64url')}`),
        ),
        (text) => {
          assert.throws(
            () => unpackCode(text),
            (error) => error instanceof Fault && error.code === 'JOIN_REFUSED',
          );
        },
      ),
    );
  });
});
