import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startFakeSmsc } from '../fakes/smsc.ts';
import { startTarget, WELL } from '../fakes/target.ts';
import { startFakeTelegram } from '../fakes/telegram.ts';
import { startFakeWebhook } from '../fakes/webhook.ts';
import { openStage } from './harness.ts';
import { configuration, hook, http, service, sms, step, telegram } from './settings.ts';

const BROKEN = { do: 'answer', status: 500 } as const;

const clock = (offsetMs: number): string => new Date(Date.now() + offsetMs).toISOString().slice(11, 16);

describe('who is told, how loud, and when', { concurrency: 3 }, () => {
  it('first without a sound, then aloud and by SMS, then by a call; the end goes where the alert went', async (t) => {
    const stage = openStage(t);
    const tg = await stage.keep(startFakeTelegram());
    const provider = await stage.keep(startFakeSmsc());
    const target = await stage.keep(startTarget());
    const call = sms(provider, { name: 'call', kind: 'call' });
    const brain = await stage.brain({
      config: configuration({
        services: [service('API', target.url)],
        channels: [telegram(tg), sms(provider), call],
        steps: [step('0s', ['tg'], { loud: 'auto' }), step('1500ms', ['tg', 'sms']), step('3s', ['call'])],
      }),
    });
    await brain.line(/up +API /);
    target.becomes(BROKEN);
    const first = await brain.next(tg.messages, 'the first message');
    assert.equal(first.silent, true);
    assert.equal(provider.messages.items.length, 0, 'nobody is called for what may heal by itself');
    const second = await brain.next(tg.messages, 'the sound', ({ method }) => method === 'sendMessage');
    assert.equal(second.silent, false);
    const message = await brain.next(provider.messages, 'the SMS', ({ kind }) => kind === 'sms');
    assert.match(message.text, /^API DOWN since \d\d:\d\d \(HTTP 500\)\. /);
    const spoken = await brain.next(provider.messages, 'the call', ({ kind }) => kind === 'call');
    assert.match(spoken.text, /^API is down since \d\d:\d\d: status 500/);

    target.becomes(WELL);
    const end = await brain.next(
      tg.messages,
      'the end',
      ({ text, repliesTo }) => text.includes('🟢') && repliesTo !== undefined,
    );
    assert.equal(end.repliesTo, first.messageId);
    const change = await brain.next(
      tg.messages,
      'the change',
      ({ method, text }) => method === 'editMessageText' && text.includes('🟢'),
    );
    assert.equal(change.messageId, first.messageId);
    const over = await brain.next(provider.messages, 'the SMS of the end', ({ kind }) => kind === 'sms');
    assert.match(over.text, /^API works again \d\d:\d\d, down /);
    await brain.dozor('channels', 'test', 'call');
    const calls = provider.messages.items.filter(({ kind }) => kind === 'call');
    assert.equal(calls.length, 2, 'the alert and the test: nobody is called because all is well');
  });

  it('while checks succeed again the next step waits, and it comes when they fail again', async (t) => {
    const stage = openStage(t);
    const tg = await stage.keep(startFakeTelegram());
    const provider = await stage.keep(startFakeSmsc());
    const [one, two] = [await stage.keep(startTarget()), await stage.keep(startTarget())];
    const brain = await stage.brain({
      config: configuration({
        services: [service('Healing', one.url), service('Other', two.url)],
        channels: [telegram(tg), sms(provider)],
        steps: [step('0s', ['tg'], { loud: 'auto' }), step('3s', ['sms'])],
        detection: { stable: '1m', stableMax: '1m' },
      }),
    });
    await brain.line(/up +Healing /);
    await brain.line(/up +Other /);
    one.becomes(BROKEN);
    await brain.next(tg.messages, 'the alert', ({ text }) => text.includes('Healing is down'));
    one.becomes(WELL);
    await brain.until('a good check', async () => {
      const { body } = await brain.api('GET', '/incidents?service=Healing');
      return body.items[0].involved[0].recovering;
    });
    two.becomes(BROKEN);
    const first = await brain.next(provider.messages, 'the SMS of the other, whose step came later');
    assert.match(first.text, /^Other DOWN/);
    one.becomes(BROKEN);
    await brain.next(provider.messages, 'the SMS that waited', ({ text }) => text.startsWith('Healing DOWN'));
  });

  it('a cause that will not heal by itself is told aloud and by SMS at once', async (t) => {
    const stage = openStage(t);
    const tg = await stage.keep(startFakeTelegram());
    const provider = await stage.keep(startFakeSmsc());
    const job = { name: 'job', kind: 'heartbeat', every: '1h', key: 'key-of-the-nightly-job' };
    const brain = await stage.brain({
      config: configuration({
        services: [service('Backup', [job])],
        channels: [telegram(tg), sms(provider)],
        steps: [step('0s', ['tg'], { loud: 'auto' }), step('30s', ['tg', 'sms']), step('5m', ['tg'])],
        detection: { loudAfter: '45s' },
      }),
    });
    await fetch(`${brain.url}/beat/key-of-the-nightly-job/fail`);
    const alert = await brain.next(tg.messages, 'the alert');
    assert.match(alert.text, /🔴 Backup: job failed/);
    assert.equal(alert.silent, false);
    await brain.next(provider.messages, 'the SMS');
  });

  it('while nobody answers it is repeated; the repeats say that nobody has', async (t) => {
    const stage = openStage(t);
    const tg = await stage.keep(startFakeTelegram());
    const brain = await stage.brain({
      config: configuration({
        services: [service('API', 'http://127.0.0.1:1/')],
        channels: [telegram(tg)],
        policy: { repeatEvery: '2s' },
        detection: { loudAfter: '1s' },
      }),
    });
    const reminder = await brain.next(tg.messages, 'the second reminder', ({ text }) => text.includes('reminder 2'));
    assert.match(reminder.text, /API is still down[\s\S]*Nobody has acknowledged it · reminder 2/);
    assert.equal(reminder.silent, false);
  });

  it('quiet hours hold a warning back until their end, and never what is critical', async (t) => {
    const stage = openStage(t);
    const tg = await stage.keep(startFakeTelegram());
    const target = await stage.keep(startTarget());
    const brain = await stage.brain({
      config: configuration({
        services: [
          service('Reports', [http('health', target.url, { severity: 'warning' })]),
          service('API', [http('health', `${target.url}/api`)]),
        ],
        channels: [telegram(tg)],
        contact: { quiet: { from: clock(-3_600_000), to: clock(3_600_000), below: 'critical' } },
        detection: { storm: { suspects: 100 } },
      }),
    });
    await brain.line(/up +API /);
    target.becomes(BROKEN);
    await brain.line(/down +Reports /);
    await brain.next(tg.messages, 'the critical alert', ({ text }) => text.includes('API is down'));
    const { body } = await brain.api('GET', '/incidents?service=Reports');
    const { body: alerts } = await brain.api('GET', `/alerts?incident=${body.items[0].id}`);
    const [delivery] = alerts.items[0].deliveries;
    assert.equal(delivery.status, 'waiting');
    assert.ok(
      Date.parse(delivery.dueAt) > Date.now() + 30 * 60_000,
      `due at the end of the quiet hours: ${delivery.dueAt}`,
    );
    await brain.dozor('channels', 'test', 'tg');
    assert.ok(!tg.messages.items.some(({ text }) => text.includes('Reports')));
  });

  it('a used-up cap sends the next alert by the next channel at once', async (t) => {
    const stage = openStage(t);
    const provider = await stage.keep(startFakeSmsc());
    const receiver = await stage.keep(startFakeWebhook());
    const [one, two] = [await stage.keep(startTarget()), await stage.keep(startTarget())];
    const brain = await stage.brain({
      config: configuration({
        services: [service('First', one.url), service('Second', two.url)],
        channels: [sms(provider, { cap: { perDay: 1 } }), hook('hook', receiver.url)],
        steps: [step('0s', ['sms']), step('10m', ['hook'])],
        detection: { loudAfter: '5m' },
      }),
    });
    await brain.line(/up +First /);
    await brain.line(/up +Second /);
    one.becomes(BROKEN);
    await brain.next(provider.messages, 'the SMS of the first');
    two.becomes(BROKEN);
    const instead = await brain.next(receiver.hooks, 'the second by the next channel');
    assert.match(JSON.stringify(instead.body), /Second is down/);
    assert.equal(provider.messages.items.length, 1);
    const { body } = await brain.api('GET', '/incidents?service=Second');
    const { body: timeline } = await brain.api('GET', `/incidents/${body.items[0].id}/timeline`);
    assert.match(JSON.stringify(timeline), /the cap for today is used up/);
  });
});
