import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { apiUnderTest } from '../../../test/fakes/api.ts';
import { KEPT_BYTES, signOf } from './beat.ts';

const beats = (asked: readonly { readonly what: string; readonly with: readonly unknown[] }[]) =>
  asked.filter((one) => one.what === 'beat').map((one) => one.with);

test('GET, POST, PUT and HEAD beat; the path says what it is', async () => {
  const under = await apiUnderTest();
  for (const [method, path] of [
    ['GET', '/beat/good-key'],
    ['HEAD', '/beat/good-key'],
    ['POST', '/beat/good-key/start'],
    ['PUT', '/beat/good-key/fail'],
    ['GET', '/beat/good-key/0'],
    ['GET', '/beat/good-key/137'],
  ] as const)
    assert.equal((await under.call(method, path)).status, 200, `${method} ${path}`);
  assert.deepEqual(
    beats(under.brain.asked).map(([, kind, more]) => [kind, (more as { code?: number }).code]),
    [
      ['success', undefined],
      ['success', undefined],
      ['start', undefined],
      ['fail', undefined],
      ['exit', 0],
      ['exit', 137],
    ],
  );
});

test('an unknown key and an unknown sign are 404s', async () => {
  const under = await apiUnderTest();
  for (const path of [
    '/beat/other',
    '/beat/good-key/256',
    '/beat/good-key/soon',
    '/beat/good-key/0/1',
    '/beat/',
    `/beat/${'k'.repeat(300)}`,
  ])
    assert.equal((await under.call('GET', path)).status, 404, path);
});

test('a body is kept to 10 kB; a longer one is cut but accepted, also beyond the limit of all bodies', async () => {
  const under = await apiUnderTest();
  for (const size of [5, 50_000, 3_000_000]) {
    const answer = await under.call('POST', '/beat/good-key', {
      body: 'x'.repeat(size),
      headers: { 'content-type': 'text/plain' },
    });
    assert.equal(answer.status, 200);
  }
  assert.deepEqual(
    beats(under.brain.asked).map(([, , more]) => (more as { body: string }).body.length),
    [5, KEPT_BYTES, KEPT_BYTES],
  );
});

test('a key that runs wild is held back, another is not, and it may beat again later', async () => {
  const under = await apiUnderTest();
  let answer = await under.call('GET', '/beat/good-key');
  for (let count = 0; count < 200 && answer.status === 200; count += 1)
    answer = await under.call('GET', '/beat/good-key');
  assert.equal(answer.status, 429);
  assert.equal(answer.headers.get('retry-after'), '1');
  assert.equal((await under.call('GET', '/beat/other')).status, 404);
  under.brain.clock.advance(1_000);
  assert.equal((await under.call('GET', '/beat/good-key')).status, 200);
});

test('guessing keys is slowed per address', async () => {
  const under = await apiUnderTest();
  const statuses = new Set<number>();
  for (let count = 0; count < 60; count += 1) statuses.add((await under.call('GET', `/beat/guess-${count}`)).status);
  assert.deepEqual([...statuses], [404, 429]);
});

test('behind a proxy on this machine the caller is the one that it names', async () => {
  const under = await apiUnderTest();
  await under.call('GET', '/beat/good-key', { headers: { 'x-forwarded-for': '198.51.100.1, 203.0.113.7' } });
  assert.deepEqual(beats(under.brain.asked), [['good-key', 'success', { from: '203.0.113.7' }]]);
});

test('exit codes are 0 to 255 and nothing else', () => {
  fc.assert(
    fc.property(fc.string(), (sign) => {
      const read = signOf(sign);
      if (read?.kind === 'exit') assert.equal(Number(sign), read.code);
    }),
  );
});
