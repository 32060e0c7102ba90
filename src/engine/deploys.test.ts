import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { breakMonitor, pass, servicesOf, startEngine, watchedBy, type TestEngine } from '../../test/fakes/engine.ts';
import { startTarget, type Target } from '../../test/fakes/target.ts';
import type { Actor } from '../incident/incident.ts';
import { Fault } from '../kernel/fault.ts';
import { MINUTE, SECOND } from '../kernel/time.ts';

const CI: Actor = { name: 'ci', via: 'api' };

const watching = async (context: TestContext): Promise<{ readonly engine: TestEngine; readonly target: Target }> => {
  const target = await startTarget();
  context.after(() => target.close());
  const engine = await startEngine(context, { config: watchedBy({ api: target.url }) });
  engine.parts.watch.start();
  await pass(engine, 15 * SECOND);
  return { engine, target };
};

describe('an announced deploy', () => {
  it('is remembered as the last change of its service, also after a restart', async (context) => {
    const config = servicesOf(['api', 'shop']);
    const engine = await startEngine(context, { config });
    const { core, deploys } = engine.parts;
    assert.deepEqual(await deploys.announce({ service: 'api', version: '42' }, CI), ['api']);
    const { id } = core.registry.find('service', 'api');
    const change = { at: engine.clock.now(), what: 'release 42' };
    assert.deepEqual(deploys.last(id), change);
    assert.equal(deploys.last(core.registry.find('service', 'shop').id), undefined);
    await engine.kill();
    const next = await startEngine(context, { config, dir: engine.dir, clock: engine.clock });
    assert.deepEqual(next.parts.deploys.last(id), change);
  });

  it('is of all services when none is named, and of none that does not exist', async (context) => {
    const engine = await startEngine(context, { config: servicesOf(['api', 'shop']) });
    assert.deepEqual(await engine.parts.deploys.announce({}, CI), ['api', 'shop']);
    await assert.rejects(
      engine.parts.deploys.announce({ service: 'nobody' }, CI),
      (error) => error instanceof Fault && error.code === 'NOT_FOUND',
    );
  });

  it('stands in the timeline of an incident that is open', async (context) => {
    const engine = await startEngine(context, { config: servicesOf(['api']) });
    const incident = await breakMonitor(engine, 'api-job');
    await engine.parts.deploys.announce({ service: 'api', version: '43', by: 'Dana' }, CI);
    const { items } = await engine.parts.core.store.timeline({ incidentId: incident.id, limit: 10 });
    const deploy = items.find(({ data }) => data.type === 'deploy');
    assert.deepEqual(deploy?.data, { type: 'deploy', version: '43', by: 'Dana' });
  });

  it('is forgiven a blip of 30 s that would else be told', async (context) => {
    for (const announced of [true, false]) {
      const { engine, target } = await watching(context);
      if (announced) await engine.parts.deploys.announce({ service: 'api' }, CI);
      await target.die();
      await pass(engine, 30 * SECOND);
      await target.revive();
      await pass(engine, MINUTE);
      const downs = engine.lines.filter(({ effect }) => effect.to === 'down');
      assert.equal(downs.length, announced ? 0 : 1, `announced: ${announced}`);
    }
  });

  it('is forgiven no more than its blip, and named as what changed last', async (context) => {
    const { engine, target } = await watching(context);
    await engine.parts.deploys.announce({ service: 'api', version: '44' }, CI);
    await target.die();
    await pass(engine, 90 * SECOND);
    const [incident] = engine.parts.incidents.open();
    assert.equal(incident?.lastChange?.what, 'release 44');
    assert.equal(incident?.loudAtOnce, true);
  });
});
