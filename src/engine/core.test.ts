import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { servicesOf, startEngine } from '../../test/fakes/engine.ts';
import { Fault } from '../kernel/fault.ts';
import { MINUTE } from '../kernel/time.ts';
import type { StoredEvent } from '../store/contract.ts';

const config = servicesOf(['api']);

describe('a turn', () => {
  it('is durable before anybody hears of it', async (context) => {
    const { parts } = await startEngine(context, { config });
    const { core, listeners } = parts;
    const order: string[] = [];
    const write = core.store.write.bind(core.store);
    core.store.write = async (writes, options) => {
      await write(writes, options);
      order.push('committed');
    };
    listeners.add(({ type }) => void (type === 'probe' && order.push(`heard ${type}`)));
    const saved = await core
      .turn()
      .event('probe', {})
      .afterwards(({ saved: durable }) => void order.push(`afterwards ${durable}`))
      .commit();
    assert.deepEqual(saved, { saved: true });
    assert.deepEqual(order, ['committed', 'heard probe', 'afterwards true']);
  });

  it('says afterwards that it could not be saved; the warning comes once a minute', async (context) => {
    const engine = await startEngine(context, { config });
    const { core } = engine.parts;
    core.store.write = () => Promise.reject(new Fault('STORE_UNAVAILABLE', 'No space is left.'));
    const told: unknown[] = [];
    const again = (): Promise<unknown> =>
      core
        .turn()
        .event('probe', {})
        .afterwards((saved) => void told.push(saved))
        .commit();
    await again();
    await again();
    engine.clock.advance(MINUTE + 1);
    await again();
    assert.deepEqual(told[0], { saved: false, error: 'No space is left.' });
    assert.deepEqual(engine.warnings, ['No space is left.', 'No space is left.']);
    assert.equal(core.bugs(), 0);
  });

  it('writes nothing when nothing was added, and still does what comes afterwards', async (context) => {
    const { parts } = await startEngine(context, { config });
    parts.core.store.write = () => Promise.reject(new Error('nothing was to be written'));
    let done = false;
    const turn = parts.core.turn().afterwards(() => {
      done = true;
    });
    assert.deepEqual(await turn.commit(), { saved: true });
    assert.ok(done);
  });

  it('numbers events without gaps or doubles, on from where a former run ended', async (context) => {
    const engine = await startEngine(context, { config });
    const heard: StoredEvent[] = [];
    engine.parts.listeners.add((event) => void heard.push(event));
    await Promise.all([1, 2, 3].map(() => engine.parts.core.turn().event('probe', {}).commit()));
    const numbers = heard.map(({ seq }) => seq);
    assert.deepEqual(
      numbers,
      numbers.map((_, index) => (numbers[0] ?? 0) + index),
    );
    await engine.kill();
    const next = await startEngine(context, { config, dir: engine.dir, clock: engine.clock });
    next.parts.listeners.add((event) => void heard.push(event));
    await next.parts.core.turn().event('probe', {}).commit();
    assert.ok((heard.at(-1)?.seq ?? 0) > (numbers.at(-1) ?? 0));
  });

  it('counts a listener that throws as a bug and goes on to the others', async (context) => {
    const engine = await startEngine(context, { config });
    const { core, listeners } = engine.parts;
    const heard: string[] = [];
    listeners.add(({ type }) => {
      if (type === 'probe') throw new Error('broken listener');
    });
    listeners.add(({ type }) => void heard.push(type));
    await core.turn().event('probe', {}).commit();
    assert.ok(heard.includes('probe'));
    assert.equal(core.bugs(), 1);
    assert.match(engine.bugs[0] ?? '', /broken listener/);
  });
});
