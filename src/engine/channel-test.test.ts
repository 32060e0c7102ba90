import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { hooksTo, startEngine, type TestEngine } from '../../test/fakes/engine.ts';
import { startFakeSmsc } from '../../test/fakes/smsc.ts';
import { startFakeWebhook } from '../../test/fakes/webhook.ts';
import { channelOf } from '../alert/channels/index.ts';
import type { Actor } from '../incident/incident.ts';
import { Fault } from '../kernel/fault.ts';
import { ChannelTests } from './channel-test.ts';

const AIDAR: Actor = { name: 'Aidar', via: 'cli' };

const testsOf = ({ parts }: TestEngine): ChannelTests =>
  new ChannelTests({ ...parts, kindOf: channelOf, resolverFor: () => parts.resolver });

const rig = async (context: TestContext) => {
  const hook = await startFakeWebhook();
  context.after(() => hook.close());
  const engine = await startEngine(context, { config: hooksTo({ hook: hook.url }) });
  return { hook, engine, tests: testsOf(engine) };
};

describe('the test of a channel', () => {
  it('goes through the whole path: outbox, channel, outcome, audit', async (context) => {
    const { hook, engine, tests } = await rig(context);
    assert.deepEqual(await tests.run('hook', AIDAR), { channel: 'hook', accepted: true, tookMs: 0, attempts: 1 });
    assert.equal((await hook.hooks.next()).body['kind'], 'test');
    const { items } = await engine.parts.core.store.deliveries({ limit: 5 });
    assert.deepEqual(
      items.map(({ status, attempts }) => [status, attempts]),
      [['accepted', 1]],
    );
    const audit = (await engine.parts.core.store.audit({ limit: 5 })).items;
    assert.deepEqual(
      audit.map(({ action, subject }) => [action, subject]),
      [['channel.test', 'hook']],
    );
  });

  it('tells after the first try why it failed, and whether trying again can help', async (context) => {
    const { hook, tests } = await rig(context);
    hook.misbehave({ do: 'answer', reply: { status: 503 } }, { times: 1 });
    const passing = await tests.run('hook', AIDAR);
    assert.deepEqual([passing.accepted, passing.permanent], [false, undefined]);
    assert.match(passing.error ?? '', /503/);
    hook.misbehave({ do: 'answer', reply: { status: 401 } });
    const final = await tests.run('hook', AIDAR);
    assert.deepEqual([final.accepted, final.permanent], [false, true]);
  });

  it('tells what is left on the account where the provider says it', async (context) => {
    const smsc = await startFakeSmsc();
    context.after(() => smsc.close());
    const keys = `provider: smsc, to: "+77011234567", login: onai, password: smsc-password, apiRoot: "${smsc.url}"`;
    const config = `contacts: [{ name: Aidar, channels: [{ name: sms, kind: sms, ${keys} }] }]\n`;
    const result = await testsOf(await startEngine(context, { config })).run('sms', AIDAR);
    assert.deepEqual([result.accepted, result.balance], [true, { amount: 980.5, currency: 'KZT' }]);
  });

  it('is refused for a channel that is not there, naming those that are', async (context) => {
    const { tests } = await rig(context);
    await assert.rejects(
      tests.run('hock', AIDAR),
      (error) => error instanceof Fault && error.code === 'NOT_FOUND' && /hook/.test(error.hint),
    );
  });
});
