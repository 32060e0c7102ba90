import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  decide,
  isOver,
  newRun,
  stuckSteps,
  type RunEffect,
  type RunEvent,
  type RunState,
  type Sight,
  type StepTrait,
} from './run.ts';

const RULES = { mayGoUntried: false, finishWithinMs: 3_600_000 };

/** A disk on which each step is either done or not, and a runner that can die at any moment. */
interface World {
  readonly disk: Sight[];
  readonly ran: number[];
  readonly failAt: number | undefined;
  readonly healthy: boolean;
  readonly trial: 'booted' | 'failed' | 'not-triable';
}

const perform = (effect: RunEffect, world: World, steps: readonly StepTrait[]): RunEvent | undefined => {
  const at = 1;
  if (effect.do === 'try') return { type: 'tried', at, outcome: world.trial };
  if (effect.do === 'back-up') return { type: 'backed-up', at };
  if (effect.do === 'verify') return { type: 'verified', at, healthy: world.healthy };
  if (effect.do === 'look')
    return {
      type: 'looked',
      at,
      sights: steps.map((trait, step) => (trait.endsWith('command') ? 'unseen' : (world.disk[step] ?? 'before'))),
    };
  if (effect.do === 'refuse') return undefined;
  const { step } = effect;
  if (effect.do === 'apply' && step === world.failAt) return { type: 'applied', at, step, error: 'no' };
  world.ran.push(step);
  world.disk[step] = effect.do === 'apply' ? 'after' : 'before';
  return { type: effect.do === 'apply' ? 'applied' : 'reverted', at, step };
};

/** Replays the journal as a new process does. */
const replay = (fresh: RunState, journal: readonly RunEvent[]): RunState =>
  journal.reduce((state, event) => decide(state, event, RULES)[0], fresh);

const trait = fc.constantFrom<StepTrait>('file', 'command', 'final-command', 'final-file');

const story = fc.record({
  steps: fc.array(trait, { minLength: 1, maxLength: 6 }),
  needsTrial: fc.boolean(),
  touchesApp: fc.boolean(),
  healthy: fc.boolean(),
  trial: fc.constantFrom('booted' as const, 'failed' as const, 'not-triable' as const),
  failAt: fc.option(fc.nat(5), { nil: undefined }),
  /** After how many actions the process dies, again and again; whether what was under way was still done. */
  deaths: fc.array(fc.record({ after: fc.nat(8), done: fc.boolean() }), { maxLength: 4 }),
});

test('however often the process dies, files end as before or as planned, never between', () => {
  fc.assert(
    fc.property(story, ({ steps, needsTrial, touchesApp, healthy, trial, failAt, deaths }) => {
      const world: World = { disk: steps.map(() => 'before'), ran: [], failAt, healthy, trial };
      const fresh = newRun(steps, { needsTrial, touchesApp });
      const journal: RunEvent[] = [];
      let state = fresh;
      let first: RunEvent = { type: 'begun', at: 1 };
      for (const death of [...deaths, undefined]) {
        let event: RunEvent | undefined = first;
        let actions = 0;
        while (event !== undefined) {
          journal.push(event);
          const [next, [effect]] = decide(state, event, RULES);
          state = next;
          if (effect === undefined) break;
          if (death !== undefined && actions === death.after) {
            if (death.done) perform(effect, world, steps);
            break;
          }
          actions += 1;
          event = perform(effect, world, steps);
        }
        const again = replay(fresh, journal);
        assert.deepEqual(again, state, 'the journal says the same as the process knew');
        first = { type: 'resumed', at: 1 };
      }
      assert.equal(isOver(state), true);
      const files = steps.flatMap((one, step) => (one === 'file' ? [world.disk[step]] : []));
      const wanted = state.phase === 'done' ? 'after' : 'before';
      assert.deepEqual(
        files.filter((one) => one !== wanted),
        [],
      );
      assert.deepEqual(stuckSteps(state), []);
      if (trial !== 'booted' && needsTrial) assert.deepEqual(world.ran, [], 'nothing is touched without a trial');
      if (touchesApp && !healthy) assert.notEqual(state.phase, 'done');
    }),
    { numRuns: 500 },
  );
});

const done = (steps: readonly StepTrait[]): RunState => {
  let state = newRun(steps, { needsTrial: false, touchesApp: false });
  const events: RunEvent[] = [
    { type: 'begun', at: 1 },
    { type: 'backed-up', at: 1 },
    ...steps.map((_, step): RunEvent => ({ type: 'applied', at: 1, step })),
  ];
  for (const event of events) [state] = decide(state, event, RULES);
  assert.equal(state.phase, 'done');
  return state;
};

test('an undo is refused as a whole when one file is no longer as the run left it', () => {
  const [asked, [look]] = decide(done(['file', 'file', 'command']), { type: 'undo-asked', at: 2 }, RULES);
  assert.deepEqual(look, { do: 'look' });
  const [state, effects] = decide(asked, { type: 'looked', at: 2, sights: ['after', 'other', 'unseen'] }, RULES);
  assert.equal(state.phase, 'done');
  assert.deepEqual(effects, [{ do: 'refuse', steps: [1] }]);
});

test('an undo puts the files back, the last one first, and then runs what reverts the commands', () => {
  let [state, effects] = decide(
    done(['file', 'command', 'file', 'final-command']),
    { type: 'undo-asked', at: 2 },
    RULES,
  );
  [state, effects] = decide(state, { type: 'looked', at: 2, sights: ['after', 'unseen', 'after', 'unseen'] }, RULES);
  const order: number[] = [];
  while (effects[0]?.do === 'revert') {
    const { step } = effects[0];
    order.push(step);
    [state, effects] = decide(state, { type: 'reverted', at: 2, step }, RULES);
  }
  assert.deepEqual(order, [2, 0, 1]);
  assert.equal(state.phase, 'undone');
});

test('a run interrupted an hour ago is taken back, not finished', () => {
  let state = newRun(['file', 'file'], { needsTrial: false, touchesApp: false });
  const events: RunEvent[] = [
    { type: 'begun', at: 0 },
    { type: 'backed-up', at: 0 },
    { type: 'applied', at: 0, step: 0 },
    { type: 'resumed', at: RULES.finishWithinMs + 1 },
  ];
  for (const event of events) [state] = decide(state, event, RULES);
  const [, effects] = decide(
    state,
    { type: 'looked', at: RULES.finishWithinMs + 1, sights: ['after', 'before'] },
    RULES,
  );
  assert.deepEqual(effects, [{ do: 'revert', step: 0 }]);
});

test('what somebody changed after a crash stays theirs, and the run says that it failed there', () => {
  let state = newRun(['file', 'file'], { needsTrial: false, touchesApp: false });
  const events: RunEvent[] = [
    { type: 'begun', at: 0 },
    { type: 'backed-up', at: 0 },
    { type: 'applied', at: 0, step: 0 },
    { type: 'applied', at: 0, step: 1, error: 'no' },
    { type: 'resumed', at: 1 },
    { type: 'looked', at: 1, sights: ['other', 'before'] },
  ];
  for (const event of events) [state] = decide(state, event, RULES);
  assert.equal(state.phase, 'failed');
  assert.deepEqual(stuckSteps(state), [0]);
});
