import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HOUR, MINUTE, SECOND } from '#kernel/time.ts';
import { nextRun } from './cron.ts';
import {
  decideHeartbeat,
  derivedKey,
  expectedAt,
  initialHeartbeat,
  isLate,
  nextDeadline,
  type HeartbeatEvent,
  type HeartbeatRules,
  type HeartbeatState,
} from './heartbeat.ts';
import type { MonitorEffect } from './verdict.ts';

const EVERY_MINUTE: HeartbeatRules = { schedule: { everyMs: MINUTE }, graceMs: 30 * SECOND };
// 03:00 in Almaty is 22:00 UTC of the day before.
const NIGHTLY: HeartbeatRules = { schedule: { cron: '0 3 * * *', timezone: 'Asia/Almaty' }, graceMs: 30 * MINUTE };
const NIGHT = Date.UTC(2026, 10, 23, 22, 0, 0);
const DAY_LATER = 24 * HOUR;

/** A heartbeat under test. */
class Heart {
  state: HeartbeatState;
  effects: MonitorEffect[] = [];
  readonly rules: HeartbeatRules;

  constructor(rules: HeartbeatRules, at = 0) {
    this.rules = rules;
    this.state = initialHeartbeat(at);
  }

  feed(event: HeartbeatEvent): this {
    const [state, effects] = decideHeartbeat(this.state, event, this.rules);
    this.state = state;
    this.effects.push(...effects);
    return this;
  }

  beat(at: number, kind: 'start' | 'success' | 'fail' | 'exit' = 'success', code?: number): this {
    return this.feed({ type: 'beat', at, kind, ...(code === undefined ? {} : { code }) });
  }

  /** Lets time pass as an engine does: with a tick at each deadline. */
  until(at: number): this {
    for (let next = this.due; next !== undefined && next <= at; next = this.due) this.feed({ type: 'tick', at: next });
    return this.feed({ type: 'tick', at });
  }

  get due(): number | undefined {
    return nextDeadline(this.state, this.rules);
  }

  last(): Extract<MonitorEffect, { do: 'verdict' }> | undefined {
    return this.effects.findLast((effect) => effect.do === 'verdict');
  }
}

describe('a heartbeat by interval', () => {
  it('is pending until its first sign of life, however long that takes', () => {
    const heart = new Heart(EVERY_MINUTE).until(DAY_LATER);
    assert.equal(heart.state.verdict, 'pending');
    assert.equal(heart.due, undefined);
    assert.equal(heart.beat(DAY_LATER).state.verdict, 'up');
  });

  it('is down when interval and grace have passed, between the last sign of life and the deadline', () => {
    const heart = new Heart(EVERY_MINUTE).beat(0);
    assert.equal(heart.due, 90 * SECOND);
    heart.until(90 * SECOND - 1);
    assert.equal(heart.state.verdict, 'up');
    heart.until(90 * SECOND);
    const fell = heart.last();
    assert.equal(fell?.to, 'down');
    assert.equal(fell?.reason?.code, 'heartbeat.missed');
    assert.equal(fell?.lastGood?.at, 0);
    assert.equal(fell?.firstBad?.at, 90 * SECOND);
  });

  it('is late within its grace, which is no trouble yet', () => {
    const heart = new Heart(EVERY_MINUTE).beat(0);
    assert.equal(isLate(heart.state, heart.rules, 60 * SECOND), false);
    assert.equal(isLate(heart.state, heart.rules, 61 * SECOND), true);
    assert.equal(heart.beat(80 * SECOND).state.verdict, 'up');
    assert.equal(heart.due, 170 * SECOND);
  });

  it('is up with the next sign of life, and told once each way', () => {
    const heart = new Heart(EVERY_MINUTE)
      .beat(0)
      .until(HOUR)
      .beat(HOUR)
      .beat(HOUR + MINUTE);
    assert.deepEqual(
      heart.effects.map((effect) => effect.do === 'verdict' && effect.to),
      ['up', 'down', 'up'],
    );
    assert.equal(heart.last()?.firstGood?.at, HOUR);
  });

  it('is down at once when the job says that it failed, with its exit code', () => {
    const failed = new Heart(EVERY_MINUTE).beat(0).beat(MINUTE, 'exit', 3).last();
    assert.equal(failed?.to, 'down');
    assert.deepEqual(failed?.reason, { code: 'heartbeat.failed', params: { code: 3 } });
    assert.equal(new Heart(EVERY_MINUTE).beat(0).beat(MINUTE, 'fail').state.verdict, 'down');
  });

  it('takes an exit code of 0 for a success', () => {
    assert.equal(new Heart(EVERY_MINUTE).beat(0, 'exit', 0).state.verdict, 'up');
  });

  it('is down when a job that began does not end in time', () => {
    const heart = new Heart({ ...EVERY_MINUTE, maxRunMs: 10 * MINUTE })
      .beat(0)
      .beat(50 * SECOND, 'start')
      .until(10 * MINUTE);
    assert.equal(heart.state.verdict, 'up');
    heart.until(10 * MINUTE + 50 * SECOND);
    assert.equal(heart.last()?.reason?.code, 'heartbeat.overrun');
  });

  it('allows a run its grace when nothing else is said', () => {
    assert.equal(new Heart(EVERY_MINUTE).beat(0).beat(80 * SECOND, 'start').due, 110 * SECOND);
  });
});

