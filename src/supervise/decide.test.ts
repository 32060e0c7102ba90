import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { life, play, process, START, type VerdictEffect } from '../../test/machines/apps.ts';
import type { ProcessEvent } from './model.ts';

const at = (ms: number): number => START + ms;
const started = (ms: number, state = {}): ProcessEvent => ({
  type: 'started',
  at: at(ms),
  process: process({ startedAt: at(ms), ...state }),
});
const exited = (from: number, to: number, more = {}, state = {}): ProcessEvent => ({
  type: 'exited',
  at: at(to),
  process: process({ startedAt: at(from), status: 'stopped', pid: 0, ...state }),
  uptimeMs: to - from,
  wanted: false,
  code: 1,
  ...more,
});
const health = (ms: number, ok = true, more = {}): ProcessEvent => ({
  type: 'health',
  at: at(ms),
  app: 'api',
  ok,
  ...more,
});
const tick = (ms: number): ProcessEvent => ({ type: 'tick', at: at(ms) });
const ticks = (from: number, to: number): ProcessEvent[] =>
  Array.from({ length: Math.floor((to - from) / 1_000) + 1 }, (_, index) => tick(from + index * 1_000));
const seen = (ms: number, ...states: readonly object[]): ProcessEvent => ({
  type: 'seen',
  at: at(ms),
  app: 'api',
  processes: states.map((state) => process(state)),
});
const diagnosed = (ms: number, lasting: boolean, cause = 'module-file-missing', confidence = 0.95): ProcessEvent => ({
  type: 'diagnosed',
  at: at(ms),
  app: 'api',
  cause,
  confidence,
  lasting,
});
const merged = (...lists: readonly (readonly ProcessEvent[])[]): ProcessEvent[] =>
  lists.flat().toSorted((one, other) => one.at - other.at);
const told = (verdicts: readonly VerdictEffect[]): string[] =>
  verdicts.map(({ from, to, reason }) => `${from}>${to}${reason === undefined ? '' : ` ${reason.code}`}`);
const healthy = (from: number, to: number): ProcessEvent[] =>
  Array.from({ length: Math.floor((to - from) / 5_000) + 1 }, (_, index) => health(from + index * 5_000));

describe('an app that crashes at its start', () => {
  it('is down at once when the diagnosis says that the next start fails as well, with the moments of the evidence', () => {
    const events = [
      ...merged([started(0)], healthy(1_000, 60_000)),
      exited(0, 62_000, { wanted: true, why: 'by-hand', code: 0 }),
      started(62_100),
      exited(62_100, 62_500),
      diagnosed(62_700, true),
    ];
    const { verdicts, effects } = play(events);
    assert.deepEqual(told(verdicts), ['pending>up', 'up>down app.boot-crash']);
    const down = verdicts.at(-1);
    assert.equal(down?.at, at(62_700));
    assert.equal(down?.lasting, true);
    assert.equal(down?.lastGoodAt, at(56_000));
    assert.equal(down?.firstBadAt, at(62_500));
    assert.deepEqual(down?.reason?.params, { cause: 'module-file-missing', code: 1, uptimeMs: 400 });
    const wish = effects.find((effect) => effect.do === 'diagnose');
    assert.deepEqual(wish, {
      do: 'diagnose',
      at: at(62_500),
      app: 'api',
      why: 'exit',
      process: '0',
      startedAt: at(62_100),
      code: 1,
    });
  });

  it('is not down for an unsure diagnosis, nor when it was healthy again before the diagnosis came', () => {
    const crash = [
      started(0),
      health(1_000),
      exited(0, 2_000),
      started(2_100, { restarts: 1 }),
      exited(2_100, 2_600, {}, { restarts: 1 }),
    ];
    assert.deepEqual(told(play([...crash, diagnosed(2_700, true, 'package-missing', 0.7)]).verdicts), ['pending>up']);
    const again = [started(2_700, { restarts: 2 }), health(2_900, false), health(3_000)];
    assert.deepEqual(told(play([...crash, ...again, diagnosed(3_100, true)]).verdicts), ['pending>up']);
  });

  it('is down though its process lives on, when it has thrown what lasts and is not healthy', () => {
    const events = [
      started(0),
      { type: 'exception', at: at(300), process: process(), text: 'Cannot find package' } as const,
      health(400, false),
      diagnosed(500, true, 'package-missing'),
    ];
    const { verdicts, effects } = play(events);
    assert.deepEqual(told(verdicts), ['pending>down app.boot-crash']);
    assert.deepEqual(
      effects.map((effect) => effect.do),
      ['diagnose', 'verdict'],
    );
  });
});

