import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { breakMonitor, healMonitor, servicesOf, startEngine, type TestEngine } from '../../test/fakes/engine.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { startFakeTelegram, type FakeTelegram, type FakeTelegramMessage } from '../../test/fakes/telegram.ts';
import { channelOf } from '../alert/channels/index.ts';
import { HOUR, MINUTE } from '../kernel/time.ts';
import { decisions } from './decisions.ts';
import { InboundMail } from './inbound.ts';
import { People } from './people.ts';

const AIDAR = { id: 77, first_name: 'Aidar' };
const STRANGER = { id: 666, first_name: 'Eve' };

interface Rig {
  readonly engine: TestEngine;
  readonly telegram: FakeTelegram;
  readonly mail: InboundMail;
  readonly paired: string[];
  readonly config: string;
}

const listen = (context: TestContext, engine: TestEngine, paired: string[]): InboundMail => {
  const { core, pairings, incidents, tidings, resolver, dispatch } = engine.parts;
  const people = new People(core, incidents);
  const mail = new InboundMail({
    core,
    kindOf: channelOf,
    pairings,
    resolverFor: () => resolver,
    actions: {
      acknowledge: (id, actor) => people.acknowledge(id, actor),
      muteIncident: (id, forMs, actor) => people.mute(id, forMs, actor),
      incident: async (id) => incidents.known(id) ?? core.store.incident(id),
      decide: decisions(engine.parts),
      refreshButtons: (id) => tidings.refresh(id),
    },
    onPaired: (channel, who) => {
      paired.push(`${channel.name} ${who}`);
      dispatch.pump(channel.id);
    },
  });
  mail.refresh();
  context.after(() => mail.stop());
  return mail;
};

const rig = async (context: TestContext, chat = 'chatId: 77', others = ''): Promise<Rig> => {
  const telegram = await startFakeTelegram();
  context.after(() => telegram.close());
  const keys = [`botToken: "${telegram.token}"`, `apiRoot: "${telegram.url}"`, ...(chat === '' ? [] : [chat])];
  const config = `${servicesOf(['api'])}contacts: [{ name: Aidar, channels: [{ name: tg, kind: telegram, ${keys.join(', ')} }${others.replace('KEYS', keys.slice(0, 2).join(', '))}] }]\n`;
  const engine = await startEngine(context, { config });
  const paired: string[] = [];
  return { engine, telegram, mail: listen(context, engine, paired), paired, config };
};

/** The first message of a fresh incident, its outcome saved. */
const alerted = async ({ engine, telegram }: Rig): Promise<FakeTelegramMessage> => {
  await breakMonitor(engine, 'api-job');
  const message = await telegram.messages.next(({ method }) => method === 'sendMessage');
  await eventually('the outcome', () => engine.parts.outbox.waiting().count === 0);
  return message;
};

const button = (message: FakeTelegramMessage, label: RegExp): string => {
  const found = message.buttons.find(({ text }) => label.test(text))?.callback_data;
  assert.ok(found !== undefined, JSON.stringify(message.buttons));
  return found;
};

describe('pairing', () => {
  it('takes the first who writes /start as chat and allowed user, and nobody else afterwards', async (context) => {
    const { engine, telegram, paired, config } = await rig(context, '');
    const [channel] = engine.parts.core.registry.channels();
    assert.ok(channel);
    assert.equal(engine.parts.pairings.isWaiting(channel), true);
    telegram.write('/start', AIDAR);
    const hello = await telegram.messages.next();
    assert.match(hello.text, /Paired/);
    assert.deepEqual(paired, ['tg Aidar']);
    telegram.write('/start', STRANGER);
    assert.match((await telegram.messages.next()).text, /not among the people.*666/s);
    telegram.write('/start', AIDAR);
    assert.match((await telegram.messages.next()).text, /paired already/);
    assert.equal(String((engine.parts.pairings.config(channel) as { chatId?: unknown }).chatId), '77');
    await engine.kill();
    const next = await startEngine(context, { config, dir: engine.dir, clock: engine.clock });
    const [again] = next.parts.core.registry.channels();
    assert.ok(again);
    assert.equal(next.parts.pairings.isWaiting(again), false);
  });

  it('takes only those whom the configuration names, where it names any', async (context) => {
    const { engine, telegram, paired } = await rig(context, 'allow: [77]');
    const [channel] = engine.parts.core.registry.channels();
    assert.ok(channel);
    assert.equal(engine.parts.pairings.isWaiting(channel), true);
    telegram.write('/start', STRANGER);
    assert.match((await telegram.messages.next()).text, /not among the people.*666/s);
    telegram.write('/start', AIDAR);
    assert.match((await telegram.messages.next()).text, /Paired/);
    assert.deepEqual(paired, ['tg Aidar']);
  });

  it('brings what had waited for it', async (context) => {
    const one = await rig(context, '');
    await breakMonitor(one.engine, 'api-job');
    await eventually('a first try', async () => {
      const { items } = await one.engine.parts.core.store.deliveries({ limit: 5 });
      return items.some(({ error, status }) => error !== undefined && status !== 'sending');
    });
    one.telegram.write('/start', AIDAR);
    await one.telegram.messages.next(({ text }) => /Paired/.test(text));
    one.engine.clock.advance(5 * MINUTE);
    await one.telegram.messages.next(({ text }) => /api/.test(text) && !/Paired/.test(text));
  });
});

