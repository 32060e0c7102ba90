import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '#kernel/fault.ts';
import type { Json } from '#kernel/json.ts';
import type { Resource } from '#store/contract.ts';
import { compile } from './compile.ts';
import { secretsFrom } from './environment.ts';

const resource = (kind: Resource['kind'], spec: Json, more: Partial<Resource> = {}): Resource => ({
  id: 'r1',
  num: 7,
  kind,
  name: 'it',
  origin: 'file',
  parentId: 'p1',
  spec,
  position: 0,
  createdAt: 0,
  ...more,
});
const secrets = secretsFrom({ TOKEN: 's3cret', PORT: '5432' });
const compiled = (kind: Resource['kind'], spec: Json, more: Partial<Resource> = {}): unknown =>
  compile(resource(kind, spec, more), secrets).value;
const fault = (code: string, message: RegExp) => (error: unknown) =>
  error instanceof Fault && error.code === code && message.test(error.message);

const web = { kind: 'http', url: 'https://a.example/' };

test('a monitor has the defaults of its kind, and a pulse of 10 s when it is asked seldom', () => {
  const monitor = (spec: Record<string, Json>): Record<string, unknown> =>
    compiled('monitor', { ...web, ...spec }) as Record<string, unknown>;
  const { everyMs, timeoutMs, pulse, severity, paused, serviceId, num } = monitor({});
  assert.deepEqual(
    { everyMs, timeoutMs, pulse, severity, paused, serviceId, num },
    {
      everyMs: 120_000,
      timeoutMs: 5_000,
      pulse: { everyMs: 10_000 },
      severity: 'critical',
      paused: false,
      serviceId: 'p1',
      num: 7,
    },
  );
  assert.deepEqual(monitor({ every: '30s' })['pulse'], { everyMs: 10_000 });
  assert.equal(monitor({ every: '29s' })['pulse'], undefined);
  assert.equal(monitor({ pulse: 'off' })['pulse'], undefined);
  assert.deepEqual(monitor({ every: '10s', pulse: '2s' })['pulse'], { everyMs: 2_000 });
  assert.deepEqual(monitor({ pulse: { path: '/ping' } })['pulse'], { everyMs: 10_000, path: '/ping' });
});

test('only what the kind itself knows is left in the configuration', () => {
  const { config } = compiled('monitor', { ...web, every: '1m', severity: 'info', paused: true }) as { config: object };
  assert.deepEqual(
    Object.keys(config).filter((key) => ['every', 'severity', 'paused', 'pulse', 'timeout'].includes(key)),
    [],
  );
  assert.equal((config as { url: string }).url, 'https://a.example/');
});

test('a passive kind keeps its own interval and has no pulse', () => {
  const beat = compiled('monitor', { kind: 'heartbeat', every: '1h' }) as {
    everyMs: number;
    pulse?: unknown;
    config: object;
  };
  assert.equal(beat.everyMs, 3_600_000);
  assert.equal(beat.pulse, undefined);
  assert.equal((beat.config as { every: number }).every, 3_600_000);
});

test('secrets are looked up when compiling, and a number may come from the environment', () => {
  const db = compiled('monitor', { kind: 'tcp', host: 'db.example', port: '${PORT}' }) as { config: object };
  assert.equal((db.config as { port: number }).port, 5_432);
  const hook = compiled('channel', {
    kind: 'webhook',
    url: 'https://h.example',
    secret: '${TOKEN}',
    cap: { perDay: 3 },
  });
  const { config, cap, contactId } = hook as { config: object; cap: object; contactId: string };
  assert.deepEqual(config, { kind: 'webhook', url: 'https://h.example', secret: 's3cret' });
  assert.deepEqual(cap, { perDay: 3 });
  assert.equal(contactId, 'p1');
});

test('a secret that is gone is named, with the code of its origin', () => {
  const hook = { kind: 'webhook', url: 'https://h.example', secret: '${GONE}' };
  assert.throws(() => compiled('channel', hook), fault('CONFIG_INVALID', /channel "it": secret .*GONE is not set/));
});

test('what came through the API reads neither environment nor files', () => {
  const hook = { kind: 'webhook', url: 'https://h.example', secret: '${TOKEN}' };
  assert.throws(
    () => compiled('channel', hook, { origin: 'stored' }),
    fault('INPUT_INVALID', /configuration file only/),
  );
  const { config } = compiled('channel', { ...hook, secret: '$${TOKEN}' }, { origin: 'stored' }) as { config: object };
  assert.equal((config as { secret: string }).secret, '${TOKEN}');
});