describe('a crash loop', () => {
  it('is found at the third exit within a minute, without any diagnosis, and its reason deepens when one comes', () => {
    const { verdicts } = play([
      started(0),
      exited(0, 900),
      started(1_000, { restarts: 1 }),
      exited(1_000, 1_900, {}, { restarts: 1 }),
      started(2_000, { restarts: 2 }),
      exited(2_000, 2_900, {}, { restarts: 2 }),
      diagnosed(3_000, true),
    ]);
    assert.deepEqual(told(verdicts), ['pending>down app.crash-loop', 'down>down app.boot-crash']);
    assert.deepEqual(
      verdicts.map(({ lasting }) => lasting),
      [false, true],
    );
    assert.equal(verdicts[0]?.at, at(2_900));
    assert.equal(verdicts[0]?.firstBadAt, at(900));
  });

  it('that is slow is found at the third exit within ten minutes', () => {
    const events = life({ lastsMs: [100_000], bootMs: 2_000, delayMs: () => 100, health: true, forMs: 400_000 });
    const { verdicts } = play(events);
    assert.deepEqual(told(verdicts), ['pending>up', 'up>down app.restarting']);
    assert.equal(verdicts[1]?.at, at(300_200));
  });

  it('that was missed is made up from the counters', () => {
    const { verdicts } = play([
      seen(0, { restarts: 4, startedAt: at(-900_000) }),
      health(0),
      seen(200_000, { restarts: 9, startedAt: at(199_000) }),
    ]);
    assert.deepEqual(told(verdicts), ['pending>up', 'up>down app.restarting']);
  });

  it('is not made up from counters that went back, nor from restarts by hand', () => {
    const first = [seen(0, { restarts: 9, startedAt: at(-900_000), handledAt: at(-900_000) }), health(0)];
    const back = seen(100_000, { restarts: 0, startedAt: at(99_000), handledAt: at(99_000) });
    const byHand = seen(100_000, { restarts: 14, startedAt: at(99_000), handledAt: at(98_000) });
    for (const event of [back, byHand]) assert.deepEqual(told(play([...first, event]).verdicts), ['pending>up']);
  });

  it('is over when the process has outlived its longest run, not before', () => {
    const events = life({
      lastsMs: [40_000, 40_000, 40_000, Infinity],
      bootMs: 1_000,
      delayMs: () => 100,
      health: true,
      forMs: 300_000,
    });
    const { verdicts } = play(events);
    assert.deepEqual(told(verdicts), ['pending>up', 'up>down app.restarting', 'down>up']);
    const up = verdicts.at(-1);
    assert.equal(up?.firstGoodAt, at(125_000));
    assert.ok(up !== undefined && up.at >= at(125_000 + 60_000) && up.at <= at(125_000 + 62_000));
  });

  it('of one worker of several is degraded while the others serve, and down when none does', () => {
    const worker = (id: string, ms: number, restarts: number): ProcessEvent[] => [
      started(ms, { id, restarts }),
      exited(ms, ms + 500, {}, { id, restarts }),
    ];
    const both = [started(0, { id: '0' }), started(0, { id: '1' }), health(500)];
    const one = [...worker('1', 1_000, 1), ...worker('1', 2_000, 2), ...worker('1', 3_000, 3), health(4_000)];
    assert.deepEqual(told(play([...both, ...one]).verdicts), ['pending>up', 'up>degraded app.partly-down']);
    const other = [exited(0, 4_100, {}, { id: '0' }), ...worker('0', 5_000, 1), ...worker('0', 6_000, 2)];
    assert.deepEqual(told(play([...both, ...one, ...other]).verdicts), [
      'pending>up',
      'up>degraded app.partly-down',
      'degraded>down app.crash-loop',
    ]);
  });
});

