import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { apiUnderTest } from '../../test/fakes/api.ts';
import { incident } from '../../test/fakes/samples.ts';
import { ProblemView } from './contract.ts';
import { allRoutes } from './routes/index.ts';

const anything = fc.oneof(
  fc.json(),
  fc.string({ maxLength: 200 }),
  fc
    .record({ name: fc.string(), spec: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })) })
    .map((one) => JSON.stringify(one)),
  fc.record({ text: fc.string(), forMs: fc.double() }).map((one) => JSON.stringify(one)),
);
const segment = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40 }),
  fc.constantFrom('m1', 's1', '7F3K', '__proto__', 'constructor', '%', '%00', '..'),
);

const isExpected = async (answer: Response, logged: readonly string[]): Promise<void> => {
  assert.ok(answer.status < 500, `${answer.status} ${await answer.clone().text()} ${logged.join('\n')}`);
  const text = await answer.text();
  if (text !== '' && answer.headers.get('content-type')?.includes('problem') === true)
    ProblemView.parse(JSON.parse(text));
};

test('a body that is nested without end is refused as such', async () => {
  const under = await apiUnderTest();
  for (const deep of [`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`, '['.repeat(50_000) + ']'.repeat(50_000)]) {
    const body = `{"name":"deep","spec":${deep}}`;
    const answer = await under.call('POST', '/api/v1/services', { scope: 'admin', body });
    assert.equal(answer.status, 422);
    assert.match(await answer.text(), /nested deeper/);
  }
});

test('no body makes a route of the API fail with a 500', async () => {
  const under = await apiUnderTest();
  under.brain.store.data.incidents.set('i1', incident('i1', '7F3K'));
  const withBody = allRoutes.filter((route) => route.body !== undefined);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...withBody), segment, anything, async (route, id, body) => {
      const path = `/api/v1${route.path.replace('{id}', encodeURIComponent(id))}`;
      await isExpected(await under.call(route.method.toUpperCase(), path, { scope: 'admin', body }), under.logged);
    }),
    { numRuns: 400 },
  );
});

test('no query makes a list fail with a 500', async () => {
  const under = await apiUnderTest();
  const lists = allRoutes.filter((route) => route.query !== undefined);
  const query = fc.dictionary(
    fc.constantFrom('limit', 'cursor', 'from', 'to', 'span', 'state', 'service', 'incident', 'onlyBad', 'lang'),
    fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.integer().map(String),
      fc.date({ noInvalidDate: true }).map((one) => one.toISOString()),
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...lists), query, async (route, asked) => {
      const path = `/api/v1${route.path.replace('{id}', 'm1')}?${new URLSearchParams(asked).toString()}`;
      await isExpected(await under.call('GET', path, { scope: 'admin' }), under.logged);
    }),
    { numRuns: 400 },
  );
});

test('no heartbeat URL and no other path fails with a 500', async () => {
  const under = await apiUnderTest();
  const prefix = fc.constantFrom(
    '/beat/',
    '/beat/good-key/',
    '/a/',
    '/i/',
    '/assets/',
    '/',
    '/api/',
    '/api/v1/monitors/',
  );
  await fc.assert(
    fc.asyncProperty(
      prefix,
      segment,
      fc.constantFrom('GET', 'POST', 'PUT', 'HEAD', 'DELETE', 'OPTIONS'),
      fc.boolean(),
      async (start, part, method, encoded) => {
        const path = start + (encoded ? encodeURIComponent(part) : part.replaceAll(/[?#\s\\]/g, ''));
        if (!URL.canParse(path, 'http://127.0.0.1/')) return;
        await isExpected(await under.call(method, path, { scope: 'admin' }), under.logged);
      },
    ),
    { numRuns: 600 },
  );
});

test('malformed JSON, a wrong content type and a body that is too large are clear 4xx', async () => {
  const under = await apiUnderTest();
  const call = async (body: string, type: string) =>
    under.json('POST', '/api/v1/deploys', { scope: 'admin', body, headers: { 'content-type': type } });
  assert.equal((await call('{', 'application/json')).status, 422);
  assert.equal((await call('a=b', 'application/x-www-form-urlencoded')).status, 422);
  const large = await call(JSON.stringify({ version: 'x'.repeat(1_100_000) }), 'application/json');
  assert.equal(large.status, 413);
  assert.equal(ProblemView.parse(large.body).code, 'INPUT_TOO_LARGE');
  const wrong = await call('{"versoin": "x"}', 'application/json');
  assert.equal(wrong.status, 422);
  assert.match(ProblemView.parse(wrong.body).places?.[0]?.message ?? '', /versoin/);
});
