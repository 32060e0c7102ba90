import type { EpochMs, Ms } from '../kernel/time.ts';
import { endEvidence, mainReason } from './run.ts';
import { change, type CheckEvent, type Doubt, type Outage, type Turn } from './state.ts';

const FLAPS_TOLD = 3;
const RELAPSE_FACTOR = 1.5;

const firstStable = (turn: Turn): Ms => {
  const { calm } = turn.state;
  const { stableMs, stableMaxMs, relapseMs } = turn.rules;
  if (calm === null || turn.at - calm.endedAt >= relapseMs) return Math.min(stableMaxMs, stableMs);
  return Math.min(stableMaxMs, Math.max(stableMs, calm.stableMs * RELAPSE_FACTOR));
};

/** Did the trouble begin right after an announced deploy? */
export const isAfterDeploy = (turn: Turn, firstBadAt: EpochMs): boolean => {
  const { deploy } = turn.state;
  return deploy !== null && firstBadAt >= deploy.at && firstBadAt <= deploy.graceUntil;
};

/** The doubt is believed: the monitor is down. */
export const fallDown = (turn: Turn, doubt: Doubt): void => {
  const { firstBad, lastBad, before, run } = doubt;
  if (firstBad === null || lastBad === null) return;
  const reason = mainReason(run);
  turn.detail = {
    firstBad,
    lastBad,
    ...(before === null ? {} : { lastGood: before }),
    ...(reason === undefined ? {} : { reason }),
    bad: run.bad,
    asked: run.asked,
    afterDeploy: isAfterDeploy(turn, firstBad.at),
  };
  const outage: Outage = {
    question: doubt.question,
    lastBad,
    badStart: doubt.badStart,
    firstGood: null,
    goodStart: 0,
    okRun: 0,
    stableMs: firstStable(turn),
    flaps: 0,
  };
  change(turn, { mode: 'down', doubt: null, gap: null, partial: null, outage });
};

/** Forgets the present good run: what came before a gap or blindness does not count towards being up. */
export const forgetGoodRun = (turn: Turn): void => {
  const { outage } = turn.state;
  if (outage === null || outage.okRun === 0) return;
  change(turn, { outage: { ...outage, okRun: 0, firstGood: null } });
  turn.effects.push({ do: 'recovering', at: turn.at, on: false });
};

const failAgain = (turn: Turn, outage: Outage, check: CheckEvent): void => {
  const lastBad = endEvidence(check, turn.at);
  const badStart = Math.max(outage.badStart, check.startedAt);
  if (outage.okRun === 0) {
    change(turn, { outage: { ...outage, lastBad, badStart } });
    return;
  }
  // It began before the run of good ones did: an old question that hung, not a relapse.
  if (check.startedAt < outage.goodStart) return;
  const flaps = outage.flaps + (turn.state.maintenance ? 0 : 1);
  const stableMs = Math.min(turn.rules.stableMaxMs, outage.stableMs * RELAPSE_FACTOR);
  change(turn, { outage: { ...outage, lastBad, badStart, firstGood: null, okRun: 0, flaps, stableMs } });
  turn.effects.push({ do: 'recovering', at: turn.at, on: false });
  if (flaps === FLAPS_TOLD && outage.flaps < FLAPS_TOLD)
    turn.effects.push({ do: 'update', at: turn.at, kind: 'flapping' });
};

const succeed = (turn: Turn, outage: Outage, check: CheckEvent): void => {
  if (check.question !== outage.question || check.startedAt < outage.badStart) return;
  if (outage.okRun === 0) turn.effects.push({ do: 'recovering', at: turn.at, on: true });
  const firstGood = outage.firstGood ?? endEvidence(check, turn.at);
  const goodStart = outage.okRun === 0 ? check.startedAt : Math.max(outage.goodStart, check.startedAt);
  change(turn, { outage: { ...outage, firstGood, goodStart, okRun: outage.okRun + 1 } });
};

/** Takes a check of a monitor that is down. */
export const watchRecovery = (turn: Turn, outage: Outage, check: CheckEvent): void => {
  if (check.class === 'ok') succeed(turn, outage, check);
  else failAgain(turn, outage, check);
};

/** Back up when the question that failed has been good often and long enough. */
export const recover = (turn: Turn): void => {
  const { outage, blind } = turn.state;
  if (outage === null || outage.firstGood === null || blind !== null) return;
  if (outage.okRun < turn.rules.recoverOks || turn.at - outage.firstGood.at < outage.stableMs) return;
  turn.detail = { lastBad: outage.lastBad, firstGood: outage.firstGood };
  change(turn, {
    mode: 'up',
    outage: null,
    partial: null,
    pace: { full: null, pulse: null },
    hurts: turn.state.hurts.filter((hurt) => hurt.cause === 'warning'),
    calm: { endedAt: turn.at, stableMs: outage.stableMs },
  });
};
