import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import {
  breakMonitor,
  healMonitor,
  hooksTo,
  servicesOf,
  startEngine,
  type TestEngine,
} from '../../test/fakes/engine.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { startFakeWebhook, type FakeWebhook } from '../../test/fakes/webhook.ts';
import type { Delivery } from '../alert/model.ts';
import { HOUR, MINUTE, SECOND } from '../kernel/time.ts';

const STEPS = [
  'policies:',
  '  - name: default',
  '    steps:',
  '      - { after: 0s, notify: [first], loud: always }',
  '      - { after: 6h, notify: [second] }',
  '',
].join('\n');

interface Rig {
  readonly engine: TestEngine;
  readonly first: FakeWebhook;
  readonly second: FakeWebhook;
  readonly config: string;
}

const rig = async (context: TestContext): Promise<Rig> => {
  const [first, second] = [await startFakeWebhook(), await startFakeWebhook()];
  context.after(() => Promise.all([first.close(), second.close()]));
  const config = `${servicesOf(['api'])}${hooksTo({ first: first.url, second: second.url })}${STEPS}`;
  return { engine: await startEngine(context, { config }), first, second, config };
};

const deliveries = async ({ parts }: TestEngine): Promise<readonly Delivery[]> =>
  (await parts.core.store.deliveries({ limit: 50 })).items;

/** Everything has been tried once, and waits for its next try. */
const refused = (engine: TestEngine): Promise<unknown> =>
  eventually('a first try of all', async () => {
    const all = await deliveries(engine);
    return (
      all.length > 0 &&
      all.every(({ status, attempts }) => status !== 'sending' && (attempts > 0 || status === 'merged'))
    );
  });

const settled = (engine: TestEngine): Promise<unknown> =>
  eventually('an empty outbox', () => engine.parts.outbox.waiting().count === 0);

const told = (hook: FakeWebhook): readonly string[] =>
  hook.hooks.items.map(({ body }) => `${String(body['kind'])}${body['loud'] === true ? ' loud' : ''}`);

describe('a message that could not be sent in time', () => {
  it('wakes nobody any more once somebody answered', async (context) => {
    const { engine, first } = await rig(context);
    const { core, incidents } = engine.parts;
    first.misbehave({ do: 'answer', reply: { status: 503 } });
    const incident = await breakMonitor(engine, 'api-job');
    await refused(engine);
    const turn = core.turn();
    const by = { name: 'Aidar', via: 'link' } as const;
    incidents.feedIncident(turn, incident, { type: 'acknowledge', at: core.clock.now(), by });
    await turn.commit();
    first.behave();
    engine.clock.advance(2 * MINUTE);
    await settled(engine);
    assert.deepEqual(told(first), []);
    assert.deepEqual(engine.bugs, []);
  });

  it('is told late, never as new, when its incident is long over and the brain was started anew', async (context) => {
    const { engine, first, config } = await rig(context);
    first.misbehave({ do: 'answer', reply: { status: 503 } });
    await breakMonitor(engine, 'api-job');
    await refused(engine);
    await healMonitor(engine, 'api-job');
    await refused(engine);
    await engine.kill();
    engine.clock.advance(HOUR);
    first.behave();
    const next = await startEngine(context, { config, dir: engine.dir, clock: engine.clock });
    await first.hooks.next();
    await settled(next);
    assert.deepEqual(told(first), ['unseen']);
    assert.deepEqual(next.bugs, []);
  });

  it('goes to the next channel when its own is no longer defined', async (context) => {
    const { engine, first, second, config } = await rig(context);
    first.misbehave({ do: 'answer', reply: { status: 503 } });
    await breakMonitor(engine, 'api-job');
    await refused(engine);
    await engine.kill();
    const without = config.replace(/.*name: first.*\n/, '').replace('notify: [first]', 'notify: [second]');
    const next = await startEngine(context, { config: without, dir: engine.dir, clock: engine.clock });
    engine.clock.advance(10 * SECOND);
    await second.hooks.next();
    await settled(next);
    assert.deepEqual(told(second).length, 1);
    assert.deepEqual(next.bugs, []);
  });
});

describe('a conversation', () => {
  it('passes over a channel that is not defined any more', async (context) => {
    const { engine, first, second, config } = await rig(context);
    const step = STEPS.replace('6h, notify: [second]', '10m, notify: [gone] }\n      - { after: 6h, notify: [second]');
    const hooks = config.replace(/(\n.*)name: first, (.*)\n/, '$1name: first, $2$1name: gone, $2\n');
    const three = hooks.replace(STEPS, step);
    await engine.kill();
    const before = await startEngine(context, { config: three, dir: engine.dir, clock: engine.clock });
    await breakMonitor(before, 'api-job');
    await first.hooks.next();
    await settled(before);
    await before.kill();
    const next = await startEngine(context, { config, dir: engine.dir, clock: engine.clock });
    engine.clock.advance(11 * MINUTE);
    await second.hooks.next();
    await settled(next);
    assert.deepEqual([told(first).length, told(second).length], [1, 1]);
    assert.deepEqual(next.bugs, []);
  });
});

describe('what is over', () => {
  it('is forgotten when it can come back no more', async (context) => {
    const { engine, first } = await rig(context);
    const { incidents, dispatch } = engine.parts;
    for (let count = 0; count < 3; count += 1) {
      await breakMonitor(engine, 'api-job');
      await first.hooks.next();
      await settled(engine);
      await healMonitor(engine, 'api-job');
      await first.hooks.next();
      await settled(engine);
      engine.clock.advance(HOUR);
    }
    const { items } = await engine.parts.core.store.incidents({ limit: 10 });
    assert.equal(items.length, 3);
    assert.deepEqual(
      items.map(({ id }) => incidents.known(id) !== undefined),
      [true, false, false],
    );
    assert.deepEqual(
      items.map(({ id }) => dispatch.told.of(id).length > 0),
      [true, false, false],
    );
    assert.equal(incidents.known(items[0]?.id ?? '')?.state, 'closed');
  });

  it('keeps what is heard late of it apart from the incident that is open now', async (context) => {
    const { engine } = await rig(context);
    const { core, incidents } = engine.parts;
    const old = await breakMonitor(engine, 'api-job');
    await healMonitor(engine, 'api-job');
    engine.clock.advance(HOUR);
    const present = await breakMonitor(engine, 'api-job');
    await settled(engine);
    const before = (await core.store.timeline({ incidentId: present.id, limit: 50 })).items.length;
    const turn = core.turn();
    const late = { channel: 'first', loud: true, outcome: 'failed', error: 'late' } as const;
    incidents.feedIncident(turn, old, { type: 'alerted', at: core.clock.now(), ...late });
    await turn.commit();
    assert.equal((await core.store.timeline({ incidentId: present.id, limit: 50 })).items.length, before);
  });
});
