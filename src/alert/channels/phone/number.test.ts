import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { internationalNumber, recipientsOf } from './number.ts';

describe('phone numbers', () => {
  for (const [written, country, wanted] of [
    ['8 701 123 45 67', 'KZ', '+77011234567'],
    ['8 (701) 123-45-67', 'kz', '+77011234567'],
    ['+7 701 123 45 67', undefined, '+77011234567'],
    ['8 912 345-67-89', 'RU', '+79123456789'],
    ['0151 23456789', 'DE', '+4915123456789'],
  ] as const)
    it(`reads "${written}" of ${country ?? 'no country'} as ${wanted}`, () => {
      assert.deepEqual(internationalNumber(written, country), { ok: true, value: wanted });
    });

  it('says what to do about a number without its country', () => {
    const read = internationalNumber('8 701 123 45 67');
    assert.ok(!read.ok);
    assert.match(read.error, /begin it with \+ .* or set country/);
  });

  it('says which number is none of its country', () => {
    const read = internationalNumber('8 701 12', 'KZ');
    assert.ok(!read.ok);
    assert.match(read.error, /"8 701 12" is no number of KZ/);
  });

  it('says that a country is none', () => {
    const read = internationalNumber('8 701 123 45 67', 'QQ');
    assert.ok(!read.ok);
    assert.match(read.error, /country "QQ" is none/);
  });

  it('counts one number written in two ways once', () => {
    assert.deepEqual(recipientsOf({ to: ['8 701 123 45 67', '+77011234567'], country: 'KZ' }), {
      ok: true,
      value: ['+77011234567'],
    });
  });
});
