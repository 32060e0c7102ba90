import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createAuth } from '#auth/auth.ts';
import { startBrain, type Running } from '#engine/start.ts';
import { SOCKET } from '../../test/fakes/api.ts';
import { createApi, type Api } from './server.ts';
import { allRoutes } from './routes/index.ts';

/** The API over the real brain and the real store: that what they hand out fits the API's schemas. */
let folder = '';
let running: Running;
let api: Api;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dozor-api-'));
  // No controls beyond this machine: tests talk to nobody.
  const configFile = join(folder, 'dozor.yaml');
  writeFileSync(configFile, 'services: []\nnetwork: { controls: ["127.0.0.1:1"], resolvers: [127.0.0.1] }\n');
  running = await startBrain({
    configFile,
    urls: [],
    dataDir: folder,
    secrets: { env: () => undefined, file: () => undefined },
    log: {
      info: () => undefined,
      warn: () => undefined,
      bug: (where, error) => assert.fail(`${where}: ${String(error)}`),
    },
    version: '0.1.0',
    onVerdict: () => undefined,
    onNote: () => undefined,
    onReload: () => undefined,
    ping: () => Promise.resolve(undefined),
  });
  const { brain } = running;
  const auth = createAuth({ store: brain.store, clock: brain.clock });
  api = createApi({ brain, auth, clock: brain.clock, log: (_level, text) => assert.fail(text), version: '0.1.0' });
});

after(async () => {
  await running.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Calls a route as the command line does; the answer fits the route's schema. */
const call = async (key: string, id = '', body?: unknown): Promise<Record<string, unknown>> => {
  const [method = '', path = ''] = key.split(' ');
  const route = allRoutes.find((one) => one.path === path && one.method === method.toLowerCase());
  const init = {
    method,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  const answer = await api.app.request(`/api/v1${path.replace('{id}', encodeURIComponent(id))}`, init, {
    peer: SOCKET,
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${key}: ${answer.status} ${text}`);
  const json = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  if (route?.result !== undefined) assert.deepEqual(route.result.parse(json), json, key);
  return json;
};

test('things are made, shown masked, changed, used and retired; everything is in the audit log and in the events', async () => {
  await call('POST /services', '', { name: 'Shop', spec: {} });
  await call('POST /contacts', '', { name: 'duty', spec: {} });
  const hook = { kind: 'webhook', url: 'http://127.0.0.1:9/', secret: 'hunter2hunter2' };
  await call('POST /channels', '', { name: 'hook', contact: 'duty', spec: hook });
  await call('POST /policies', '', { name: 'night', spec: { steps: [{ after: '0s', notify: ['hook'] }] } });
  await call('PATCH /services/{id}', 'Shop', { spec: { policy: 'night' } });
  const shown = JSON.stringify(await call('GET /channels/{id}', 'hook'));
  assert.doesNotMatch(shown, /hunter2/);
  await call('PATCH /channels/{id}', 'hook', { spec: { url: 'http://127.0.0.1:9/other' } });
  await call('POST /monitors', '', { name: 'job', service: 'Shop', spec: { kind: 'heartbeat', every: '1h' } });
  const { beatPath } = await call('GET /monitors/{id}', 'job');
  assert.equal(
    (await api.app.request(`${String(beatPath)}/0`, { method: 'POST', body: 'done' }, { peer: SOCKET })).status,
    200,
  );
  const { items } = await call('GET /monitors/{id}/beats', 'job');
  assert.deepEqual(
    (items as { kind: string; body?: string }[]).map((one) => [one.kind, one.body]),
    [['exit', 'done']],
  );
  await call('POST /monitors/{id}/pause', 'job');
  await call('POST /monitors/{id}/resume', 'job');
  await call('DELETE /services/{id}', 'Shop');
  assert.deepEqual((await call('GET /services'))['items'], []);
  const audit = (await call('GET /audit'))['items'] as { action: string }[];
  for (const action of ['service.create', 'channel.create', 'monitor.create', 'service.remove'])
    assert.equal(audit.filter((one) => one.action === action).length, 1, action);
  const events = (await call('GET /events'))['items'] as { seq: number }[];
  assert.ok(events.length > 0);
  assert.deepEqual(
    events.map((one) => one.seq),
    events.map((one) => one.seq).toSorted((one, other) => one - other),
  );
});

test('a failing job opens an incident that is noted, muted, acknowledged and resolved', async () => {
  await call('POST /services', '', { name: 'Jobs', spec: {} });
  await call('POST /monitors', '', { name: 'backup', service: 'Jobs', spec: { kind: 'heartbeat', every: '1h' } });
  const { beatPath } = await call('GET /monitors/{id}', 'backup');
  await api.app.request(`${String(beatPath)}/fail`, { method: 'POST' }, { peer: SOCKET });
  const [open] = (await call('GET /incidents'))['items'] as { code: string; service: string }[];
  assert.equal(open?.service, 'Jobs');
  const code = open.code.toLowerCase();
  await call('POST /incidents/{id}/acknowledge', code);
  await call('POST /incidents/{id}/acknowledge', code);
  await call('POST /incidents/{id}/note', code, { text: 'looking' });
  await call('POST /incidents/{id}/mute', code, { forMs: 60_000 });
  await call('POST /incidents/{id}/resolve', code);
  assert.equal((await call('GET /incidents/{id}', code))['state'], 'closed');
  const { items } = await call('GET /incidents/{id}/timeline', code);
  assert.ok((items as { text: string }[]).some((one) => one.text.includes('looking')));
  for (const key of ['GET /status', 'GET /alerts', 'GET /watchers', 'GET /tokens', 'GET /policies', 'GET /contacts'])
    await call(key);
  const page = await api.app.request(`/i/${code}`, { headers: { accept: 'text/html' } }, { peer: SOCKET });
  assert.match(await page.text(), /looking/);
});
