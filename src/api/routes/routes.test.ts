import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openCertificate } from '#auth/certificate.ts';
import { allows, SCOPES } from '#auth/scope.ts';
import { ProblemView } from '../contract.ts';
import type { Route } from '../route.ts';
import { apiUnderTest, type ApiUnderTest } from '../../../test/fakes/api.ts';
import { alert, check, delivery, entry, incident, NOON } from '../../../test/fakes/samples.ts';
import { allRoutes } from './index.ts';

const IDS: Readonly<Record<string, string>> = {
  services: 's1',
  monitors: 'm1',
  contacts: 'c1',
  channels: 'ch1',
  policies: 'default',
  maintenance: 'mw1',
  watchers: 'office',
  incidents: '7F3K',
  hosts: 'vps',
  apps: 'onai-backend',
  orders: 'o1',
};

const BODIES: Readonly<Record<string, unknown>> = {
  'POST /services': { name: 'Search', spec: {} },
  'POST /monitors': { name: 'home', service: 's1', spec: { kind: 'http', url: 'https://example.com/' } },
  'POST /contacts': { name: 'team', spec: {} },
  'POST /channels': { name: 'mail', contact: 'duty', spec: { kind: 'email' } },
  'POST /policies': { name: 'night', spec: { steps: [] } },
  'POST /maintenance': { name: 'move', spec: { at: '2026-01-01T00:00:00Z', for: '1h' } },
  'POST /watchers': { name: 'far', spec: { kind: 'witness' } },
  'POST /incidents/{id}/note': { text: 'Looking at it.' },
  'POST /monitors/try': { spec: { kind: 'http', url: 'https://example.com/' } },
  'POST /watchers/{id}/code': { address: '203.0.113.30:4600' },
  'POST /hosts': { name: 'far', spec: {} },
  'POST /apps': { name: 'worker', spec: { service: 'OnAI Backend API' } },
  'POST /hosts/{id}/code': { address: '203.0.113.30:4600' },
  'POST /apps/{id}/actions': { do: 'repair' },
  'POST /deploys': { service: 'OnAI Backend API', version: 'v42' },
  'POST /tokens': { name: 'ci', scope: 'responder' },
};

const folder = mkdtempSync(join(tmpdir(), 'dozor-routes-'));
const certificate = openCertificate(folder, ['localhost'], NOON);
after(() => rmSync(folder, { recursive: true, force: true }));

/** What the file defines: refused by design, tested apart. */
const READ_ONLY = /^(PUT|PATCH|DELETE) \/policies\/\{id\}$/;

const keyOf = (route: Route): string => `${route.method.toUpperCase()} ${route.path}`;

const fill = ({ brain }: ApiUnderTest): void => {
  const { data } = brain.store;
  data.incidents.set('i1', incident('i1', '7F3K'));
  data.timeline.push(entry('t1', 'i1', { type: 'opened', monitorId: 'm1' }));
  data.alerts.push({ ...alert('a1', 'i1'), deliveries: [delivery('d1', 'a1')] });
  data.checks.push({ ...check(), monitor: 1, source: 'full', verdict: 'up' });
  data.beats.push({ monitor: 1, at: NOON, kind: 'success', body: 'ok' });
};

const pathOf = async (route: Route, under: ApiUnderTest): Promise<string> => {
  const plural = route.path.split('/')[1] ?? '';
  const id = plural === 'tokens' ? ((await under.auth.tokens.list())[0]?.id ?? '') : (IDS[plural] ?? '');
  return `/api/v1${route.path.replace('{id}', id)}`;
};

const bodyOf = (route: Route): { readonly body?: unknown } => {
  if (route.body === undefined) return {};
  return { body: BODIES[keyOf(route)] ?? (route.method === 'post' ? {} : { spec: { name: 'x' } }) };
};

for (const route of allRoutes) {
  const title = keyOf(route);
  if (!READ_ONLY.test(title))
    test(`${title} answers its scope with what its schema says`, async () => {
      const under = await apiUnderTest(() => certificate);
      fill(under);
      const answer = await under.call(route.method.toUpperCase(), await pathOf(route, under), {
        scope: route.scope,
        ...bodyOf(route),
      });
      const text = await answer.text();
      assert.equal(answer.status, route.result === undefined ? 204 : (route.status ?? 200), text);
      if (route.result !== undefined) assert.deepEqual(route.result.parse(JSON.parse(text)), JSON.parse(text));
    });

  test(`${title} refuses everybody below ${route.scope}, and who is not signed in`, async () => {
    const under = await apiUnderTest();
    fill(under);
    const path = await pathOf(route, under);
    const before = under.brain.asked.length;
    for (const scope of SCOPES.filter((one) => !allows(one, route.scope))) {
      const answer = await under.json(route.method.toUpperCase(), path, { scope, ...bodyOf(route) });
      assert.equal(answer.status, 403);
      assert.equal(ProblemView.parse(answer.body).code, 'FORBIDDEN');
    }
    const nobody = await under.json(route.method.toUpperCase(), path, bodyOf(route));
    assert.equal(nobody.status, 401);
    assert.equal(ProblemView.parse(nobody.body).code, 'UNAUTHENTICATED');
    assert.equal(under.brain.asked.length, before, 'the brain was not asked');
  });
}

test('what the file defines is read-only, with file and line', async () => {
  const under = await apiUnderTest();
  for (const [method, body] of [
    ['PUT', { spec: {} }],
    ['PATCH', { spec: {} }],
    ['DELETE', undefined],
  ] as const) {
    const answer = await under.json(method, '/api/v1/policies/default', {
      scope: 'admin',
      ...(body === undefined ? {} : { body }),
    });
    assert.equal(answer.status, 409);
    const problem = ProblemView.parse(answer.body);
    assert.equal(problem.code, 'READ_ONLY');
    assert.match(problem.detail, /dozor\.yaml:12/);
  }
});

