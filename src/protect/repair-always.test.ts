import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MINUTE } from '../kernel/time.ts';
import { decideRepair } from './repair.ts';
import {
  newRepairs,
  REPAIR_RULES,
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

const planned = (at: number, plan = PLAN): RepairEvent => ({ type: 'planned', at, plan });
const found = (at: number, ...diagnoses: readonly Diagnosis[]): RepairEvent => ({ type: 'diagnosed', at, diagnoses });
const tick = (at: number): RepairEvent => ({ type: 'tick', at });
const gaveUp = (at: number): RepairEvent => ({ type: 'gave-up', at });

const diagnosis = fc.constantFrom(STALE, DATABASE, OWN, { ...STALE, confidence: 0.6 });
const anyEvent: fc.Arbitrary<(at: number) => RepairEvent> = fc.oneof(
  fc.constantFrom('off', 'ask', 'auto').map((mode) => (at: number): RepairEvent => ({
    type: 'mode',
    at,
    mode: mode as RepairMode,
  })),
  {
    weight: 3,
    arbitrary: fc.boolean().map((isDown) => (at: number): RepairEvent => ({ type: 'verdict', at, isDown })),
  },
  fc.constant(gaveUp),
  fc.constant((at: number): RepairEvent => ({ type: 'running', at })),
  { weight: 3, arbitrary: fc.array(diagnosis, { maxLength: 2 }).map((all) => (at: number) => found(at, ...all)) },
  {
    weight: 4,
    arbitrary: fc
      .record({ isProven: fc.boolean(), isUndoable: fc.boolean() })
      .map((more) => (at: number) => planned(at, { ...PLAN, id: `p${at}`, ...more })),
  },
  fc.constant((at: number): RepairEvent => ({ type: 'unplanned', at, why: 'x' })),
  { weight: 4, arbitrary: fc.constant(tick) },
  fc.option(fc.boolean(), { nil: undefined }).map((answers) => (at: number): RepairEvent => ({
    type: 'dependency',
    at,
    answers,
  })),
  fc.boolean().map((ok) => (at: number): RepairEvent => ({ type: 'started', at, ok })),
  fc.constant((at: number): RepairEvent => ({ type: 'resumed', at })),
);
const anyWhat = fc.constantFrom('repair', 'leave', 'undo', 'verified', 'undone', 'failed', 'none');

describe('whatever happens, the repairs of an app', () => {
  it('apply only what was proven and announced, once per cause and hour, and nothing while off or up', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyEvent, anyWhat, fc.integer({ min: 1, max: 15 * MINUTE })), { maxLength: 60 }),
        (steps) => {
          let state = newRepairs('auto');
          let at = 0;
          const proven = new Map<string, { readonly at: number; readonly isUndoable: boolean }>();
          const proposed = new Map<string, number | undefined>();
          const applied: { readonly cause: string; readonly at: number }[] = [];
          let called = 0;
          const check = (event: RepairEvent, before: RepairState, effects: readonly RepairEffect[]): void => {
            for (const effect of effects) {
              if (effect.do === 'tell' && effect.phase === 'proposed')
                proposed.set(effect.planId, effect.inMs === undefined ? undefined : at + effect.inMs);
              if (effect.do === 'tell' && effect.phase === 'given-up') called += 1;
              if (effect.do === 'start') assert.ok(before.isDown && before.hasGivenUp && before.mode !== 'off');
              if (effect.do !== 'apply') continue;
              const byOrder = event.type === 'order';
              assert.ok(proven.has(effect.planId), 'proven');
              assert.ok(proposed.has(effect.planId), 'proposed');
              assert.notEqual(before.mode, 'off');
              assert.ok(before.isDown);
              if (!byOrder) {
                assert.equal(before.mode, 'auto');
                assert.ok(proven.get(effect.planId)?.isUndoable);
                assert.ok(at >= (proposed.get(effect.planId) ?? Infinity), 'announced');
              }
              const cause = before.plan?.cause ?? '';
              assert.ok(!applied.some((one) => one.cause === cause && at - one.at < REPAIR_RULES.onceWithinMs), 'once');
              applied.push({ cause, at });
            }
            assert.ok(called <= 1, 'one call an outage');
          };
          const feed = (event: RepairEvent): void => {
            const before = state;
            const [next, effects] = decideRepair(state, event);
            state = next;
            check(event, before, effects);
            if ((event.type === 'verdict' && !event.isDown && before.isDown) || event.type === 'resumed') called = 0;
          };
          for (const [make, what, span] of steps) {
            at += span;
            const event = make(at);
            if (event.type === 'planned' && event.plan.isProven) proven.set(event.plan.id, { at, ...event.plan });
            feed(event);
            const planId = state.plan?.id ?? state.applied?.planId ?? 'p0';
            if (what === 'verified' || what === 'undone' || what === 'failed')
              feed({ type: 'ended', at, planId, outcome: what });
            else if (what !== 'none') feed({ type: 'order', at, what, planId });
          }
        },
      ),
    );
  });
});