test('wrong input through the API is told with its places', () => {
  assert.throws(
    () => compiled('monitor', { kind: 'http', url: 'nonsense', evry: '1m', timeout: 5 }, { origin: 'stored' }),
    (error) => {
      assert.ok(error instanceof Fault);
      assert.equal(error.code, 'INPUT_INVALID');
      assert.deepEqual(error.places.map(({ path }) => path).toSorted(), ['evry', 'timeout', 'url']);
      return true;
    },
  );
});

test('steps of a policy are loud as they say, else auto at once and always later', () => {
  const policy = compiled('policy', {
    steps: [
      { after: '5m', notify: ['c'], loud: false },
      { notify: ['a'] },
      { after: '45s', notify: ['b'] },
      { after: '10m', notify: ['d'], loud: true },
      { after: '20m', notify: ['e'], loud: 'auto' },
    ],
    repeatEvery: '30m',
  });
  assert.deepEqual(policy, {
    id: 'r1',
    name: 'it',
    origin: 'file',
    steps: [
      { afterMs: 0, notify: ['a'], loud: 'auto' },
      { afterMs: 45_000, notify: ['b'], loud: 'always' },
      { afterMs: 300_000, notify: ['c'], loud: 'never' },
      { afterMs: 600_000, notify: ['d'], loud: 'always' },
      { afterMs: 1_200_000, notify: ['e'], loud: 'auto' },
    ],
    repeatEveryMs: 1_800_000,
    until: 'acknowledged',
  });
});

test('quiet hours are minutes of the day', () => {
  const { quiet } = compiled('contact', { quiet: { from: '23:00', to: '7:30' } }) as { quiet: object };
  assert.deepEqual(quiet, { fromMinute: 1_380, toMinute: 450, below: 'critical' });
});

test('a window that comes once begins at the wall clock of its zone, in summer and winter', () => {
  const at = (text: string, timezone: string): unknown =>
    (compiled('maintenance', { at: text, for: '30m', timezone }) as { at: number }).at;
  assert.equal(at('2027-01-31 03:00', 'Asia/Almaty'), Date.parse('2027-01-30T22:00:00Z'));
  assert.equal(at('2027-01-31 03:00', 'Europe/Berlin'), Date.parse('2027-01-31T02:00:00Z'));
  assert.equal(at('2027-07-31T03:00:30', 'Europe/Berlin'), Date.parse('2027-07-31T01:00:30Z'));
  assert.equal(at('2027-03-28 01:30', 'Europe/Berlin'), Date.parse('2027-03-28T00:30:00Z'));
  assert.equal(at('2027-03-28 03:30', 'Europe/Berlin'), Date.parse('2027-03-28T01:30:00Z'));
  assert.equal(at('2027-01-31 03:00Z', 'Europe/Berlin'), Date.parse('2027-01-31T03:00:00Z'));
  assert.equal(at('2027-01-31 03:00+05:00', 'Europe/Berlin'), Date.parse('2027-01-30T22:00:00Z'));
  assert.throws(
    () => at('2027-13-31 03:00', 'UTC'),
    fault('CONFIG_INVALID', /at is a day or time that does not exist/),
  );
});

test('watchers, services, hosts and apps keep what the engine needs of them', () => {
  assert.deepEqual(compiled('watcher', { kind: 'deadman', url: 'https://hc.example/1' }), {
    id: 'r1',
    name: 'it',
    kind: 'deadman',
    everyMs: 60_000,
    url: 'https://hc.example/1',
  });
  assert.deepEqual(compiled('watcher', { kind: 'witness' }), {
    id: 'r1',
    name: 'it',
    kind: 'witness',
    everyMs: 10_000,
  });
  assert.deepEqual(compiled('service', { dependsOn: ['db'] }), {
    id: 'r1',
    name: 'it',
    origin: 'file',
    dependsOn: ['db'],
  });
  const identity = { id: 'r1', name: 'it', origin: 'file' };
  assert.deepEqual(compiled('host', { local: true, pm2Home: '~/.pm2' }), {
    ...identity,
    local: true,
    pm2Home: '~/.pm2',
  });
  assert.deepEqual(compiled('app', {}), { ...identity, manager: 'pm2', artifacts: [], repair: 'ask' });
});

test('the port of an app is the written one, else that of its deploy, else that of a health check on its own host', () => {
  const port = (spec: Record<string, Json>): unknown => (compiled('app', spec) as { port?: number }).port;
  assert.equal(port({ port: 3001, health: 'http://127.0.0.1:3000/health' }), 3001);
  assert.equal(port({ deploy: { root: '/srv/a', port: 3002 }, health: 'http://127.0.0.1:3000/health' }), 3002);
  assert.equal(port({ health: 'http://localhost:3000/health' }), 3000);
  assert.equal(port({ health: 'https://api.onai.example/health' }), undefined);
});