describe('a heartbeat by cron', () => {
  it('is expected at the next run in its zone', () => {
    const heart = new Heart(NIGHTLY, NIGHT).beat(NIGHT + 5 * MINUTE);
    assert.equal(expectedAt(heart.state, heart.rules), NIGHT + DAY_LATER);
    assert.equal(heart.due, NIGHT + DAY_LATER + 30 * MINUTE);
    assert.equal(heart.until(NIGHT + DAY_LATER + 30 * MINUTE).state.verdict, 'down');
  });

  it('counts a sign of life a few seconds early for the run that follows', () => {
    const heart = new Heart(NIGHTLY, NIGHT).beat(NIGHT - 3 * SECOND);
    assert.equal(expectedAt(heart.state, heart.rules), NIGHT + DAY_LATER);
  });

  it('does not take a test by hand at noon for the night’s run', () => {
    const heart = new Heart(NIGHTLY, NIGHT).beat(NIGHT + 9 * HOUR);
    assert.equal(expectedAt(heart.state, heart.rules), NIGHT + DAY_LATER);
  });

  it('runs once in nights that summer time makes longer or shorter', () => {
    const runs = (from: number): string[] => {
      const first = nextRun('30 2 * * *', 'Europe/Berlin', from) ?? 0;
      return [first, nextRun('30 2 * * *', 'Europe/Berlin', first) ?? 0].map((at) => new Date(at).toISOString());
    };
    assert.deepEqual(runs(Date.UTC(2026, 2, 28, 12)), ['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z']);
    assert.deepEqual(runs(Date.UTC(2026, 9, 24, 12)), ['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z']);
  });
});

describe('a heartbeat whose watch was off', () => {
  it('is blind, not down, when its sign of life may have been lost meanwhile', () => {
    const heart = new Heart(EVERY_MINUTE).beat(0).feed({ type: 'resumed', at: 10 * MINUTE, from: 40 * SECOND });
    assert.equal(heart.state.verdict, 'blind');
    heart.beat(10 * MINUTE + 20 * SECOND);
    assert.equal(heart.state.verdict, 'up');
    assert.deepEqual(
      heart.effects.find((effect) => effect.do === 'blind-span'),
      { do: 'blind-span', from: 40 * SECOND, to: 10 * MINUTE + 20 * SECOND },
    );
  });

  it('is down when the next one does not come either', () => {
    const heart = new Heart(EVERY_MINUTE).beat(0).feed({ type: 'resumed', at: 10 * MINUTE, from: 40 * SECOND });
    assert.equal(heart.until(11 * MINUTE + 29 * SECOND).state.verdict, 'blind');
    assert.equal(heart.until(11 * MINUTE + 30 * SECOND).state.verdict, 'down');
  });

  it('is judged as ever when nothing can have been lost', () => {
    const heart = new Heart(NIGHTLY, NIGHT)
      .beat(NIGHT)
      .feed({ type: 'resumed', at: NIGHT + 5 * HOUR, from: NIGHT + HOUR });
    assert.equal(heart.state.verdict, 'up');
    assert.equal(heart.until(NIGHT + DAY_LATER + 30 * MINUTE).state.verdict, 'down');
  });

  it('waits for its deadline before it calls itself blind', () => {
    const heart = new Heart(EVERY_MINUTE).beat(0).feed({ type: 'resumed', at: 62 * SECOND, from: 58 * SECOND });
    assert.equal(heart.state.verdict, 'up');
    assert.equal(heart.until(90 * SECOND).state.verdict, 'blind');
  });

  it('loses the end of a run without being down for it', () => {
    const heart = new Heart({ ...EVERY_MINUTE, maxRunMs: 5 * MINUTE }).beat(0).beat(MINUTE, 'start');
    heart.feed({ type: 'resumed', at: 4 * MINUTE, from: 2 * MINUTE }).until(6 * MINUTE);
    assert.equal(heart.state.verdict, 'blind');
  });
});

