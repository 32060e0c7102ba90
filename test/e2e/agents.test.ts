import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { AGENT_KEY_HEADER, AGENT_PROTOCOL, type HostSignal, type IssuedOrder } from '#host/contract.ts';
import { reason } from '#monitor/reason.ts';
import { unpackCode } from '#witness/code.ts';
import { crashed, healed, numbered, repaired } from '../fakes/agent.ts';
import { startTarget } from '../fakes/target.ts';
import { startFakeTelegram, type FakeTelegram, type FakeTelegramMessage } from '../fakes/telegram.ts';
import { startFakeWebhook } from '../fakes/webhook.ts';
import { openStage, type RunningBrain, type Stage } from './harness.ts';
import { configuration, hook as webhook, service, telegram } from './settings.ts';

const DUTY = { id: 11, first_name: 'Aigerim' };
const STRANGER = { id: 99, first_name: 'Mallory' };

/** An agent in words: it joins, hands over signals, and listens for orders, as the real one does over the wire. */
interface WireAgent {
  hand(...signals: readonly HostSignal[]): Promise<number>;
  /** The same batch once more, as after an answer that got lost. */
  again(): Promise<number>;
  orders(waitMs: number): Promise<readonly IssuedOrder[]>;
}

const joinAs = async (brain: RunningBrain, host: string): Promise<WireAgent> => {
  const address = new URL(brain.url).host;
  const said = await brain.dozor('hosts', 'code', host, '--address', address, '--json');
  assert.equal(said.code, 0, said.error);
  const { token, role } = unpackCode((JSON.parse(said.out) as { code: string }).code);
  assert.equal(role, 'agent');
  let key = '';
  const ask = async <T>(path: string, body: object): Promise<T> => {
    const answer = await fetch(`${brain.url}/api/v1/agents${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [AGENT_KEY_HEADER]: key },
      body: JSON.stringify({ protocol: AGENT_PROTOCOL, version: 'test', ...body }),
    });
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    return JSON.parse(text) as T;
  };
  const joined = await ask<{ key: string; briefing: { revision: string; apps: { name: string }[] } }>('/join', {
    token,
  });
  key = joined.key;
  let next = 1;
  let last: ReturnType<typeof numbered> = [];
  const send = async (): Promise<number> => (await ask<{ acked: number }>('/signals', { signals: last })).acked;
  return {
    async hand(...signals) {
      last = numbered(next, ...signals);
      next += signals.length;
      return send();
    },
    again: send,
    orders: async (waitMs) =>
      (await ask<{ orders: IssuedOrder[] }>('/orders', { waitMs, briefing: joined.briefing.revision })).orders,
  };
};

const button = ({ buttons }: FakeTelegramMessage, label: string): string => {
  const found = buttons.find(({ text }) => text === label);
  assert.ok(found?.callback_data !== undefined, `a button ${label} among ${buttons.map(({ text }) => text).join()}`);
  return found.callback_data;
};

const watched = async (stage: Stage) => {
  const tg: FakeTelegram = await stage.keep(startFakeTelegram());
  const hook = await stage.keep(startFakeWebhook());
  const target = await stage.keep(startTarget());
  const brain = await stage.brain({
    config: configuration({
      services: [service('api', target.url)],
      channels: [telegram(tg), webhook('hook', hook.url)],
      more: {
        hosts: [{ name: 'vps' }],
        apps: [{ name: 'backend', service: 'api', host: 'vps', artifacts: ['dist/'] }],
      },
    }),
  });
  await brain.line(/up +api \//);
  const told = (what: string, fits: RegExp | ((one: FakeTelegramMessage) => boolean)): Promise<FakeTelegramMessage> =>
    brain.next(tg.messages, what, (one) => (fits instanceof RegExp ? fits.test(one.text) : fits(one)));
  const tap = async (data: string, user: typeof DUTY): Promise<string> => {
    const query = tg.press(data, user, 1_000);
    return (await brain.next(tg.toasts, 'the answer to a tap', (one) => one.queryId === query)).text;
  };
  return { tg, hook, target, brain, told, tap };
};

describe('an agent that joined by a code', () => {
  const stage = openStage({ after });

  it('has its findings in the first message, later ones in its place, and carries out a tap once', async () => {
    const { brain, told, tap, hook } = await watched(stage);
    const agent = await joinAs(brain, 'vps');
    const began = Date.now();
    const change: HostSignal = {
      type: 'change',
      at: began - 7_500,
      app: 'backend',
      what: 'artifact-appeared',
      path: 'dist/',
    };
    const exit: HostSignal = { type: 'process', at: began - 500, app: 'backend', what: 'exit', code: 1 };
    assert.equal(await agent.hand(change, exit, crashed(began)), 3);
    const first = await told('the first message', /🔴 api is down/);
    assert.equal(first.method, 'sendMessage');
    assert.equal(first.silent, false, 'a cause that lasts is told aloud at once');
    assert.match(first.text, /Cause: dist\/ is stale .*exit code 1, first exit/);
    assert.match(first.text, /dist\/ appeared .*, 7 s before the first exit/);
    assert.match(first.text, /PM2 shows online; port 3000 is closed/);
    const posted = await brain.next(hook.hooks, 'the webhook', ({ body }) =>
      JSON.stringify(body).includes('stale-artifact'),
    );
    assert.match(JSON.stringify(posted.body), /artifact-appeared/);

    assert.equal(await agent.again(), 3, 'what is known is answered and dropped');
    await agent.hand(repaired(Date.now(), 'proposed', { plan: 'move dist/ to the trash' }));
    const asking = await told(
      'the question in place of the first message',
      (one) => one.method === 'editMessageText' && one.text.includes('it waits for a yes'),
    );
    assert.equal(asking.messageId, first.messageId);
    const yes = button(asking, 'Fix now');
    button(asking, 'Leave it');
    assert.match(await tap(yes, STRANGER), /You are not among the people/);
    assert.deepEqual(await agent.orders(0), []);
    const listening = agent.orders(20_000);
    const answers = await Promise.all([tap(yes, DUTY), tap(yes, DUTY)]);
    assert.equal(answers.filter((text) => text.startsWith('backend is being fixed')).length, 1, answers.join(' | '));
    const orders = await listening;
    assert.deepEqual(
      orders.map(({ order, by }) => [order, by]),
      [
        [
          { do: 'repair', app: 'backend', planId: 'plan-1' },
          { name: 'Aigerim', via: 'telegram' },
        ],
      ],
    );
    assert.deepEqual(await agent.orders(0), [], 'once only');

    const now = Date.now();
    await agent.hand(repaired(now, 'starting'), repaired(now, 'applied'));
    await agent.hand(
      { type: 'order-done', at: now, orderId: orders[0]?.id ?? '', outcome: 'done', output: 'dist/ was moved' },
      healed(Date.now()),
      repaired(Date.now(), 'verified'),
    );
    const end = await told('the recovery', (one) => one.method === 'sendMessage' && one.text.includes('🟢'));
    assert.equal(end.repliesTo, first.messageId);
    assert.match(end.text, /by: repair \(stale-artifacts\), started from Telegram/);
    const audit = await brain.api('GET', '/audit?limit=50');
    const actions = audit.body.items.map((one: { action: string }) => one.action);
    for (const action of ['host.join', 'app.repair', 'app.repair.done']) assert.ok(actions.includes(action), action);

    const { items } = (await brain.api('GET', '/incidents')).body;
    const timeline = (await brain.api('GET', `/incidents/${items[0].id}/timeline?limit=100`)).body.items;
    const sources = timeline.filter((row: { source: string }) => row.source === 'host');
    assert.match(sources.map((row: { text: string }) => row.text).join('\n'), /backend: dist\/ appeared/);
    assert.match((await brain.dozor('apps')).out, /backend {2}\S+ up/);
    assert.match((await brain.dozor('status')).out, /Hosts:\nvps {2}agent connected/);
  });

  it('is heard again after the brain was killed, and neither loses nor doubles anything', async () => {
    const { brain, told, tg } = await watched(stage);
    const agent = await joinAs(brain, 'vps');
    await agent.hand(crashed(Date.now(), { findings: [], lasting: false }));
    const first = await told('the first message', /🔴 api is down/);
    assert.match(first.text, /backend: crashes at its start/);
    await brain.kill();
    const later = await brain.again();
    const { items: open } = (await later.api('GET', '/incidents?state=open')).body;
    assert.equal(open.length, 1);
    const posts = (): number =>
      tg.messages.items.filter(({ method, text }) => method === 'sendMessage' && text.includes('is down')).length;
    const before = posts();
    const said = await later.dozor('apps', 'show', 'backend', '--json');
    assert.equal(JSON.parse(said.out).verdict, 'down');
    assert.equal(posts(), before);
  });

  it('with a disk that fills warns, and only the key it was given opens anything', async () => {
    const { brain, told } = await watched(stage);
    const agent = await joinAs(brain, 'vps');
    const filling = reason('host.disk-filling', { mount: '/', freeBytes: 5e9 });
    await agent.hand({
      type: 'host-trouble',
      at: Date.now(),
      key: 'disk /',
      on: true,
      severity: 'warning',
      reason: filling,
    });
    await told('the warning', /🟠 api: vps: disk fills up/);
    const refused = await fetch(`${brain.url}/api/v1/agents/signals`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [AGENT_KEY_HEADER]: 'dzk_none' },
      body: JSON.stringify({ protocol: AGENT_PROTOCOL, version: 'x', signals: [] }),
    });
    assert.equal(refused.status, 401);
    const removed = await brain.dozor('hosts', 'remove', 'vps');
    assert.equal(removed.code, 0, removed.error);
    await assert.rejects(agent.hand(healed(Date.now())), /401/);
  });
});
