import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import {
  breakMonitor,
  hooksTo,
  pass,
  servicesOf,
  startEngine,
  watchedBy,
  type TestEngine,
} from '../../test/fakes/engine.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { fakeClock } from '../../test/fakes/clock.ts';
import { NOON } from '../../test/fakes/samples.ts';
import { startTarget } from '../../test/fakes/target.ts';
import { startFakeWebhook } from '../../test/fakes/webhook.ts';
import type { Clock } from '../kernel/clock.ts';
import { HOUR, MINUTE, SECOND } from '../kernel/time.ts';
import type { StoredSpan } from '../store/contract.ts';

const CONFIG = servicesOf(['api']);

const start = (context: TestContext, more: Parameters<typeof startEngine>[1] = {}): Promise<TestEngine> =>
  startEngine(context, { config: CONFIG, ...more });

/** It lived for a while and wrote down that it did. */
const lived = async (engine: TestEngine): Promise<void> => {
  engine.life.start();
  engine.clock.advance(MINUTE);
  await engine.parts.core.turn().event('probe', {}).commit();
};

const gaps = async ({ parts, clock }: TestEngine): Promise<readonly StoredSpan[]> =>
  (await parts.core.store.spans({ from: NOON - HOUR, to: clock.now() + 1 })).filter(({ kind }) => kind === 'gap');

describe('the life of a brain', () => {
  it('knows no gap when it is the first', async (context) => {
    const engine = await start(context);
    assert.equal(engine.gap, undefined);
    assert.deepEqual(await gaps(engine), []);
  });

  it('states its own gap after it was killed, from when it was last alive', async (context) => {
    const engine = await start(context);
    await lived(engine);
    await engine.kill();
    engine.clock.advance(10 * MINUTE);
    const next = await start(context, { dir: engine.dir, clock: engine.clock });
    assert.deepEqual(next.gap, { from: NOON + MINUTE, to: NOON + 11 * MINUTE, clean: false });
    const [span] = await eventually('the span', async () => {
      const found = await gaps(next);
      return found.length > 0 && found;
    });
    assert.deepEqual([span?.from, span?.to], [NOON + MINUTE, NOON + 11 * MINUTE]);
    assert.ok(next.notes.some((note) => /10m/.test(note)));
  });

  it('tells people once and silently of a long gap that nobody wanted, and not of a planned one', async (context) => {
    const hook = await startFakeWebhook();
    context.after(() => hook.close());
    const config = CONFIG + hooksTo({ hook: hook.url });
    const engine = await start(context, { config });
    await lived(engine);
    await engine.kill();
    engine.clock.advance(10 * MINUTE);
    const next = await start(context, { config, dir: engine.dir, clock: engine.clock });
    const { body } = await hook.hooks.next();
    assert.deepEqual([body['kind'], body['loud']], ['gap', false]);
    await eventually('the outcome', () => next.parts.outbox.waiting().count === 0);
    await next.end();
    engine.clock.advance(10 * MINUTE);
    const last = await start(context, { config, dir: engine.dir, clock: engine.clock });
    assert.deepEqual([last.gap?.clean, hook.requests.items.length], [true, 1]);
    assert.equal(last.parts.outbox.waiting().count, 0);
  });

  it('makes no gap of a quick restart', async (context) => {
    const engine = await start(context);
    await lived(engine);
    await engine.kill();
    engine.clock.advance(3 * SECOND);
    const next = await start(context, { dir: engine.dir, clock: engine.clock });
    assert.equal(next.gap, undefined);
  });

  it('notices that it stood still, and takes silence in that time for no evidence', async (context) => {
    const target = await startTarget();
    context.after(() => target.close());
    let elapsed = 0;
    const inner = fakeClock(NOON);
    const frozen: Clock & { advance(span: number): void } = {
      now: () => inner.now() + elapsed,
      monotonic: () => inner.monotonic() + elapsed,
      after: (span, call) => inner.after(span, call),
      advance: (span) => inner.advance(span),
    };
    const engine = await start(context, { config: watchedBy({ api: target.url }), clock: frozen });
    engine.parts.watch.start();
    engine.life.start();
    await pass(engine, 20 * SECOND);
    elapsed += 5 * MINUTE;
    await pass(engine, 20 * SECOND);
    assert.ok(
      engine.notes.some((note) => /stood still for 30\d s/.test(note)),
      JSON.stringify(engine.notes),
    );
    const [gap] = await eventually('the gap', async () => {
      const found = await gaps(engine);
      return found.length > 0 && found;
    });
    assert.ok((gap?.to ?? 0) - (gap?.from ?? 0) >= 5 * MINUTE);
    assert.deepEqual(engine.parts.incidents.open(), []);
  });

  it('says that the clock was set and goes on by its own', async (context) => {
    let offset = 0;
    const inner = fakeClock(NOON);
    const clock = { ...inner, now: () => inner.now() + offset };
    const engine = await start(context, { clock });
    engine.life.start();
    clock.advance(5 * SECOND);
    offset = HOUR;
    clock.advance(5 * SECOND);
    assert.ok(engine.notes.some((note) => /clock was set by 3600 s/.test(note)));
    assert.equal(engine.parts.core.clock.now(), NOON + 10 * SECOND);
    assert.equal(engine.parts.core.clock.toWall(engine.parts.core.clock.now()), clock.now());
    assert.deepEqual(await gaps(engine), []);
  });

  it('closes what is open about monitors that are gone since the last run', async (context) => {
    const engine = await start(context, { config: servicesOf(['api', 'shop']) });
    await breakMonitor(engine, 'shop-job');
    await engine.kill();
    const next = await start(context, { dir: engine.dir, clock: engine.clock });
    await eventually('the end', () => next.parts.incidents.open().length === 0);
  });

  it('puts the gap into the timeline of what is open', async (context) => {
    const engine = await start(context);
    await lived(engine);
    const { id } = await breakMonitor(engine, 'api-job');
    await engine.kill();
    engine.clock.advance(10 * MINUTE);
    const next = await start(context, { dir: engine.dir, clock: engine.clock });
    const { items } = await next.parts.core.store.timeline({ incidentId: id, limit: 20 });
    assert.ok(items.some(({ data }) => data.type === 'gap'));
  });
});
