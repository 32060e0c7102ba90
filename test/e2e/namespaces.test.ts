import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { a, startNameServer } from '../fakes/name-server.ts';
import { startTarget } from '../fakes/target.ts';
import { startTargetProcess } from '../fakes/target-process.ts';
import { startFakeWebhook, type FakeWebhook } from '../fakes/webhook.ts';
import { openStage, type RunningBrain, type Stage } from './harness.ts';
import { openNetwork, type Network } from './network.ts';
import { configuration, hook, http, service, type Piece } from './settings.ts';

/** Sight is lost, lasts and returns within seconds. */
const SIGHT: Piece = {
  minSpan: '900ms',
  controlFresh: '2s',
  controlEvery: '300ms',
  blindExit: '600ms',
  poorAfterBlind: '1s',
  blindNote: '3s',
};

interface Scene {
  readonly stage: Stage;
  readonly network: Network;
  readonly channel: FakeWebhook;
  watch(services: readonly Piece[], more?: Piece): Promise<RunningBrain>;
}

/** A network and a channel; the controls are the gateway and two anchors that refuse, which is an answer. */
const openScene = async (
  test: Parameters<typeof openStage>[0],
  options: Parameters<typeof openNetwork>[0] = {},
): Promise<Scene> => {
  const stage = openStage(test);
  const network = await stage.keep(openNetwork(options));
  const channel = await stage.keep(startFakeWebhook({ host: network.office }));
  const anchors = [`${network.far(8)}:443`, `${network.far(9)}:443`];
  return {
    stage,
    network,
    channel,
    watch: async (services, more = {}) =>
      stage.brain({
        wrap: network.wrap,
        config: configuration({
          services,
          channels: [hook('hook', `${channel.url}/hook`)],
          detection: SIGHT,
          more: { network: { controls: anchors, ...more } },
        }),
      }),
  };
};

const monitors = async (brain: RunningBrain) => (await brain.api('GET', '/monitors')).body.items;
const verdict = async (brain: RunningBrain): Promise<string> => (await monitors(brain))[0].verdict;
const incidents = async (brain: RunningBrain) => (await brain.api('GET', '/incidents')).body.items;

/** Up, and all of `total` controls have answered: from now on they can vouch. */
const isWatched = async (brain: RunningBrain, total: number): Promise<void> => {
  await brain.line(/ up /);
  await brain.until('the controls to answer', async () => {
    const { network } = (await brain.api('GET', '/status')).body.health;
    return network.ok === total;
  });
};

/** One far target that is up, watched by a brain whose controls answer. */
const watchFar = async (scene: Scene, more: Piece = {}) => {
  const target = await scene.stage.keep(startTarget({ host: scene.network.far(0) }));
  const brain = await scene.watch([service('API', [http('health', target.url, more)])]);
  await isWatched(brain, 3);
  return { target, brain };
};

const isToldNothing = async (brain: RunningBrain, channel: FakeWebhook): Promise<void> => {
  assert.deepEqual(await incidents(brain), []);
  assert.deepEqual(
    channel.hooks.items.map(({ body }) => body['title']),
    [],
  );
};

test('an own network that is cut for a while is told once, silently, afterwards, and is neither up nor down', async (t) => {
  const scene = await openScene(t);
  const { brain } = await watchFar(scene);
  await scene.network.unplug();
  await brain.line(/cannot see +API/);
  const blindAt = Date.now();
  await brain.until('the blindness to be worth a note', () => Date.now() - blindAt > 3_500);
  assert.equal(await verdict(brain), 'blind');
  await scene.network.plugIn();
  await brain.line(/up +API \/ health/);
  const note = await brain.next(scene.channel.hooks, 'the note', undefined, 20_000);
  assert.equal(note.body['kind'], 'blind');
  assert.equal(note.body['loud'], false);
  assert.equal(scene.channel.hooks.items.length, 1);
  assert.deepEqual(await incidents(brain), []);
  const [{ id }] = await monitors(brain);
  const { blindMs, downMs, ratio } = (await brain.api('GET', `/monitors/${id}/uptime`)).body;
  assert.ok(blindMs >= 3_500, `${blindMs} ms are counted as blind`);
  assert.equal(downMs, 0);
  assert.equal(ratio, 1);
});

test('a gateway that flaps wakes nobody', async (t) => {
  const scene = await openScene(t);
  const { target, brain } = await watchFar(scene);
  for (let times = 0; times < 6; times += 1) {
    await scene.network.gateway('down');
    await pause(700);
    await scene.network.gateway('up');
    const asked = target.asked();
    await brain.until('the way to be open again', () => target.asked() > asked);
  }
  await brain.until('sight', async () => (await verdict(brain)) === 'up');
  await isToldNothing(brain, scene.channel);
});

