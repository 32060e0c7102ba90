import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Fault } from '#kernel/fault.ts';
import type { Json } from '#kernel/json.ts';
import type { Resource } from '#store/contract.ts';
import type { ConfigChange, Definition } from './contract.ts';
import { merge } from './merge.ts';

type Make = Parameters<typeof merge>[3];

const counter = (now = 1_000): Make => {
  let count = 0;
  return { id: () => `id${now}-${(count += 1)}`, num: () => now + count, now };
};
const service = (name: string, more: Partial<Definition> = {}): Definition => ({
  kind: 'service',
  name,
  spec: {},
  position: 0,
  ...more,
});
const monitor = (
  parent: string,
  name: string,
  spec: Record<string, Json> = {},
  more: Partial<Definition> = {},
): Definition => ({
  kind: 'monitor',
  parent,
  name,
  spec: { kind: 'http', url: 'https://a.example', ...spec },
  position: 1,
  ...more,
});

/** The store after a merge was written to it. */
const written = (before: readonly Resource[], resources: readonly Resource[]): readonly Resource[] => [
  ...new Map([...before, ...resources].map((resource) => [resource.id, resource])).values(),
];
const said = (changes: readonly ConfigChange[]): readonly string[] =>
  changes.map(
    ({ change, kind, name, parent, details }) =>
      `${change} ${kind} ${parent === undefined ? '' : `${parent}/`}${name}${details.length === 0 ? '' : ` (${details.join('; ')})`}`,
  );
const live = (resources: readonly Resource[]): readonly Resource[] =>
  resources.filter(({ retiredAt }) => retiredAt === undefined);

const first = merge([], [service('api'), monitor('api', 'health')], 'file', counter()).resources;

test('new definitions become resources under their parents', () => {
  const [api, health] = first;
  assert.equal(first.length, 2);
  assert.equal(health?.parentId, api?.id);
  assert.deepEqual([api?.origin, api?.createdAt, health?.name], ['file', 1_000, 'health']);
});

test('what stays the same is neither written nor told, whatever the order of its keys', () => {
  const same = merge(
    first,
    [service('api'), { ...monitor('api', 'health'), spec: { url: 'https://a.example', kind: 'http' } }],
    'file',
    counter(2_000),
  );
  assert.deepEqual(same.resources, []);
  assert.deepEqual(same.changes, []);
});

test('a changed key is told as from and to, and keeps the identity', () => {
  const before = merge([], [service('api'), monitor('api', 'health', { every: '2m' })], 'file', counter()).resources;
  const { resources, changes } = merge(
    before,
    [service('api'), monitor('api', 'health', { every: '1m', timeout: '3s' })],
    'file',
    counter(2_000),
  );
  assert.deepEqual(said(changes), ['changed monitor api/health (every: 2m → 1m; timeout: – → 3s)']);
  assert.deepEqual([resources[0]?.id, resources[0]?.num], [before[1]?.id, before[1]?.num]);
});

test('secrets are never in the diff', () => {
  const channel = (spec: Record<string, Json>): readonly Definition[] => [
    { kind: 'contact', name: 'c', spec: {}, position: 0 },
    {
      kind: 'channel',
      parent: 'c',
      name: 'h',
      spec: { kind: 'webhook', url: 'https://h.example', ...spec },
      position: 1,
    },
  ];
  const before = merge(
    [],
    channel({ secret: 'old-secret', headers: { Authorization: 'Bearer old' } }),
    'file',
    counter(),
  ).resources;
  const { changes } = merge(
    before,
    channel({ secret: '${HOOK}', headers: { Authorization: 'Bearer new' }, url: 'https://h.example/T01/oRuyEL' }),
    'file',
    counter(),
  );
  assert.deepEqual(said(changes), [
    'changed channel c/h (url: changed; secret: •••••• → ${HOOK}; headers.Authorization: changed)',
  ]);
});

test('what leaves is retired with its history, and goes on when it comes back', () => {
  const gone = merge(first, [service('api')], 'file', counter(2_000));
  assert.deepEqual(said(gone.changes), ['retired monitor api/health']);
  assert.equal(gone.resources[0]?.retiredAt, 2_000);
  const store = written(first, gone.resources);
  assert.deepEqual(merge(store, [service('api')], 'file', counter(3_000)).changes, [], 'it is retired once');
  const back = merge(store, [service('api'), monitor('api', 'health')], 'file', counter(4_000));
  assert.deepEqual(said(back.changes), ['added monitor api/health (it was here before: its history goes on)']);
  assert.equal(back.resources[0]?.id, first[1]?.id);
  assert.equal(back.resources[0]?.retiredAt, undefined);
});

