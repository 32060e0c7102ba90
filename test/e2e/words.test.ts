import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startFakeSmsc } from '../fakes/smsc.ts';
import { startFakeSmtp } from '../fakes/smtp.ts';
import { startTarget, WELL } from '../fakes/target.ts';
import { startFakeTelegram } from '../fakes/telegram.ts';
import { startFakeWebhook } from '../fakes/webhook.ts';
import { openStage } from './harness.ts';
import { configuration, hook, http, service, sms, telegram } from './settings.ts';

const SECRET = 'Tr0ub4dor-and-3';

describe('what people read', { concurrency: 3 }, () => {
  it('is Russian where the reader is', async (t) => {
    const stage = openStage(t);
    const tg = await stage.keep(startFakeTelegram());
    const provider = await stage.keep(startFakeSmsc());
    const target = await stage.keep(startTarget());
    const brain = await stage.brain({
      config: configuration({
        services: [service('OnAI Backend API', target.url)],
        channels: [telegram(tg), sms(provider)],
        more: { locale: 'ru', timezone: 'Asia/Almaty', publicUrl: 'https://watch.onai.example' },
      }),
    });
    assert.match(brain.program.out(), /^Слежу: 1 монитор, 1 сервис$/m);
    await brain.line(/работает +OnAI Backend API /);
    await target.die();
    const alert = await brain.next(tg.messages, 'the alert');
    const [title = '', since = '', why = ''] = alert.text.split('\n');
    assert.equal(title, '<b>🔴 OnAI Backend API не работает</b>');
    assert.match(since, /^С \d\d:\d\d:\d\d(–\d\d:\d\d:\d\d)? · замечено через /);
    assert.match(why, /^GET 127\.0\.0\.1:\d+\/health: .*(отказ|отклонен)/i);
    assert.deepEqual(
      alert.buttons.map(({ text }) => text),
      ['Принять', 'Тишина 1 ч', 'Подробнее'],
    );
    const message = await brain.next(provider.messages, 'the SMS');
    assert.match(message.text, /^OnAI Backend API НЕ РАБОТАЕТ с \d\d:\d\d.* watch\.onai\.example\/a\//);
    await target.revive();
    const end = await brain.next(
      tg.messages,
      'the end',
      ({ repliesTo, text }) => repliesTo === alert.messageId && text.includes('🟢'),
    );
    assert.match(end.text, /🟢 OnAI Backend API снова работает · \d\d:\d\d:\d\d · простой /);
  });

  it('is each reader’s own language, whatever that of the program', async (t) => {
    const stage = openStage(t);
    const tg = await stage.keep(startFakeTelegram());
    const base = configuration({
      services: [service('API', 'http://127.0.0.1:1/')],
      channels: [telegram(tg)],
      contact: { locale: 'ru' },
    });
    const team = { name: 'team', locale: 'en', channels: [telegram(tg, { name: 'team', chatId: 3_000 })] };
    const steps = [{ after: '0s', notify: ['tg', 'team'] }];
    const brain = await stage.brain({
      config: {
        ...base,
        contacts: [...(base['contacts'] as readonly object[]), team],
        policies: [{ name: 'default', steps }],
      },
    });
    const mine = await brain.next(tg.messages, 'the Russian alert', ({ chatId }) => chatId === '1000');
    assert.match(mine.text, /API не работает/);
    const theirs = await brain.next(tg.messages, 'the English alert', ({ chatId }) => chatId === '3000');
    assert.match(theirs.text, /API is down/);
  });

  it('never holds a secret that a target or a definition has', async (t) => {
    const stage = openStage(t);
    const tg = await stage.keep(startFakeTelegram());
    const provider = await stage.keep(startFakeSmsc());
    const post = await stage.keep(startFakeSmtp({ login: { user: 'dozor', password: 'smtp-password-9' } }));
    const receiver = await stage.keep(startFakeWebhook({ secret: 'hook-secret-7' }));
    const target = await stage.keep(startTarget());
    const url = target.url.replace('/health', `/health?token=${SECRET}&api_key=${SECRET}`);
    const mail = {
      name: 'mail',
      kind: 'email',
      smtp: post.url.replace('//', '//dozor:smtp-password-9@'),
      from: 'dozor@onai.example',
      to: ['team@onai.example'],
    };
    const monitor = http('health', url, {
      headers: { 'X-Api-Key': SECRET },
      auth: { user: 'watch', password: SECRET },
      expect: { json: { '$.database': 'ok' } },
    });
    const brain = await stage.brain({
      config: configuration({
        services: [service('API', [monitor])],
        channels: [telegram(tg), sms(provider), mail, hook('hook', receiver.url, { secret: 'hook-secret-7' })],
      }),
    });
    const found = `postgres://app:${SECRET}@db.internal:5432/prod`;
    target.becomes({ do: 'answer', body: JSON.stringify({ database: `cannot connect to ${found}` }) });
    const alert = await brain.next(tg.messages, 'the alert', ({ text }) => text.includes('API is down'));
    assert.match(alert.text, /wrong content at \$\.database/);
    const message = await brain.next(provider.messages, 'the SMS');
    const letter = await brain.next(post.mails, 'the mail');
    const called = await brain.next(receiver.hooks, 'the hook');
    assert.equal(called.signed, true);
    target.becomes({ do: 'answer', body: '{"database":"ok"}' });
    await brain.next(tg.messages, 'the end', ({ text }) => text.includes('works again'));
    target.becomes(WELL);
    const { body } = await brain.api('GET', '/incidents');
    const { id } = body.items[0];
    const read = [
      '/incidents',
      `/incidents/${id}/timeline`,
      '/alerts',
      '/monitors',
      '/monitors/health',
      '/monitors/health/checks',
      '/channels',
      '/channels/mail',
      '/channels/hook',
      '/events?limit=500',
    ];
    const pages = await Promise.all(read.map(async (path) => JSON.stringify((await brain.api('GET', path)).body)));
    const heard: Readonly<Record<string, string>> = {
      telegram: tg.requests.items.map((one) => one.body).join('\n'),
      sms: JSON.stringify([message, ...provider.messages.items]),
      mail: JSON.stringify([letter.text, letter.raw]),
      webhook: receiver.requests.items.map((one) => one.body).join('\n'),
      output: brain.program.output(),
      ...Object.fromEntries(read.map((path, place) => [path, pages[place] ?? ''])),
    };
    for (const [where, text] of Object.entries(heard)) {
      assert.ok(text.length > 0, `${where} was heard`);
      for (const secret of [SECRET, 'smtp-password-9', 'hook-secret-7', tg.token])
        assert.ok(!text.includes(secret), `${secret} stands in ${where}: ${text}`);
    }
  });
});
