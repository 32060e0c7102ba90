import assert from 'node:assert/strict';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { packCode, unpackCode } from '#witness/code.ts';
import { eventually } from '../fakes/eventually.ts';
import { startTarget } from '../fakes/target.ts';
import { startFakeTelegram, type FakeTelegram } from '../fakes/telegram.ts';
import { openStage, type RunningBrain, type Stage } from './harness.ts';
import { runProgram } from './program.ts';
import { configuration, hook, service, telegram, type Piece } from './settings.ts';
import { addressOf, codeFor, startWitness } from './witnessing.ts';
import { startFakeWebhook } from '../fakes/webhook.ts';

const WITNESSED: Piece = { watchers: [{ name: 'office', kind: 'witness', every: '300ms' }] };

/** Does the witness's outbox say that a message was accepted, and that none is still on its way? */
const isNotedAsTold = async (stage: Stage): Promise<boolean> => {
  const { deliveries } = JSON.parse(await readFile(join(stage.dir, 'witness', 'witness-outbox.json'), 'utf8')) as {
    readonly deliveries: readonly { readonly status: string }[];
  };
  const states = deliveries.map(({ status }) => status);
  return states.includes('accepted') && !states.some((state) => state === 'sending' || state === 'waiting');
};

interface Scene {
  readonly stage: Stage;
  readonly fake: FakeTelegram;
  readonly url: string;
  readonly brain: RunningBrain;
}

const openScene = async (test: Parameters<typeof openStage>[0], more: Piece = WITNESSED): Promise<Scene> => {
  const stage = openStage(test);
  const fake = await stage.keep(startFakeTelegram());
  const target = await stage.keep(startTarget());
  const brain = await stage.brain({ config: configuration({ services: [service('API', target.url)], more }) });
  return { stage, fake, url: target.url, brain };
};

const texts = (fake: FakeTelegram): readonly string[] => fake.messages.items.map(({ text }) => text);

test('a witness joins once by a code, over TLS, and its key is for nobody else to read', async (t) => {
  const { stage, brain } = await openScene(t, {});
  const code = await codeFor(brain, addressOf(brain));
  const data = join(stage.dir, 'joined');
  const first = await runProgram(['join', code, '--data', data]);
  assert.equal(first.code, 0, first.error);
  assert.match(first.out, /^Joined: this machine is office, a witness of Dozor on /);
  assert.equal((await stat(join(data, 'witness.json'))).mode & 0o777, 0o600);
  const second = await runProgram(['join', code, '--data', join(stage.dir, 'second')]);
  assert.equal(second.code, 14);
  assert.match(second.error, /The code was used already/);
  const listed = await brain.dozor('watchers', '--json');
  assert.equal(JSON.parse(listed.out).items[0].state, 'answers');
});

test('nothing is told to a brain with another certificate than the one that the code pins', async (t) => {
  const { stage, brain } = await openScene(t, {});
  const code = unpackCode(await codeFor(brain, addressOf(brain)));
  const join1 = async (changed: Partial<typeof code>) =>
    runProgram(['join', packCode({ ...code, ...changed }), '--data', join(stage.dir, 'joined')]);
  const foreign = await join1({ fingerprint: '00'.repeat(32) });
  assert.equal(foreign.code, 14);
  assert.match(foreign.error, /has another certificate than the one pinned/);
  const nobody = await join1({ addresses: ['127.0.0.1:1'] });
  assert.equal(nobody.code, 9);
  assert.match(nobody.error, /The brain does not answer: 127\.0\.0\.1:1: ECONNREFUSED/);
  const guessed = await join1({ token: `dzj_${'a'.repeat(43)}` });
  assert.equal(guessed.code, 14);
  assert.match(guessed.error, /does not know the code/);
  assert.equal((await join1({})).code, 0);
});

test('a brain that other machines cannot reach makes no code but says why', async (t) => {
  const { brain } = await openScene(t, {});
  const said = await brain.dozor('watchers', 'code', 'office');
  assert.equal(said.code, 11);
  assert.match(said.error, /no witness on another machine can reach it/);
});

test('a brain that is killed is told of once, loudly, as alone when its services answer, and silently when it is back', async (t) => {
  const { stage, fake, brain, url } = await openScene(t);
  const witness = await startWitness(stage, { brain, address: addressOf(brain), fake });
  await brain.until('the watcher to answer', async () => (await brain.api('GET', '/status')).body.health.watched);
  await brain.kill();
  const told = await fake.messages.next(undefined, { withinMs: 20_000 });
  assert.match(told.text, /🔴 Dozor on .* has been silent since \d\d:\d\d:\d\d \(\d+ s\)\./);
  assert.ok(
    told.text.includes(`${new URL(url).host}/health answers from here: probably only Dozor is down.`),
    told.text,
  );
  assert.equal(told.silent, false);
  const { port } = new URL(brain.url);
  await brain.again({ listen: `127.0.0.1:${port}` } as never);
  const back = await fake.messages.next(undefined, { withinMs: 20_000 });
  assert.match(back.text, /🟢 Dozor on .* answers again/);
  assert.equal(back.silent, true);
  assert.equal(back.repliesTo, told.messageId);
  assert.equal(await witness.stop(), 0);
  assert.equal(texts(fake).length, 2);
});

