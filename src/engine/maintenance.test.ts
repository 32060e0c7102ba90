import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { servicesOf, startEngine, type TestEngine } from '../../test/fakes/engine.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { NOON } from '../../test/fakes/samples.ts';
import { HOUR, MINUTE } from '../kernel/time.ts';
import type { StoredSpan } from '../store/contract.ts';

// 08:03:12 in Almaty; the window is from 09:00 to 10:00
const CONFIG = `${servicesOf(['api', 'shop'])}maintenance:
  - { name: weekly, at: "2025-12-22 09:00", timezone: Asia/Almaty, for: 1h, services: [api] }
  - { name: short, at: "2025-12-22 09:20", timezone: Asia/Almaty, for: 5m, services: [shop] }
`;
const BEGIN = Date.UTC(2025, 11, 22, 4);
const END = BEGIN + HOUR;

const start = (context: TestContext, more: Parameters<typeof startEngine>[1] = {}): Promise<TestEngine> =>
  startEngine(context, { config: CONFIG, ...more });

const isIn = ({ parts }: TestEngine, name: string): boolean => {
  const heart = parts.hearts.of(parts.core.registry.find('monitor', name).id);
  assert.equal(heart?.inMaintenance, heart?.state.maintenance);
  return heart?.inMaintenance ?? false;
};

const spansOf = (engine: TestEngine, name: string, count: number): Promise<readonly StoredSpan[]> =>
  eventually(`${count} ended spans`, async () => {
    const { store, registry } = engine.parts.core;
    const monitors = [registry.find('monitor', name).num];
    const spans = await store.spans({ monitors, from: NOON, to: NOON + 24 * HOUR });
    const found = spans.filter(({ kind, to }) => kind === 'maintenance' && to !== undefined);
    return found.length === count && spans.length === count && found;
  });

describe('maintenance', () => {
  it('begins and ends at the minute for its own services, and is kept as a span', async (context) => {
    const engine = await start(context);
    engine.clock.advance(BEGIN - NOON - 1);
    assert.equal(isIn(engine, 'api-job'), false);
    engine.clock.advance(2);
    assert.deepEqual([isIn(engine, 'api-job'), isIn(engine, 'shop-job')], [true, false]);
    engine.clock.advance(HOUR);
    assert.equal(isIn(engine, 'api-job'), false);
    const [span] = await spansOf(engine, 'api-job', 1);
    assert.ok(Math.abs((span?.from ?? 0) - BEGIN) <= 2 && Math.abs((span?.to ?? 0) - END) <= 2);
  });

  it('goes on in the same span after a restart', async (context) => {
    const engine = await start(context);
    engine.clock.advance(BEGIN - NOON + 10 * MINUTE);
    await engine.parts.core.turn().event('probe', {}).commit();
    await engine.kill();
    const next = await start(context, { dir: engine.dir, clock: engine.clock });
    assert.equal(isIn(next, 'api-job'), true);
    next.clock.advance(HOUR);
    const [span] = await spansOf(next, 'api-job', 1);
    assert.ok(Math.abs((span?.from ?? 0) - BEGIN) <= 2 && Math.abs((span?.to ?? 0) - END) <= 2);
  });

  it('ends when its window did, also when Dozor was off at that moment', async (context) => {
    const engine = await start(context);
    engine.clock.advance(BEGIN - NOON + 10 * MINUTE);
    await engine.parts.core.turn().event('probe', {}).commit();
    await engine.kill();
    engine.clock.advance(5 * HOUR);
    const next = await start(context, { dir: engine.dir, clock: engine.clock });
    assert.equal(isIn(next, 'api-job'), false);
    const [span] = await spansOf(next, 'api-job', 1);
    assert.equal(span?.to, END);
  });

  it('ends now when its window is taken out of the file', async (context) => {
    const engine = await start(context);
    engine.clock.advance(BEGIN - NOON + 10 * MINUTE);
    await engine.parts.core.turn().event('probe', {}).commit();
    await engine.kill();
    const next = await start(context, { dir: engine.dir, clock: engine.clock, config: servicesOf(['api', 'shop']) });
    assert.equal(isIn(next, 'api-job'), false);
    const [span] = await spansOf(next, 'api-job', 1);
    assert.equal(span?.to, next.clock.now());
  });
});
