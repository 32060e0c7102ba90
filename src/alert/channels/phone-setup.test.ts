import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { FakeHttp } from '../../../test/fakes/http.ts';
import { startFakeHttpSms } from '../../../test/fakes/http-sms.ts';
import { configured, contextOf, sampleMessage } from '../../../test/fakes/message.ts';
import type { Accepted, ChannelKind, DeliveryError, Message } from '../channel.ts';
import { call, sms } from './phone.ts';

type Settings = Readonly<Record<string, unknown>>;
const NUMBER = { to: '8 701 123 45 67', country: 'KZ' };

const accepted = async (
  channel: ChannelKind,
  settings: Settings,
  message: Partial<Message> = {},
): Promise<Accepted> => {
  const sent = await channel.send(configured(channel, settings), sampleMessage(message), contextOf());
  assert.ok(sent.ok, sent.ok ? '' : sent.error.message);
  return sent.value;
};
const refused = async (
  channel: ChannelKind,
  settings: Settings,
  message: Partial<Message> = {},
): Promise<DeliveryError> => {
  const sent = await channel.send(configured(channel, settings), sampleMessage(message), contextOf());
  assert.ok(!sent.ok);
  return sent.error;
};

describe('a gateway of one’s own', () => {
  let fake: FakeHttp;
  beforeEach(async () => {
    fake = await startFakeHttpSms();
  });
  afterEach(() => fake.close());
  const text = 'down: "api" & <db>\n{to} ы';

  it('gets number and text in its address', async () => {
    await accepted(sms, { provider: 'http', url: `${fake.url}/send?n={to}&t={text}`, ...NUMBER }, { short: text });
    const { method, query } = await fake.requests.next();
    assert.deepEqual([method, query.get('n'), query.get('t')], ['GET', '+77011234567', text]);
  });

  for (const [type, body, read] of [
    [
      'application/json',
      '{"to":"{to}","text":"{text}"}',
      (sent: string) => (JSON.parse(sent) as { text: string }).text,
    ],
    [
      'application/x-www-form-urlencoded',
      'to={to}&text={text}',
      (sent: string) => new URLSearchParams(sent).get('text'),
    ],
    ['text/plain', '{text}', (sent: string) => sent],
  ] as const)
    it(`gets them in its body as ${type} needs it`, async () => {
      const settings = {
        provider: 'http',
        url: `${fake.url}/send`,
        headers: { 'Content-Type': type },
        body,
        ...NUMBER,
      };
      await accepted(sms, settings, { short: text });
      const request = await fake.requests.next();
      assert.equal(request.method, 'POST');
      assert.equal(read(request.body), text);
    });
});

describe('a phone channel that is set up wrongly', () => {
  for (const [name, channel, settings, words] of [
    [
      'smsc without a password',
      sms,
      { provider: 'smsc', login: 'onai', ...NUMBER },
      /needs login and password, or apiKey/,
    ],
    ['mobizon without a key', sms, { provider: 'mobizon', ...NUMBER }, /needs apiKey/],
    [
      'twilio without a sender',
      call,
      { provider: 'twilio', accountSid: 'AC1', token: 'x', ...NUMBER },
      /needs accountSid, token and from/,
    ],
    ['http without a text', sms, { provider: 'http', url: 'http://127.0.0.1/?to={to}', ...NUMBER }, /needs \{text\}/],
    ['a number that is none', sms, { provider: 'smsc', apiKey: 'k', to: '8 701', country: 'KZ' }, /is no number of KZ/],
  ] as const)
    it(`says what is wrong with ${name}, and gives a delivery up for it`, async () => {
      assert.match(channel.validate?.(configured(channel, settings)) ?? '', words);
      const error = await refused(channel, settings);
      assert.equal(error.permanent, true);
      assert.match(error.message, words);
    });
});
