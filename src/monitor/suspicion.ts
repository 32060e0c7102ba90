import type { EpochMs } from '../kernel/time.ts';
import { fallDown } from './recovery.ts';
import { countIn, EMPTY_RUN, endEvidence } from './run.ts';
import { change, type CheckEvent, type Doubt, type Turn } from './state.ts';

/** So many times the shortest span is waited for a look at the controls; after that they veto nothing, but the evidence must be double. */
const CONTROLS_WAIT = 3;

/** Ends a suspicion without a verdict. */
export const clearDoubt = (turn: Turn): void => change(turn, { doubt: null, gap: null });

const openDoubt = (turn: Turn, check: CheckEvent): Doubt => ({
  question: check.question,
  score: 0,
  openedAt: turn.at,
  firstBad: null,
  before: turn.state.lastGood,
  lastBad: null,
  badStart: check.startedAt,
  spanFrom: null,
  okRun: 0,
  run: EMPTY_RUN,
  isHard: false,
  network: check.network,
});

const addBad = (turn: Turn, check: CheckEvent): void => {
  const doubt = turn.state.doubt ?? openDoubt(turn, check);
  const evidence = endEvidence(check, turn.at);
  const weight = check.class === 'hard' ? turn.rules.weights.hard : turn.rules.weights.soft;
  const afresh = doubt.firstBad === null;
  change(turn, {
    doubt: {
      ...doubt,
      // The full question is the wider one: when both failed, it is the one that must be good again.
      question: check.question === 'full' ? 'full' : doubt.question,
      score: Math.max(0, doubt.score + weight),
      firstBad: doubt.firstBad ?? evidence,
      before: afresh ? turn.state.lastGood : doubt.before,
      lastBad: evidence,
      badStart: Math.max(doubt.badStart, check.startedAt),
      spanFrom: doubt.spanFrom ?? turn.at,
      okRun: 0,
      run: countIn(afresh ? EMPTY_RUN : doubt.run, check, turn.rules),
      isHard: check.class === 'hard' || (doubt.isHard && !afresh),
      network: check.network,
    },
  });
};

const addGood = (turn: Turn, doubt: Doubt, check: CheckEvent): void => {
  const asked = doubt.firstBad === null ? doubt.run : countIn(doubt.run, check, turn.rules);
  if (check.question !== doubt.question || check.startedAt < doubt.badStart) {
    change(turn, { doubt: { ...doubt, run: asked } });
    return;
  }
  const okRun = doubt.okRun + 1;
  const score = Math.max(0, doubt.score + turn.rules.weights.ok);
  const isOver = okRun >= turn.rules.okToClear;
  if (isOver || score === 0) tellPassed(turn, doubt);
  if (isOver || turn.state.doubt === null) {
    clearDoubt(turn);
    return;
  }
  const weighed = score === 0 ? { firstBad: null, spanFrom: null, run: EMPTY_RUN } : { run: asked };
  change(turn, { doubt: { ...doubt, okRun, score, ...weighed } });
};

const cameAndWent = (turn: Turn, doubt: Doubt, from: EpochMs): void => {
  if (doubt.firstBad === null || doubt.lastBad === null) return;
  turn.effects.push({
    do: 'unseen',
    firstBad: doubt.firstBad,
    lastBad: doubt.lastBad,
    ...(doubt.before === null ? {} : { lastGood: doubt.before }),
    from,
    to: turn.at,
  });
  clearDoubt(turn);
};

/** The first look after a gap is good: an outage that may have lasted long enough came and went in it. */
const tellUnseen = (turn: Turn, doubt: Doubt, check: CheckEvent): boolean => {
  const { gap } = turn.state;
  const { firstBad, lastBad, question, okRun } = doubt;
  if (gap === null || firstBad === null || lastBad === null) return false;
  if (check.question !== question || okRun > 0) return false;
  if (lastBad.at >= gap.to || turn.at - firstBad.at < spanNeeded(turn, doubt)) return false;
  cameAndWent(turn, doubt, gap.from);
  return true;
};

/** It was bad before a gap and after it, long enough in all, and is good again before what was seen afterwards sufficed. */
const tellPassed = (turn: Turn, doubt: Doubt): void => {
  const { gap } = turn.state;
  const { firstBad, lastBad } = doubt;
  if (gap === null || firstBad === null || lastBad === null) return;
  if (lastBad.at - firstBad.at >= spanNeeded(turn, doubt)) cameAndWent(turn, doubt, gap.from);
};

/** Takes a check into the suspicion of a monitor that is not down, and believes it when the evidence suffices. */
export const weigh = (turn: Turn, check: CheckEvent): void => {
  if (check.class !== 'ok') {
    addBad(turn, check);
    believe(turn);
    return;
  }
  const { doubt } = turn.state;
  if (doubt !== null && !tellUnseen(turn, doubt, check)) addGood(turn, doubt, check);
};

/**
 * How long bad evidence must last. Silence alone takes one re-check more than wrong answers: the way to the target can be silent too, and in the
 * simulation (bench/sim.ts) nearly all false alarms were such outages of 14 to 16 s.
 */
const spanNeeded = (turn: Turn, doubt: Doubt): number => {
  const { deploy, poorUntil } = turn.state;
  const { minSpanMs, deploySpanMs, recheckMs } = turn.rules;
  const least = minSpanMs + (doubt.isHard ? 0 : recheckMs);
  if (deploy !== null && turn.at < deploy.graceUntil) return Math.max(deploySpanMs, least);
  return isBefore(turn.at, poorUntil) ? Math.max(2 * minSpanMs, least) : least;
};

const isBefore = (at: EpochMs, until: EpochMs | null): boolean => until !== null && at < until;

/** `good`: the own network vouches; `poor`: evidence must be double; `unknown`: a look at the controls must come first. */
const vouching = (turn: Turn, doubt: Doubt): 'good' | 'poor' | 'unknown' => {
  const { controls, poorUntil } = turn.state;
  if (doubt.network === 'none') return 'good';
  if (controls === null || turn.at - controls.at > turn.rules.controlFreshMs) {
    return turn.at - doubt.openedAt > CONTROLS_WAIT * turn.rules.minSpanMs ? 'poor' : 'unknown';
  }
  const few = controls.ok * 2 < controls.total;
  return few || doubt.network === 'poor' || isBefore(turn.at, poorUntil) ? 'poor' : 'good';
};

const isWeighty = (turn: Turn, doubt: Doubt): boolean =>
  doubt.score >= turn.rules.downScore &&
  doubt.lastBad !== null &&
  doubt.spanFrom !== null &&
  doubt.lastBad.at - doubt.spanFrom >= spanNeeded(turn, doubt);

/** Turns doubt into the verdict `down` when score, span and the own network allow it. In maintenance there is no doubt. */
export const believe = (turn: Turn): void => {
  const { doubt, outage } = turn.state;
  if (doubt === null || outage !== null || !isWeighty(turn, doubt)) return;
  const network = vouching(turn, doubt);
  if (network === 'unknown') turn.effects.push({ do: 'controls' });
  else if (network === 'good' || doubt.score >= 2 * turn.rules.downScore) fallDown(turn, doubt);
};
