import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { configured, contextOf, sampleMessage } from '../../../test/fakes/message.ts';
import { startFakeConnectProxy, startFakeSocksProxy } from '../../../test/fakes/proxy.ts';
import { startFakeTelegram, type FakeTelegram } from '../../../test/fakes/telegram.ts';
import { complaintAbout, parseHtml } from '../../../test/fakes/telegram-rules.ts';
import type { Accepted, DeliveryError, Message } from '../channel.ts';
import { redact } from '#network/redact.ts';
import { telegram } from './telegram.ts';
import { htmlOf, isPublicUrl, keyboardOf, plainOf } from './telegram/text.ts';

describe('telegram', () => {
  let fake: FakeTelegram;
  beforeEach(async () => {
    fake = await startFakeTelegram();
  });
  afterEach(() => fake.close());

  const config = (more: Readonly<Record<string, unknown>> = {}) =>
    configured(telegram, { botToken: fake.token, chatId: -100123, apiRoot: fake.url, ...more });
  const send = async (message: Partial<Message> = {}, more = {}): Promise<Accepted> => {
    const sent = await telegram.send(config(more), sampleMessage(message), contextOf());
    assert.ok(sent.ok, sent.ok ? '' : sent.error.message);
    return sent.value;
  };
  const refused = async (message: Partial<Message> = {}, more = {}): Promise<DeliveryError> => {
    const sent = await telegram.send(config(more), sampleMessage(message), contextOf());
    assert.ok(!sent.ok);
    return sent.error;
  };

  it('sends the title bold, lines escaped, buttons with their ids, loud with sound', async () => {
    const { ref } = await send({ lines: ['a < b & c > d'] });
    const message = await fake.messages.next();
    assert.equal(message.text, '<b>🔴 OnAI Backend API is down</b>\na &lt; b &amp; c &gt; d');
    assert.equal(message.silent, false);
    assert.deepEqual(message.buttons, [
      { text: 'Acknowledge', callback_data: 'a7F3K' },
      { text: 'Mute 1 h', callback_data: 'm7F3K' },
      { text: 'Details', url: 'https://watch.onai.example/i/7F3K' },
    ]);
    assert.equal(ref, `-100123:${message.messageId}`);
  });

  it('sends without sound when not loud', async () => {
    await send({ loud: false });
    assert.equal((await fake.messages.next()).silent, true);
  });

  it('spells a link out in the text when Telegram would refuse it as a button', async () => {
    await send({ buttons: [{ action: 'details', label: 'Details', url: 'http://127.0.0.1:4600/i/1' }] });
    const message = await fake.messages.next();
    assert.deepEqual(message.buttons, []);
    assert.match(message.text, /Details: http:\/\/127\.0\.0\.1:4600\/i\/1$/);
  });

  it('answers the message it belongs to, of the same chat only', async () => {
    const { ref = '' } = await send();
    const first = await fake.messages.next();
    await send({ answers: ref });
    assert.equal((await fake.messages.next()).repliesTo, first.messageId);
    await send({ answers: '777:5' });
    assert.equal((await fake.messages.next()).repliesTo, undefined);
  });

  it('edits the message it sent and keeps its reference', async () => {
    const { ref = '' } = await send();
    const edited = await send({ title: '🟢 OnAI Backend API works again', buttons: [], edits: ref });
    const message = await fake.messages.next(({ method }) => method === 'editMessageText');
    assert.match(message.text, /works again/);
    assert.deepEqual(message.buttons, []);
    assert.equal(edited.ref, ref);
  });

  it('counts an edit that changes nothing as done', async () => {
    const { ref = '' } = await send();
    assert.equal((await send({ edits: ref })).ref, ref);
    assert.equal(fake.messages.items.length, 1);
  });

  it('sends anew when the message to edit is gone', async () => {
    const { ref = '' } = await send();
    fake.forget(Number(ref.split(':')[1]));
    assert.notEqual((await send({ edits: ref })).ref, ref);
    assert.equal(fake.messages.items.filter(({ method }) => method === 'sendMessage').length, 2);
  });

  it('waits as long as Telegram asks', async () => {
    fake.refuse(-100123, 429, 'Too Many Requests: retry after 17', { retry_after: 17 });
    const error = await refused();
    assert.equal(error.permanent, false);
    assert.equal(error.retryAfterMs, 17_000);
  });

  it('follows a group that became a supergroup', async () => {
    fake.refuse(-100123, 400, 'Bad Request: group chat was upgraded to a supergroup chat', {
      migrate_to_chat_id: -200456,
    });
    assert.match((await send()).ref ?? '', /^-200456:/);
  });

  for (const [status, description, words] of [
    [403, 'Forbidden: bot was blocked by the user', /blocked by the user/],
    [403, 'Forbidden: bot was kicked from the supergroup chat', /add it again/],
    [400, 'Bad Request: chat not found', /write \/start to the bot/],
    [400, 'Bad Request: not enough rights to send text messages to the chat', /right to send/],
  ] as const)
    it(`gives up on "${description}" and says what to do`, async () => {
      fake.refuse(-100123, status, description);
      const error = await refused();
      assert.equal(error.permanent, true);
      assert.match(error.message, words);
    });

  it('gives up on a token that Telegram does not know, without naming it', async () => {
    const error = await refused({}, { botToken: '999999:WRONG' });
    assert.equal(error.permanent, true);
    assert.match(error.message, /does not accept the bot token/);
    assert.equal(redact(error.message), error.message);
  });

  it('says that nobody has paired yet when there is no chat', async () => {
    const error = await refused({}, { chatId: undefined });
    assert.equal(error.permanent, true);
    assert.match(error.message, /\/start/);
  });

  it('says that the message has perhaps arrived when the answer never came', async () => {
    fake.misbehave({ do: 'hang' });
    const sent = await telegram.send(config(), sampleMessage(), contextOf(200));
    assert.ok(!sent.ok);
    assert.equal(sent.error.perhapsSent, true);
  });

  it('sends the bare text when Telegram dislikes the markup', async () => {
    fake.misbehave(
      {
        do: 'answer',
        reply: { status: 400, body: { ok: false, description: "Bad Request: can't parse entities: oops" } },
      },
      { times: 1 },
    );
    await send();
    const message = await fake.messages.next();
    assert.equal(message.parameters['parse_mode'], undefined);
    assert.match(message.text, /^🔴 OnAI/);
  });

  it('names the bot to write to', async () => {
    const identity = await telegram.identity?.(config(), contextOf());
    assert.deepEqual(identity, {
      ok: true,
      value: { handle: '@dozor_test_bot', url: 'https://t.me/dozor_test_bot' },
    });
  });

  it('shares a poller between channels of the same bot and root only', () => {
    const key = telegram.pollerKey?.(config());
    assert.equal(telegram.pollerKey?.(config({ chatId: 5 })), key);
    assert.notEqual(telegram.pollerKey?.(config({ botToken: '2:other' })), key);
    assert.doesNotMatch(key ?? '', /TEST-token/);
  });

  for (const [name, start] of [
    ['an HTTP proxy', startFakeConnectProxy],
    ['a SOCKS5 proxy', startFakeSocksProxy],
  ] as const) {
    it(`goes through ${name} with its user and password, names left to the proxy`, async () => {
      const proxy = await start({ user: 'me', password: 'p@ss', leadsTo: { host: '127.0.0.1', port: fake.port } });
      try {
        await send({}, { apiRoot: 'http://api.telegram.example', proxy: proxy.url });
        assert.equal(await proxy.asked.next(), 'api.telegram.example:80');
      } finally {
        await proxy.close();
      }
    });

    it(`may try again when ${name} lets nobody in, and keeps its password`, async () => {
      const proxy = await start({ user: 'me', password: 'right' });
      try {
        const wrong = proxy.url.replace('right', 'wr0ng-pass');
        const error = await refused({}, { proxy: wrong });
        assert.equal(error.permanent, false);
        assert.doesNotMatch(error.message, /wr0ng-pass/);
      } finally {
        await proxy.close();
      }
    });
  }
});