test('a target that drops packets is down while the controls answer, and so is one that refuses them', async (t) => {
  const scene = await openScene(t);
  const { brain } = await watchFar(scene);
  await scene.network.filter({ out: [`ip daddr ${scene.network.far(0)} drop`] });
  const dropped = await brain.next(scene.channel.hooks, 'the alert');
  assert.equal(dropped.body['kind'], 'down');
  assert.match(String(dropped.body['text']), /no answer|timed out|not connect|within/i);
  await scene.network.filter({});
  await brain.next(scene.channel.hooks, 'the recovery', ({ body }) => body['kind'] === 'recovered');
  await scene.network.filter({ out: [`ip daddr ${scene.network.far(0)} tcp dport != 0 reject with tcp reset`] });
  const refused = await brain.next(scene.channel.hooks, 'the second alert');
  assert.match(String(refused.body['text']), /connection refused/);
});

test('without any way to the world what is near is judged all the same', async (t) => {
  const scene = await openScene(t, { hasGateway: false });
  const neighbour = await scene.stage.keep(startTarget({ host: scene.network.neighbour(0) }));
  const inside = await scene.stage.keep(startTargetProcess(scene.network.wrap));
  const brain = await scene.watch([service('Intranet', neighbour.url), service('Local', inside.url)]);
  await brain.line(/up +Intranet/);
  await brain.line(/up +Local/);
  await neighbour.die();
  await brain.next(scene.channel.hooks, 'the neighbour to be told', ({ body }) =>
    /Intranet/.test(String(body['title'])),
  );
  await inside.kill();
  await brain.next(scene.channel.hooks, 'the inner one to be told', ({ body }) => /Local/.test(String(body['title'])));
  await neighbour.revive();
  await inside.restart();
  for (const name of ['Intranet', 'Local'])
    await brain.next(
      scene.channel.hooks,
      `the recovery of ${name}`,
      ({ body }) => body['kind'] === 'recovered' && String(body['title']).includes(name),
    );
});

test('a single lost packet is nothing', async (t) => {
  const scene = await openScene(t);
  const { brain } = await watchFar(scene, { timeout: '5s' });
  await scene.network.filter({
    out: [`ip daddr ${scene.network.far(0)} tcp flags & (syn | ack) == syn quota until 60 bytes drop`],
  });
  const [{ id }] = await monitors(brain);
  const slow = await brain.until('the check that asked twice', async () => {
    const { items } = (await brain.api('GET', `/monitors/${id}/checks?limit=50`)).body;
    return items.find((check: { phases: { tcp?: number } }) => (check.phases.tcp ?? 0) > 900);
  });
  assert.equal(slow.class, 'ok');
  assert.equal(await verdict(brain), 'up');
  await isToldNothing(brain, scene.channel);
});

test('a loss of 5 % each way is nothing', async (t) => {
  const scene = await openScene(t);
  const { target, brain } = await watchFar(scene, { timeout: '5s' });
  const far = scene.network.far(0);
  const some = 'numgen random mod 100 < 5 drop';
  await scene.network.filter({ out: [`ip daddr ${far} ${some}`], in: [`ip saddr ${far} ${some}`] });
  await brain.until('30 checks', () => target.asked() > 30, 60_000);
  await isToldNothing(brain, scene.channel);
});

test('a name server that is dead delays no other check, and the message says that our network is good', async (t) => {
  const scene = await openScene(t);
  const { network, stage, channel } = scene;
  const target = await stage.keep(startTarget({ host: network.far(0) }));
  const other = await stage.keep(startTarget({ host: network.far(1) }));
  const names = await stage.keep(startNameServer(() => ({ records: [a(network.far(0), 0)] }), network.far(2)));
  const brain = await scene.watch(
    [service('Named', target.url.replace(network.far(0), 'api.example.com')), service('Plain', other.url)],
    { resolvers: [names.address] },
  );
  await isWatched(brain, 4);
  await brain.line(/up +Named|up +Plain/);
  const [from, asked] = [Date.now(), other.asked()];
  await network.filter({ out: [`ip daddr ${network.far(2)} udp dport ${names.address.split(':')[1]} drop`] });
  const alert = await brain.next(channel.hooks, 'the alert', ({ body }) => body['kind'] === 'down', 30_000);
  assert.match(String(alert.body['title']), /Named/);
  assert.match(String(alert.body['text']), /name/i);
  assert.match(String(alert.body['text']), /3 of 4/);
  const due = (Date.now() - from) / 300;
  assert.ok(other.asked() - asked > due / 2, `asked ${other.asked() - asked} times of ${Math.round(due)}`);
  assert.equal((await incidents(brain)).length, 1);
});
