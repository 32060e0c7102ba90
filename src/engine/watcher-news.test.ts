import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { hooksTo, startEngine, type TestEngine } from '../../test/fakes/engine.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { startFakeWebhook, type FakeWebhook } from '../../test/fakes/webhook.ts';
import { MINUTE, SECOND } from '../kernel/time.ts';
import { Watchers } from './deadman.ts';
import { WatcherNews } from './watcher-news.ts';

const WITNESS = 'watchers: [{ name: cellar, kind: witness }]\n';
const serviceAt = (host: string): string =>
  `network: { controls: ["127.0.0.1:1"], resolvers: ["127.0.0.1:1"] }\nservices: [{ name: api, monitors: [{ name: port, kind: tcp, host: "${host}", port: 9, paused: true }] }]\n`;

interface Rig {
  readonly engine: TestEngine;
  readonly watchers: Watchers;
  readonly hook: FakeWebhook;
}

const begin = async (
  context: TestContext,
  hook: FakeWebhook,
  more: Parameters<typeof startEngine>[1],
): Promise<Rig> => {
  const engine = await startEngine(context, more);
  const watchers = new Watchers({
    core: engine.parts.core,
    ping: () => Promise.resolve(undefined),
    resolverFor: () => engine.parts.resolver,
    problems: () => [],
    isTried: () => true,
  });
  new WatcherNews({ ...engine.parts, watchers, meta: engine.parts.snapshot.meta }).start();
  return { engine, watchers, hook };
};

const rig = async (context: TestContext, config: string): Promise<Rig> => {
  const hook = await startFakeWebhook();
  context.after(() => hook.close());
  return begin(context, hook, { config: config + hooksTo({ hook: hook.url }) });
};

const watcherId = ({ engine }: Rig): string => engine.parts.core.registry.watchers()[0]?.id ?? '';

/** All that was written is sent: a step of time would be the time-out of what is still on its way. */
const isAllSent = ({ engine }: Rig): boolean => engine.parts.outbox.waiting().count === 0;

/** So much time in steps of the news' own looks, each with what it wrote. */
const pass = async (one: Rig, span: number, everyLook: () => void = () => undefined): Promise<void> => {
  const { engine } = one;
  for (let passed = 0; passed < span; passed += 10 * SECOND) {
    everyLook();
    const due = (): number | undefined => engine.parts.core.deadlines.at('watcher-news');
    await eventually('the next look to be due', () => (due() ?? 0) > engine.clock.now() && isAllSent(one));
    engine.clock.advance(10 * SECOND);
  }
  await eventually(
    'the last look to be over',
    () => (engine.parts.core.deadlines.at('watcher-news') ?? 0) > engine.clock.now(),
  );
  await eventually('an empty outbox', () => isAllSent(one));
};

/** What was told of the watchers. */
const told = ({ hook }: Rig): readonly string[] =>
  hook.hooks.items.filter(({ body }) => body['kind'] === 'unwatched').map(({ body }) => String(body['title']));

describe('news of the watchers', () => {
  it('tell of a witness that missed its reports for 3 minutes, silently and once, and that it is back', async (context) => {
    const one = await rig(context, WITNESS);
    const report = (): void => one.watchers.witnessed(watcherId(one));
    await pass(one, 5 * MINUTE, report);
    assert.deepEqual(told(one), []);
    await pass(one, 170 * SECOND);
    assert.deepEqual(told(one), []);
    await pass(one, 10 * MINUTE);
    assert.equal(told(one).length, 1);
    assert.match(told(one)[0] ?? '', /🟠 cellar does not watch Dozor any more: silent since/);
    assert.equal(one.hook.hooks.items[0]?.body['loud'], false);
    await pass(one, MINUTE, report);
    assert.match(told(one)[1] ?? '', /🟢 cellar watches Dozor again/);
    assert.equal(told(one).length, 2);
  });

  it('say nothing of a witness that was never heard of', async (context) => {
    const one = await rig(context, WITNESS);
    await pass(one, 10 * MINUTE);
    assert.deepEqual(told(one), []);
  });

  it('give a witness 3 minutes after a restart, and tell then of one that died meanwhile', async (context) => {
    const one = await rig(context, WITNESS);
    await pass(one, 2 * MINUTE, () => one.watchers.witnessed(watcherId(one)));
    await one.engine.end();
    const { dir, clock } = one.engine;
    clock.advance(60 * MINUTE);
    const two = await begin(context, one.hook, { dir, clock, config: WITNESS + hooksTo({ hook: one.hook.url }) });
    await pass(two, 170 * SECOND);
    assert.deepEqual(told(two), []);
    await pass(two, 2 * MINUTE);
    assert.equal(told(two).length, 1);
  });

  it('say once ever that nobody watches a Dozor on the machine that it watches', async (context) => {
    const one = await rig(context, serviceAt('127.0.0.1'));
    await pass(one, 50 * SECOND);
    assert.deepEqual(told(one), []);
    await pass(one, 5 * MINUTE);
    assert.deepEqual(told(one), ['🟠 Dozor runs on the machine that it watches.']);
    assert.ok(one.hook.hooks.items.every(({ body }) => body['kind'] !== 'unwatched' || body['loud'] === false));
    await one.engine.end();
    const { dir, clock } = one.engine;
    const config = serviceAt('127.0.0.1') + hooksTo({ hook: one.hook.url });
    await pass(await begin(context, one.hook, { dir, clock, config }), 5 * MINUTE);
    assert.equal(told(one).length, 1);
  });

  it('do not say so of a Dozor that watches other machines, nor of one with a watcher', async (context) => {
    for (const config of [serviceAt('elsewhere.test'), serviceAt('127.0.0.1') + WITNESS]) {
      const one = await rig(context, config);
      await pass(one, 5 * MINUTE);
      assert.deepEqual(told(one), []);
    }
  });
});
