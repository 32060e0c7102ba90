import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { servicesOf, startEngine, tell, hooksTo, stored, type TestEngine } from '../../test/fakes/engine.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { startFakeWebhook } from '../../test/fakes/webhook.ts';
import { Fault } from '../kernel/fault.ts';
import { MINUTE, SECOND } from '../kernel/time.ts';
import type { CheckResult } from '../monitor/check.ts';
import { reason } from '../monitor/reason.ts';
import type { InboundMail } from './inbound.ts';
import { Health } from './self-health.ts';
import { SelfTest } from './self-test.ts';

interface Rig {
  readonly engine: TestEngine;
  readonly selfTest: SelfTest;
  readonly health: Health;
  readonly world: { page: CheckResult | undefined; stuckMs: number };
}

const OK: CheckResult = { startedAt: 0, tookMs: 1, class: 'ok', phases: {} };

const rig = async (context: TestContext, config = servicesOf(['api'])): Promise<Rig> => {
  const engine = await startEngine(context, { config });
  const { core, lateness, outbox, network } = engine.parts;
  const world: Rig['world'] = { page: OK, stuckMs: 0 };
  const selfTest = new SelfTest({
    core,
    check: () => (world.page === undefined ? undefined : Promise.resolve(world.page)),
    outboxStuckMs: () => world.stuckMs,
  });
  const faults = [{ channel: 'tg', message: 'another program polls the bot' }];
  const health = new Health(core, {
    lateness,
    outbox,
    selfTest,
    network,
    inbound: { faults: () => faults } as unknown as InboundMail,
    checks: () => ({ total: 7, running: 2 }),
    isWatched: () => false,
    version: '1.2.3',
    startedAt: core.clock.now(),
  });
  return { engine, selfTest, health, world };
};

/** The self-test runs once more. */
const tried = async ({ engine, selfTest }: Rig, span: number): Promise<string | undefined> => {
  engine.clock.advance(span);
  await eventually('the next self-test', () => engine.parts.core.deadlines.at('self-test') !== undefined);
  return selfTest.standing().detail;
};

describe('the self-test', () => {
  it('passes when page, store and outbox are well, and again every 30 s', async (context) => {
    const one = await rig(context);
    assert.deepEqual(one.selfTest.standing(), { ok: false, detail: 'not run yet' });
    one.selfTest.start();
    await tried(one, SECOND);
    assert.deepEqual(one.selfTest.standing(), { at: one.engine.clock.now(), ok: true });
    await tried(one, 30 * SECOND);
    assert.equal(one.selfTest.standing().at, one.engine.clock.now());
  });

  it('passes without a page as long as nothing listens', async (context) => {
    const one = await rig(context);
    one.world.page = undefined;
    one.selfTest.start();
    await tried(one, SECOND);
    assert.equal(one.selfTest.standing().ok, true);
  });

  it('says which part of the path fails', async (context) => {
    const one = await rig(context);
    one.selfTest.start();
    one.world.page = { ...OK, class: 'hard', reason: reason('tcp.refused') };
    assert.equal(await tried(one, SECOND), 'own page: tcp.refused');
    one.world.page = OK;
    one.world.stuckMs = 2 * MINUTE;
    assert.equal(await tried(one, 30 * SECOND), 'the outbox does not move');
    one.world.stuckMs = 0;
    one.engine.parts.core.store.write = () => Promise.reject(new Fault('STORE_UNAVAILABLE', 'No space is left.'));
    assert.equal(await tried(one, 30 * SECOND), 'store: No space is left.');
  });

  it('proves nothing any more two minutes after it last ran', async (context) => {
    const one = await rig(context);
    one.selfTest.start();
    await tried(one, SECOND);
    one.engine.parts.core.deadlines.clear('self-test');
    one.engine.clock.advance(2 * MINUTE + 1);
    assert.deepEqual(one.selfTest.standing().detail, 'the self-test does not run any more');
  });
});

describe('the health of the watch', () => {
  it('is well when nothing is wrong; nobody watching it and faults of channels are shown apart', async (context) => {
    const { health } = await rig(context);
    const figures = health.figures();
    assert.deepEqual([figures.ok, figures.problems], [true, []]);
    assert.deepEqual([figures.checksTotal, figures.running, figures.watched, figures.version], [7, 2, false, '1.2.3']);
    assert.deepEqual(figures.channelFaults, [{ channel: 'tg', message: 'another program polls the bot' }]);
  });

  it('is not when checks start late', async (context) => {
    const { engine, health } = await rig(context);
    for (let count = 0; count < 100; count += 1) engine.parts.lateness.note(8_000);
    assert.deepEqual(health.problems(), ['checks start 8 s late']);
  });

  it('is not when an alert has waited for long', async (context) => {
    const hook = await startFakeWebhook();
    context.after(() => hook.close());
    hook.misbehave({ do: 'answer', reply: { status: 503 } });
    const { engine, health } = await rig(context, hooksTo({ hook: hook.url }));
    const { deliveries } = await tell(engine, ['hook']);
    await stored(engine, deliveries[0]?.id ?? '', ({ status, attempts }) => status === 'waiting' && attempts > 0);
    engine.clock.advance(6 * MINUTE);
    assert.match(health.problems().join(), /an alert has waited for 6 min/);
  });

  it('is not when the self-test failed', async (context) => {
    const one = await rig(context);
    one.world.page = { ...OK, class: 'soft', reason: reason('tcp.timeout') };
    one.selfTest.start();
    await tried(one, SECOND);
    assert.deepEqual(one.health.problems(), ['self-test: own page: tcp.timeout']);
  });
});
