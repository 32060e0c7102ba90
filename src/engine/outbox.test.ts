import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import {
  downFacts,
  hooksTo,
  startEngine,
  stored,
  tell,
  type EngineOptions,
  type TestEngine,
} from '../../test/fakes/engine.ts';
import { startFakeWebhook, type FakeWebhook } from '../../test/fakes/webhook.ts';
import { Fault } from '../kernel/fault.ts';
import { HOUR, MINUTE } from '../kernel/time.ts';

const rig = async (
  context: TestContext,
  options: EngineOptions & { readonly contact?: string } = {},
): Promise<{ readonly engine: TestEngine; readonly hook: FakeWebhook }> => {
  const hook = await startFakeWebhook();
  context.after(() => hook.close());
  const engine = await startEngine(context, { config: hooksTo({ hook: hook.url }, options.contact ?? ''), ...options });
  return { engine, hook };
};

describe('the outbox', () => {
  it('has the row in the store, as being sent, before the channel is asked', async (context) => {
    const { engine, hook } = await rig(context);
    hook.misbehave({ do: 'hang' }, { times: 1 });
    const { deliveries } = await tell(engine, ['hook']);
    await hook.requests.next();
    const rows = await engine.parts.core.store.deliveries({ limit: 10 });
    assert.deepEqual(
      rows.items.map(({ id, status, attempts }) => ({ id, status, attempts })),
      [{ id: deliveries[0]?.id, status: 'sending', attempts: 1 }],
    );
  });

  it('saves the outcome and the attempt, and sends under the dedup key', async (context) => {
    const { engine, hook } = await rig(context);
    const { alert, deliveries } = await tell(engine, ['hook'], {}, { loud: true });
    const sent = await hook.hooks.next();
    assert.equal(sent.id, `${alert.id}-1-0-hook`);
    assert.equal(sent.body['loud'], true);
    const done = await stored(engine, deliveries[0]?.id ?? '', ({ status }) => status === 'accepted');
    assert.equal(done.attempts, 1);
    assert.equal(done.acceptedAt, engine.clock.now());
    assert.deepEqual(engine.parts.outbox.waiting(), { count: 0, oldestMs: 0 });
    assert.deepEqual(engine.bugs, []);
  });

  it('says nothing to channels that do not exist', async (context) => {
    const { engine, hook } = await rig(context);
    assert.deepEqual((await tell(engine, ['nobody'])).deliveries, []);
    assert.equal(hook.requests.items.length, 0);
  });

  it('tells from memory when the row cannot be saved, with the reason in the message', async (context) => {
    const { engine, hook } = await rig(context);
    engine.parts.core.store.write = () =>
      Promise.reject(new Fault('STORE_UNAVAILABLE', 'No space is left on the disk.'));
    await tell(engine, ['hook']);
    const { body } = await hook.hooks.next();
    assert.match(JSON.stringify(body), /No space is left on the disk/);
    assert.deepEqual(engine.warnings, ['No space is left on the disk.']);
  });

  it('lets wait for the end of quiet hours what is below their severity, and nothing else', async (context) => {
    // 08:03 in Almaty
    const contact = 'timezone: Asia/Almaty\n    quiet: { from: "07:00", to: "09:30", below: critical }';
    const { engine, hook } = await rig(context, { contact });
    const quiet = await tell(engine, ['hook'], { severity: 'warning', facts: downFacts({ severity: 'warning' }) });
    const urgent = await tell(engine, ['hook']);
    await hook.hooks.next(({ id }) => id.startsWith(urgent.alert.id));
    const waiting = await stored(engine, quiet.deliveries[0]?.id ?? '');
    assert.equal(waiting.status, 'waiting');
    assert.equal(waiting.dueAt, Date.UTC(2025, 11, 22, 4, 30));
    await stored(engine, urgent.deliveries[0]?.id ?? '', ({ status }) => status === 'accepted');
    assert.equal(hook.requests.items.length, 1);
    assert.deepEqual(engine.parts.outbox.waiting(), { count: 1, oldestMs: 0 });
    engine.clock.advance(2 * HOUR);
    await hook.hooks.next(({ id }) => id.startsWith(quiet.alert.id));
  });

  it('sends a test message in quiet hours too', async (context) => {
    const contact = 'timezone: Asia/Almaty\n    quiet: { from: "07:00", to: "09:30", below: critical }';
    const { engine, hook } = await rig(context, { contact });
    await tell(engine, ['hook'], {
      kind: 'test',
      severity: 'info',
      facts: { kind: 'test', severity: 'info', failures: [] },
    });
    await hook.hooks.next();
  });

  it('keeps to the cap of a channel and says so once', async (context) => {
    const hook = await startFakeWebhook();
    context.after(() => hook.close());
    const config = hooksTo({ hook: hook.url }).replace('kind: webhook', 'kind: webhook, cap: { perDay: 2 }');
    const engine = await startEngine(context, { config });
    for (let count = 0; count < 2; count += 1) {
      const { deliveries } = await tell(engine, ['hook']);
      await stored(engine, deliveries[0]?.id ?? '', ({ status }) => status === 'accepted');
    }
    const { deliveries } = await tell(engine, ['hook']);
    const capped = await stored(engine, deliveries[0]?.id ?? '', ({ status }) => status === 'dropped');
    assert.equal(capped.error, 'the cap for today is used up');
    assert.equal(hook.requests.items.length, 2);
  });

  it('tells how long what is due has waited, tried or not', async (context) => {
    const { engine, hook } = await rig(context);
    hook.misbehave({ do: 'answer', reply: { status: 503 } });
    const { deliveries } = await tell(engine, ['hook']);
    await stored(engine, deliveries[0]?.id ?? '', ({ error }) => error !== undefined);
    engine.clock.advance(MINUTE / 2);
    assert.equal(engine.parts.outbox.waiting().count, 1);
    assert.ok(engine.parts.outbox.waiting().oldestMs >= MINUTE / 2);
    assert.equal(engine.parts.dispatch.untriedMs(), 0);
  });
});