describe('a tap on a button', () => {
  it('acknowledges in the name of who tapped, and changes the message', async (context) => {
    const one = await rig(context);
    const message = await alerted(one);
    one.telegram.press(button(message, /Acknowledge/), AIDAR);
    assert.equal((await one.telegram.toasts.next()).text, 'You have it.');
    const [incident] = one.engine.parts.incidents.open();
    assert.deepEqual(incident?.acknowledged?.by, { name: 'Aidar', via: 'telegram' });
    const edited = await one.telegram.messages.next(({ method }) => method === 'editMessageText');
    assert.equal(edited.messageId, message.messageId);
    assert.match(edited.text, /Aidar/);
  });

  it('mutes for an hour', async (context) => {
    const one = await rig(context);
    one.telegram.press(button(await alerted(one), /Mute/), AIDAR);
    assert.equal((await one.telegram.toasts.next()).text, 'Muted for one hour.');
    assert.equal(one.engine.parts.incidents.open()[0]?.mutedUntil, one.engine.clock.now() + HOUR);
  });

  it('of a stranger does nothing and says how to be let in', async (context) => {
    const one = await rig(context);
    one.telegram.press(button(await alerted(one), /Acknowledge/), STRANGER, 77);
    assert.match((await one.telegram.toasts.next()).text, /not among the people.*666/s);
    assert.equal(one.engine.parts.incidents.open()[0]?.acknowledged, undefined);
  });

  it('answers only those to whom it was sent, though others share the bot', async (context) => {
    const one = await rig(context, 'chatId: 77', ', { name: other, kind: telegram, chatId: 666, KEYS }');
    await breakMonitor(one.engine, 'api-job');
    const message = await one.telegram.messages.next(({ chatId, buttons }) => chatId === '77' && buttons.length > 0);
    one.telegram.press(button(message, /Acknowledge/), STRANGER);
    assert.match((await one.telegram.toasts.next()).text, /not among the people.*666/s);
    assert.equal(one.engine.parts.incidents.open()[0]?.acknowledged, undefined);
    one.telegram.press(button(message, /Acknowledge/), AIDAR);
    assert.equal((await one.telegram.toasts.next()).text, 'You have it.');
  });

  it('that comes after 15 minutes renews the buttons; the new one works', async (context) => {
    const one = await rig(context);
    const message = await alerted(one);
    const old = button(message, /Acknowledge/);
    // the alert is repeated with sound meanwhile
    one.engine.clock.advance(MINUTE);
    await one.telegram.messages.next(({ method }) => method === 'sendMessage');
    await eventually('the outcome', () => one.engine.parts.outbox.waiting().count === 0);
    one.engine.clock.advance(15 * MINUTE);
    one.telegram.press(old, AIDAR);
    assert.match((await one.telegram.toasts.next()).text, /tap once more/);
    const renewed = await one.telegram.messages.next(({ method }) => method === 'editMessageText');
    assert.equal(renewed.messageId, message.messageId);
    assert.equal(one.engine.parts.incidents.open()[0]?.acknowledged, undefined);
    one.telegram.press(button(renewed, /Acknowledge/), AIDAR);
    assert.equal((await one.telegram.toasts.next()).text, 'You have it.');
  });

  it('works once', async (context) => {
    const one = await rig(context);
    const data = button(await alerted(one), /Mute/);
    one.telegram.press(data, AIDAR);
    await one.telegram.toasts.next();
    one.telegram.press(data, AIDAR);
    assert.match((await one.telegram.toasts.next()).text, /tap once more/);
  });

  it('of an incident that is over says so', async (context) => {
    const one = await rig(context);
    const data = button(await alerted(one), /Acknowledge/);
    await healMonitor(one.engine, 'api-job');
    one.telegram.press(data, AIDAR);
    assert.equal((await one.telegram.toasts.next()).text, 'This incident is over.');
  });

  it('that nobody sent is not known', async (context) => {
    const one = await rig(context);
    for (const data of ['x', 'a'.repeat(43)]) {
      one.telegram.press(data, AIDAR);
      assert.match((await one.telegram.toasts.next()).text, /not known/);
    }
  });
});

describe('a poller', () => {
  it('reports that another program polls the same bot', async (context) => {
    const telegram = await startFakeTelegram();
    context.after(() => telegram.close());
    telegram.otherPoller(true);
    const channel = `{ name: tg, kind: telegram, chatId: 77, botToken: "${telegram.token}", apiRoot: "${telegram.url}" }`;
    const engine = await startEngine(context, { config: `contacts: [{ name: Aidar, channels: [${channel}] }]\n` });
    const mail = listen(context, engine, []);
    await eventually('the fault', () => mail.faults().length === 1);
    assert.equal(mail.faults()[0]?.channel, 'tg');
  });

  it('is one for all channels of a bot, and ends with the last of them', async (context) => {
    const { engine, telegram, mail } = await rig(context);
    await eventually('a poll', () => telegram.polling());
    mail.refresh();
    const polls = telegram.requests.items.filter(({ path }) => path.endsWith('/getUpdates')).length;
    assert.equal(polls, 1);
    const { registry } = engine.parts.core;
    const resource = registry.resources().find(({ kind }) => kind === 'channel');
    assert.ok(resource);
    registry.put({ ...resource, retiredAt: engine.clock.now() }, undefined);
    mail.refresh();
    await eventually('the end of the poll', () => !telegram.polling());
    assert.deepEqual(engine.bugs, []);
  });
});
