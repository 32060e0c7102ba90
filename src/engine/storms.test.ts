import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { hooksTo, pass, startEngine, watchedBy, type TestEngine } from '../../test/fakes/engine.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { startTarget, type Target } from '../../test/fakes/target.ts';
import { startFakeWebhook, type FakeWebhook } from '../../test/fakes/webhook.ts';
import type { Incident } from '../incident/incident.ts';
import { MINUTE, SECOND } from '../kernel/time.ts';

const NAMES = ['api', 'shop', 'mail', 'docs'] as const;

interface Rig {
  readonly engine: TestEngine;
  readonly target: Target;
  readonly hook: FakeWebhook;
  readonly config: string;
}

/**
 * Services on one machine, seen to be well. Asked every 5 s, all are in doubt before the first of them is judged; with a slower pulse chance
 * decides how many were asked by then, and the first few may be told before it is a storm.
 */
const rig = async (context: TestContext, names: readonly string[]): Promise<Rig> => {
  const target = await startTarget();
  const hook = await startFakeWebhook();
  context.after(() => Promise.all([target.close(), hook.close()]));
  const watched = watchedBy(Object.fromEntries(names.map((name) => [name, target.url])));
  const config = watched.replaceAll(' }]', ', pulse: 5s }]') + hooksTo({ hook: hook.url });
  const engine = await startEngine(context, { config });
  engine.parts.watch.start();
  await pass(engine, 15 * SECOND);
  return { engine, target, hook, config };
};

const settled = (engine: TestEngine): Promise<unknown> =>
  eventually('an empty outbox', () => engine.parts.outbox.waiting().count === 0);

const kinds = (hook: FakeWebhook): readonly unknown[] => hook.hooks.items.map(({ body }) => body['kind']);

const stormIn = (engine: TestEngine): Incident | undefined =>
  engine.parts.incidents.open().find(({ kind }) => kind === 'storm');

describe('a storm', () => {
  it('is one incident and one message when several services on a host break together', async (context) => {
    const { engine, target, hook } = await rig(context, NAMES);
    await target.die();
    await pass(engine, 30 * SECOND);
    await settled(engine);
    assert.deepEqual(kinds(hook), ['storm']);
    const storm = stormIn(engine);
    assert.deepEqual([storm?.storm?.serviceIds.length, storm?.storm?.of, storm?.storm?.host], [4, 4, '127.0.0.1']);
    assert.equal(storm?.storm?.commonCause.code, 'tcp.refused');
    const members = engine.parts.incidents.open().filter(({ kind }) => kind === 'service');
    assert.deepEqual(
      members.map(({ parentId }) => parentId),
      members.map(() => storm?.id),
    );
    assert.deepEqual(engine.bugs, []);
  });

  it('ends with one message when all that it held is well again', async (context) => {
    const { engine, target, hook } = await rig(context, NAMES);
    await target.die();
    await pass(engine, 30 * SECOND);
    await settled(engine);
    await target.revive();
    await pass(engine, 3 * MINUTE);
    await settled(engine);
    assert.deepEqual(engine.parts.incidents.open(), []);
    assert.deepEqual(
      kinds(hook).filter((kind) => kind === 'recovered'),
      ['recovered'],
    );
  });

  it('is acknowledged for all its members by one answer', async (context) => {
    const { engine, target } = await rig(context, NAMES);
    await target.die();
    await pass(engine, 30 * SECOND);
    const storm = stormIn(engine);
    assert.ok(storm);
    const turn = engine.parts.core.turn();
    const by = { name: 'Aidar', via: 'telegram' } as const;
    engine.parts.incidents.feedIncident(turn, storm, { type: 'acknowledge', at: engine.clock.now(), by });
    await turn.commit();
    assert.deepEqual(
      engine.parts.incidents.open().map(({ acknowledged }) => acknowledged?.by.name),
      Array.from({ length: 5 }, () => 'Aidar'),
    );
  });

  it('is none when two services break: each is told by itself', async (context) => {
    const { engine, target, hook } = await rig(context, ['api', 'shop']);
    await target.die();
    await pass(engine, 30 * SECOND);
    await settled(engine);
    assert.deepEqual(kinds(hook).slice(0, 2), ['down', 'down']);
    assert.equal(stormIn(engine), undefined);
  });

  it('goes on after a restart in the same conversation', async (context) => {
    const { engine, target, hook, config } = await rig(context, NAMES);
    await target.die();
    await pass(engine, 30 * SECOND);
    await settled(engine);
    const before = kinds(hook).length;
    await engine.kill();
    const next = await startEngine(context, { config, dir: engine.dir, clock: engine.clock });
    next.parts.watch.start();
    assert.equal(stormIn(next)?.id, stormIn(engine)?.id);
    await target.revive();
    await pass(next, 3 * MINUTE);
    await settled(next);
    assert.deepEqual(next.parts.incidents.open(), []);
    assert.equal(
      kinds(hook)
        .slice(before)
        .filter((kind) => kind === 'recovered').length,
      1,
    );
    assert.ok(!kinds(hook).slice(before).includes('down'));
  });
});
