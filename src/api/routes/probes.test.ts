import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiUnderTest, FAR } from '../../../test/fakes/api.ts';
import { health, monitor, service, settings, standing } from '../../../test/fakes/samples.ts';
import { escapeLabel } from '../metrics.ts';

test('/health says that the process lives, /ready says whether the watch is well, with what is wrong', async () => {
  const under = await apiUnderTest();
  assert.equal((await under.call('GET', '/ready')).status, 200);
  under.brain.healthNow = health({ ok: false, problems: ['The store cannot commit.'] });
  const ready = await under.json('GET', '/ready');
  assert.equal(ready.status, 503);
  assert.deepEqual(ready.body, {
    status: 'unwell',
    problems: ['The store cannot commit.'],
    watched: true,
    watchers: [{ name: 'office', kind: 'witness', state: 'answers' }],
  });
  assert.equal((await under.call('GET', '/health')).status, 200);
});

test('/ready tells strangers no more than whether the watch is well and watched; details are for viewers and this machine', async () => {
  const under = await apiUnderTest();
  under.brain.healthNow = health({ ok: false, problems: ['The channel ops is refused.'] });
  const bare = { status: 'unwell', watched: true };
  const strangers = [{ peer: FAR }, { headers: { 'x-forwarded-for': '203.0.113.7' } }];
  for (const stranger of strangers) {
    const ready = await under.json('GET', '/ready', stranger);
    assert.equal(ready.status, 503);
    assert.deepEqual(ready.body, bare);
    const seen = (await under.json('GET', '/ready', { ...stranger, scope: 'viewer' })).body as { problems?: unknown };
    assert.deepEqual(seen.problems, ['The channel ops is refused.']);
  }
  under.brain.settingsNow = settings({ publicUrl: 'https://watch.onai.example' });
  assert.deepEqual((await under.json('GET', '/ready')).body, bare);
});

test('/metrics is text that Prometheus can read: one HELP and TYPE a name, labels escaped, numbers only', async () => {
  const under = await apiUnderTest();
  const odd = 'a "b" \\ c\nd';
  under.brain.servicesNow = [service('s1', odd, 'down', [standing(monitor('m1'), 'down')])];
  const text = await (await under.call('GET', '/metrics')).text();
  const lines = text.split('\n').filter((line) => line !== '');
  const typed = lines.filter((line) => line.startsWith('# TYPE ')).map((line) => line.split(' ')[2]);
  assert.equal(new Set(typed).size, typed.length);
  for (const line of lines.filter((one) => !one.startsWith('#'))) {
    const [, name] = /^([a-z_]+)(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*\})? -?[\d.e+-]+$/.exec(line) ?? [];
    assert.ok(name !== undefined && typed.includes(name), line);
  }
  assert.ok(text.includes(`dozor_service_verdict{service="${escapeLabel(odd)}",verdict="down"} 1`));
  assert.ok(text.includes('dozor_monitor_last_check_seconds'));
});

test('/metrics needs no token from this machine, but does as soon as a proxy may stand between', async () => {
  const under = await apiUnderTest();
  assert.equal((await under.call('GET', '/metrics')).status, 200);
  assert.equal((await under.call('GET', '/metrics', { headers: { 'x-forwarded-for': '203.0.113.7' } })).status, 401);
  const peer = { ...FAR, encrypted: true };
  assert.equal((await under.call('GET', '/metrics', { peer, headers: { host: '203.0.113.30' } })).status, 401);
  under.brain.settingsNow = settings({ publicUrl: 'https://watch.onai.example' });
  assert.equal((await under.call('GET', '/metrics')).status, 401);
  assert.equal((await under.call('GET', '/metrics', { scope: 'viewer' })).status, 200);
});
