import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import {
  breakMonitor,
  healMonitor,
  hooksTo,
  servicesOf,
  startEngine,
  stored,
  tell,
  type TestEngine,
} from '../../test/fakes/engine.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { startFakeWebhook, type FakeWebhook } from '../../test/fakes/webhook.ts';
import type { Delivery } from '../alert/model.ts';
import { HOUR, SECOND } from '../kernel/time.ts';

type Hooks = Readonly<Record<'first' | 'second', FakeWebhook>>;

const STEPS = [
  'policies:',
  '  - name: default',
  '    steps:',
  '      - { after: 0s, notify: [first] }',
  '      - { after: 10m, notify: [second] }',
  '',
].join('\n');

const rig = async (context: TestContext): Promise<{ readonly engine: TestEngine; readonly hooks: Hooks }> => {
  const hooks = { first: await startFakeWebhook(), second: await startFakeWebhook() };
  context.after(() => Promise.all([hooks.first.close(), hooks.second.close()]));
  const config = `${servicesOf(['api'])}${hooksTo({ first: hooks.first.url, second: hooks.second.url })}${STEPS}`;
  return { engine: await startEngine(context, { config }), hooks };
};

const idOf = (deliveries: readonly Delivery[]): string => deliveries[0]?.id ?? '';

const kinds = (hook: FakeWebhook): readonly unknown[] => hook.hooks.items.map(({ body }) => body['kind']);

/** The lane has taken the outcome in and waits for the next try. */
const backedOff = (engine: TestEngine, id: string, attempts: number): Promise<Delivery> =>
  eventually('the next try', async () => {
    const delivery = await stored(engine, id, (one) => one.status === 'waiting' && one.attempts === attempts);
    const next = engine.parts.core.deadlines.at(`lane ${delivery.channelId}`);
    return next === delivery.dueAt && delivery;
  });