test('viewers see no heartbeat URL, responders do', async () => {
  const under = await apiUnderTest();
  for (const [scope, path] of [
    ['viewer', undefined],
    ['responder', '/beat/good-key'],
  ] as const) {
    const { body } = await under.json('GET', '/api/v1/monitors/m2', { scope });
    assert.equal((body as { beatPath?: string }).beatPath, path);
  }
});

test('acknowledging again is a 200 with the state as it is', async () => {
  const under = await apiUnderTest();
  fill(under);
  const first = await under.json('POST', '/api/v1/incidents/7f3k/acknowledge', { scope: 'responder' });
  const second = await under.json('POST', '/api/v1/incidents/i1/acknowledge', { scope: 'admin' });
  assert.equal(first.status, 200);
  assert.deepEqual(second, first);
});

test('nothing that is shown holds a secret', async () => {
  const under = await apiUnderTest();
  for (const route of allRoutes.filter((one) => one.method === 'get')) {
    fill(under);
    const answer = await under.call('GET', await pathOf(route, under), { scope: 'admin' });
    assert.doesNotMatch(await answer.text(), /hunter2/, keyOf(route));
  }
});

test('a masked secret that comes back unchanged is kept', async () => {
  const under = await apiUnderTest();
  const { body } = await under.json('GET', '/api/v1/channels/tg', { scope: 'admin' });
  const { spec } = (body as { definition: { spec: Record<string, unknown> } }).definition;
  assert.equal(spec['botToken'], '••••••');
  await under.json('PUT', '/api/v1/channels/tg', { scope: 'admin', body: { spec: { ...spec, chatId: 6 } } });
  assert.deepEqual(under.brain.resources.get('ch1')?.spec, { kind: 'telegram', botToken: '123:hunter2', chatId: 6 });
});

test('a mask where no secret was before is refused', async () => {
  const under = await apiUnderTest();
  const body = { name: 'x', contact: 'duty', spec: { kind: 'telegram', botToken: '••••••' } };
  const answer = await under.json('POST', '/api/v1/channels', { scope: 'admin', body });
  assert.equal(answer.status, 422);
});

test('PATCH changes the keys it names and removes those that are null', async () => {
  const under = await apiUnderTest();
  await under.json('PATCH', '/api/v1/maintenance/mw1', { scope: 'admin', body: { spec: { for: '1h', cron: null } } });
  assert.deepEqual(under.brain.resources.get('mw1')?.spec, { for: '1h' });
});

test('only the Unix socket is trusted to name private targets', async () => {
  const under = await apiUnderTest();
  const body = { spec: { kind: 'http', url: 'http://127.0.0.1/' } };
  await under.call('POST', '/api/v1/monitors/try', { scope: 'admin', body });
  await under.call('POST', '/api/v1/monitors/try', {
    peer: { address: '', local: '', encrypted: false, unix: true },
    body,
  });
  assert.deepEqual(
    under.brain.asked.filter((one) => one.what === 'tryCheck').map((one) => one.with[1]),
    [false, true],
  );
});

test('a new token opens the door at once, a revoked one closes it at once, and both are in the audit log', async () => {
  const under = await apiUnderTest();
  const made = await under.json('POST', '/api/v1/tokens', { scope: 'admin', body: { name: 'ci', scope: 'viewer' } });
  const { secret, id } = made.body as { secret: string; id: string };
  const headers = { authorization: `Bearer ${secret}` };
  assert.equal((await under.call('GET', '/api/v1/status', { headers })).status, 200);
  assert.equal((await under.call('DELETE', `/api/v1/tokens/${id}`, { scope: 'admin' })).status, 204);
  assert.equal((await under.call('GET', '/api/v1/status', { headers })).status, 401);
  assert.deepEqual(
    under.brain.store.data.audit.map((one) => [one.actor, one.action]),
    [
      ['admin', 'token.create'],
      ['admin', 'token.revoke'],
    ],
  );
});

test('lists are walked by their cursors without a gap or a double', async () => {
  const under = await apiUnderTest();
  for (let count = 0; count < 7; count += 1)
    under.brain.store.data.incidents.set(`i${count}`, incident(`i${count}`, `AAA${count}`));
  const seen: string[] = [];
  let cursor = '';
  do {
    const { body } = await under.json('GET', `/api/v1/incidents?limit=3${cursor}`, { scope: 'viewer' });
    const page = body as { items: { id: string }[]; next?: string };
    seen.push(...page.items.map((one) => one.id));
    cursor = page.next === undefined ? '' : `&cursor=${page.next}`;
  } while (cursor !== '');
  assert.deepEqual(seen, ['i6', 'i5', 'i4', 'i3', 'i2', 'i1', 'i0']);
  const monitors = await under.json('GET', '/api/v1/monitors?limit=1', { scope: 'viewer' });
  assert.equal((monitors.body as { next: string }).next, 'm1');
  const rest = await under.json('GET', '/api/v1/monitors?limit=1&cursor=m1', { scope: 'viewer' });
  assert.deepEqual(Object.keys(rest.body as object), ['items']);
});

test('wrong input is told in words, place by place, never in those of a library', async () => {
  const under = await apiUnderTest();
  const { status, body } = await under.json('POST', '/api/v1/tokens', {
    scope: 'admin',
    body: { scope: 'boss', nam: 'x' },
  });
  assert.equal(status, 422);
  const { places } = body as { places: { path: string; message: string }[] };
  assert.deepEqual(
    places.map(({ path, message }) => `${path}: ${message}`),
    ['name: "name" is missing', 'scope: must be one of viewer, responder, admin', 'nam: unknown key "nam"'],
  );
});
