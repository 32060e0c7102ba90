import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '#kernel/fault.ts';
import { parseListen } from './address.ts';

test('an address to listen on is host and port, a bare port is on this machine', () => {
  assert.deepEqual(parseListen('127.0.0.1:4600'), { host: '127.0.0.1', port: 4600 });
  assert.deepEqual(parseListen('[::1]:80'), { host: '::1', port: 80 });
  assert.deepEqual(parseListen('localhost:0'), { host: 'localhost', port: 0 });
  assert.deepEqual(parseListen('4601'), { host: '127.0.0.1', port: 4601 });
});

test('what is no address is called wrongly, with an example', () => {
  for (const text of ['', 'host', '127.0.0.1:', '127.0.0.1:99999', 'a b:1', '::1:80', 'http://x:1'])
    assert.throws(
      () => parseListen(text),
      (error) => error instanceof Fault && error.code === 'USAGE' && error.hint.includes('127.0.0.1:4600'),
      text,
    );
});
