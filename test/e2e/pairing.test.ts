import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTarget } from '../fakes/target.ts';
import { startFakeTelegram } from '../fakes/telegram.ts';
import { openStage } from './harness.ts';
import { configuration, service } from './settings.ts';

test('with only a bot token, /start pairs the chat; alerts go there, also after a restart; a second person is refused', async (t) => {
  const stage = openStage(t);
  const tg = await stage.keep(startFakeTelegram());
  const target = await stage.keep(startTarget());
  const env = { TELEGRAM_BOT_TOKEN: tg.token, DOZOR_TELEGRAM_API_ROOT: tg.url };
  const brain = await stage.brain({ config: configuration({ services: [service('API', target.url)] }), env });
  assert.match(brain.program.out(), /Tells by: tg/);
  await brain.line(/write \/start to @dozor_test_bot to be told there: https:\/\/t\.me\/dozor_test_bot/);
  tg.write('/start', { id: 11, first_name: 'Aigerim' });
  await brain.line(/Channel tg is paired with Aigerim/);
  const welcome = await brain.next(tg.messages, 'the answer to /start');
  assert.equal(welcome.chatId, '11');
  assert.match(welcome.text, /^Paired: alerts of channel "tg" come here/);
  tg.write('/start', { id: 99, first_name: 'Mallory' });
  const refusal = await brain.next(tg.messages, 'the answer to the second person', ({ chatId }) => chatId === '99');
  assert.match(refusal.text, /You are not among the people .* Your id is 99/);
  await brain.stop();

  const again = await brain.again();
  await target.die();
  const alert = await again.next(tg.messages, 'the alert', ({ text }) => text.includes('API is down'));
  assert.equal(alert.chatId, '11');
  const data = alert.buttons.find(({ text }) => text === 'Acknowledge')?.callback_data ?? '';
  const query = tg.press(data, { id: 11, first_name: 'Aigerim' });
  const toast = await again.next(tg.toasts, 'the answer to the tap', ({ queryId }) => queryId === query);
  assert.equal(toast.text, 'You have it.', 'whoever was paired may answer');
});

test('a trouble that begins before anybody is paired is told once somebody is', async (t) => {
  const stage = openStage(t);
  const tg = await stage.keep(startFakeTelegram());
  const env = { TELEGRAM_BOT_TOKEN: tg.token, DOZOR_TELEGRAM_API_ROOT: tg.url };
  const services = [service('API', 'http://127.0.0.1:1/health')];
  const brain = await stage.brain({ config: configuration({ services }), env });
  await brain.line(/down +API /);
  tg.write('/start', { id: 11, first_name: 'Aigerim' });
  await brain.next(tg.messages, 'the alert', ({ text }) => text.includes('API is down'));
});

test('another program that polls the same bot is shown as a fault of set-up', async (t) => {
  const stage = openStage(t);
  const tg = await stage.keep(startFakeTelegram());
  tg.otherPoller(true);
  const env = { TELEGRAM_BOT_TOKEN: tg.token, DOZOR_TELEGRAM_API_ROOT: tg.url };
  const brain = await stage.brain({ config: configuration({}), env });
  const faults = await brain.until('the fault', async () => {
    const { body } = await brain.api('GET', '/status');
    return body.health.channelFaults.length > 0 && body.health.channelFaults;
  });
  assert.deepEqual(
    faults.map(({ channel }: { channel: string }) => channel),
    ['tg'],
  );
  assert.match(faults[0].message, /another program polls this Telegram bot/);
});
