import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { pass, startEngine, watchedBy, type TestEngine } from '../../test/fakes/engine.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { startTarget, type Target } from '../../test/fakes/target.ts';
import { MINUTE, SECOND } from '../kernel/time.ts';
import type { Watched } from './watched.ts';

interface Rig {
  readonly engine: TestEngine;
  readonly target: Target;
}

const rig = async (context: TestContext, keys = ''): Promise<Rig> => {
  const target = await startTarget();
  context.after(() => target.close());
  const config = watchedBy({ api: target.url }).replace(' }]', `${keys} }]`);
  const engine = await startEngine(context, { config });
  engine.parts.watch.start();
  return { engine, target };
};

const watchedOf = ({ engine: { parts } }: Rig): Watched => {
  const one = parts.watch.of(parts.core.registry.find('monitor', 'api-web').id);
  assert.ok(one);
  return one;
};

describe('the watch', () => {
  it('asks at once, and then fully every 2 minutes with a pulse every 10 s in between', async (context) => {
    const one = await rig(context);
    await pass(one.engine, SECOND);
    assert.equal(watchedOf(one).state.verdict, 'up');
    await pass(one.engine, 2 * MINUTE + 10 * SECOND);
    const { items } = await eventually('the checks', async () => {
      const page = await one.engine.parts.core.store.checks({ monitor: watchedOf(one).monitor.num, limit: 100 });
      return page.items.length >= one.engine.parts.watch.checks && page;
    });
    const full = items.filter(({ source }) => source === 'full').length;
    const pulses = items.filter(({ source }) => source === 'pulse').length;
    assert.equal(full, 2);
    assert.ok(pulses >= 10 && pulses <= 14, `${pulses} pulses`);
    assert.equal(one.target.asked(), full + pulses);
  });

  it('does not ask again before the question under way has ended', async (context) => {
    const one = await rig(context, ', every: 1s, pulse: off, timeout: 30s');
    await pass(one.engine, 500);
    one.target.becomes({ do: 'hang' });
    const before = one.target.asked();
    one.engine.clock.advance(SECOND);
    await eventually('the question', () => one.target.asked() > before);
    one.engine.clock.advance(5 * SECOND);
    assert.equal(one.engine.parts.asker.running, 1);
    assert.equal(watchedOf(one).running.size, 1);
  });

  it('takes the answer of a monitor that was removed meanwhile for nothing', async (context) => {
    const one = await rig(context);
    const watched = watchedOf(one);
    one.engine.clock.advance(0);
    assert.equal(one.engine.parts.asker.running, 1);
    one.engine.parts.watch.remove(watched.monitor.id);
    await eventually('the answer', () => one.engine.parts.asker.running === 0);
    assert.equal(watched.last, undefined);
    assert.equal(one.engine.parts.watch.of(watched.monitor.id), undefined);
    const asked = one.target.asked();
    await pass(one.engine, 5 * MINUTE, 10 * SECOND);
    assert.equal(one.target.asked(), asked);
  });

  it('takes an answer that comes after the end for nothing', async (context) => {
    const one = await rig(context);
    await pass(one.engine, SECOND);
    one.target.becomes({ do: 'hang' });
    const asked = one.target.asked();
    const { parts, clock } = one.engine;
    const due = parts.watch.nextAt(watchedOf(one)) ?? 0;
    clock.advance(due - clock.now());
    await eventually('the question', () => one.target.asked() > asked);
    const { last, state } = watchedOf(one);
    await one.engine.end();
    await one.target.die();
    await eventually('the answer', () => one.engine.parts.asker.running === 0);
    assert.equal(watchedOf(one).last, last);
    assert.equal(watchedOf(one).state, state);
    assert.deepEqual(one.engine.warnings, []);
    await one.target.revive();
  });

  it('asks now when it is told to, and the answer counts as evidence', async (context) => {
    const one = await rig(context);
    await pass(one.engine, SECOND);
    one.target.becomes({ do: 'answer', status: 500 });
    const result = await one.engine.parts.watch.now(watchedOf(one));
    assert.deepEqual([result.class, result.status], ['hard', 500]);
    assert.equal(watchedOf(one).state.verdict, 'suspect');
    assert.equal(watchedOf(one).last, result);
  });

  it('needs no controls for what is on this very machine', async (context) => {
    const one = await rig(context);
    assert.equal(one.engine.parts.watch.needsControls(), false);
  });
});
