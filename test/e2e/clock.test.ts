import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startTarget, WELL } from '../fakes/target.ts';
import { startFakeTelegram } from '../fakes/telegram.ts';
import { openStage } from './harness.ts';
import { configuration, http, service, telegram } from './settings.ts';

const HOUR = 3_600_000;

test('a clock that is set by an hour, forth and back, causes no alarm and loses none', async (t) => {
  const stage = openStage(t);
  const tg = await stage.keep(startFakeTelegram());
  const target = await stage.keep(startTarget());
  const file = join(stage.dir, 'faketime');
  // libfaketime reads it again every second; `$LIB` is the loader's own word for the machine's library folder.
  const setClock = (offset: string): void => writeFileSync(file, `${offset}\n`);
  setClock('+0');
  const job = { name: 'job', kind: 'heartbeat', every: '30m', grace: '1m', key: 'key-of-the-job' };
  const brain = await stage.brain({
    config: configuration({
      services: [service('API', [http('health', target.url), job])],
      channels: [telegram(tg)],
      policy: { repeatEvery: '30m' },
    }),
    env: {
      LD_PRELOAD: '/usr/$LIB/faketime/libfaketimeMT.so.1',
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
  });
  await brain.line(/up +API \/ health/);
  await fetch(`${brain.url}/beat/key-of-the-job`);
  await brain.line(/up +API \/ job/);

  setClock('+3600');
  await brain.line(/The machine's clock was set by 3(600|599|601) s; the watch goes on by its own\./);
  const asked = target.asked();
  await brain.until('ten more checks', () => target.asked() >= asked + 10);
  await brain.dozor('channels', 'test', 'tg');
  assert.equal(tg.messages.items.length, 1, 'the test alone: neither an alarm nor a missed heartbeat');

  target.becomes({ do: 'answer', status: 500 });
  const alert = await brain.next(tg.messages, 'the alert', ({ text }) => text.includes('API is down'));
  const { body } = await brain.api('GET', '/incidents');
  const detectedAt = Date.parse(body.items[0].detectedAt);
  assert.ok(Math.abs(detectedAt - Date.now() - HOUR) < 60_000, 'people read the time of the clock as it is set now');

  setClock('+0');
  await brain.line(/The machine's clock was set by -3(600|599|601) s/);
  target.becomes(WELL);
  const end = await brain.next(
    tg.messages,
    'the end',
    ({ repliesTo, text }) => repliesTo === alert.messageId && text.includes('🟢'),
  );
  assert.match(end.text, /API works again/);
  await brain.dozor('channels', 'test', 'tg');
  const told = tg.messages.items.filter(
    ({ method, text }) => method === 'sendMessage' && !text.includes('Test message'),
  );
  assert.ok(told.length <= 3, `the alert, perhaps its sound, the end: ${told.map(({ text }) => text).join(' | ')}`);
});
