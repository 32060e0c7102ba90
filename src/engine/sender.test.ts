import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { z } from 'zod';
import { downFacts, servicesOf, startEngine, type TestEngine } from '../../test/fakes/engine.ts';
import type { Accepted, ChannelKind, DeliveryError, Message } from '../alert/channel.ts';
import { defineChannel } from '../alert/channel.ts';
import type { Alert, Channel, Delivery } from '../alert/model.ts';
import { hashSecret } from '../auth/secret-text.ts';
import { Fault } from '../kernel/fault.ts';
import { ok, type Result } from '../kernel/result.ts';
import { MINUTE, SECOND } from '../kernel/time.ts';
import { Sender } from './sender.ts';

type Send = (message: Message, signal: AbortSignal) => Promise<Result<Accepted, DeliveryError>>;

const kindThat = (send: Send, buttons = false): ChannelKind =>
  defineChannel({
    kind: 'fake',
    title: { en: 'Fake', ru: 'Проба' },
    config: z.object({ kind: z.literal('fake') }),
    traits: { edits: true, buttons, paid: false, silentPossible: true },
    send: (_config, message, { signal }) => send(message, signal),
  });

const CHANNEL: Channel = {
  id: 'ch1',
  contactId: 'c1',
  name: 'fake',
  kind: 'fake',
  origin: 'file',
  cap: { perDay: 1 },
  config: { kind: 'fake' },
};

interface Rig {
  readonly engine: TestEngine;
  readonly sender: Sender;
  readonly alert: Alert;
  readonly delivery: Delivery;
}

const rig = async (context: TestContext, kind: ChannelKind | undefined, isOpen = true): Promise<Rig> => {
  const engine = await startEngine(context, { config: servicesOf(['api']) });
  const { core, resolver } = engine.parts;
  const sender = new Sender({
    core,
    kindOf: () => kind,
    publicUrl: () => 'https://watch.example',
    isOpen: () => isOpen,
    config: ({ config }) => config,
    resolverFor: () => resolver,
  });
  const at = core.clock.now();
  const alert: Alert = {
    id: 'a1',
    incidentId: 'i1',
    kind: 'down',
    severity: 'critical',
    transition: 1,
    createdAt: at,
    facts: downFacts({ incidentId: 'i1', code: '7F3K' }),
  };
  const delivery: Delivery = {
    id: 'd1',
    alertId: 'a1',
    incidentId: 'i1',
    channelId: 'ch1',
    dedupKey: 'i1-1-0-fake',
    loud: true,
    status: 'sending',
    dueAt: at,
    createdAt: at,
    attempts: 1,
  };
  return { engine, sender, alert, delivery };
};

/** What a channel was handed. */
const sentBy = async (context: TestContext, buttons: boolean, isOpen = true): Promise<Rig & { message: Message }> => {
  const messages: Message[] = [];
  const kind = kindThat(async (message) => {
    messages.push(message);
    return ok({});
  }, buttons);
  const one = await rig(context, kind, isOpen);
  await one.sender.send(CHANNEL, one.delivery, one.alert, undefined);
  const [message] = messages;
  assert.ok(message);
  return { ...one, message };
};

describe('sending', () => {
  it('gives buttons that are saved before the message goes out, good for 15 minutes', async (context) => {
    const { engine, message } = await sentBy(context, true);
    const actions = message.buttons.filter(({ id }) => id !== undefined);
    assert.deepEqual(
      actions.map(({ action }) => action),
      ['acknowledge', 'mute'],
    );
    for (const { action, id } of actions) {
      const token = await engine.parts.core.store.tokenByHash(hashSecret(id ?? ''));
      assert.deepEqual(token?.data, { incidentId: 'i1', action, channelId: 'ch1' });
      assert.equal(token?.expiresAt, engine.clock.now() + 15 * MINUTE);
    }
  });

  it('gives a one-time link where there are no buttons', async (context) => {
    const { engine, message } = await sentBy(context, false);
    const secret = /^https:\/\/watch\.example\/a\/(.+)$/.exec(message.ackLink ?? '')?.[1];
    assert.ok(secret !== undefined, message.ackLink);
    assert.equal((await engine.parts.core.store.tokenByHash(hashSecret(secret)))?.kind, 'ack');
  });

  it('gives neither for an incident that is over', async (context) => {
    const { message } = await sentBy(context, true, false);
    assert.deepEqual(
      message.buttons.filter(({ id }) => id !== undefined),
      [],
    );
    assert.equal(message.ackLink, undefined);
  });

  it('cuts a channel that ignores its signal after 10 s: the message may have arrived', async (context) => {
    let begun = (): void => undefined;
    const sending = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const kind = kindThat(() => {
      begun();
      return new Promise(() => undefined);
    });
    const { engine, sender, alert, delivery } = await rig(context, kind);
    const result = sender.send(CHANNEL, delivery, alert, undefined);
    await sending;
    engine.clock.advance(10 * SECOND);
    assert.deepEqual(await result, {
      ok: false,
      error: { permanent: false, message: 'no answer within 10 s', perhapsSent: true },
    });
  });

  it('takes a throw of a channel for a bug and tries again', async (context) => {
    const kind = kindThat(() => {
      throw new Error('broken');
    });
    const { engine, sender, alert, delivery } = await rig(context, kind);
    const result = await sender.send(CHANNEL, delivery, alert, undefined);
    assert.equal(!result.ok && result.error.permanent, false);
    assert.match(engine.bugs[0] ?? '', /channel fake: Error: broken/);
  });

  it('fails for good when there is no such kind of channel', async (context) => {
    const { sender, alert, delivery } = await rig(context, undefined);
    const result = await sender.send(CHANNEL, delivery, alert, undefined);
    assert.equal(!result.ok && result.error.permanent, true);
  });

  it('spares nobody when the store cannot say how much was sent', async (context) => {
    const { engine, sender, delivery } = await rig(
      context,
      kindThat(async () => ok({})),
    );
    const { store } = engine.parts.core;
    store.sentSince = async () => ({ messages: 1, cost: 0 });
    assert.equal(await sender.mayStillSend(CHANNEL, delivery), false);
    assert.equal(await sender.mayStillSend(CHANNEL, { ...delivery, edits: 'm1' }), true);
    store.sentSince = () => Promise.reject(new Fault('STORE_UNAVAILABLE', 'I/O error'));
    assert.equal(await sender.mayStillSend(CHANNEL, delivery), true);
    assert.deepEqual(engine.warnings, ['I/O error']);
  });
});
