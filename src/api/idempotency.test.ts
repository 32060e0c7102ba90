import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiUnderTest, type ApiUnderTest } from '../../test/fakes/api.ts';

const create = (under: ApiUnderTest, key: string, name: string, scope: 'admin' | 'viewer' = 'admin') =>
  under.json('POST', '/api/v1/services', { scope, body: { name }, headers: { 'idempotency-key': key } });

const made = (under: ApiUnderTest): number => under.brain.asked.filter((one) => one.what === 'create').length;

test('a repeat with the same key and body gets the first answer, at the same moment and later', async () => {
  const under = await apiUnderTest();
  const [first, second] = await Promise.all([create(under, 'k1', 'Search'), create(under, 'k1', 'Search')]);
  assert.equal(first.status, 201);
  assert.deepEqual(second, first);
  assert.deepEqual(await create(under, 'k1', 'Search'), first);
  assert.equal(made(under), 1);
});

test('the same key with another body is a conflict, another key another request', async () => {
  const under = await apiUnderTest();
  await create(under, 'k1', 'Search');
  assert.equal((await create(under, 'k1', 'Mail')).status, 409);
  assert.equal((await create(under, 'k2', 'Mail')).status, 201);
});

test('a request that failed may be tried again under its key, and after ten minutes the key is forgotten', async () => {
  const under = await apiUnderTest();
  under.brain.breaks = new Error('broken');
  assert.equal((await create(under, 'k1', 'Search')).status, 500);
  under.brain.breaks = undefined;
  assert.equal((await create(under, 'k1', 'Search')).status, 201);
  under.brain.clock.advance(10 * 60_000 + 1);
  assert.equal((await create(under, 'k1', 'Mail')).status, 201);
  assert.equal((await create(under, 'x'.repeat(201), 'Mail')).status, 422);
});

test('a key helps nobody past the scope', async () => {
  const under = await apiUnderTest();
  await create(under, 'k1', 'Search');
  assert.equal((await create(under, 'k1', 'Search', 'viewer')).status, 403);
});
