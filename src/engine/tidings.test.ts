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
import type { Actor } from '../incident/incident.ts';
import { HOUR, MINUTE, SECOND } from '../kernel/time.ts';

const AIDAR: Actor = { name: 'Aidar', via: 'cli' };

const rig = async (
  context: TestContext,
  names: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<{ readonly engine: TestEngine; readonly hook: FakeWebhook }> => {
  const hook = await startFakeWebhook();
  context.after(() => hook.close());
  const engine = await startEngine(context, { config: servicesOf(names, more) + hooksTo({ hook: hook.url }) });
  return { engine, hook };
};

/** All that was committed has been sent. */
const settled = (engine: TestEngine): Promise<unknown> =>
  eventually('an empty outbox', () => engine.parts.outbox.waiting().count === 0);

/** One more message has come, and its outcome is saved. */
const heard = async (hook: FakeWebhook, engine: TestEngine): Promise<void> => {
  await hook.hooks.next();
  await settled(engine);
};

const told = (hook: FakeWebhook): readonly string[] =>
  hook.hooks.items.map(({ body }) => `${String(body['kind'])}${body['loud'] === true ? ' loud' : ''}`);

const timelineOf = async ({ parts }: TestEngine, incidentId: string): Promise<readonly string[]> =>
  (await parts.core.store.timeline({ incidentId, limit: 50 })).items.map(({ data }) => data.type);

describe('tidings of one service', () => {
  it('are silent first, loud when it is still down after 45 s, and end with the recovery', async (context) => {
    const { engine, hook } = await rig(context, ['api']);
    await breakMonitor(engine, 'api-job');
    await heard(hook, engine);
    engine.clock.advance(44 * SECOND);
    await settled(engine);
    assert.deepEqual(told(hook), ['down']);
    engine.clock.advance(SECOND);
    await heard(hook, engine);
    await healMonitor(engine, 'api-job');
    await heard(hook, engine);
    engine.clock.advance(HOUR);
    await settled(engine);
    assert.deepEqual(told(hook), ['down', 'down loud', 'recovered']);
  });

  it('are loud at once when the cause will not heal by itself', async (context) => {
    const { engine, hook } = await rig(context, ['api']);
    await breakMonitor(engine, 'api-job', { lasting: true });
    await heard(hook, engine);
    assert.deepEqual(told(hook), ['down loud']);
  });

  it('end with an acknowledgement, but for the recovery', async (context) => {
    const { engine, hook } = await rig(context, ['api']);
    const incident = await breakMonitor(engine, 'api-job');
    await heard(hook, engine);
    const turn = engine.parts.core.turn();
    engine.parts.incidents.feedIncident(turn, incident, { type: 'acknowledge', at: engine.clock.now(), by: AIDAR });
    await turn.commit();
    engine.clock.advance(HOUR);
    await settled(engine);
    await healMonitor(engine, 'api-job');
    await heard(hook, engine);
    assert.deepEqual(told(hook), ['down', 'recovered']);
  });

  it('say nothing of a muted service until the mute is over', async (context) => {
    const { engine, hook } = await rig(context, ['api']);
    await engine.parts.mutes.mute('api', HOUR, AIDAR);
    await breakMonitor(engine, 'api-job');
    engine.clock.advance(HOUR - SECOND);
    await settled(engine);
    assert.deepEqual(told(hook), []);
    engine.clock.advance(2 * SECOND);
    await heard(hook, engine);
    assert.match(told(hook)[0] ?? '', /^(down|reminder)/);
  });

  it('go on in the same conversation after a relapse', async (context) => {
    const { engine, hook } = await rig(context, ['api']);
    const first = await breakMonitor(engine, 'api-job');
    await heard(hook, engine);
    await healMonitor(engine, 'api-job');
    await heard(hook, engine);
    engine.clock.advance(5 * MINUTE);
    const again = await breakMonitor(engine, 'api-job');
    assert.equal(again.id, first.id);
    await heard(hook, engine);
    assert.deepEqual(told(hook), ['down', 'recovered', 'down']);
  });

  it('begin anew when it breaks later', async (context) => {
    const { engine, hook } = await rig(context, ['api']);
    const first = await breakMonitor(engine, 'api-job');
    await healMonitor(engine, 'api-job');
    await settled(engine);
    engine.clock.advance(11 * MINUTE);
    assert.notEqual((await breakMonitor(engine, 'api-job')).id, first.id);
    await eventually('two alerts', () => told(hook).filter((kind) => kind === 'down').length === 2);
  });
});

describe('tidings of what depends on another service', () => {
  const DEPENDS = { shop: 'dependsOn: [database]' };

  it('are not told while the other one is down and told of', async (context) => {
    const { engine, hook } = await rig(context, ['database', 'shop'], DEPENDS);
    const cause = await breakMonitor(engine, 'database-job');
    await heard(hook, engine);
    const shop = await breakMonitor(engine, 'shop-job');
    assert.equal(shop.parentId, cause.id);
    await settled(engine);
    assert.deepEqual(told(hook), ['down']);
    assert.ok((await timelineOf(engine, shop.id)).includes('joined-storm'));
  });

  it('are told when it is still down once the other one is back', async (context) => {
    const { engine, hook } = await rig(context, ['database', 'shop'], DEPENDS);
    await breakMonitor(engine, 'database-job');
    await breakMonitor(engine, 'shop-job');
    await settled(engine);
    await healMonitor(engine, 'database-job');
    await eventually('both', () => told(hook).length === 3);
    assert.deepEqual(told(hook).toSorted(), ['down', 'down', 'recovered']);
    const services = hook.hooks.items.map(({ body }) => (body['facts'] as { service?: string } | undefined)?.service);
    assert.ok(services.includes('shop'), JSON.stringify(hook.hooks.items[0]?.body));
  });

  it('are told when the other one is only degraded any more', async (context) => {
    const { engine, hook } = await rig(context, ['database', 'shop'], DEPENDS);
    const { core, incidents } = engine.parts;
    const cause = await breakMonitor(engine, 'database-job');
    await breakMonitor(engine, 'shop-job');
    await heard(hook, engine);
    const turn = core.turn();
    const monitor = core.registry.find('monitor', 'database-job');
    incidents.feed(turn, monitor.serviceId, {
      type: 'verdict',
      at: core.clock.now(),
      serviceId: monitor.serviceId,
      monitorId: monitor.id,
      severity: 'critical',
      from: 'down',
      to: 'degraded',
      bad: 1,
      asked: 1,
      afterDeploy: false,
      lasting: false,
      fresh: { id: core.newId(), code: core.newCode() },
    });
    await turn.commit();
    await eventually('both', () => told(hook).length === 3);
    assert.deepEqual(told(hook).toSorted(), ['down', 'down', 'update']);
    assert.equal(incidents.known(cause.id)?.severity, 'warning');
  });

  it('are not told when it answers again already as the other one comes back', async (context) => {
    const { engine, hook } = await rig(context, ['database', 'shop'], DEPENDS);
    await breakMonitor(engine, 'database-job');
    const shop = await breakMonitor(engine, 'shop-job');
    await settled(engine);
    const turn = engine.parts.core.turn();
    const monitorId = engine.parts.core.registry.find('monitor', 'shop-job').id;
    engine.parts.incidents.feedIncident(turn, shop, {
      type: 'recovering',
      at: engine.clock.now(),
      monitorId,
      on: true,
    });
    await turn.commit();
    await healMonitor(engine, 'database-job');
    await settled(engine);
    await healMonitor(engine, 'shop-job');
    engine.clock.advance(HOUR);
    await settled(engine);
    assert.deepEqual(told(hook), ['down', 'recovered']);
  });

  it('are never told when it heals before the other one', async (context) => {
    const { engine, hook } = await rig(context, ['database', 'shop'], DEPENDS);
    await breakMonitor(engine, 'database-job');
    await breakMonitor(engine, 'shop-job');
    await healMonitor(engine, 'shop-job');
    await settled(engine);
    await healMonitor(engine, 'database-job');
    await settled(engine);
    engine.clock.advance(HOUR);
    await settled(engine);
    assert.deepEqual(told(hook).toSorted(), ['down', 'recovered']);
  });
});

describe('tidings of the watch itself', () => {
  it('go once and silently to whom the default policy tells first', async (context) => {
    const { engine, hook } = await rig(context, ['api']);
    const turn = engine.parts.core.turn();
    engine.parts.tidings.notes.broadcast(turn, { kind: 'gap', severity: 'info', failures: [], from: 1, to: 2 });
    await turn.commit();
    await heard(hook, engine);
    engine.clock.advance(HOUR);
    await settled(engine);
    assert.deepEqual(told(hook), ['gap']);
  });
});

describe('tidings of a service with several troubles', () => {
  it('call nobody any more when what was grave is over and a warning is left', async (context) => {
    const { engine, hook } = await rig(context, ['api']);
    const { core, incidents, conversations } = engine.parts;
    const { serviceId } = await breakMonitor(engine, 'api-job');
    await heard(hook, engine);
    const at = core.clock.toWall(core.clock.now());
    const turn = core.turn();
    incidents.feed(turn, serviceId ?? '', {
      type: 'verdict',
      at,
      serviceId: serviceId ?? '',
      monitorId: 'certificate',
      severity: 'critical',
      from: 'up',
      to: 'degraded',
      bad: 1,
      asked: 1,
      afterDeploy: false,
      lasting: false,
      fresh: { id: core.newId(), code: core.newCode() },
    });
    await turn.commit();
    engine.clock.advance(10 * SECOND);
    await healMonitor(engine, 'api-job');
    await heard(hook, engine);
    engine.clock.advance(2 * HOUR);
    await settled(engine);
    assert.deepEqual(told(hook), ['down', 'update']);
    const open = incidents.openOf(serviceId ?? '');
    assert.equal(open?.severity, 'warning');
    assert.equal(conversations.of(open.id)?.severity, 'warning');
    assert.deepEqual(engine.bugs, []);
  });
});
