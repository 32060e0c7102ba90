import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { life, play, process, START, type VerdictEffect } from '../../test/machines/apps.ts';
import type { ProcessEvent } from './model.ts';
import { DEFAULT_SUPERVISE_RULES } from './rules.ts';
import { initialAppState } from './state.ts';

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

describe("the manager's word", () => {
  it('that it has given up is believed at once; it lasts unless the cause heals elsewhere', () => {
    const gaveUp: ProcessEvent = { type: 'gave-up', at: at(1_000), process: process({ status: 'errored', pid: 0 }) };
    const crash = [started(0), exited(0, 1_000), gaveUp];
    const { verdicts } = play([...crash, ...ticks(2_000, 8_000)]);
    assert.deepEqual(told(verdicts), ['pending>down app.gave-up', 'down>down app.gave-up']);
    assert.deepEqual(
      verdicts.map(({ lasting }) => lasting),
      [false, true],
    );
    const passing = play([...crash, diagnosed(1_200, false, 'dependency-unreachable'), ...ticks(2_000, 60_000)]);
    assert.deepEqual(
      passing.verdicts.map(({ lasting }) => lasting),
      [false],
    );
  });

  it('is told with its name', () => {
    const gone: ProcessEvent = { type: 'manager', at: at(0), app: 'api', running: false };
    const from = initialAppState('api', START, 'PM2');
    const { verdicts } = play([gone, ...ticks(1_000, 12_000)], DEFAULT_SUPERVISE_RULES, from);
    assert.deepEqual(verdicts[0]?.reason, { code: 'manager.gone', params: { manager: 'PM2' } });
  });

  it('"waiting restart" with no process is not believed for ever', () => {
    const waiting = { status: 'waiting restart', pid: 0, startedAt: at(-5_000) };
    const { verdicts } = play([seen(0, waiting), ...ticks(1_000, 30_000)]);
    assert.deepEqual(told(verdicts), ['pending>down app.not-running']);
    assert.equal(verdicts[0]?.at, at(20_000));
    assert.equal(verdicts[0]?.status, 'waiting restart');
  });

  it('"online" is not believed while the port is closed: a zombie', () => {
    const bad = (ms: number): ProcessEvent => health(ms, false, { port: { port: 3000, open: false } });
    const { verdicts, effects } = play([started(0), ...[5, 10, 15, 20, 25].map((s) => bad(s * 1_000))]);
    assert.deepEqual(told(verdicts), ['pending>down app.zombie', 'down>down app.zombie']);
    assert.deepEqual(
      verdicts.map(({ lasting }) => lasting),
      [false, true],
    );
    assert.equal(verdicts[0]?.at, at(20_000));
    assert.deepEqual(verdicts[0]?.port, { port: 3000, open: false });
    assert.ok(effects.some((effect) => effect.do === 'diagnose' && effect.why === 'verdict'));
  });

  it('is patient with an app that is known to start slowly, and quick with one that was healthy', () => {
    const slow = [
      started(0),
      health(5_000, false),
      health(15_000),
      exited(0, 100_000, { wanted: true, why: 'by-hand' }),
      started(100_100),
      ...[105, 110, 115, 120, 125, 130].map((s) => health(s * 1_000, false)),
      health(140_000),
    ];
    assert.deepEqual(told(play(slow).verdicts), ['pending>up']);
    const quick = [started(0), health(1_000), health(100_000), ...[105, 110, 115].map((s) => health(s * 1_000, false))];
    const { verdicts } = play(quick);
    assert.deepEqual(told(verdicts), ['pending>up', 'up>down app.unhealthy']);
    assert.deepEqual(
      [verdicts[1]?.at, verdicts[1]?.firstBadAt, verdicts[1]?.lastGoodAt],
      [at(115_000), at(105_000), at(100_000)],
    );
  });
});

describe('the manager itself', () => {
  const gone = (ms: number, more = {}): ProcessEvent => ({
    type: 'manager',
    at: at(ms),
    app: 'api',
    running: false,
    ...more,
  });
  const back = (ms: number): ProcessEvent => ({ type: 'manager', at: at(ms), app: 'api', running: true });

  it('gone for ten seconds is down, or degraded while the app still answers', () => {
    const start = [started(0), health(1_000)];
    assert.deepEqual(told(play([...start, gone(2_000), ...ticks(3_000, 13_000)]).verdicts), [
      'pending>up',
      'up>down manager.gone',
    ]);
    const alive = merged([...start, gone(2_000)], healthy(3_000, 30_000), ticks(3_000, 30_000));
    assert.deepEqual(told(play(alive).verdicts), ['pending>up', 'up>degraded manager.gone']);
  });

  it('back within its grace with its list is nothing; back without the app is down', () => {
    const start = [started(0), health(1_000), gone(2_000), back(6_000)];
    const listed = [seen(6_100, { startedAt: at(6_050) }), ...merged(healthy(8_000, 40_000), ticks(7_000, 40_000))];
    assert.deepEqual(told(play([...start, ...listed]).verdicts), ['pending>up']);
    const empty = [seen(6_100), ...ticks(7_000, 40_000)];
    const { verdicts } = play([...start, ...empty]);
    assert.deepEqual(told(verdicts), ['pending>up', 'up>down app.not-running']);
    assert.equal(verdicts[1]?.lasting, true);
  });

  it('ended by a person is not judged', () => {
    const events = [started(0), health(1_000), gone(2_000, { wanted: true }), gone(2_100), ...ticks(3_000, 60_000)];
    assert.deepEqual(told(play(events).verdicts), ['pending>up', 'up>pending']);
  });
});

describe('slow harm', () => {
  it('is degraded: restarts at the memory limit, kills by the kernel, more crashes than the app is used to', () => {
    const memory: ProcessEvent[] = [started(0), health(1_000)];
    for (let index = 0; index < 3; index++) {
      const ms = 600_000 * (index + 1);
      memory.push(
        exited(600_000 * index + (index === 0 ? 0 : 100), ms, { wanted: true, why: 'memory-limit' }),
        started(ms + 100),
        health(ms + 2_000),
      );
    }
    assert.deepEqual(told(play(memory).verdicts), ['pending>up', 'up>degraded app.memory-restarts']);
    const killed: ProcessEvent[] = [
      started(0),
      health(1_000),
      { type: 'oom-kill', at: at(2_000), app: 'api', pid: 100 },
    ];
    assert.deepEqual(told(play(killed).verdicts), ['pending>up', 'up>degraded app.oom-kills']);
    const often = life({ lastsMs: [400_000], bootMs: 1_000, delayMs: () => 100, health: true, forMs: 3_500_000 });
    assert.deepEqual(told(play(often).verdicts), ['pending>up', 'up>degraded app.exits-rising']);
  });
});
