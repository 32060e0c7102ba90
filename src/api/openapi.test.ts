import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiUnderTest } from '../../test/fakes/api.ts';
import { allRoutes } from './routes/index.ts';

interface Document {
  readonly openapi: string;
  readonly paths: Record<
    string,
    Record<string, { responses: Record<string, unknown>; parameters?: { name: string; in: string }[] }>
  >;
  readonly components: { readonly schemas: Record<string, unknown> };
}

const document = async (): Promise<Document> => {
  const under = await apiUnderTest();
  return (await (await under.call('GET', '/api/openapi.json')).json()) as Document;
};

test('the OpenAPI document is 3.1 and lists every route', async () => {
  const { openapi, paths } = await document();
  assert.match(openapi, /^3\.1/);
  const listed = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  const wanted = [...allRoutes.map((route) => `${route.method} /api/v1${route.path}`), 'get /api/v1/events'];
  assert.deepEqual(listed.toSorted(), wanted.toSorted());
});

test('every reference leads somewhere, every path parameter is declared, every operation has an answer', async () => {
  const whole = await document();
  const text = JSON.stringify(whole);
  for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g))
    assert.ok(name in whole.components.schemas, name);
  for (const [path, methods] of Object.entries(whole.paths))
    for (const operation of Object.values(methods)) {
      assert.notEqual(Object.keys(operation.responses).length, 0);
      const declared = (operation.parameters ?? []).filter((one) => one.in === 'path').map((one) => one.name);
      assert.deepEqual(
        declared,
        [...path.matchAll(/\{(\w+)\}/g)].map((one) => one[1]),
      );
    }
});

test('a path of the API that does not exist is a problem, not a page', async () => {
  const under = await apiUnderTest();
  const answer = await under.call('GET', '/api/v1/nothing', { scope: 'viewer', headers: { accept: 'text/html' } });
  assert.equal(answer.status, 404);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
});
