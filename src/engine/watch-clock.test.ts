import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Clock } from '../kernel/clock.ts';
import { HOUR, SECOND } from '../kernel/time.ts';
import { WatchClock } from './watch-clock.ts';

const START = Date.UTC(2026, 0, 10, 3, 0, 0);

/** A machine whose wall clock can be set apart from the time that passes. */
const machine = (): {
  readonly clock: Clock;
  readonly pass: (ms: number) => void;
  readonly set: (ms: number) => void;
} => {
  const state = { elapsed: 500, offset: 0 };
  return {
    clock: {
      now: () => START + state.elapsed - 500 + state.offset,
      monotonic: () => state.elapsed,
      after: () => () => undefined,
    },
    pass: (ms) => {
      state.elapsed += ms;
    },
    set: (ms) => {
      state.offset += ms;
    },
  };
};

describe("the watch's clock", () => {
  it('starts at the wall clock and runs by the monotonic one', () => {
    const { clock, pass, set } = machine();
    const watch = new WatchClock(clock);
    assert.equal(watch.now(), START);
    pass(1_500);
    set(HOUR);
    assert.equal(watch.now(), START + 1_500);
  });

  it('tells a jump forward and a jump back once each', () => {
    const { clock, pass, set } = machine();
    const watch = new WatchClock(clock);
    pass(10 * SECOND);
    set(HOUR);
    assert.deepEqual(watch.noticeJump(), { at: START + 10 * SECOND, byMs: HOUR });
    assert.equal(watch.noticeJump(), undefined);
    pass(SECOND);
    set(-2 * HOUR);
    assert.deepEqual(watch.noticeJump(), { at: START + 11 * SECOND, byMs: -2 * HOUR });
    assert.equal(watch.noticeJump(), undefined);
  });

  it('takes a clock that is kept right for no jump, however long it drifts on in small steps', () => {
    const { clock, set } = machine();
    const watch = new WatchClock(clock);
    set(1_999);
    assert.equal(watch.noticeJump(), undefined);
    set(-1_998);
    assert.equal(watch.noticeJump(), undefined);
  });

  it('maps a moment to the wall clock that held then, before and after a jump', () => {
    const { clock, pass, set } = machine();
    const watch = new WatchClock(clock);
    pass(10 * SECOND);
    set(HOUR);
    watch.noticeJump();
    pass(10 * SECOND);
    assert.equal(watch.toWall(START + 5 * SECOND), START + 5 * SECOND);
    assert.equal(watch.toWall(watch.now()), clock.now());
  });

  it('does not begin before what a former run has seen, and shows the true wall clock from the first look on', () => {
    const { clock, pass } = machine();
    const seen = START + HOUR;
    const watch = new WatchClock(clock, seen);
    assert.equal(watch.now(), seen);
    assert.deepEqual(watch.noticeJump(), { at: seen, byMs: -HOUR });
    pass(SECOND);
    assert.equal(watch.toWall(watch.now()), clock.now());
  });

  it('never goes back, and agrees with the wall clock after every look', () => {
    const step = fc.record({ pass: fc.integer({ min: 0, max: 10_000 }), set: fc.integer({ min: -9e6, max: 9e6 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const { clock, pass, set } = machine();
        const watch = new WatchClock(clock);
        let last = watch.now();
        for (const one of steps) {
          pass(one.pass);
          set(one.set);
          assert.ok(watch.now() >= last);
          last = watch.now();
          watch.noticeJump();
          assert.ok(Math.abs(watch.toWall(watch.now()) - clock.now()) < 2_000);
        }
      }),
    );
  });
});