describe('the dispatch', () => {
  it('tries again after a passing error, and sends no double once it is accepted', async (context) => {
    const { engine, hooks } = await rig(context);
    hooks.first.misbehave({ do: 'answer', reply: { status: 503 } }, { times: 2 });
    const id = idOf((await tell(engine, ['first'])).deliveries);
    const once = await backedOff(engine, id, 1);
    assert.ok(once.dueAt - engine.clock.now() >= 800 && once.dueAt - engine.clock.now() <= 1_200);
    engine.clock.advance(1_200);
    await backedOff(engine, id, 2);
    engine.clock.advance(2_400);
    const done = await stored(engine, id, ({ status }) => status === 'accepted');
    assert.equal(done.attempts, 3);
    assert.equal(hooks.first.hooks.items.length, 1);
    engine.clock.advance(HOUR);
    assert.equal(hooks.first.requests.items.length, 3);
  });

  it('does not ask again before the provider said it may', async (context) => {
    const { engine, hooks } = await rig(context);
    hooks.first.misbehave({ do: 'answer', reply: { status: 429, headers: { 'retry-after': '20' } } }, { times: 1 });
    const id = idOf((await tell(engine, ['first'])).deliveries);
    const { dueAt } = await backedOff(engine, id, 1);
    assert.equal(dueAt - engine.clock.now(), 20 * SECOND);
    engine.clock.advance(20 * SECOND);
    await stored(engine, id, ({ status }) => status === 'accepted');
  });

  it('gives up at a permanent error and turns to the next channel at once', async (context) => {
    const { engine, hooks } = await rig(context);
    hooks.first.misbehave({ do: 'answer', reply: { status: 401 } });
    const incident = await breakMonitor(engine, 'api-job');
    const sent = await hooks.second.hooks.next();
    assert.equal(sent.body['kind'], 'down');
    const { items } = await engine.parts.core.store.timeline({ incidentId: incident.id, limit: 20 });
    assert.ok(
      items.some(
        ({ data }) => data.type === 'alert' && data.channel === 'first' && data.outcome === 'failed' && data.error,
      ),
    );
  });

  it('cuts a channel that hangs at its time-out, and turns to the next one after 30 s', async (context) => {
    const { engine, hooks } = await rig(context);
    hooks.first.misbehave({ do: 'hang' });
    await breakMonitor(engine, 'api-job');
    await hooks.first.requests.next();
    const [delivery] = (await engine.parts.core.store.deliveries({ limit: 1 })).items;
    engine.clock.advance(10 * SECOND);
    const cut = await backedOff(engine, delivery?.id ?? '', 1);
    assert.match(cut.error ?? '', /10 s|no answer|time/i);
    assert.equal(hooks.second.requests.items.length, 0);
    // the next try hangs as well: what is due is looked at while the lane is busy
    engine.clock.advance(SECOND * 2);
    await stored(engine, delivery?.id ?? '', ({ attempts }) => attempts === 2);
    engine.clock.advance(18 * SECOND);
    await eventually('the next channel', () => {
      engine.clock.advance(10);
      return hooks.second.hooks.items.length > 0;
    });
    assert.equal((await hooks.second.hooks.next()).body['kind'], 'down');
  });

  it('delays no other channel by one that hangs', async (context) => {
    const { engine, hooks } = await rig(context);
    hooks.first.misbehave({ do: 'hang' });
    await tell(engine, ['first', 'second']);
    await hooks.first.requests.next();
    await hooks.second.hooks.next();
  });

  it('tells a recovery where the alert went and nowhere else', async (context) => {
    const { engine, hooks } = await rig(context);
    await breakMonitor(engine, 'api-job');
    const down = await hooks.first.hooks.next();
    await eventually('the outcome', () => engine.parts.outbox.waiting().count === 0);
    engine.clock.advance(30 * SECOND);
    await healMonitor(engine, 'api-job');
    const up = await hooks.first.hooks.next();
    assert.deepEqual([down.body['kind'], up.body['kind']], ['down', 'recovered']);
    await eventually('the outcome', () => engine.parts.outbox.waiting().count === 0);
    assert.equal(hooks.second.requests.items.length, 0);
  });

  it('tells an outage that began and ended while the channel was away as one late message', async (context) => {
    const { engine, hooks } = await rig(context);
    hooks.first.misbehave({ do: 'answer', reply: { status: 503 } });
    await breakMonitor(engine, 'api-job');
    const [delivery] = (await engine.parts.core.store.deliveries({ limit: 1 })).items;
    await backedOff(engine, delivery?.id ?? '', 1);
    await healMonitor(engine, 'api-job');
    await eventually('the failure', async () => {
      const { items } = await engine.parts.core.store.deliveries({ limit: 10 });
      return items.every(({ status, attempts }) => status === 'merged' || (status === 'waiting' && attempts > 0));
    });
    hooks.first.behave();
    engine.clock.advance(30 * SECOND);
    await hooks.first.hooks.next();
    await eventually('an empty lane', () => engine.parts.outbox.waiting().count === 0);
    engine.clock.advance(HOUR);
    assert.deepEqual(kinds(hooks.first), ['unseen']);
    assert.deepEqual(engine.bugs, []);
  });

  it('sends what was under way when it was killed again, under the same dedup key', async (context) => {
    const { engine, hooks } = await rig(context);
    hooks.first.misbehave({ do: 'hang' });
    const { alert } = await tell(engine, ['first']);
    await hooks.first.requests.next();
    await engine.kill();
    hooks.first.behave();
    const { clock, dir } = engine;
    const next = await startEngine(context, { clock, dir, config: hooksTo({ first: hooks.first.url }) });
    assert.equal((await hooks.first.hooks.next()).id, `${alert.id}-1-0-first`);
    await eventually('an empty lane', () => next.parts.outbox.waiting().count === 0);
    assert.equal(hooks.first.hooks.items.length, 1);
  });

  it('lets go of what waits for a channel that is no more', async (context) => {
    const { engine, hooks } = await rig(context);
    hooks.second.misbehave({ do: 'answer', reply: { status: 503 } });
    const id = idOf((await tell(engine, ['second'])).deliveries);
    await backedOff(engine, id, 1);
    await engine.kill();
    const { clock, dir } = engine;
    const next = await startEngine(context, { clock, dir, config: hooksTo({ first: hooks.first.url }) });
    clock.advance(30 * SECOND);
    assert.equal((await stored(next, id, ({ status }) => status !== 'waiting')).status, 'failed');
  });

  it('saves the outcome of what is under way when it is stopped, so that it is not sent again', async (context) => {
    const { engine, hooks } = await rig(context);
    const { alert } = await tell(engine, ['first']);
    await engine.end();
    const { clock, dir } = engine;
    const next = await startEngine(context, { clock, dir, config: hooksTo({ first: hooks.first.url }) });
    await eventually('an empty lane', () => next.parts.outbox.waiting().count === 0);
    assert.deepEqual(
      hooks.first.hooks.items.map(({ id }) => id),
      [`${alert.id}-1-0-first`],
    );
  });

  it('begins nothing more once stopped', async (context) => {
    const { engine, hooks } = await rig(context);
    engine.parts.dispatch.stop();
    const id = idOf((await tell(engine, ['first'])).deliveries);
    engine.clock.advance(HOUR);
    assert.equal((await stored(engine, id)).status, 'waiting');
    assert.equal(hooks.first.requests.items.length, 0);
  });
});
