import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiUnderTest } from '../../test/fakes/api.ts';
import { allRoutes } from './routes/index.ts';

interface Document {
  readonly openapi: string;
  readonly paths: Record<
    string,
    Record<
      string,
      { operationId: string; responses: Record<string, unknown>; parameters?: { name: string; in: string }[] }
    >
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
  const open = ['get /health', 'get /ready', 'get /metrics'];
  const beats = ['get', 'post', 'put'].flatMap((method) => [`${method} /beat/{key}`, `${method} /beat/{key}/{sign}`]);
  const routes = allRoutes.map((route) => `${route.method} /api/v1${route.path}`);
  const wanted = [...routes, 'get /api/v1/events', ...open, ...beats];
  assert.deepEqual(listed.toSorted(), wanted.toSorted());
});

test('every operation has a name of its own, for generated clients', async () => {
  const { paths } = await document();
  const names = Object.values(paths).flatMap((methods) => Object.values(methods).map((one) => one.operationId));
  for (const name of names) assert.match(name, /^[a-z][A-Za-z0-9]+$/);
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.includes('postIncidentsByIdAcknowledge'), names.join());
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
