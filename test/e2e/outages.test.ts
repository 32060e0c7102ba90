import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTarget } from '../fakes/target.ts';
import { startFakeTelegram } from '../fakes/telegram.ts';
import { openStage } from './harness.ts';
import { configuration, service, telegram } from './settings.ts';

test('a target that is killed is told of with its cause, and its return is told of as an answer', async (t) => {
  const stage = await openStage(t);
  const tg = await stage.keep(startFakeTelegram());
  const target = await stage.keep(startTarget());
  const brain = await stage.brain({
    config: configuration({ services: [service('API', target.url)], channels: [telegram(tg)] }),
  });
  await brain.line(/up +API \/ health/);
  await target.die();
  const alert = await brain.next(tg.messages, 'the alert');
  assert.match(alert.text, /API is down/);
  assert.match(alert.text, /connection refused/);
  await target.revive();
  const recovery = await brain.next(tg.messages, 'the recovery', ({ repliesTo }) => repliesTo === alert.messageId);
  assert.match(recovery.text, /API works again/);
  await brain.stop();
});
