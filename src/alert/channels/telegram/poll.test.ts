import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { recording, type Recording } from '../../../../test/fakes/recording.ts';
import { startFakeTelegram, type FakeTelegram } from '../../../../test/fakes/telegram.ts';
import type { Inbound } from '../../channel.ts';
import { pollTelegram, type PollPace } from './poll.ts';

const QUICK: PollPace = { holdMs: 25_000, faultMs: 5, firstMs: 5, lastMs: 20 };
const ALICE = { id: 11111111, first_name: 'Alice', last_name: 'A.' };
const MALLORY = { id: 66666666, username: 'mallory' };

describe('polling Telegram', () => {
  let fake: FakeTelegram;
  let inbound: Recording<Inbound>;
  let faults: Recording<string>;
  let stopping: AbortController;
  let polling: Promise<void>;

  const start = (): void => {
    const config = { kind: 'telegram' as const, botToken: fake.token, chatId: 1, apiRoot: fake.url };
    polling = pollTelegram(
      config,
      inbound.add,
      (message) => faults.add(message ?? 'over'),
      stopping.signal,
      undefined,
      QUICK,
    );
  };
  beforeEach(async () => {
    fake = await startFakeTelegram();
    inbound = recording<Inbound>((one) => `${one.type} ${one.text}`);
    faults = recording<string>((one) => one);
    stopping = new AbortController();
  });
  afterEach(async () => {
    stopping.abort();
    await polling;
    await fake.close();
  });

  it('hands a pressed button over and shows the answer where it was pressed', async () => {
    start();
    const queryId = fake.press('a7F3K', ALICE, -100123);
    const pressed = await inbound.next();
    assert.deepEqual(
      { ...pressed, answer: undefined },
      { type: 'button', text: 'a7F3K', userId: '11111111', userName: 'Alice A.', chatId: '-100123', answer: undefined },
    );
    await pressed.answer('Acknowledged');
    const toast = await fake.toasts.next();
    assert.deepEqual([toast.queryId, toast.text], [queryId, 'Acknowledged']);
  });

  it('hands over buttons of strangers too: who may press is decided elsewhere', async () => {
    start();
    fake.press('a7F3K', MALLORY);
    const { userId, userName } = await inbound.next();
    assert.equal(userId, '66666666');
    assert.equal(userName, 'Test');
  });

  it('hands over /start with what follows it, in a group too, and answers with a message', async () => {
    start();
    fake.write('/start@dozor_test_bot pair-me', ALICE, -100123);
    const started = await inbound.next();
    assert.deepEqual([started.type, started.text, started.chatId], ['start', 'pair-me', '-100123']);
    await started.answer('Paired');
    const message = await fake.messages.next();
    assert.deepEqual([message.chatId, message.text], ['-100123', 'Paired']);
  });

  it('hands over other commands and leaves small talk alone', async () => {
    start();
    fake.write('good morning', ALICE);
    fake.write('/status all', ALICE);
    const command = await inbound.next();
    assert.deepEqual([command.type, command.text], ['command', '/status all']);
    assert.equal(inbound.items.length, 1);
  });

  it('asks for each update once', async () => {
    start();
    fake.press('one', ALICE);
    await inbound.next(({ text }) => text === 'one');
    fake.press('two', ALICE);
    await inbound.next(({ text }) => text === 'two');
    assert.equal(inbound.items.length, 2);
  });

  it('tells of another poller as a fault of set-up once, and of its end', async () => {
    fake.otherPoller(true);
    start();
    assert.match(await faults.next(), /another program polls/);
    await fake.requests.next(({ path }) => path.endsWith('/getUpdates'));
    await fake.requests.next(({ path }) => path.endsWith('/getUpdates'));
    fake.otherPoller(false);
    fake.press('late', ALICE);
    await inbound.next(({ text }) => text === 'late');
    assert.deepEqual(faults.items.slice(1), ['over']);
  });

  it('removes a webhook that keeps updates away', async () => {
    fake.setWebhook('https://old.example/hook');
    start();
    fake.press('a', ALICE);
    await inbound.next();
    assert.deepEqual(faults.items, []);
  });

  it('tells of a token that Telegram does not know, without naming it', async () => {
    fake.misbehave({ do: 'answer', reply: { status: 401, body: { ok: false, description: 'Unauthorized' } } });
    start();
    const fault = await faults.next();
    assert.match(fault, /BotFather/);
    assert.doesNotMatch(fault, /TEST-token/);
  });

  it('goes on after network failures, and tells of them from the third on', async () => {
    fake.misbehave({ do: 'reset' }, { times: 4 });
    start();
    assert.match(await faults.next(), /cannot be asked/);
    fake.press('a', ALICE);
    await inbound.next();
    assert.equal(await faults.next(), 'over');
  });

  it('ends at once when aborted in the middle of a long poll', async () => {
    start();
    await fake.requests.next(({ path }) => path.endsWith('/getUpdates'));
    stopping.abort();
    await polling;
  });
});
