import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { servicesOf, startEngine, type TestEngine } from '../../test/fakes/engine.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import type { ConfigChange } from '../config/contract.ts';
import { Fault, type FaultCode } from '../kernel/fault.ts';
import { SECOND } from '../kernel/time.ts';
import { followFiles, reload } from './loading.ts';

const start = (context: TestContext): Promise<TestEngine> =>
  startEngine(context, { config: servicesOf(['api', 'shop']) });

const write = ({ dir }: TestEngine, text: string): void => writeFileSync(join(dir, 'dozor.yaml'), text);

const again = ({ parts, life, notes }: TestEngine): Promise<readonly ConfigChange[]> =>
  reload(parts, life, (text) => void (notes as string[]).push(text));

const services = ({ parts }: TestEngine): readonly string[] => parts.core.registry.services().map(({ name }) => name);

const isFault = (code: FaultCode) => (error: unknown) => error instanceof Fault && error.code === code;

describe('reading the file again', () => {
  it('puts in force what is new and retires what is gone, with its monitors', async (context) => {
    const engine = await start(context);
    const { core, hearts } = engine.parts;
    const gone = core.registry.find('monitor', 'shop-job').id;
    const kept = core.registry.find('monitor', 'api-job').id;
    write(engine, servicesOf(['api', 'docs']));
    const changes = await again(engine);
    assert.deepEqual(services(engine), ['api', 'docs']);
    assert.equal(hearts.of(gone), undefined);
    assert.ok(hearts.of(kept) !== undefined && hearts.of(core.registry.find('monitor', 'docs-job').id) !== undefined);
    assert.deepEqual(changes.map(({ change, kind, name }) => `${change} ${kind} ${name}`).toSorted(), [
      'added monitor docs-job',
      'added service docs',
      'retired monitor shop-job',
      'retired service shop',
    ]);
    const events = await core.store.events({ afterSeq: 0, limit: 50 });
    assert.ok(events.some(({ type }) => type === 'config'));
  });

  it('changes nothing when the file is bad, and says where', async (context) => {
    const engine = await start(context);
    write(engine, `${servicesOf(['docs'])}locle: ru\n`);
    await assert.rejects(
      again(engine),
      (error) => error instanceof Fault && error.code === 'CONFIG_INVALID' && error.places[0]?.line === 4,
    );
    assert.deepEqual(services(engine), ['api', 'shop']);
    assert.equal(engine.parts.live.settings.locale, 'en');
  });

  it('changes nothing, the settings neither, when it cannot be saved', async (context) => {
    const engine = await start(context);
    write(engine, `locale: ru\n${servicesOf(['docs'])}`);
    engine.parts.core.store.write = () => Promise.reject(new Fault('STORE_UNAVAILABLE', 'No space is left.'));
    await assert.rejects(again(engine), isFault('STORE_UNAVAILABLE'));
    assert.deepEqual(services(engine), ['api', 'shop']);
    assert.equal(engine.parts.live.settings.locale, 'en');
  });

  it('puts new settings in force, and names those that take a restart', async (context) => {
    const engine = await start(context);
    write(engine, `locale: ru\nlisten: 127.0.0.1:4700\n${servicesOf(['api', 'shop'])}`);
    assert.deepEqual(
      (await again(engine)).map(({ kind, name, details }) => [kind, name, ...details]),
      [
        ['setting', 'locale', 'en → ru'],
        ['setting', 'listen.port', '4600 → 4700'],
      ],
    );
    assert.equal(engine.parts.live.settings.locale, 'ru');
    assert.deepEqual(engine.notes, ['Changed listen: it takes a restart to come into force.']);
  });

  it('keeps what is known of a monitor that is only asked otherwise', async (context) => {
    const engine = await start(context);
    const { core, hearts } = engine.parts;
    const { id } = core.registry.find('monitor', 'api-job');
    const heart = hearts.of(id);
    await hearts.beat(heart?.key ?? '', 'success', {});
    write(engine, servicesOf(['api', 'shop']).replace('every: 7d', 'every: 2d'));
    await again(engine);
    assert.equal(hearts.of(id)?.state.verdict, 'up');
    assert.equal(core.registry.find('monitor', 'api-job').id, id);
  });

  it('is refused where there is no file', async (context) => {
    const engine = await startEngine(context, { urls: ['tcp://127.0.0.1:9'] });
    await assert.rejects(again(engine), isFault('CONFLICT'));
  });
});

describe('following the file', () => {
  it('reads it again when it changes, tells what changed or what is wrong, and stops when told to', async (context) => {
    const engine = await start(context);
    const told: string[] = [];
    const stop = await followFiles(
      engine.parts,
      [],
      () => again(engine),
      (outcome) => void told.push('fault' in outcome ? outcome.fault.code : `${outcome.changes.length} changes`),
    );
    context.after(stop);
    const next = (count: number): Promise<unknown> =>
      eventually('word of the file', () => {
        engine.clock.advance(SECOND);
        return told.length === count;
      });
    write(engine, servicesOf(['api']));
    await next(1);
    write(engine, 'services: 1\n');
    await next(2);
    assert.deepEqual(told, ['2 changes', 'CONFIG_INVALID']);
    assert.deepEqual(services(engine), ['api']);
    stop();
  });
});
