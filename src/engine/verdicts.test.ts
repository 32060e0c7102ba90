import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { hooksTo, pass, startEngine, watchedBy, type TestEngine } from '../../test/fakes/engine.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { startTarget, type Target } from '../../test/fakes/target.ts';
import { startFakeWebhook } from '../../test/fakes/webhook.ts';
import { MINUTE, SECOND } from '../kernel/time.ts';
import type { StoredSpan } from '../store/contract.ts';
import type { Watched } from './watched.ts';

interface Rig {
  readonly engine: TestEngine;
  readonly target: Target;
  readonly config: string;
}

const rig = async (context: TestContext, more = ''): Promise<Rig> => {
  const target = await startTarget();
  const hook = await startFakeWebhook();
  context.after(() => Promise.all([target.close(), hook.close()]));
  const config = watchedBy({ api: target.url }) + hooksTo({ hook: hook.url }) + more;
  const engine = await startEngine(context, { config });
  engine.parts.watch.start();
  await pass(engine, 15 * SECOND);
  return { engine, target, config };
};

const watchedOf = ({ parts }: TestEngine, name = 'api-web'): Watched => {
  const one = parts.watch.of(parts.core.registry.find('monitor', name).id);
  assert.ok(one);
  return one;
};

/** Written with the turn that changed the verdict. */
const spansOf = async (
  engine: TestEngine,
  fits: (spans: readonly StoredSpan[]) => boolean,
): Promise<readonly StoredSpan[]> =>
  eventually('the spans', async () => {
    const { store, clock } = engine.parts.core;
    const spans = await store.spans({ from: clock.now() - 60 * MINUTE, to: clock.now() + 1 });
    return fits(spans) && spans;
  });

describe('a verdict', () => {
  it('is down within 25 s of a hard death, with the span from the first bad answer', async (context) => {
    const { engine, target } = await rig(context);
    const diedAt = engine.clock.now();
    await target.die();
    await pass(engine, 25 * SECOND);
    assert.equal(watchedOf(engine).state.verdict, 'down');
    const line = await eventually('the line', () => engine.lines.find(({ effect }) => effect.to === 'down'));
    assert.ok(line.at - diedAt <= 25 * SECOND);
    const [span] = await spansOf(engine, (spans) => spans.length > 0);
    const incident = engine.parts.incidents.open()[0];
    assert.equal(span?.kind, 'down');
    assert.equal(span?.from, incident?.start.to.at);
    assert.ok((incident?.start.from?.at ?? 0) < diedAt && (incident?.start.to.at ?? 0) >= diedAt);
    assert.equal(incident?.reason?.code, 'tcp.refused');
  });

  it('is up again after the target has been well for a minute, and the span ends at the first good answer', async (context) => {
    const { engine, target } = await rig(context);
    await target.die();
    await pass(engine, 25 * SECOND);
    await target.revive();
    const revivedAt = engine.clock.now();
    await pass(engine, 2 * MINUTE);
    assert.equal(watchedOf(engine).state.verdict, 'up');
    const [span] = await spansOf(engine, (spans) => spans[0]?.to !== undefined);
    assert.ok((span?.to ?? 0) >= revivedAt && (span?.to ?? 0) <= revivedAt + 6 * SECOND);
    assert.deepEqual(engine.parts.incidents.open(), []);
  });

  it('stays up over a blip of three seconds, and nobody is told', async (context) => {
    const { engine, target } = await rig(context);
    target.becomes({ do: 'answer', status: 500 });
    await pass(engine, 3 * SECOND);
    target.becomes({ do: 'answer' });
    await pass(engine, MINUTE);
    assert.equal(watchedOf(engine).state.verdict, 'up');
    assert.deepEqual(
      engine.lines.filter(({ effect }) => effect.to === 'down'),
      [],
    );
    assert.deepEqual((await engine.parts.core.store.alerts({ limit: 5 })).items, []);
  });

  it('goes on where it was after a restart: no second incident, and the open span is closed', async (context) => {
    const { engine, target, config } = await rig(context);
    await target.die();
    await pass(engine, 25 * SECOND);
    const before = engine.parts.incidents.open()[0]?.id;
    await spansOf(engine, (spans) => spans.length === 1);
    await engine.kill();
    const next = await startEngine(context, { config, dir: engine.dir, clock: engine.clock });
    next.parts.watch.start();
    await pass(next, 10 * SECOND);
    assert.equal(watchedOf(next).state.verdict, 'down');
    assert.equal(next.parts.incidents.open()[0]?.id, before);
    await target.revive();
    await pass(next, 2 * MINUTE);
    const spans = await spansOf(next, (found) => found[0]?.to !== undefined);
    assert.equal(spans.filter(({ kind }) => kind === 'down').length, 1);
    assert.deepEqual(next.bugs, []);
  });

  it('is saved with the check that changed it, in one transaction', async (context) => {
    const { engine, target } = await rig(context);
    await target.die();
    await pass(engine, 25 * SECOND);
    const { store } = engine.parts.core;
    const { items } = await eventually('the check', async () => {
      const page = await store.checks({ monitor: watchedOf(engine).monitor.num, limit: 50, onlyBad: true });
      return page.items.some(({ verdict }) => verdict === 'down') && page;
    });
    assert.ok(items.every(({ class: told }) => told === 'hard'));
    const events = await store.events({ afterSeq: 0, limit: 100 });
    assert.ok(events.some(({ type }) => type === 'verdict'));
  });

  it('takes its monitor out of the incident when it is paused', async (context) => {
    const { engine, target } = await rig(context);
    await target.die();
    await pass(engine, 25 * SECOND);
    const one = watchedOf(engine);
    const { core } = engine.parts;
    const resource = core.registry.resource(one.monitor.id);
    assert.ok(resource);
    engine.life.apply([{ resource, compiled: { kind: 'monitor', value: { ...one.monitor, paused: true } } }]);
    await eventually('the end of the incident', () => engine.parts.incidents.open().length === 0);
    const asked = target.asked();
    await target.revive();
    await pass(engine, MINUTE);
    assert.equal(target.asked(), asked);
  });
});
