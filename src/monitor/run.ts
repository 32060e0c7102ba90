import type { EpochMs } from '../kernel/time.ts';
import type { Reason } from './reason.ts';
import type { DetectionRules } from './rules.ts';
import type { CheckEvent, Run } from './state.ts';
import type { Evidence } from './verdict.ts';

const MOST_SAID = 4;

/** A run in which nothing was asked yet. */
export const EMPTY_RUN: Run = { bad: 0, asked: 0, said: [] };

/** A good check is evidence of when it began: the target answered at some moment after that. */
export const goodEvidence = (check: CheckEvent, at: EpochMs): Evidence => ({
  at: Math.min(check.startedAt, at),
  source: check.source,
});

/** A check is evidence of its end: by then it had failed, or was good again. */
export const endEvidence = (check: CheckEvent, at: EpochMs): Evidence => ({
  at,
  source: check.source,
  ...(check.reason === undefined ? {} : { reason: check.reason }),
});

const addReason = (said: Run['said'], reason: Reason, weight: number): Run['said'] => {
  const before = said.find((entry) => entry.reason.code === reason.code);
  const others = said.filter((entry) => entry !== before);
  const all = [...others, { reason, weight: (before?.weight ?? 0) + weight }];
  if (all.length <= MOST_SAID) return all;
  const lightest = all.reduce((least, entry) => (entry.weight < least.weight ? entry : least));
  return all.filter((entry) => entry !== lightest);
};

/** Counts one more check into a run. */
export const countIn = (run: Run, check: CheckEvent, rules: DetectionRules): Run => {
  if (check.class === 'ok') return { ...run, asked: run.asked + 1 };
  const said = check.reason === undefined ? run.said : addReason(run.said, check.reason, rules.weights[check.class]);
  return { bad: run.bad + 1, asked: run.asked + 1, said };
};

/** The reason that weighs most in a run; the later one of two that weigh the same. */
export const mainReason = (run: Run): Reason | undefined =>
  run.said.reduce<Run['said'][number] | undefined>(
    (best, entry) => (best === undefined || entry.weight >= best.weight ? entry : best),
    undefined,
  )?.reason;
