import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HOUR, MINUTE, SECOND } from '../kernel/time.ts';
import { acceptsOrder, decideRepair } from './repair.ts';
import {
  newRepairs,
  type Diagnosis,
  type ProvenPlan,
  type RepairEffect,
  type RepairEvent,
  type RepairMode,
  type RepairState,
} from './repair-model.ts';

const STALE: Diagnosis = { cause: 'stale-artifact', confidence: 0.95, action: 'stale-artifacts' };
const DATABASE: Diagnosis = { cause: 'dependency-unreachable', confidence: 0.9 };
const OWN: Diagnosis = { cause: 'uncaught-exception', confidence: 0.9 };
const PLAN: ProvenPlan = {
  id: 'p1',
  action: 'stale-artifacts',
  isProven: true,
  isUndoable: true,
  text: 'dist/ → trash',
};

/** Feeds events, each with `at`, and collects what is to be done. */
const run = (mode: RepairMode, events: readonly RepairEvent[]) => {
  let state: RepairState = newRepairs(mode);
  const effects: RepairEffect[] = [];
  for (const event of events) {
    const [next, more] = decideRepair(state, event);
    state = next;
    effects.push(...more);
  }
  return { state, effects, told: effects.flatMap((one) => (one.do === 'tell' ? [one.phase] : [])) };
};

const down = (at = 0): RepairEvent => ({ type: 'verdict', at, isDown: true });
const up = (at: number): RepairEvent => ({ type: 'verdict', at, isDown: false });
const found = (at: number, ...diagnoses: readonly Diagnosis[]): RepairEvent => ({ type: 'diagnosed', at, diagnoses });
const planned = (at: number, plan = PLAN): RepairEvent => ({ type: 'planned', at, plan });
const tick = (at: number): RepairEvent => ({ type: 'tick', at });
const gaveUp = (at: number): RepairEvent => ({ type: 'gave-up', at });

