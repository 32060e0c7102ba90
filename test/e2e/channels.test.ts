import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startTarget, WELL } from '../fakes/target.ts';
import { startFakeTelegram } from '../fakes/telegram.ts';
import { startFakeWebhook } from '../fakes/webhook.ts';
import { openStage } from './harness.ts';
import { configuration, hook, service, step, telegram } from './settings.ts';

const BROKEN = { do: 'answer', status: 500 } as const;
const SENDING = /sendMessage$/;

describe('a channel that fails', { concurrency: 3 }, () => {
  it('to accept anything for 30 seconds is passed over by the next one', async (t) => {
    const stage = openStage(t);
    const tg = await stage.keep(startFakeTelegram());
    const receiver = await stage.keep(startFakeWebhook());
    tg.misbehave({ do: 'hang' }, { path: SENDING });
    const brain = await stage.brain({
      config: configuration({
        services: [service('API', 'http://127.0.0.1:1/')],
        channels: [telegram(tg), hook('hook', receiver.url)],
        steps: [step('0s', ['tg']), step('10m', ['hook'])],
      }),
    });
    const instead = await brain.next(receiver.hooks, 'the alert by the next channel', undefined, 60_000);
    assert.match(JSON.stringify(instead.body), /API is down/);
  });

  it('is tried again, and an outage that is over by then is told as what it is: late', async (t) => {
    const stage = openStage(t);
    const tg = await stage.keep(startFakeTelegram());
    const target = await stage.keep(startTarget());
    const brain = await stage.brain({
      config: configuration({ services: [service('API', target.url)], channels: [telegram(tg)] }),
    });
    await brain.line(/up +API /);
    tg.misbehave({ do: 'answer', reply: { status: 500, body: 'Internal Server Error' } }, { path: SENDING });
    target.becomes(BROKEN);
    await brain.next(tg.requests, 'a first try', ({ path }) => SENDING.test(path));
    target.becomes(WELL);
    await brain.line(/up +API /);
    tg.behave();
    const late = await brain.next(tg.messages, 'the late message');
    assert.match(late.text, /🟠 API was down .*, told late: tg could not be reached/);
    await brain.dozor('channels', 'test', 'tg');
    assert.equal(
      tg.messages.items.length,
      2,
      'one message and the test: no alert as if it were new, no all-clear without one',
    );
  });

  it('is tried again with what is still true', async (t) => {
    const stage = openStage(t);
    const tg = await stage.keep(startFakeTelegram());
    const brain = await stage.brain({
      config: configuration({ services: [service('API', 'http://127.0.0.1:1/')], channels: [telegram(tg)] }),
    });
    tg.misbehave({ do: 'reset' }, { path: SENDING, times: 2 });
    const alert = await brain.next(tg.messages, 'the alert');
    assert.match(alert.text, /API is down/);
    assert.ok(tg.requests.items.filter(({ path }) => SENDING.test(path)).length >= 3);
  });

  it('and asks to wait is not asked sooner', async (t) => {
    const stage = openStage(t);
    const tg = await stage.keep(startFakeTelegram());
    const parameters = { retry_after: 3 };
    const reply = { status: 429, body: { ok: false, error_code: 429, description: 'Too Many Requests', parameters } };
    tg.misbehave({ do: 'answer', reply }, { path: SENDING, times: 1 });
    const brain = await stage.brain({
      config: configuration({ services: [service('API', 'http://127.0.0.1:1/')], channels: [telegram(tg)] }),
    });
    await brain.next(tg.messages, 'the alert');
    const [first, second] = tg.requests.items.filter(({ path }) => SENDING.test(path));
    assert.ok((second?.at ?? 0) - (first?.at ?? 0) >= 3_000);
  });

  it('for good hands over to the next channel at once, and says why', async (t) => {
    const stage = openStage(t);
    const tg = await stage.keep(startFakeTelegram());
    const receiver = await stage.keep(startFakeWebhook());
    const brain = await stage.brain({
      config: configuration({
        services: [service('API', 'http://127.0.0.1:1/')],
        channels: [telegram(tg, { botToken: '222222:a-token-that-was-revoked' }), hook('hook', receiver.url)],
        steps: [step('0s', ['tg']), step('10m', ['hook'])],
      }),
    });
    const instead = await brain.next(receiver.hooks, 'the alert by the next channel');
    assert.match(JSON.stringify(instead.body), /API is down/);
    const said = await brain.dozor('channels', 'test', 'tg');
    assert.equal(said.code, 13);
    assert.match(said.error, /tg did not take it .*Telegram does not accept the bot token/);
  });

  it('by hanging delays neither checks nor another channel', async (t) => {
    const stage = openStage(t);
    const tg = await stage.keep(startFakeTelegram());
    const receiver = await stage.keep(startFakeWebhook());
    receiver.misbehave({ do: 'hang' });
    const [one, two] = [await stage.keep(startTarget()), await stage.keep(startTarget())];
    const brain = await stage.brain({
      config: configuration({
        services: [service('First', one.url), service('Second', two.url)],
        channels: [hook('hook', receiver.url), telegram(tg)],
      }),
    });
    await brain.line(/up +First /);
    await brain.line(/up +Second /);
    one.becomes(BROKEN);
    await brain.next(receiver.requests, 'the hook to hang');
    await brain.next(tg.messages, 'the first alert', ({ text }) => text.includes('First is down'));
    two.becomes(BROKEN);
    await brain.next(tg.messages, 'the second alert', ({ text }) => text.includes('Second is down'));
    assert.equal(receiver.requests.items.length, 1, 'the hook still hangs in its first request');
    const { body } = await brain.api('GET', '/status');
    assert.ok(body.health.lateness.p99 < 1_000, `checks are late by ${body.health.lateness.p99} ms`);
  });

  it('or works says so when it is tried, with the time it took', async (t) => {
    const stage = openStage(t);
    const tg = await stage.keep(startFakeTelegram());
    const brain = await stage.brain({ config: configuration({ channels: [telegram(tg)] }) });
    const said = await brain.dozor('channels', 'test', 'tg');
    assert.equal(said.code, 0, said.error);
    assert.match(said.out, /^tg: accepted in \d+ ms\n$/);
    const test = await brain.next(tg.messages, 'the test');
    assert.match(test.text, /Test message from Dozor to tg/);
    tg.refuse(1_000, 403, 'Forbidden: bot was blocked by the user');
    const refused = await brain.dozor('channels', 'test', 'tg');
    assert.equal(refused.code, 13);
    assert.match(refused.error, /the bot was blocked by the user: unblock it in Telegram/);
    const unknown = await brain.dozor('channels', 'test', 'nowhere');
    assert.equal(unknown.code, 11);
  });
});