describe('the text of a Telegram message', () => {
  const nasty = fc.string({
    unit: fc.constantFrom('<', '>', '&', 'a', '🔴', 'ы', '\n', ' ', '"', '&amp;'),
    maxLength: 3_000,
  });

  it('is always what Telegram takes: entities whole, at most 4,096 units, no half of a pair', () => {
    fc.assert(
      fc.property(nasty, fc.array(nasty, { maxLength: 6 }), (title, lines) => {
        const message = sampleMessage({ title: `t${title}`, lines });
        const html = htmlOf(message);
        assert.equal(complaintAbout({ text: html, parse_mode: 'HTML' }), undefined);
        assert.ok(html.length <= 4_096);
        assert.ok(html.isWellFormed());
        assert.ok(plainOf(message).length <= 4_096);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps every line that fits', () => {
    const parsed = parseHtml(htmlOf(sampleMessage({ title: 'T', lines: ['one', 'two'], buttons: [], link: '' })));
    assert.ok('text' in parsed);
    assert.equal(parsed.text.trimEnd(), 'T\none\ntwo');
  });

  it('takes only public addresses as buttons', () => {
    for (const url of ['https://watch.onai.example/i/1', 'http://203.0.113.5/x']) assert.ok(isPublicUrl(url), url);
    for (const url of [
      'http://localhost/x',
      'http://127.0.0.1:1/x',
      'http://10.0.0.1/',
      'http://172.20.1.1/',
      'http://[::1]/',
      'http://box/',
      'ftp://a.example/',
      'nonsense',
    ])
      assert.ok(!isPublicUrl(url), url);
  });

  it('leaves a button out rather than the alert when its id is longer than Telegram takes', () => {
    const buttons = [{ action: 'mute', label: 'Mute', id: 'ы'.repeat(40) }] as const;
    assert.deepEqual(keyboardOf(sampleMessage({ buttons })), []);
  });
});
