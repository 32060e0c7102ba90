import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { breakMonitor, healMonitor, hooksTo, servicesOf, startEngine } from '../../test/fakes/engine.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { startFakeWebhook } from '../../test/fakes/webhook.ts';
import { Fault } from '../kernel/fault.ts';
import type { Write } from '../store/contract.ts';
import { Saver } from './saver.ts';

const meta = (key: string, value: number): Write => ({ put: 'meta', key, value });

/** A store whose disk is full, hangs, or takes all. */
const diskOf = () => {
  const disk = { state: 'well' as 'well' | 'full' | 'hung', kept: new Map<string, unknown>() };
  const write = (writes: readonly Write[]): Promise<void> => {
    if (disk.state === 'full') return Promise.reject(new Fault('STORE_UNAVAILABLE', 'the disk is full'));
    if (disk.state === 'hung') return new Promise(() => undefined);
    for (const one of writes) if ('put' in one && one.put === 'meta') disk.kept.set(one.key, one.value);
    return Promise.resolve();
  };
  return { disk, saver: new Saver({ store: { write }, failed: () => undefined, answerMs: 5 }) };
};

describe('what cannot be saved', () => {
  it('is saved in its latest form once the store takes something again', async () => {
    const { disk, saver } = diskOf();
    disk.state = 'full';
    assert.equal((await saver.save([meta('a', 1), meta('b', 1)])).saved, false);
    assert.equal((await saver.save([meta('a', 2)])).saved, false);
    disk.state = 'well';
    assert.equal((await saver.save([meta('b', 3)])).saved, true);
    await eventually('all is saved', () => saver.waiting === 0);
    assert.deepEqual(Object.fromEntries(disk.kept), { a: 2, b: 3 });
  });

  it('is given up for told from memory when the disk does not answer', async () => {
    const { disk, saver } = diskOf();
    disk.state = 'hung';
    const saved = await saver.save([meta('a', 1)]);
    assert.equal(saved.saved ? '' : saved.error, 'the store has not answered for 0.005 s');
  });
});

describe('an outage that began while nothing could be saved', () => {
  it('is known after a restart, and its end is told', async (context) => {
    const hook = await startFakeWebhook();
    context.after(() => hook.close());
    const config = servicesOf(['api']) + hooksTo({ hook: hook.url });
    const engine = await startEngine(context, { config });
    const { core, outbox } = engine.parts;
    const write = core.store.write.bind(core.store);
    core.store.write = () => Promise.reject(new Fault('STORE_UNAVAILABLE', 'the disk is full'));
    const { id } = await breakMonitor(engine, 'api-job');
    await hook.hooks.next();
    await eventually('the attempt', () => outbox.waiting().count === 0);
    core.store.write = write;
    await core.turn().write({ put: 'meta', key: 'alive-at', value: core.clock.now() }).commit();
    await eventually('the incident in the store', async () => (await core.store.incident(id))?.alertedAt !== undefined);
    await engine.kill();
    const next = await startEngine(context, { config, dir: engine.dir, clock: engine.clock });
    assert.equal(next.parts.incidents.openOf(next.parts.core.registry.find('service', 'api').id)?.id, id);
    await healMonitor(next, 'api-job');
    await hook.hooks.next();
    assert.deepEqual(
      hook.hooks.items.map(({ body }) => body['kind']),
      ['down', 'recovered'],
    );
    assert.deepEqual([...engine.bugs, ...next.bugs], []);
  });
});

describe('what follows a commit', () => {
  it('is done although another part of it throws', async (context) => {
    const engine = await startEngine(context, { config: servicesOf(['api']) });
    const turn = engine.parts.core.turn();
    turn.afterwards(() => {
      throw new Error('a listener');
    });
    let isCalled = false;
    turn.afterwards(() => (isCalled = true));
    await turn.commit();
    assert.deepEqual([isCalled, engine.bugs.length], [true, 1]);
  });
});
