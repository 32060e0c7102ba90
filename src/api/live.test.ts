import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiUnderTest, type ApiUnderTest } from '../../test/fakes/api.ts';
import { NOON } from '../../test/fakes/samples.ts';
import { MAX_PENDING_BYTES } from './live.ts';
import { MAX_READERS } from './routes/events.ts';

const emit = ({ brain }: ApiUnderTest, text: string) => brain.emit({ at: NOON, type: 'verdict', data: { text } });

/** Reads the stream until so many events were seen; the ids in order. */
const take = async (
  answer: Response,
  count: number,
): Promise<{ ids: string[]; text: string; leave: () => Promise<void> }> => {
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  let text = '';
  const ids = (): string[] => [...text.matchAll(/^id: (\d+)$/gm)].map((one) => one[1] ?? '');
  while (ids().length < count) {
    const next = await reader.read();
    if (next.done) break;
    text += new TextDecoder().decode(next.value);
  }
  return { ids: ids(), text, leave: () => reader.cancel() };
};

const open = (under: ApiUnderTest, headers: Record<string, string> = {}) =>
  under.call('GET', '/api/v1/events', { scope: 'viewer', headers: { accept: 'text/event-stream', ...headers } });

test('without Last-Event-ID only what happens from now on is told', async () => {
  const under = await apiUnderTest();
  emit(under, 'before');
  const answer = await open(under);
  assert.match(answer.headers.get('content-type') ?? '', /^text\/event-stream/);
  emit(under, 'after');
  const { ids, text, leave } = await take(answer, 1);
  assert.deepEqual(ids, ['2']);
  assert.match(text, /"text":"after"/);
  await leave();
});

test('Last-Event-ID resumes from the store and goes on live, each event once and in order', async () => {
  const under = await apiUnderTest();
  for (let count = 0; count < 350; count += 1) emit(under, `stored ${count}`);
  const answer = await open(under, { 'last-event-id': '20' });
  for (let count = 0; count < 10; count += 1) emit(under, `live ${count}`);
  const { ids, leave } = await take(answer, 340);
  assert.deepEqual(
    ids,
    Array.from({ length: 340 }, (_one, index) => String(21 + index)),
  );
  await leave();
});

test('a reader that takes nothing is dropped instead of buffered for', async () => {
  const under = await apiUnderTest();
  const answer = await open(under);
  const big = 'x'.repeat(50_000);
  for (let count = 0; count < 100; count += 1) emit(under, big);
  const { text } = await take(answer, Infinity);
  assert.ok(text.length < MAX_PENDING_BYTES + 60_000, `buffered ${text.length}`);
});

test('a quiet stream carries comments, and a reader that left frees its place', async () => {
  const under = await apiUnderTest();
  const streams = await Promise.all(Array.from({ length: MAX_READERS }, () => open(under)));
  assert.equal((await open(under)).status, 429);
  under.brain.clock.advance(15_000);
  const [one, ...others] = streams.map((answer) => answer.body as ReadableStream<Uint8Array>);
  assert.ok(one !== undefined);
  const reader = one.getReader();
  const first = new TextDecoder().decode((await reader.read()).value);
  const second = new TextDecoder().decode((await reader.read()).value);
  assert.match(first + second, /^: still here$/m);
  await reader.cancel();
  const next = await open(under);
  assert.equal(next.status, 200);
  await next.body?.cancel();
  for (const other of others) await other.cancel();
});

test('a stream ends when its token is revoked or its session is over, at the next comment', async () => {
  const under = await apiUnderTest();
  const byToken = await open(under);
  const { secret } = await under.auth.tokens.startSession('Askar', 'viewer');
  const bySession = await under.call('GET', '/api/v1/events', { headers: { cookie: `dozor_session=${secret}` } });
  const byAdmin = await under.call('GET', '/api/v1/events', { scope: 'admin' });
  await under.auth.tokens.revoke('viewer');
  under.brain.clock.advance(15_000);
  emit(under, 'after');
  assert.doesNotMatch((await take(byToken, Infinity)).text, /still here/);
  under.brain.clock.advance(15 * 86_400_000);
  await take(bySession, Infinity);
  const { ids, leave } = await take(byAdmin, 1);
  assert.deepEqual(ids, ['1']);
  await leave();
});

test('a store that cannot be read ends the stream, so that the reader comes back', async () => {
  const under = await apiUnderTest();
  under.brain.store.events = () => Promise.reject(new Error('broken'));
  const { ids } = await take(await open(under, { 'last-event-id': '0' }), 1);
  assert.deepEqual(ids, []);
});

test('Accept: application/json gives pages, oldest first', async () => {
  const under = await apiUnderTest();
  for (let count = 0; count < 5; count += 1) emit(under, `${count}`);
  const headers = { accept: 'application/json' };
  const first = await under.json('GET', '/api/v1/events?limit=3', { scope: 'viewer', headers });
  const page = first.body as { items: { seq: number }[]; next: string };
  assert.deepEqual(
    page.items.map((one) => one.seq),
    [1, 2, 3],
  );
  const rest = await under.json('GET', `/api/v1/events?limit=3&cursor=${page.next}`, { scope: 'viewer', headers });
  assert.deepEqual(
    (rest.body as typeof page).items.map((one) => one.seq),
    [4, 5],
  );
  assert.equal((rest.body as typeof page).next, undefined);
});

test('nobody reads events without a token', async () => {
  const under = await apiUnderTest();
  assert.equal((await under.call('GET', '/api/v1/events')).status, 401);
});
