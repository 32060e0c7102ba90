import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { startEngine, type TestEngine } from '../../test/fakes/engine.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { recording, type Recording } from '../../test/fakes/recording.ts';
import { MINUTE, SECOND } from '../kernel/time.ts';
import { Watchers, type Ping } from './deadman.ts';

const CONFIG = `watchers:
  - { name: hc, kind: deadman, url: "https://hc.example/ping/1", every: 1m }
  - { name: cellar, kind: witness }
`;

interface Rig {
  readonly engine: TestEngine;
  readonly watchers: Watchers;
  readonly pings: Recording<string>;
  readonly world: { problems: readonly string[]; tried: boolean; answer: Ping };
}

const rig = async (context: TestContext): Promise<Rig> => {
  const engine = await startEngine(context, { config: CONFIG });
  const pings = recording<string>((url) => url);
  const world: Rig['world'] = { problems: [], tried: true, answer: async () => undefined };
  const watchers = new Watchers({
    core: engine.parts.core,
    ping: (url, ...more) => {
      pings.add(url);
      return world.answer(url, ...more);
    },
    resolverFor: () => engine.parts.resolver,
    problems: () => world.problems,
    isTried: () => world.tried,
  });
  return { engine, watchers, pings, world };
};

const standing = ({ watchers }: Rig, name: string): readonly (string | undefined)[] => {
  const found = watchers.standings().find(({ watcher }) => watcher.name === name);
  return [found?.state, found?.detail];
};

const becomes = (one: Rig, state: string): Promise<unknown> =>
  eventually(`state ${state}`, () => standing(one, 'hc')[0] === state);

describe("a dead-man's URL", () => {
  it('is pinged at once and then at its pace, counted from when it was due', async (context) => {
    const one = await rig(context);
    one.watchers.refresh();
    one.watchers.refresh();
    one.engine.clock.advance(0);
    await becomes(one, 'answers');
    one.engine.clock.advance(3 * MINUTE);
    assert.equal(one.pings.items.length, 4);
    assert.deepEqual([...new Set(one.pings.items)], ['https://hc.example/ping/1']);
    await becomes(one, 'answers');
    assert.equal(one.watchers.isWatched(), true);
  });

  it('is not pinged before the whole path has been tried once', async (context) => {
    const one = await rig(context);
    one.world.tried = false;
    one.watchers.refresh();
    one.engine.clock.advance(10 * SECOND);
    assert.equal(one.pings.items.length, 0);
    assert.deepEqual(standing(one, 'hc'), ['waiting', undefined]);
    one.world.tried = true;
    one.engine.clock.advance(SECOND);
    await becomes(one, 'answers');
    assert.equal(one.pings.items.length, 1);
  });

  it('is not pinged while anything is wrong with the watch, and says what', async (context) => {
    const one = await rig(context);
    one.world.problems = ['the store cannot be written'];
    one.watchers.refresh();
    one.engine.clock.advance(0);
    await becomes(one, 'failing');
    assert.equal(one.pings.items.length, 0);
    assert.deepEqual(standing(one, 'hc'), ['failing', 'held back: the store cannot be written']);
    assert.equal(one.watchers.isWatched(), false);
    one.world.problems = [];
    one.engine.clock.advance(MINUTE);
    await becomes(one, 'answers');
  });

  it('is failing when the far side refuses, throws, or hangs for 10 s', async (context) => {
    const one = await rig(context);
    const answers: readonly (readonly [Ping, RegExp])[] = [
      [async () => 'answered 404', /404/],
      [() => Promise.reject(new Error('connection refused')), /refused/],
      [
        (_url, signal) =>
          new Promise((resolve) => signal.addEventListener('abort', () => resolve('no answer'), { once: true })),
        /no answer/,
      ],
    ];
    one.watchers.refresh();
    for (const [answer, detail] of answers) {
      one.world.answer = answer;
      one.engine.clock.advance(one.pings.items.length === 0 ? 0 : MINUTE);
      one.engine.clock.advance(10 * SECOND);
      await eventually(String(detail), () => detail.test(standing(one, 'hc')[1] ?? ''));
      assert.equal(standing(one, 'hc')[0], 'failing');
    }
    assert.deepEqual(one.engine.bugs, []);
  });

  it('is an event when its standing changes, and only then', async (context) => {
    const one = await rig(context);
    one.watchers.refresh();
    one.engine.clock.advance(0);
    await becomes(one, 'answers');
    one.engine.clock.advance(2 * MINUTE);
    one.world.answer = async () => 'answered 500';
    one.engine.clock.advance(MINUTE);
    await becomes(one, 'failing');
    const events = await eventually('both events', async () => {
      const found = await one.engine.parts.core.store.events({ afterSeq: 0, limit: 50 });
      const told = found.filter(({ type }) => type === 'watcher');
      return told.length >= 2 && told;
    });
    assert.deepEqual(
      events.map(({ data }) => (data as { state?: string }).state),
      ['answers', 'failing'],
    );
  });
});

describe('a witness', () => {
  it('waits to be heard of, answers while it reports, and is silent when it does no more', async (context) => {
    const one = await rig(context);
    const [, cellar] = one.engine.parts.core.registry.watchers();
    assert.deepEqual([standing(one, 'cellar')[0], one.watchers.isWatched()], ['waiting', false]);
    one.watchers.witnessed(cellar?.id ?? '');
    assert.equal(standing(one, 'cellar')[0], 'answers');
    assert.equal(one.watchers.heardAt(cellar?.id ?? ''), one.engine.clock.now());
    one.engine.clock.advance(30 * SECOND);
    assert.equal(standing(one, 'cellar')[0], 'answers');
    one.engine.clock.advance(10 * MINUTE);
    assert.deepEqual([standing(one, 'cellar')[0], one.watchers.isWatched()], ['silent', false]);
  });
});