describe('a heartbeat that nobody should be told of', () => {
  it('is not down in maintenance, and only what is expected afterwards counts', () => {
    const heart = new Heart(EVERY_MINUTE).beat(0).feed({ type: 'maintenance', at: 30 * SECOND, on: true });
    assert.equal(heart.until(HOUR).beat(HOUR, 'fail').state.verdict, 'up');
    heart.feed({ type: 'maintenance', at: 2 * HOUR, on: false });
    assert.equal(heart.due, 2 * HOUR + 90 * SECOND);
  });

  it('is pending after a pause until its next sign of life', () => {
    const heart = new Heart(EVERY_MINUTE)
      .beat(0)
      .feed({ type: 'pause', at: 30 * SECOND, on: true })
      .until(HOUR);
    assert.equal(heart.state.verdict, 'up');
    heart.feed({ type: 'pause', at: HOUR, on: false });
    assert.equal(heart.state.verdict, 'pending');
    assert.equal(heart.due, HOUR + 90 * SECOND);
  });

  it('that was down before a pause is told anew when it stays away', () => {
    const heart = new Heart(EVERY_MINUTE).beat(0).beat(1, 'fail');
    heart.feed({ type: 'pause', at: 30 * SECOND, on: true }).feed({ type: 'pause', at: HOUR, on: false });
    assert.equal(heart.state.verdict, 'pending');
    assert.equal(heart.until(2 * HOUR).state.verdict, 'down');
  });
});

describe('the machine of heartbeats, over any course of events', () => {
  const kind = fc.constantFrom('start' as const, 'success' as const, 'fail' as const, 'exit' as const);
  const step = fc.record({
    after: fc.integer({ min: -1_000, max: 200_000 }),
    event: fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ type: fc.constant('beat' as const), kind, code: fc.integer({ min: 0, max: 2 }) }),
      },
      { weight: 3, arbitrary: fc.constant({ type: 'tick' as const }) },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('maintenance' as const), on: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('pause' as const), on: fc.boolean() }) },
      {
        weight: 1,
        arbitrary: fc.record({ type: fc.constant('resumed' as const), from: fc.integer({ min: 0, max: 10_000_000 }) }),
      },
    ),
  });

  it('goes on the same from what was stored, changes from what was told, and never falls in maintenance', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(EVERY_MINUTE, NIGHTLY), (steps, rules) => {
        let state = initialHeartbeat(1_000_000);
        let at = 1_000_000;
        for (const one of steps) {
          at += one.after;
          const event: HeartbeatEvent = { ...one.event, at };
          const read = JSON.parse(JSON.stringify(state)) as HeartbeatState;
          const [next, effects] = decideHeartbeat(state, event, rules);
          assert.deepEqual(decideHeartbeat(read, event, rules), [next, effects]);
          let told = state.verdict;
          for (const effect of effects.filter((found) => found.do === 'verdict')) {
            assert.equal(effect.from, told);
            assert.ok(effect.to !== 'down' || !(state.maintenance || state.paused));
            told = effect.to as HeartbeatState['verdict'];
          }
          assert.equal(next.verdict, told);
          assert.ok(next.at >= state.at || event.type === 'resumed');
          assert.ok((nextDeadline(next, rules) ?? Infinity) > next.at);
          state = next;
        }
      }),
    );
  });
});

describe('the key of a heartbeat that was given none', () => {
  const mac = (secret: string) => (text: string) => createHmac('sha256', secret).update(text).digest();

  it('is the same for the same monitor, and another for each monitor and installation', () => {
    assert.equal(derivedKey('m1', mac('a')), derivedKey('m1', mac('a')));
    assert.equal(new Set([derivedKey('m1', mac('a')), derivedKey('m2', mac('a')), derivedKey('m1', mac('b'))]).size, 3);
    assert.match(derivedKey('m1', mac('a')), /^[0-9a-hjkmnp-tv-z]{20}$/);
  });
});
