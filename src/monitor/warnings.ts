import { isAfterDeploy } from './recovery.ts';
import { endEvidence } from './run.ts';
import type { Reason } from './reason.ts';
import { change, type CheckEvent, type Hurt, type Pace, type Turn } from './state.ts';

const isSlow = (check: CheckEvent): boolean => check.warning?.code === 'http.slow';

const slowLooks = (pace: Pace): number => pace.looks.replaceAll('0', '').length;

const hurtOf = (turn: Turn, cause: Hurt['cause']): Hurt | undefined =>
  turn.state.hurts.find((hurt) => hurt.cause === cause);

const replaceHurt = (turn: Turn, cause: Hurt['cause'], hurt: Hurt | null): void => {
  const others = turn.state.hurts.filter((other) => other.cause !== cause);
  change(turn, { hurts: hurt === null ? others : [...others, hurt] });
};

const warningEvidence = (turn: Turn, check: CheckEvent, warning: Reason): Hurt['firstBad'] => ({
  ...endEvidence(check, turn.at),
  reason: warning,
});

const clear = (turn: Turn, hurt: Hurt, check: CheckEvent): void => {
  replaceHurt(turn, hurt.cause, null);
  turn.detail = { lastBad: hurt.lastBad, firstGood: endEvidence(check, turn.at) };
};

const open = (turn: Turn, cause: Hurt['cause'], check: CheckEvent, warning: Reason, counts: [number, number]): void => {
  const evidence = warningEvidence(turn, check, warning);
  const [bad, asked] = counts;
  replaceHurt(turn, cause, {
    cause,
    reason: warning,
    question: check.question,
    firstBad: evidence,
    before: turn.state.lastGood,
    lastBad: evidence,
    bad,
    asked,
  });
  turn.detail = { afterDeploy: isAfterDeploy(turn, turn.at) };
};

const nextPace = (turn: Turn, known: Pace | null, slow: boolean): Pace | null => {
  if (known === null) return slow ? { looks: '1', since: turn.at } : null;
  const looks = `${known.looks}${slow ? '1' : '0'}`.slice(-turn.rules.slow.of);
  return looks.includes('1') ? { ...known, looks } : null;
};

const slower = (turn: Turn, hurt: Hurt, check: CheckEvent, slow: number): void => {
  const { of, least } = turn.rules.slow;
  if (hurt.question !== check.question) return;
  if (slow <= of - least) clear(turn, hurt, check);
  else if (check.warning !== undefined && isSlow(check))
    replaceHurt(turn, 'slow', { ...hurt, lastBad: warningEvidence(turn, check, check.warning) });
};

/** Slowness is a warning of most of the latest answers over a span; a few that are in time again end it. */
export const keepPace = (turn: Turn, check: CheckEvent): void => {
  const { least, minSpanMs } = turn.rules.slow;
  const pace = nextPace(turn, turn.state.pace[check.question], isSlow(check));
  change(turn, { pace: { ...turn.state.pace, [check.question]: pace } });
  const hurt = hurtOf(turn, 'slow');
  const slow = pace === null ? 0 : slowLooks(pace);
  if (hurt !== undefined) slower(turn, hurt, check, slow);
  else if (pace !== null && check.warning !== undefined && slow >= least && turn.at - pace.since >= minSpanMs)
    open(turn, 'slow', check, check.warning, [slow, pace.looks.length]);
};

const hasGrown = (hurt: Hurt, warning: Reason): boolean =>
  hurt.reason.code !== warning.code || hurt.reason.params['threshold'] !== warning.params['threshold'];

/**
 * A warning of one check, such as a certificate that ends soon, counts at once. When its `threshold` parameter changes (the next threshold is
 * crossed) while the monitor is degraded by it, people are told of the new reason.
 */
export const heedWarning = (turn: Turn, check: CheckEvent): void => {
  const warning = isSlow(check) ? undefined : check.warning;
  const hurt = hurtOf(turn, 'warning');
  if (warning === undefined) {
    // A slow answer carries no other warning, so it does not prove that the other one is over.
    if (hurt !== undefined && hurt.question === check.question && !isSlow(check)) clear(turn, hurt, check);
    return;
  }
  if (hurt === undefined) {
    open(turn, 'warning', check, warning, [1, 1]);
    return;
  }
  const grown = hasGrown(hurt, warning);
  replaceHurt(turn, 'warning', { ...hurt, reason: warning, lastBad: warningEvidence(turn, check, warning) });
  if (grown && turn.state.verdict === 'degraded')
    turn.effects.push({ do: 'update', at: turn.at, kind: 'reason', reason: warning });
};
