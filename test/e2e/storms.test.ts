import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTarget } from '../fakes/target.ts';
import { startFakeTelegram } from '../fakes/telegram.ts';
import { openStage } from './harness.ts';
import { configuration, http, service, telegram } from './settings.ts';

const COUNT = 50;

test('fifty services down by one cause are one conversation: one message, one recovery', async (t) => {
  const stage = openStage(t);
  const tg = await stage.keep(startFakeTelegram());
  const target = await stage.keep(startTarget());
  const names = Array.from({ length: COUNT }, (_, place) => `shop-${String(place + 1).padStart(2, '0')}`);
  const brain = await stage.brain({
    config: configuration({
      services: names.map((name) => service(name, [http('health', `${target.url}/${name}`, { every: '1s' })])),
      channels: [telegram(tg)],
      detection: { storm: { hold: '2s', window: '30s' }, loudAfter: '2m' },
    }),
  });
  await Promise.all(names.map((name) => brain.line(new RegExp(`up +${name} /`))));

  await target.die();
  const alert = await brain.next(tg.messages, 'the alert', ({ method }) => method === 'sendMessage');
  assert.match(
    alert.text,
    /🔴 \d+ of 50 services on 127\.0\.0\.1 are down · since .* · common cause: connection refused/,
  );
  const open = async () => (await brain.api('GET', '/incidents?state=open&limit=200')).body.items;
  const incidents = await brain.until('all fifty to have joined', async () => {
    const all = await open();
    return all.length === COUNT + 1 && all;
  });
  const storm = incidents.find(({ kind }: { kind: string }) => kind === 'storm');
  const children = incidents.filter(({ parentId }: { parentId?: string }) => parentId === storm.id);
  assert.equal(children.length, COUNT);
  assert.equal(storm.storm.services.length, COUNT);
  await brain.until('the first message to count all fifty', () =>
    tg.messages.items.at(-1)?.text.includes('50 of 50 services'),
  );

  await target.revive();
  const recovery = await brain.next(tg.messages, 'the recovery', ({ method }) => method === 'sendMessage');
  assert.match(recovery.text, /🟢 50 services on 127\.0\.0\.1 work again/);
  assert.equal(recovery.repliesTo, alert.messageId);
  await brain.until('every incident to be closed', async () => (await open()).length === 0);
  const { body } = await brain.api('POST', '/channels/tg/test', {});
  assert.equal(body.accepted, true);
  const sent = tg.messages.items.filter(({ method }) => method === 'sendMessage');
  assert.equal(sent.length, 3, 'the alert, the recovery and the test, nothing else');
});

test('three services down for three causes are three messages', async (t) => {
  const stage = openStage(t);
  const tg = await stage.keep(startFakeTelegram());
  const targets = await Promise.all(
    ['127.0.0.1', '127.0.0.2', '127.0.0.3'].map((host) => stage.keep(startTarget({ host }))),
  );
  const [one, two, three] = targets;
  const brain = await stage.brain({
    config: configuration({
      services: targets.map(({ url }, place) => service(`service-${place + 1}`, url)),
      channels: [telegram(tg)],
    }),
  });
  await Promise.all(targets.map((_, place) => brain.line(new RegExp(`up +service-${place + 1} /`))));
  await one?.die();
  two?.becomes({ do: 'answer', status: 500 });
  three?.becomes({ do: 'hang' });
  for (const place of [1, 2, 3])
    await brain.next(tg.messages, `the alert of service-${place}`, ({ text }) =>
      text.includes(`service-${place} is down`),
    );
});

test('whoever acknowledges the storm has all its services; one that stays down keeps it open', async (t) => {
  const stage = openStage(t);
  const tg = await stage.keep(startFakeTelegram());
  const names = ['one', 'two', 'three'];
  const targets = await Promise.all(names.map(() => stage.keep(startTarget())));
  const brain = await stage.brain({
    config: configuration({
      services: names.map((name, place) => service(name, targets[place]?.url ?? '')),
      channels: [telegram(tg)],
      detection: { storm: { hold: '2s', window: '30s' }, loudAfter: '2m' },
    }),
  });
  await Promise.all(names.map((name) => brain.line(new RegExp(`up +${name} /`))));
  await Promise.all(targets.map((target) => target.die()));
  const alert = await brain.next(tg.messages, 'the alert', ({ text }) => text.includes('3 of 3 services'));
  const data = alert.buttons.find(({ text }) => text === 'Acknowledge')?.callback_data ?? '';
  tg.press(data, { id: 11, first_name: 'Aigerim' });
  const open = async () => (await brain.api('GET', '/incidents?state=open')).body.items;
  const acknowledged = await brain.until('all four to be acknowledged', async () => {
    const all = await open();
    return all.every((one: { acknowledged?: object }) => one.acknowledged !== undefined) && all;
  });
  assert.equal(acknowledged.length, 4, 'the storm and its three');
  await targets[0]?.revive();
  await targets[1]?.revive();
  await brain.until('two to be over', async () => (await open()).length === 2);
  await brain.dozor('channels', 'test', 'tg');
  assert.ok(!tg.messages.items.some(({ text }) => text.includes('🟢')), 'no all-clear while one is down');
  await targets[2]?.revive();
  const recovery = await brain.next(
    tg.messages,
    'the recovery',
    ({ text, method }) => text.includes('🟢') && method === 'sendMessage',
  );
  assert.equal(recovery.repliesTo, alert.messageId);
});