test('without an id a new name is a new thing; with one it is a rename', () => {
  const plain = merge(first, [service('API')], 'file', counter(2_000));
  assert.deepEqual(said(plain.changes).toSorted(), [
    'added service API',
    'retired monitor api/health',
    'retired service api',
  ]);
  const keyed = merge([], [service('api', { key: 'k' }), monitor('api', 'health')], 'file', counter()).resources;
  const renamed = merge(keyed, [service('API', { key: 'k' }), monitor('API', 'health')], 'file', counter(2_000));
  assert.deepEqual(said(renamed.changes), ['renamed service API (name: api → API)']);
  assert.deepEqual(
    renamed.resources.map(({ id, name }) => [id, name]),
    [[keyed[0]?.id, 'API']],
  );
});

test('an id may be given to what had none, and names may be swapped under ids', () => {
  const given = merge(first, [service('api', { key: 'k' }), monitor('api', 'health')], 'file', counter(2_000));
  assert.deepEqual(
    given.resources.map(({ id, key }) => [id, key]),
    [[first[0]?.id, 'k']],
  );
  const two = merge([], [service('a', { key: '1' }), service('b', { key: '2' })], 'file', counter()).resources;
  const swapped = merge(two, [service('b', { key: '1' }), service('a', { key: '2' })], 'file', counter(2_000));
  assert.deepEqual(said(swapped.changes), ['renamed service b (name: a → b)', 'renamed service a (name: b → a)']);
});

test('a monitor with an id may move to another service', () => {
  const before = merge(
    [],
    [service('a'), service('b'), monitor('a', 'm', {}, { key: 'k' })],
    'file',
    counter(),
  ).resources;
  const moved = merge(
    before,
    [service('a'), service('b'), monitor('b', 'm', {}, { key: 'k' })],
    'file',
    counter(2_000),
  );
  assert.deepEqual(said(moved.changes), ['changed monitor b/m (moved to b)']);
  assert.equal(moved.resources[0]?.parentId, before[1]?.id);
});

test('a name that another origin holds is a clash that names both', () => {
  const place = { file: 'dozor.yaml', line: 12, column: 5 };
  const stored = first.map((resource) => ({ ...resource, origin: 'stored' as const }));
  assert.throws(
    () => merge(stored, [service('api', { place })], 'file', counter()),
    (error) => error instanceof Fault && error.code === 'CONFIG_CLASH' && /dozor\.yaml:12.*screens/.test(error.message),
  );
  const retired = stored.map((resource) => ({ ...resource, retiredAt: 1 }));
  assert.equal(merge(retired, [service('api')], 'file', counter()).resources.length, 1);
});

test('what Dozor added by itself steps back before what somebody defined', () => {
  const stored: readonly Resource[] = [
    { id: 'p', num: 1, kind: 'policy', name: 'default', origin: 'stored', spec: {}, position: 0, createdAt: 0 },
  ];
  const implicit: Definition = { kind: 'policy', name: 'default', spec: {}, position: 0, implicit: true };
  assert.deepEqual(merge(stored, [implicit], 'cli', counter()).resources, []);
});

test('only things of its own origin are retired, and each place is known', () => {
  const place = { file: 'dozor.yaml', line: 2, column: 3 };
  const { resources, places } = merge(first, [service('b', { place })], 'cli', counter(2_000));
  assert.deepEqual(
    resources.map(({ name, origin }) => [name, origin]),
    [['b', 'cli']],
  );
  assert.deepEqual([...places.values()], [place]);
});

const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 });
const file = fc
  .array(
    fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.option(fc.constantFrom('k1', 'k2', 'k3'), { nil: undefined }), names),
    { maxLength: 3 },
  )
  .map((entries) => {
    const seen = new Set<string>();
    return entries.flatMap(([name, key, monitors]) => {
      if (seen.has(name) || (key !== undefined && seen.has(key))) return [];
      seen.add(name).add(key ?? name);
      return [service(name, key === undefined ? {} : { key }), ...monitors.map((child) => monitor(name, child))];
    });
  });

test('after any row of files the store holds exactly what the last one defines, and ids stay unique', () => {
  fc.assert(
    fc.property(fc.array(file, { minLength: 1, maxLength: 6 }), (files) => {
      let store: readonly Resource[] = [];
      let at = 0;
      for (const definitions of files) {
        at += 1;
        store = written(store, merge(store, definitions, 'file', counter(at)).resources);
        assert.deepEqual(merge(store, definitions, 'file', counter(99)).changes, [], 'a second time changes nothing');
      }
      const label = (id: string | undefined): string => store.find((resource) => resource.id === id)?.name ?? '';
      const held = live(store).map(({ kind, parentId, name }) => `${kind}/${label(parentId)}/${name}`);
      const wanted = (files.at(-1) ?? []).map(({ kind, parent, name }) => `${kind}/${parent ?? ''}/${name}`);
      assert.deepEqual(held.toSorted(), wanted.toSorted());
      assert.equal(new Set(store.map(({ id }) => id)).size, store.length);
    }),
    { numRuns: 500 },
  );
});