describe('what is no fault', () => {
  it('is never alerted: restarts, reloads, scaling, cron restarts, one run-time exit followed by health', () => {
    const events: ProcessEvent[] = [started(0), ...healthy(1_000, 20_000)];
    let from = 0;
    for (const [index, why] of (
      ['by-hand', 'reload', 'scaled', 'cron', 'by-hand', 'cron', 'deploy'] as const
    ).entries()) {
      const ms = 21_000 + index * 3_000;
      events.push(exited(from, ms, { wanted: true, why, code: 0 }), started(ms + 200), health(ms + 1_500));
      from = ms + 200;
    }
    events.push(
      exited(from, 60_000, { code: 7 }),
      started(60_100, { restarts: 1 }),
      ...merged(healthy(62_000, 100_000), ticks(60_000, 100_000)),
    );
    assert.deepEqual(told(play(events).verdicts), ['pending>up']);
  });

  it('is not judged when it is stopped by hand, and stays down when it was down before', () => {
    const stop = exited(0, 10_000, { wanted: true, why: 'by-hand' });
    assert.deepEqual(told(play([started(0), health(1_000), stop, ...ticks(10_000, 60_000)]).verdicts), [
      'pending>up',
      'up>pending',
    ]);
    const loop = life({ lastsMs: [500], bootMs: 1_000, delayMs: () => 100, health: false, forMs: 5_000 });
    const last = exited(5_400, 6_000, { wanted: true, why: 'by-hand' }, { restarts: 9 });
    assert.deepEqual(told(play([...loop, last, ...ticks(6_000, 300_000)]).verdicts), ['pending>down app.crash-loop']);
  });

  it('ends with the deploy: old processes that it kills are part of it, new ones that crash twice are its fault', () => {
    const deploy: ProcessEvent = { type: 'deploy', at: at(10_000), app: 'api' };
    const before = [started(0), health(1_000), deploy, exited(0, 11_000, { code: 143 }), started(11_100)];
    assert.deepEqual(told(play([...before, health(12_000)]).verdicts), ['pending>up']);
    const crashes = [
      exited(11_100, 12_000),
      started(12_100, { restarts: 1 }),
      exited(12_100, 13_000, {}, { restarts: 1 }),
    ];
    const { verdicts } = play([...before, ...crashes]);
    assert.deepEqual(told(verdicts), ['pending>up', 'up>down app.unstable-after-deploy']);
    assert.deepEqual([verdicts[1]?.afterDeploy, verdicts[1]?.lasting], [true, true]);
  });
});

describe('an app that was down and works again', () => {
  it('is up: the exits of its outage are not told again as rising', () => {
    const loop = Array.from({ length: 15 }, (_, index) => [
      started(60_000 + index * 1_000, { restarts: index }),
      exited(60_000 + index * 1_000, 60_500 + index * 1_000, {}, { restarts: index }),
    ]).flat();
    const events = merged(
      [started(0)],
      healthy(1_000, 59_000),
      loop,
      [started(90_000, { restarts: 15 })],
      healthy(91_000, 200_000),
      ticks(60_000, 200_000),
    );
    assert.deepEqual(told(play(events).verdicts), ['pending>up', 'up>down app.crash-loop', 'down>up']);
  });

  it('is not down again by a restart by hand: the exits of its outage count no more', () => {
    const loop = Array.from({ length: 5 }, (_, index) => [
      started(60_000 + index * 1_000, { restarts: index }),
      exited(60_000 + index * 1_000, 60_500 + index * 1_000, {}, { restarts: index }),
    ]).flat();
    const events = merged(
      [started(0)],
      healthy(1_000, 59_000),
      loop,
      [started(66_000, { restarts: 5 })],
      healthy(67_000, 85_000),
      [exited(66_000, 86_000, { wanted: true, why: 'by-hand', code: 0 }), started(86_100, { restarts: 6 })],
      healthy(90_000, 150_000),
      ticks(60_000, 150_000),
    );
    assert.deepEqual(told(play(events).verdicts), ['pending>up', 'up>down app.crash-loop', 'down>up']);
  });
});
