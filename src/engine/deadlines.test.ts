import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fakeClock, type FakeClock } from '../../test/fakes/clock.ts';
import { Deadlines } from './deadlines.ts';
import { WatchClock } from './watch-clock.ts';

const T = Date.UTC(2026, 0, 10);

interface Rig {
  readonly clock: FakeClock;
  readonly deadlines: Deadlines;
  readonly called: string[];
  readonly bugs: string[];
}

const rig = (): Rig => {
  const clock = fakeClock(T);
  const bugs: string[] = [];
  const deadlines = new Deadlines(new WatchClock(clock), (where, error) => bugs.push(`${where}: ${String(error)}`));
  return { clock, deadlines, called: [], bugs };
};

describe('deadlines', () => {
  it('are called in the order in which they are due, with the moment they were due', () => {
    const { clock, deadlines, called } = rig();
    for (const [key, after] of [
      ['c', 300],
      ['a', 100],
      ['b', 200],
    ] as const)
      deadlines.set(key, T + after, (dueAt) => called.push(`${key} ${dueAt - T}`));
    clock.advance(250);
    assert.deepEqual(called, ['a 100', 'b 200']);
    clock.advance(1_000);
    assert.deepEqual(called, ['a 100', 'b 200', 'c 300']);
  });

  it('that are set again for the same moment by a call that came early wait for the next turn', () => {
    const { clock, deadlines, called } = rig();
    const wait = (): void => {
      called.push(`${clock.now() - T}`);
      if (called.length > 5) throw new Error('it went round within one turn');
      if (clock.now() < T + 100) deadlines.set('a', T + 100, wait);
    };
    deadlines.set('a', T + 100, wait);
    deadlines.set('other', T + 99, () => undefined);
    clock.advance(99);
    clock.advance(1);
    assert.deepEqual(called, ['99', '100']);
  });

  it('that another call clears or moves in the same turn are not called for the old moment', () => {
    const { clock, deadlines, called } = rig();
    const note = (key: string) => (dueAt: number) => void called.push(`${key} ${dueAt - T}`);
    deadlines.set('first', T + 10, () => {
      deadlines.clear('cleared');
      deadlines.set('moved', T + 50, moved);
    });
    const moved = note('moved');
    deadlines.set('cleared', T + 11, note('cleared'));
    deadlines.set('moved', T + 11, moved);
    clock.advance(20);
    assert.deepEqual(called, []);
    clock.advance(30);
    assert.deepEqual(called, ['moved 50']);
  });

  it('come at once when their moment has passed', () => {
    const { clock, deadlines, called } = rig();
    deadlines.set('late', T - 5_000, (dueAt) => called.push(String(dueAt - T)));
    clock.advance(0);
    assert.deepEqual(called, ['-5000']);
  });

  it('are moved by setting them again, to sooner and to later', () => {
    const { clock, deadlines, called } = rig();
    deadlines.set('a', T + 1_000, () => called.push('old a'));
    deadlines.set('a', T + 100, () => called.push('a'));
    deadlines.set('b', T + 100, () => called.push('old b'));
    deadlines.set('b', T + 1_000, () => called.push('b'));
    assert.equal(deadlines.at('b'), T + 1_000);
    clock.advance(500);
    assert.deepEqual(called, ['a']);
    clock.advance(500);
    assert.deepEqual(called, ['a', 'b']);
  });

  it('are forgotten when cleared', () => {
    const { clock, deadlines, called } = rig();
    deadlines.set('a', T + 100, () => called.push('a'));
    deadlines.clear('a');
    clock.advance(1_000);
    assert.deepEqual(called, []);
    assert.equal(deadlines.at('a'), undefined);
  });

  it('may set and clear others while they are called', () => {
    const { clock, deadlines, called } = rig();
    deadlines.set('a', T + 100, () => {
      deadlines.clear('b');
      deadlines.set('c', T + 50, () => called.push('c'));
      deadlines.set('a', T + 300, () => called.push('a again'));
    });
    deadlines.set('b', T + 100, () => called.push('b'));
    clock.advance(200);
    assert.deepEqual(called, ['c']);
    clock.advance(100);
    assert.deepEqual(called, ['c', 'a again']);
  });

  it('stop nothing when one throws: it is a bug, named by its key', () => {
    const { clock, deadlines, called, bugs } = rig();
    deadlines.set('bad', T + 100, () => {
      throw new Error('broken');
    });
    deadlines.set('good', T + 100, () => called.push('good'));
    deadlines.set('later', T + 200, () => called.push('later'));
    clock.advance(300);
    assert.deepEqual(called, ['good', 'later']);
    assert.deepEqual(bugs, ['deadline bad: Error: broken']);
  });

  it('are called no more once closed, nor taken', () => {
    const { clock, deadlines, called } = rig();
    deadlines.set('a', T + 100, () => called.push('a'));
    deadlines.close();
    deadlines.set('b', T + 100, () => called.push('b'));
    clock.advance(1_000);
    assert.deepEqual(called, []);
  });

  it('end those behind it when one closes them all', () => {
    const { clock, deadlines, called } = rig();
    deadlines.set('a', T + 100, () => deadlines.close());
    deadlines.set('b', T + 100, () => called.push('b'));
    clock.advance(1_000);
    assert.deepEqual(called, []);
  });

  it('are each called once, on time and in order, whatever is set, moved and cleared', () => {
    const order = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      at: fc.integer({ min: 0, max: 1_000 }),
      clear: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(order, { maxLength: 40 }), (orders) => {
        const { clock, deadlines } = rig();
        const wanted = new Map<string, number>();
        const called: (readonly [string, number, number])[] = [];
        for (const { key, at, clear } of orders) {
          if (clear) {
            deadlines.clear(key);
            wanted.delete(key);
            continue;
          }
          wanted.set(key, at);
          deadlines.set(key, T + at, (dueAt) => called.push([key, dueAt - T, clock.now() - T]));
        }
        clock.advance(2_000);
        assert.equal(called.length, wanted.size);
        assert.deepEqual(new Map(called.map(([key, dueAt]) => [key, dueAt])), wanted);
        for (const [, dueAt, at] of called) assert.ok(at >= dueAt - 1 && at <= dueAt);
      }),
    );
  });
});
