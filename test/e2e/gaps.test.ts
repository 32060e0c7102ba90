import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTarget } from '../fakes/target.ts';
import { startFakeWebhook } from '../fakes/webhook.ts';
import { openStage, type RunningBrain } from './harness.ts';
import { configuration, hook, service } from './settings.ts';

const GAP_MS = 4_000;

const setUp = async (t: Parameters<typeof openStage>[0]) => {
  const stage = openStage(t);
  const channel = await stage.keep(startFakeWebhook());
  const target = await stage.keep(startTarget());
  const brain = await stage.brain({
    config: configuration({
      services: [
        service('API', target.url),
        service('Backup', [{ name: 'nightly', kind: 'heartbeat', every: '3s', grace: '1s', key: 'abcdefgh12345678' }]),
      ],
      channels: [hook('hook', `${channel.url}/hook`)],
      detection: { gap: '3s', gapNote: '4s' },
    }),
  });
  await brain.line(/up +API/);
  await beat(brain);
  await brain.line(/up +Backup/);
  return { channel, target, brain };
};

const beat = async (brain: RunningBrain): Promise<void> => {
  const { status } = await fetch(`${brain.url}/beat/abcdefgh12345678`, { method: 'POST' });
  assert.ok(status < 300, `the sign of life is answered with ${status}`);
};

const idle = async (brain: RunningBrain): Promise<void> => {
  const until = Date.now() + GAP_MS + 1_500;
  await brain.until('the gap to be long enough', () => Date.now() > until);
};

/** For how much of the time since `from` nobody saw the target. */
const unseenMs = async (brain: RunningBrain, from: number): Promise<number> => {
  const { items } = (await brain.api('GET', '/monitors')).body;
  const { id } = items.find((monitor: { service: string }) => monitor.service === 'API');
  const since = new Date(from).toISOString();
  const { blindMs, downMs } = (await brain.api('GET', `/monitors/${id}/uptime?from=${since}`)).body;
  assert.equal(downMs, 0);
  return blindMs;
};

test('a brain that stood still says so, and takes its own standstill for nobody’s fault', async (t) => {
  const { channel, target, brain } = await setUp(t);
  const from = Date.now();
  brain.program.signal('SIGSTOP');
  await idle(brain);
  brain.program.signal('SIGCONT');
  await brain.line(/Dozor itself stood still for \d+ s/);
  await beat(brain);
  const asked = target.asked();
  await brain.until('checks to go on', () => target.asked() > asked + 5);
  await brain.until('the gap to count as not seen', async () => (await unseenMs(brain, from)) >= GAP_MS);
  assert.deepEqual((await brain.api('GET', '/incidents')).body.items, []);
  assert.deepEqual(channel.hooks.items, []);
});

test('a brain that was killed for a while states its own gap when it is back, and blames nobody', async (t) => {
  const { channel, target, brain } = await setUp(t);
  await brain.kill();
  await idle(brain);
  const back = await brain.again();
  await back.line(/Dozor itself was not alive for \d+s/);
  await beat(back);
  const note = await back.next(channel.hooks, 'the note');
  assert.equal(note.body['kind'], 'gap');
  assert.equal(note.body['loud'], false);
  const asked = target.asked();
  await back.until('checks to go on', () => target.asked() > asked + 5);
  assert.deepEqual((await back.api('GET', '/incidents')).body.items, []);
  assert.equal(channel.hooks.items.length, 1);
});

test('a brain that was stopped on purpose says at the start how long it was away, and tells nobody', async (t) => {
  const { channel, target, brain } = await setUp(t);
  await brain.stop();
  await idle(brain);
  const back = await brain.again();
  await back.line(/Dozor itself was stopped for \d+s/);
  await beat(back);
  const asked = target.asked();
  await back.until('checks to go on', () => target.asked() > asked + 5);
  assert.deepEqual(channel.hooks.items, []);
});
