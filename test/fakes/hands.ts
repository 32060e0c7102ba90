import type { Carried, Hands, RepairEnd } from '#host/hands.ts';
import { ok, type Result } from '#kernel/result.ts';
import type { ProvenPlan } from '#protect/repair-model.ts';

/** Hands that only note what they were told to do, and answer what a test wants. */
export interface FakeHands extends Hands {
  readonly done: string[];
  plans: Result<ProvenPlan, string>;
  ends: RepairEnd;
  starts: Result<undefined, string>;
  carries: Carried;
}

/** Hands whose plans are proven and whose repairs are verified, until told otherwise. */
export const fakeHands = (): FakeHands => {
  const note = (what: string): void => void hands.done.push(what);
  const hands: FakeHands = {
    done: [],
    plans: ok({ id: 'p1', action: 'stale-artifacts', isProven: true, isUndoable: true, text: 'dist/ → trash' }),
    ends: { outcome: 'verified' },
    starts: ok(undefined),
    carries: { outcome: 'done', output: 'done' },
    plan: async (app, action) => {
      note(`plan ${app.name} ${action}`);
      return hands.plans;
    },
    apply: async (app, planId, onApplied) => {
      note(`apply ${app.name} ${planId}`);
      onApplied();
      return hands.ends;
    },
    undo: async (app, planId) => {
      note(`undo ${app.name} ${planId}`);
      return { outcome: 'undone' };
    },
    resume: async (app, planId) => {
      note(`resume ${app.name} ${planId}`);
      return hands.ends;
    },
    start: async (app) => {
      note(`start ${app.name}`);
      return hands.starts;
    },
    recover: async (app) => {
      note(`recover ${app.name}`);
      return hands.carries;
    },
    rollback: async (app, to) => {
      note(`rollback ${app.name} ${to ?? ''}`.trim());
      return hands.carries;
    },
    protect: async (app, only, apply) => {
      note(`protect ${app.name} ${(only ?? []).join(',')} ${apply ? 'apply' : 'plan'}`);
      return hands.carries;
    },
    keepHealthy: async (app) => note(`keep ${app.name}`),
  };
  return hands;
};
