import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { configured, contextOf, sampleMessage } from '../../../test/fakes/message.ts';
import { startFakeMobizon, type FakeMobizon } from '../../../test/fakes/mobizon.ts';
import { startFakeSmsc, type FakeSmsc } from '../../../test/fakes/smsc.ts';
import { startFakeTwilio, type FakeTwilio } from '../../../test/fakes/twilio.ts';
import type { Accepted, ChannelKind, DeliveryError, Message } from '../channel.ts';
import { call, sms } from './phone.ts';

type Settings = Readonly<Record<string, unknown>>;
const NUMBER = { to: '8 701 123 45 67', country: 'KZ' };
const TWO = { to: ['8 701 123 45 67', '+7 702 765 43 21'], country: 'KZ' };
const PLAIN: Partial<Message> = { short: 'API DOWN. watch.onai.example/a/9QX2' };

const accepted = async (
  channel: ChannelKind,
  settings: Settings,
  message: Partial<Message> = PLAIN,
): Promise<Accepted> => {
  const sent = await channel.send(configured(channel, settings), sampleMessage(message), contextOf());
  assert.ok(sent.ok, sent.ok ? '' : sent.error.message);
  return sent.value;
};
const refused = async (
  channel: ChannelKind,
  settings: Settings,
  message: Partial<Message> = PLAIN,
): Promise<DeliveryError> => {
  const sent = await channel.send(configured(channel, settings), sampleMessage(message), contextOf());
  assert.ok(!sent.ok);
  return sent.error;
};
const receipts = async (channel: ChannelKind, settings: Settings, refs: readonly string[]) => {
  const answer = await channel.receipts?.(configured(channel, settings), refs, contextOf());
  assert.ok(answer?.ok);
  return Object.fromEntries(answer.value);
};

describe('SMSC', () => {
  let fake: FakeSmsc;
  beforeEach(async () => {
    fake = await startFakeSmsc();
  });
  afterEach(() => fake.close());
  const at = (more: Settings = NUMBER): Settings => ({
    provider: 'smsc',
    login: 'onai',
    password: 'smsc-password',
    apiRoot: fake.url,
    ...more,
  });

  it('sends the short form to the number as it is written in the country', async () => {
    const result = await accepted(sms, at({ ...NUMBER, from: 'OnAI' }));
    const message = await fake.messages.next();
    assert.deepEqual(
      [message.kind, message.phones, message.text, message.sender],
      ['sms', ['77011234567'], 'API DOWN. watch.onai.example/a/9QX2', 'OnAI'],
    );
    assert.deepEqual(result, { ref: '1/+77011234567', parts: 1, cost: 20 });
  });

  it('reaches several numbers by one request', async () => {
    const { parts } = await accepted(sms, at(TWO));
    assert.deepEqual((await fake.messages.next()).phones, ['77011234567', '77027654321']);
    assert.equal(parts, 2);
  });

  it('calls and speaks the spoken form', async () => {
    await accepted(call, at(), { spoken: 'OnAI is down' });
    const message = await fake.messages.next();
    assert.deepEqual([message.kind, message.text], ['call', 'OnAI is down']);
  });

  it('signs in by a key instead of login and password', async () => {
    await accepted(sms, { provider: 'smsc', apiKey: 'smsc-key-0001', apiRoot: fake.url, ...NUMBER });
  });

  for (const [code, permanent] of [
    [1, true],
    [2, true],
    [3, true],
    [4, false],
    [6, true],
    [7, true],
    [8, true],
    [9, false],
  ] as const)
    it(`takes error ${code} as ${permanent ? 'final' : 'passing'}`, async () => {
      fake.refuse(code);
      assert.equal((await refused(sms, at())).permanent, permanent);
    });

  it('knows that a doubled message has most likely arrived', async () => {
    fake.refuse(9);
    const error = await refused(sms, at());
    assert.deepEqual([error.perhapsSent, error.retryAfterMs], [true, 60_000]);
  });

  it('asks the standby host when the first cannot be reached, and not when the first was heard', async () => {
    const dead = await startFakeSmsc();
    await dead.close();
    await accepted(sms, at({ ...NUMBER, apiRoot: dead.url, standbyRoot: fake.url }));
    await fake.messages.next();
    const mute = await startFakeSmsc();
    mute.misbehave({ do: 'reset' });
    const error = await refused(sms, at({ ...NUMBER, apiRoot: mute.url, standbyRoot: fake.url }));
    await mute.close();
    assert.equal(error.perhapsSent, true);
    assert.equal(fake.messages.items.length, 1);
  });

  it('tells what became of messages: arrived when one of several numbers has it', async () => {
    const { ref: one = '' } = await accepted(sms, at());
    const { ref: two = '' } = await accepted(sms, at(TWO));
    assert.deepEqual(await receipts(sms, at(), [one, two]), { [one]: 'pending', [two]: 'pending' });
    fake.setStatus(1, 20);
    fake.setStatus(2, 1);
    assert.deepEqual(await receipts(sms, at(), [one, two]), { [one]: 'undelivered', [two]: 'delivered' });
    assert.deepEqual(await receipts(sms, at(), [one]), { [one]: 'undelivered' });
  });

  it('tells the balance', async () => {
    const balance = await sms.balance?.(configured(sms, at()), contextOf());
    assert.deepEqual(balance, { ok: true, value: { amount: 980.5, currency: 'KZT' } });
  });
});