describe('the repairs of an app', () => {
  it('announces what a trial proved, begins after ten seconds, and tells that it is verified', () => {
    const { effects, state } = run('auto', [
      down(),
      found(1, STALE),
      planned(2_000),
      tick(11_999),
      tick(12_000),
      { type: 'applied', at: 13_000, planId: 'p1' },
      { type: 'ended', at: 15_000, planId: 'p1', outcome: 'verified' },
    ]);
    assert.deepEqual(effects, [
      { do: 'plan', action: 'stale-artifacts', cause: 'stale-artifact' },
      {
        do: 'tell',
        phase: 'proposed',
        action: 'stale-artifacts',
        planId: 'p1',
        cause: 'stale-artifact',
        plan: 'dist/ → trash',
        inMs: 10_000,
      },
      { do: 'tell', phase: 'starting', action: 'stale-artifacts', planId: 'p1', cause: 'stale-artifact' },
      { do: 'apply', planId: 'p1' },
      { do: 'tell', phase: 'applied', action: 'stale-artifacts', planId: 'p1', cause: 'stale-artifact' },
      { do: 'tell', phase: 'verified', action: 'stale-artifacts', planId: 'p1', cause: 'stale-artifact' },
    ]);
    assert.ok(acceptsOrder(state, 'undo', 'p1'));
  });

  it('asks where it may not act by itself, and where undo cannot revert', () => {
    for (const [mode, plan] of [
      ['ask', PLAN],
      ['auto', { ...PLAN, isUndoable: false }],
    ] as const) {
      const { told, state } = run(mode, [down(), found(1, STALE), planned(2, plan), tick(HOUR)]);
      assert.deepEqual(told, ['proposed']);
      const [, effects] = decideRepair(state, { type: 'order', at: HOUR, what: 'repair', planId: 'p1' });
      assert.deepEqual(effects.at(-1), { do: 'apply', planId: 'p1' });
    }
  });

  it('does nothing where it is switched off', () => {
    const { effects } = run('off', [down(), found(1, STALE), gaveUp(2), planned(3), tick(MINUTE)]);
    assert.deepEqual(effects, []);
  });

  it('leaves it when somebody says so, and does not come back to it in the same outage', () => {
    const { told, effects } = run('auto', [
      down(),
      found(1, STALE),
      planned(2),
      { type: 'order', at: 3, what: 'leave', planId: 'p1' },
      found(4, STALE),
      tick(MINUTE),
    ]);
    assert.deepEqual(told, ['proposed', 'left']);
    assert.ok(!effects.some((one) => one.do === 'apply'));
  });

  it('repairs a cause once an hour, then calls a person, once', () => {
    const { told, effects } = run('auto', [
      down(),
      found(1, STALE),
      planned(2),
      tick(MINUTE),
      { type: 'ended', at: 2 * MINUTE, planId: 'p1', outcome: 'verified' },
      up(3 * MINUTE),
      down(10 * MINUTE),
      found(10 * MINUTE, STALE),
      found(11 * MINUTE, STALE),
    ]);
    assert.deepEqual(told, ['proposed', 'starting', 'verified', 'given-up']);
    assert.equal(effects.filter((one) => one.do === 'plan').length, 1);
    const later = run('auto', [
      down(),
      found(1, STALE),
      planned(2),
      tick(MINUTE),
      { type: 'ended', at: 2 * MINUTE, planId: 'p1', outcome: 'verified' },
      up(3 * MINUTE),
      down(2 * HOUR),
      found(2 * HOUR, STALE),
    ]);
    assert.equal(later.effects.filter((one) => one.do === 'plan').length, 2);
  });

  it('does not take late findings of a repaired outage for a new one', () => {
    const { told } = run('auto', [
      down(),
      found(1, STALE),
      planned(2),
      tick(MINUTE),
      { type: 'ended', at: MINUTE, planId: 'p1', outcome: 'verified' },
      found(MINUTE + SECOND, STALE),
      up(MINUTE + 5 * SECOND),
    ]);
    assert.deepEqual(told, ['proposed', 'starting', 'verified']);
  });

  it('calls a person when the trial fails, when there is no plan, and when it was not healthy afterwards', () => {
    assert.deepEqual(run('auto', [down(), found(1, STALE), planned(2, { ...PLAN, isProven: false })]).told, [
      'given-up',
    ]);
    assert.deepEqual(run('auto', [down(), found(1, STALE), { type: 'unplanned', at: 2, why: 'refused' }]).told, [
      'given-up',
    ]);
    const ended: RepairEvent = { type: 'ended', at: MINUTE, planId: 'p1', outcome: 'undone', error: 'unhealthy' };
    assert.deepEqual(run('auto', [down(), found(1, STALE), planned(2), tick(MINUTE), ended]).told, [
      'proposed',
      'starting',
      'undone',
      'given-up',
    ]);
  });

  it('drops what it has announced when the app is up again by itself', () => {
    const { told, effects } = run('auto', [down(), found(1, STALE), planned(2), up(5_000), tick(MINUTE)]);
    assert.deepEqual(told, ['proposed', 'left']);
    assert.ok(!effects.some((one) => one.do === 'apply'));
  });

  it('starts an app that was given up once what it needs answers, and says so once', () => {
    const { effects, told } = run('ask', [
      down(),
      found(1, DATABASE),
      gaveUp(1_000),
      tick(2_000),
      { type: 'dependency', at: 2_100, answers: false },
      tick(3_000),
      tick(4_100),
      { type: 'dependency', at: 4_200, answers: true },
      { type: 'started', at: 4_900, ok: true },
      gaveUp(6_000),
      tick(8_000),
      { type: 'dependency', at: 8_100, answers: undefined },
      { type: 'started', at: 8_200, ok: true },
      up(20_000),
    ]);
    assert.deepEqual(
      effects.map((one) => (one.do === 'tell' ? one.phase : one.do)),
      ['ask-dependency', 'ask-dependency', 'starting', 'start', 'ask-dependency', 'start', 'verified'],
    );
    assert.deepEqual(told, ['starting', 'verified']);
  });

  it('starts an app of unknown cause again a few times, ever later, then calls a person', () => {
    const starts: number[] = [];
    let state = run('auto', [down(), found(1, OWN)]).state;
    const told: string[] = [];
    const feed = (event: RepairEvent): void => {
      const [next, effects] = decideRepair(state, event);
      state = next;
      for (const one of effects) {
        if (one.do === 'tell') told.push(one.phase);
        if (one.do !== 'start') continue;
        starts.push(event.at);
        feed({ type: 'started', at: event.at, ok: true });
        feed(gaveUp(event.at));
      }
    };
    feed(gaveUp(0));
    for (let at = 0; at < HOUR; at += SECOND) feed(tick(at));
    assert.deepEqual(starts, [15 * SECOND, 75 * SECOND, 375 * SECOND]);
    assert.deepEqual(told, ['starting', 'given-up']);
  });

  it('starts nothing whose next start would fail as well', () => {
    const lasting: Diagnosis = { cause: 'package-missing', confidence: 0.95 };
    const { effects } = run('auto', [down(), found(1, lasting), gaveUp(2), tick(HOUR)]);
    assert.deepEqual(effects, []);
  });

  it('finishes or takes back what its death interrupted, and forgets what was only planned', () => {
    const begun = run('auto', [down(), found(1, STALE), planned(2), tick(MINUTE)]).state;
    assert.deepEqual(decideRepair(begun, { type: 'resumed', at: MINUTE })[1], [{ do: 'resume', planId: 'p1' }]);
    const announced = run('auto', [down(), found(1, STALE), planned(2)]).state;
    const [state, effects] = decideRepair(announced, { type: 'resumed', at: 3 });
    assert.deepEqual([state.phase, effects], ['idle', []]);
  });

  it('undoes what it has done when it is told to', () => {
    const { told, effects } = run('auto', [
      down(),
      found(1, STALE),
      planned(2),
      tick(MINUTE),
      { type: 'ended', at: MINUTE, planId: 'p1', outcome: 'verified' },
      up(2 * MINUTE),
      { type: 'order', at: 3 * MINUTE, what: 'undo', planId: 'p1' },
      { type: 'ended', at: 3 * MINUTE, planId: 'p1', outcome: 'undone' },
    ]);
    assert.deepEqual(effects.at(-2), { do: 'undo', planId: 'p1' });
    assert.equal(told.at(-1), 'undone');
  });
});