test('silence is told again while it lasts', async (t) => {
  const { stage, fake, brain } = await openScene(t);
  await startWitness(stage, { brain, address: addressOf(brain), fake, rules: { repeatEvery: '1500ms' } });
  await brain.kill();
  for (let times = 0; times < 3; times += 1) {
    const told = await fake.messages.next(undefined, { withinMs: 20_000 });
    assert.match(told.text, /has been silent since/);
    assert.equal(told.silent, false);
  }
});

test('a witness that is killed during the silence loses nothing and repeats nothing that it told', async (t) => {
  const { stage, fake, brain } = await openScene(t);
  const witness = await startWitness(stage, { brain, address: addressOf(brain), fake });
  await brain.kill();
  await witness.line(/is silent: telling/);
  // before, while, or after it is sent: whichever it is
  await witness.kill();
  const second = await witness.again();
  await fake.messages.next(undefined, { withinMs: 20_000 });
  // A kill between the send and its note may repeat that send: what is meant here is what was noted as told.
  await eventually('the message to be noted as told', async () => isNotedAsTold(stage));
  await second.kill();
  const before = texts(fake).length;
  assert.ok(before <= 2, texts(fake).join('\n'));
  const third = await second.again();
  await third.line(/Dozor on .*: 127\.0\.0\.1/);
  // longer than it takes to tell of a silence that was not told yet
  await pause(5_000);
  assert.equal(texts(fake).length, before);
});

test('a witness without a chat watches while it waits for a /start, and tells there', async (t) => {
  const { stage, fake, brain } = await openScene(t);
  const unpaired = { chatId: undefined, allow: undefined };
  const witness = await startWitness(stage, { brain, address: addressOf(brain), fake, channel: unpaired });
  await witness.line(/write \/start to @dozor_test_bot/);
  fake.write('/start', { id: 7 });
  const paired = await fake.messages.next();
  assert.match(paired.text, /Paired: alerts of channel "tg" come here/);
  await brain.kill();
  const told = await fake.messages.next(undefined, { withinMs: 30_000 });
  assert.match(told.text, /has been silent since/);
  assert.equal(told.chatId, '7');
  assert.equal(await witness.stop(), 0);
});

test('a message that cannot be sent is sent as soon as it can', async (t) => {
  const { stage, fake, brain } = await openScene(t);
  await startWitness(stage, { brain, address: addressOf(brain), fake });
  fake.misbehave({ do: 'reset' }, { times: 3 });
  await brain.kill();
  const told = await fake.messages.next(undefined, { withinMs: 30_000 });
  assert.match(told.text, /has been silent since/);
});

test('a witness that falls silent is told of by its brain, and that it is back', async (t) => {
  const stage = openStage(t);
  const fake = await stage.keep(startFakeTelegram());
  const target = await stage.keep(startTarget());
  const config = configuration({
    services: [service('API', target.url)],
    channels: [telegram(fake)],
    more: WITNESSED,
  });
  const brain = await stage.brain({ config });
  const own = await stage.keep(startFakeTelegram());
  const witness = await startWitness(stage, { brain, address: addressOf(brain), fake: own });
  await brain.until('the watcher to answer', async () => (await brain.api('GET', '/status')).body.health.watched);
  await witness.kill();
  const told = await brain.next(fake.messages, 'the silence of the witness', undefined, 30_000);
  assert.match(told.text, /🟠 office does not watch Dozor any more: silent since/);
  assert.equal(told.silent, true);
  await witness.again();
  const back = await brain.next(fake.messages, 'its return', undefined, 30_000);
  assert.match(back.text, /🟢 office watches Dozor again/);
  assert.deepEqual(texts(own), []);
});

test('two brains witness each other: the one that lives tells of the other by its own channels', async (t) => {
  const stage = openStage(t);
  const channel = await stage.keep(startFakeWebhook());
  const target = await stage.keep(startTarget());
  const services = [service('API', target.url)];
  const rules: Piece = { witness: { timeout: '500ms', silentAfter: '2s', checkTimeout: '1s' } };
  const [first, second] = [
    await stage.brain({ config: configuration({ services, more: { ...WITNESSED, ...rules } }) }),
    await stage.brain({
      config: configuration({ services, channels: [hook('hook', channel.url)], more: { ...WITNESSED, ...rules } }),
    }),
  ];
  const joined = await runProgram(['join', await codeFor(first, addressOf(first)), '--data', second.data]);
  assert.equal(joined.code, 0, joined.error);
  assert.match(joined.out, /The brain that lives there watches it from now on/);
  await second.line(/Dozor on .* answers\./, 20_000);
  await first.kill();
  const told = await second.next(channel.hooks, 'the silence of the first', undefined, 30_000);
  assert.match(String(told.body['title']), /Dozor on .* has been silent since/);
  assert.equal(told.body['loud'], true);
  await rm(join(second.data, 'witness.json'));
});