describe('Mobizon', () => {
  let fake: FakeMobizon;
  beforeEach(async () => {
    fake = await startFakeMobizon();
  });
  afterEach(() => fake.close());
  const at = (more: Settings = NUMBER): Settings => ({
    provider: 'mobizon',
    apiKey: 'kz0123456789abcdef',
    apiRoot: fake.url,
    ...more,
  });

  it('sends to each number and counts the parts', async () => {
    const result = await accepted(sms, at(TWO), { short: 'ы'.repeat(71) });
    assert.equal((await fake.messages.next()).recipient, '77011234567');
    assert.equal((await fake.messages.next()).recipient, '77027654321');
    assert.deepEqual(result, { ref: '5000 5001', parts: 4 });
  });

  it('gives up on a wrong key, tries again after trouble of its own', async () => {
    assert.equal((await refused(sms, at({ ...NUMBER, apiKey: 'wrong-key-1' }))).permanent, true);
    fake.refuse(10);
    assert.equal((await refused(sms, at())).permanent, false);
    fake.refuse(13);
    assert.match((await refused(sms, at())).message, /set apiRoot/);
  });

  it('tells what became of messages, and the balance', async () => {
    const { ref = '' } = await accepted(sms, at());
    fake.setStatus('5000', 'DELIVRD');
    assert.deepEqual(await receipts(sms, at(), [ref]), { [ref]: 'delivered' });
    const balance = await sms.balance?.(configured(sms, at()), contextOf());
    assert.deepEqual(balance, { ok: true, value: { amount: 1_500.25, currency: 'KZT' } });
  });
});

describe('Twilio', () => {
  let fake: FakeTwilio;
  beforeEach(async () => {
    fake = await startFakeTwilio();
  });
  afterEach(() => fake.close());
  const at = (more: Settings = NUMBER): Settings => ({
    provider: 'twilio',
    accountSid: 'AC00000000000000000000000000000001',
    token: 'twilio-auth-token',
    from: '+15005550006',
    apiRoot: fake.url,
    ...more,
  });

  it('sends a text', async () => {
    await accepted(sms, at());
    const item = await fake.items.next();
    assert.deepEqual([item.kind, item.to, item.from], ['sms', '+77011234567', '+15005550006']);
  });

  it('calls in the reader’s language, with the text escaped', async () => {
    await accepted(call, at(), { locale: 'ru', spoken: 'База <main> & "копия"' });
    const { kind, content } = await fake.items.next();
    assert.equal(kind, 'call');
    assert.match(content, /<Say language="ru-RU">База &lt;main&gt; &amp; &quot;копия&quot;<\/Say>/);
  });

  it('gives up on numbers that Twilio refuses, and warns when only some are', async () => {
    fake.refuse('+77011234567', 21_614);
    const error = await refused(sms, at());
    assert.equal(error.permanent, true);
    assert.match(error.message, /no mobile number/);
    const { warning, parts } = await accepted(sms, at(TWO));
    assert.match(warning ?? '', /\+77011234567: .*no mobile/);
    assert.equal(parts, 1);
  });

  it('waits as long as it is asked', async () => {
    fake.misbehave({
      do: 'answer',
      reply: { status: 429, headers: { 'retry-after': '3' }, body: { code: 20429, message: 'slow down' } },
    });
    const error = await refused(sms, at());
    assert.deepEqual([error.permanent, error.retryAfterMs], [false, 3_000]);
  });

  it('tells what became of calls, and the balance', async () => {
    const { ref = '' } = await accepted(call, at());
    fake.setStatus(ref, 'no-answer');
    assert.deepEqual(await receipts(call, at(), [ref]), { [ref]: 'undelivered' });
    const balance = await call.balance?.(configured(call, at()), contextOf());
    assert.deepEqual(balance, { ok: true, value: { amount: 12.34, currency: 'USD' } });
  });
});
