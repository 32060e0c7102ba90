import { isAfterDeploy } from './recovery.ts';
import { endEvidence } from './run.ts';
import { reason } from './reason.ts';
import { change, type CheckEvent, type Hurt, type PartialFailures, type Turn } from './state.ts';

/** So many quiet spans end a partial failure even when too few checks ran to use up the sum. */
const LONG_QUIET = 12;

const begin = (turn: Turn, check: CheckEvent): PartialFailures => ({
  sum: 0,
  episodes: 0,
  inEpisode: 0,
  firstBad: endEvidence(check, turn.at),
  before: turn.state.lastGood,
  lastBad: endEvidence(check, turn.at),
  bad: 0,
  asked: 0,
});

const isHurt = (turn: Turn): boolean => turn.state.hurts.some(({ cause }) => cause === 'partial');

const addFailure = (turn: Turn, check: CheckEvent): PartialFailures => {
  const { fail, threshold, episodeGapMs, perEpisode } = turn.rules.partial;
  const known = turn.state.partial ?? begin(turn, check);
  const apart = known.episodes === 0 || turn.at - known.lastBad.at > episodeGapMs;
  const inEpisode = apart ? 1 : known.inEpisode + 1;
  // One burst adds only a little, so that a single short outage cannot pass for many separate failures.
  const added = inEpisode <= perEpisode ? fail : 0;
  return {
    ...known,
    // Once hurt, more than the threshold would only delay the all-clear.
    sum: Math.min(isHurt(turn) ? threshold : Number.MAX_SAFE_INTEGER, known.sum + added),
    episodes: known.episodes + (apart ? 1 : 0),
    inEpisode,
    lastBad: endEvidence(check, turn.at),
    bad: known.bad + 1,
    asked: known.asked + 1,
  };
};

const addSuccess = (turn: Turn, known: PartialFailures): PartialFailures | null => {
  const sum = known.sum + turn.rules.partial.ok;
  return sum <= 0 ? null : { ...known, sum, asked: known.asked + 1 };
};

const isOwnNetworkGone = (turn: Turn): boolean => {
  const { controls } = turn.state;
  if (controls === null || controls.total === 0) return false;
  return controls.ok === 0 && turn.at - controls.at <= turn.rules.controlFreshMs;
};

const openHurt = (turn: Turn, found: PartialFailures, question: Hurt['question']): void => {
  const hurt: Hurt = {
    cause: 'partial',
    reason: reason('partial-failures', { failed: found.bad, asked: found.asked }),
    question,
    firstBad: found.firstBad,
    before: found.before,
    lastBad: found.lastBad,
    bad: found.bad,
    asked: found.asked,
  };
  turn.detail = { afterDeploy: isAfterDeploy(turn, found.firstBad.at) };
  change(turn, { hurts: [...turn.state.hurts, hurt], partial: { ...found, sum: turn.rules.partial.threshold } });
};

/** Takes a check into the running sum, and calls the monitor hurt when separate failures have added up. */
export const sumUp = (turn: Turn, check: CheckEvent): void => {
  const { partial: rules } = turn.rules;
  const known = turn.state.partial;
  if (check.class === 'ok') {
    if (known !== null) change(turn, { partial: addSuccess(turn, known) });
    return;
  }
  const found = addFailure(turn, check);
  const hurts = turn.state.hurts.map((hurt) => (hurt.cause === 'partial' ? { ...hurt, lastBad: found.lastBad } : hurt));
  change(turn, { partial: found, hurts });
  if (isHurt(turn) || isOwnNetworkGone(turn)) return;
  if (found.sum >= rules.threshold && found.episodes >= rules.minEpisodes) openHurt(turn, found, check.question);
};

/** Ends a partial failure after enough good answers and quiet. */
export const quieten = (turn: Turn): void => {
  const hurt = turn.state.hurts.find((other) => other.cause === 'partial');
  if (hurt === undefined || turn.state.lastGood === null) return;
  const { quietMs } = turn.rules.partial;
  const quiet = turn.state.lastGood.at - hurt.lastBad.at;
  if (quiet <= quietMs || (turn.state.partial !== null && quiet <= LONG_QUIET * quietMs)) return;
  change(turn, { hurts: turn.state.hurts.filter((other) => other !== hurt), partial: null });
  turn.detail = { lastBad: hurt.lastBad, firstGood: { at: turn.state.lastGood.at } };
};
