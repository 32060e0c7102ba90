import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '#kernel/fault.ts';
import { DAY, HOUR, MINUTE } from '#kernel/time.ts';
import { fakeClock } from '../../test/fakes/clock.ts';
import { memoryStore } from '../../test/fakes/store.ts';
import { createAuth } from './auth.ts';
import { newAckLink } from './one-time.ts';
import { hashSecret, machineRandom } from './secret-text.ts';
import { SESSION_LIFE } from './tokens.ts';

const NOW = Date.UTC(2025, 11, 22);

const world = () => {
  const store = memoryStore();
  const clock = fakeClock(NOW);
  return { store, clock, auth: createAuth({ store, clock }) };
};

const isFault = (code: string) => (error: unknown) => error instanceof Fault && error.code === code;

test('a secret is 256 random bits and only its hash is stored', async () => {
  const { auth, store } = world();
  const { secret, token } = await auth.tokens.create({ name: 'ci', scope: 'viewer' });
  assert.match(secret, /^dzr_[\w-]{43}$/);
  assert.equal(token.hash, hashSecret(secret));
  assert.ok(!JSON.stringify([...store.data.tokens.values()]).includes(secret));
});

test('a token is found by its secret, its kind and until its end', async () => {
  const { auth, clock } = world();
  const { secret } = await auth.tokens.create({ name: 'ci', scope: 'viewer', expiresAt: NOW + HOUR });
  assert.equal((await auth.tokens.find('api', secret))?.name, 'ci');
  assert.equal(await auth.tokens.find('session', secret), undefined);
  assert.equal(await auth.tokens.find('api', `${secret}x`), undefined);
  clock.advance(HOUR);
  assert.equal(await auth.tokens.find('api', secret), undefined);
});

test('two tokens of one name are a conflict, and an unknown one cannot be revoked', async () => {
  const { auth } = world();
  await auth.tokens.create({ name: 'ci', scope: 'viewer' });
  await assert.rejects(auth.tokens.create({ name: 'ci', scope: 'admin' }), isFault('CONFLICT'));
  await assert.rejects(auth.tokens.revoke('nobody'), isFault('NOT_FOUND'));
});

test('the last use is noted, at most once a minute, and a full disk keeps nobody out', async () => {
  const { auth, clock, store } = world();
  const { secret, token } = await auth.tokens.create({ name: 'ci', scope: 'viewer' });
  await auth.tokens.find('api', secret);
  clock.advance(30_000);
  await auth.tokens.find('api', secret);
  assert.equal(store.data.tokens.get(token.id)?.usedAt, NOW);
  clock.advance(MINUTE);
  store.data.full = true;
  assert.equal((await auth.tokens.find('api', secret))?.name, 'ci');
});

test('a session slides while it is used, ends when it is not, and in any case after its whole life', async () => {
  const { auth, clock } = world();
  const used = await auth.tokens.startSession('aidar', 'admin');
  const unused = await auth.tokens.startSession('eve', 'admin');
  for (let day = 0; day < SESSION_LIFE / DAY - 7; day += 7) {
    clock.advance(7 * DAY);
    assert.equal((await auth.tokens.find('session', used.secret))?.name, 'aidar', `day ${day}`);
  }
  assert.equal(await auth.tokens.find('session', unused.secret), undefined);
  clock.advance(14 * DAY);
  assert.equal(await auth.tokens.find('session', used.secret), undefined);
});

test('of many uses of a one-time secret at the same moment one succeeds', async () => {
  const { auth } = world();
  const { secret } = await auth.oneTime.issue({ kind: 'ack', name: 'sms', scope: 'ack' });
  const tries = await Promise.allSettled(Array.from({ length: 20 }, () => auth.oneTime.use('ack', secret)));
  assert.equal(tries.filter((one) => one.status === 'fulfilled').length, 1);
});

test('a one-time secret opens only its own kind of door', async () => {
  const { auth } = world();
  const { secret } = await auth.oneTime.issue({ kind: 'ack', name: 'sms', scope: 'ack' });
  await assert.rejects(auth.oneTime.use('sign-in', secret), isFault('UNAUTHENTICATED'));
  assert.equal((await auth.oneTime.look('ack', secret)).state, 'good');
});

test('a link that the engine made and stored itself is a good one', async () => {
  const { auth, store } = world();
  const { secret, token } = newAckLink('i1', { name: 'sms', locale: 'ru' }, NOW, machineRandom);
  assert.match(secret, /^[A-Za-z0-9]{12}$/);
  await store.write([{ put: 'token', token }]);
  assert.deepEqual((await auth.oneTime.use('ack', secret)).data, { incidentId: 'i1', locale: 'ru' });
});

test('when a use cannot be saved a sign-in link stays good, and an acknowledgement goes through once', async () => {
  const { auth, store } = world();
  const signIn = await auth.oneTime.issue({ kind: 'sign-in', name: 'a', scope: 'admin' });
  const ack = await auth.oneTime.issue({ kind: 'ack', name: 'sms', scope: 'ack' });
  store.data.full = true;
  await assert.rejects(auth.oneTime.use('sign-in', signIn.secret), isFault('STORE_UNAVAILABLE'));
  await auth.oneTime.use('ack', ack.secret);
  await assert.rejects(auth.oneTime.use('ack', ack.secret), isFault('UNAUTHENTICATED'));
  store.data.full = false;
  assert.equal((await auth.oneTime.use('sign-in', signIn.secret)).name, 'a');
});

test('a sign-in link gives a session of its scope, for 15 minutes', async () => {
  const { auth, clock } = world();
  const { path } = await auth.signIn.link('aidar', 'responder');
  const secret = path.replace('/sign-in#', '');
  const { token } = await auth.signIn.byLink(secret, '203.0.113.1');
  assert.deepEqual([token.kind, token.name, token.scope], ['session', 'aidar', 'responder']);
  const late = await auth.signIn.link('aidar', 'admin');
  clock.advance(15 * MINUTE);
  await assert.rejects(
    auth.signIn.byLink(late.path.replace('/sign-in#', ''), '203.0.113.1'),
    isFault('UNAUTHENTICATED'),
  );
});

test('attempts to sign in are limited per address and in total', async () => {
  const { auth } = world();
  const refusals = new Map<string, number>();
  const attempt = async (address: string): Promise<void> => {
    const [outcome] = await Promise.allSettled([auth.signIn.byLink('dzs_no-such-link-no-such-link', address)]);
    const code = outcome.status === 'rejected' && outcome.reason instanceof Fault ? outcome.reason.code : 'none';
    refusals.set(code, (refusals.get(code) ?? 0) + 1);
  };
  for (let count = 0; count < 15; count += 1) await attempt('203.0.113.1');
  assert.deepEqual(
    [...refusals],
    [
      ['UNAUTHENTICATED', 10],
      ['RATE_LIMITED', 5],
    ],
  );
  for (let count = 0; count < 200; count += 1) await attempt(`198.51.100.${count}`);
  assert.equal(refusals.get('UNAUTHENTICATED'), 100);
});
