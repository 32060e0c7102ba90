import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '#kernel/fault.ts';
import { specOf } from './check-spec.ts';

test('a URL with options becomes the same spec as in the file', () => {
  assert.deepEqual(
    specOf('https://api.example.com/items', {
      method: 'post',
      header: ['Content-Type: application/json', 'X-Time: 10:30'],
      body: '{}',
      status: '201',
      keyword: 'ok',
      timeout: '3s',
    }),
    {
      kind: 'http',
      url: 'https://api.example.com/items',
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Time': '10:30' },
      body: '{}',
      expect: { status: '201', keyword: 'ok' },
      timeout: '3s',
    },
  );
});

test('a bare host is asked over https, other schemes are other kinds', () => {
  assert.deepEqual(specOf('api.example.com', { header: [] }), { kind: 'http', url: 'https://api.example.com' });
  assert.deepEqual(specOf('localhost:3000/', { header: [] }), { kind: 'http', url: 'http://localhost:3000/' });
  assert.deepEqual(specOf('tcp://[::1]:5432', { header: [] }), { kind: 'tcp', host: '::1', port: 5432 });
  assert.deepEqual(specOf('tls://example.com', { header: [] }), { kind: 'tls', host: 'example.com' });
  assert.deepEqual(specOf('ping://example.com', { header: [] }), { kind: 'ping', host: 'example.com' });
  assert.deepEqual(specOf('dns://example.com', { header: [] }), { kind: 'dns', host: 'example.com' });
});

test('what cannot be asked is called wrongly', () => {
  for (const url of ['ftp://example.com', 'tcp://example.com', 'https://', 'http://a b'])
    assert.throws(
      () => specOf(url, { header: [] }),
      (error) => error instanceof Fault && error.code === 'USAGE',
      url,
    );
  assert.throws(() => specOf('https://example.com', { header: ['no colon'] }), /no header/);
  assert.throws(() => specOf('http://127.0.0.1:1', { header: [], ip: '6' }), /127\.0\.0\.1 is an IPv4 address/);
  assert.deepEqual(specOf('ping://example.com', { header: [], ip: '6' }), { kind: 'ping', host: 'example.com', ip: 6 });
});
