import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { startEngine, type TestEngine } from '../../test/fakes/engine.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { Fault } from '../kernel/fault.ts';
import { HOUR, MINUTE, SECOND } from '../kernel/time.ts';
import type { Heart } from './hearts.ts';

const config = (more = ''): string =>
  [
    'services:',
    '  - name: api',
    '    monitors:',
    '      - { name: hourly, kind: heartbeat, every: 1h, grace: 5m }',
    '      - { name: keyed, kind: heartbeat, every: 1h, key: nightly-backup-7f3k }',
    ...(more === '' ? [] : [`      - ${more}`]),
    '',
  ].join('\n');

const heartOf = ({ parts }: TestEngine, name: string): Heart => {
  const heart = parts.hearts.of(parts.core.registry.find('monitor', name).id);
  assert.ok(heart);
  return heart;
};

const start = (context: TestContext, more?: Parameters<typeof startEngine>[1]): Promise<TestEngine> =>
  startEngine(context, { config: config(), ...more });

describe('a heartbeat', () => {
  it('is heard under the key that its definition gives', async (context) => {
    const engine = await start(context);
    await engine.parts.hearts.beat('nightly-backup-7f3k', 'success', { body: 'done', from: '127.0.0.1' });
    const heart = heartOf(engine, 'keyed');
    assert.equal(heart.state.verdict, 'up');
    const { items } = await engine.parts.core.store.beats({ monitor: heart.monitor.num, limit: 5 });
    assert.deepEqual(
      items.map(({ kind, body }) => [kind, body]),
      [['success', 'done']],
    );
  });

  it('has a derived key that nobody can guess and that is the same after a restart', async (context) => {
    const engine = await start(context);
    const { key } = heartOf(engine, 'hourly');
    assert.match(key, /^[\w-]{16,}$/);
    await engine.kill();
    const next = await start(context, { dir: engine.dir, clock: engine.clock });
    assert.equal(heartOf(next, 'hourly').key, key);
    const other = await start(context);
    assert.notEqual(heartOf(other, 'hourly').key, key);
  });

  it('is not found under an unknown key, nor under the one that it had before', async (context) => {
    const engine = await start(context);
    const { hearts, core } = engine.parts;
    const isUnknown = (error: unknown): boolean => error instanceof Fault && error.code === 'NOT_FOUND';
    await assert.rejects(hearts.beat('nobody', 'success', {}), isUnknown);
    const { monitor } = heartOf(engine, 'keyed');
    const resource = core.registry.resource(monitor.id);
    assert.ok(resource);
    const changed = { ...monitor, config: { ...monitor.config, key: 'another-key-9qx2' } };
    engine.life.apply([{ resource, compiled: { kind: 'monitor', value: changed } }]);
    await hearts.beat('another-key-9qx2', 'success', {});
    await assert.rejects(hearts.beat('nightly-backup-7f3k', 'success', {}), isUnknown);
  });

  it('is down when its time and grace have passed, and up with the next sign of life', async (context) => {
    const engine = await start(context);
    const { key } = heartOf(engine, 'hourly');
    await engine.parts.hearts.beat(key, 'success', {});
    engine.clock.advance(HOUR + 5 * MINUTE - SECOND);
    assert.equal(heartOf(engine, 'hourly').state.verdict, 'up');
    engine.clock.advance(2 * SECOND);
    assert.equal(heartOf(engine, 'hourly').state.verdict, 'down');
    await eventually('the incident', () => engine.parts.incidents.open().length > 0);
    await engine.parts.hearts.beat(key, 'success', {});
    assert.equal(heartOf(engine, 'hourly').state.verdict, 'up');
  });

  it('is down at once when the job says that it failed, by word or by exit code', async (context) => {
    for (const sign of [['fail', {}] as const, ['exit', { code: 3 }] as const]) {
      const engine = await start(context);
      await engine.parts.hearts.beat('nightly-backup-7f3k', 'success', {});
      await engine.parts.hearts.beat('nightly-backup-7f3k', sign[0], sign[1]);
      assert.equal(heartOf(engine, 'keyed').state.verdict, 'down', sign[0]);
    }
  });

  it('waits for nothing while its monitor is paused or gone', async (context) => {
    const engine = await start(context);
    const { core, hearts } = engine.parts;
    const { monitor, key } = heartOf(engine, 'hourly');
    await hearts.beat(key, 'success', {});
    const resource = core.registry.resource(monitor.id);
    assert.ok(resource);
    engine.life.apply([{ resource, compiled: { kind: 'monitor', value: { ...monitor, paused: true } } }]);
    engine.clock.advance(3 * HOUR);
    assert.notEqual(heartOf(engine, 'hourly').state.verdict, 'down');
    engine.life.apply([{ resource: { ...resource, retiredAt: core.clock.now() } }]);
    assert.equal(hearts.of(monitor.id), undefined);
    await assert.rejects(hearts.beat(key, 'success', {}));
  });

  it('keeps ten thousand bytes of a body and leaves out an empty one', async (context) => {
    const engine = await start(context);
    const heart = heartOf(engine, 'keyed');
    await engine.parts.hearts.beat(heart.key, 'success', { body: 'x'.repeat(20_000) });
    await engine.parts.hearts.beat(heart.key, 'success', { body: '' });
    const { items } = await engine.parts.core.store.beats({ monitor: heart.monitor.num, limit: 5 });
    assert.deepEqual(
      items.map(({ body }) => body?.length),
      [undefined, 10_000],
    );
  });

  it('says so when it was heard and could not be saved', async (context) => {
    const engine = await start(context);
    engine.parts.core.store.write = () => Promise.reject(new Fault('STORE_UNAVAILABLE', 'No space is left.'));
    await assert.rejects(engine.parts.hearts.beat('nightly-backup-7f3k', 'success', {}), /could not be saved/);
    assert.equal(heartOf(engine, 'keyed').state.verdict, 'up');
  });
});
