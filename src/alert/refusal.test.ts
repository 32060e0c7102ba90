import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { refusedWith, secretsInUrl, unanswered, withoutSecrets } from './refusal.ts';

describe('refusals', () => {
  it('are permanent for what trying again cannot change, and for nothing else', () => {
    for (const status of [301, 400, 401, 403, 404, 410, 413, 422])
      assert.equal(refusedWith('X', status, '').permanent, true);
    for (const status of [408, 425, 429, 500, 502, 503, 504])
      assert.equal(refusedWith('X', status, '').permanent, false);
  });

  it('carry how long to wait only when waiting helps', () => {
    assert.equal(refusedWith('X', 429, '', 5_000).retryAfterMs, 5_000);
    assert.equal(refusedWith('X', 400, '', 5_000).retryAfterMs, undefined);
  });

  it('say that a message has perhaps arrived when its request had left', () => {
    const trouble = { kind: 'timeout', message: 'no answer in time' } as const;
    assert.equal(unanswered('X', { ...trouble, written: true }).perhapsSent, true);
    assert.equal(unanswered('X', { ...trouble, written: false }).perhapsSent, undefined);
    assert.equal(unanswered('X', { kind: 'bad-url', message: 'no address', written: false }).permanent, true);
  });

  it('never show a secret, plain or encoded', () => {
    const secretText = fc.string({ unit: 'grapheme-ascii', minLength: 3, maxLength: 30 });
    fc.assert(
      fc.property(fc.string(), secretText, fc.string(), (before, secret, after) => {
        const clean = withoutSecrets(`${before}${secret}${after} ${encodeURIComponent(secret)}`, [
          undefined,
          '',
          secret,
        ]);
        // what stands around a secret may by chance form it anew only out of the mask itself
        assert.ok(!clean.includes(secret) || secret.includes('•') || `${before}•••${after}`.includes(secret));
      }),
    );
    assert.equal(withoutSecrets('Bearer a/b+c and a%2Fb%2Bc', ['a/b+c']), 'Bearer ••• and •••');
  });

  it('find what an address may hold in secret', () => {
    const found = secretsInUrl('https://me:p%40ss@hooks.example/services/T0123456789/x?key=abc123');
    for (const secret of ['me', 'p%40ss', 'T0123456789', 'abc123']) assert.ok(found.includes(secret), secret);
    assert.deepEqual(secretsInUrl(undefined), []);
    assert.deepEqual(secretsInUrl('nonsense'), []);
  });
});
