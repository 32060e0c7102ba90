import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hostName, isOwnHost, isOwnOrigin, type OwnNames } from './host-check.ts';

const OWN: OwnNames = {
  listenHost: 'dozor.internal',
  publicUrl: 'https://watch.onai.example',
  addresses: ['203.0.113.30', '::ffff:203.0.113.31', 'fe80::1%eth0'],
};

test('own names and own addresses pass, with and without a port', () => {
  for (const host of [
    'localhost',
    'LOCALHOST:4600',
    'dozor.localhost',
    '127.0.0.1:4600',
    '127.5.5.5',
    '[::1]:4600',
    'dozor.internal:4600',
    'watch.onai.example',
    'watch.onai.example.',
    '203.0.113.30:4600',
    '203.0.113.31',
    '[fe80::1]:4600',
  ])
    assert.equal(isOwnHost(host, OWN), true, host);
});

test('foreign names, foreign addresses and what is no host are refused', () => {
  for (const host of [
    '',
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'watch.onai.example.evil.example',
    '203.0.113.99',
    '169.254.169.254',
    'localhost@evil.example',
    'localhost/evil',
    '[::2]',
    '127.0.0.1:99999999',
  ])
    assert.equal(isOwnHost(host, OWN), false, host);
});

test('an origin is ours when it is the host that was called, or publicUrl', () => {
  assert.equal(isOwnOrigin('http://127.0.0.1:4600', '127.0.0.1:4600', undefined), true);
  assert.equal(isOwnOrigin('https://watch.onai.example', '127.0.0.1:4600', OWN.publicUrl), true);
  for (const origin of [
    'null',
    '',
    'http://127.0.0.1:4601',
    'https://evil.example',
    'file://',
    'http://watch.onai.example',
  ])
    assert.equal(isOwnOrigin(origin, '127.0.0.1:4600', OWN.publicUrl), false, origin);
});

test('no text makes the host check throw', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (host, origin) => {
      hostName(host);
      isOwnHost(host, OWN);
      isOwnOrigin(origin, host, OWN.publicUrl);
    }),
  );
});
