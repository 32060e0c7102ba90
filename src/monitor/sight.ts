import type { EpochMs } from '../kernel/time.ts';
import { forgetGoodRun } from './recovery.ts';
import { change, type Blindness, type CheckEvent, type Turn } from './state.ts';
import { believe, clearDoubt } from './suspicion.ts';
import type { MonitorEvent } from './verdict.ts';

const CANNOT_ASK_TIMES = 3;

const goBlind = (turn: Turn, cause: Blindness['cause'], from: EpochMs): void => {
  clearDoubt(turn);
  forgetGoodRun(turn);
  const blind: Blindness = {
    from: Math.min(from, turn.at),
    cause,
    goodSince: null,
    sighted: false,
    oks: 0,
    oksSince: null,
  };
  change(turn, { blind });
  turn.effects.push({ do: 'controls' });
};

/** Ends blindness at this event and reports its span. */
export const regainSight = (turn: Turn): void => {
  const { blind } = turn.state;
  if (blind === null) return;
  const poor = blind.cause === 'network' ? turn.at + turn.rules.poorAfterBlindMs : turn.state.poorUntil;
  change(turn, { blind: null, poorUntil: poor });
  turn.effects.push({ do: 'blind-span', from: blind.from, to: turn.at });
};

/** A failure that our own network explains: nothing is known about the target. */
export const sawNothing = (turn: Turn, check: CheckEvent): void => {
  const { blind, controlsBadSince } = turn.state;
  if (blind === null) goBlind(turn, 'network', controlsBadSince ?? check.startedAt);
  else change(turn, { blind: { ...blind, oks: 0, oksSince: null } });
};

/** The watch itself could not ask: blind when that lasts, and never evidence against the target. */
export const couldNotAsk = (turn: Turn, check: CheckEvent): void => {
  const known = turn.state.cannotAsk ?? { since: check.startedAt, count: 0 };
  const count = known.count + 1;
  change(turn, { cannotAsk: { ...known, count } });
  if (turn.state.blind !== null || count < CANNOT_ASK_TIMES || turn.at - known.since < turn.rules.minSpanMs) return;
  goBlind(turn, 'asking', known.since);
};

const isFresh = (blind: Blindness, check: CheckEvent): boolean =>
  blind.cause === 'asking' || (blind.sighted && blind.goodSince !== null && check.startedAt >= blind.goodSince);

/**
 * May a check of a blind monitor be judged? A fresh one may after the controls came back; so may good ones over a span whatever the controls
 * say, since then the target itself proves that it can be seen.
 */
export const seesAgain = (turn: Turn, blind: Blindness, check: CheckEvent): boolean => {
  if (isFresh(blind, check)) {
    regainSight(turn);
    return true;
  }
  if (check.class !== 'ok') {
    change(turn, { blind: { ...blind, oks: 0, oksSince: null } });
    return false;
  }
  const oks = blind.oks + 1;
  const oksSince = blind.oksSince ?? turn.at;
  change(turn, { blind: { ...blind, oks, oksSince } });
  if (oks < turn.rules.okToClear || turn.at - oksSince < turn.rules.blindExitMs) return false;
  regainSight(turn);
  return true;
};

const seeControls = (turn: Turn, blind: Blindness, without: boolean): void => {
  if (blind.cause === 'asking' || blind.sighted) return;
  const goodSince = blind.goodSince ?? turn.at;
  const sighted = without || turn.at - goodSince >= turn.rules.blindExitMs;
  change(turn, { blind: { ...blind, goodSince, sighted } });
  if (sighted) turn.effects.push({ do: 'verify' });
};

const loseControls = (turn: Turn, since: EpochMs): void => {
  const { blind, doubt } = turn.state;
  if (blind !== null && blind.cause === 'network')
    change(turn, { blind: { ...blind, goodSince: null, sighted: false } });
  else if (blind === null && doubt !== null) goBlind(turn, 'network', since);
};

/** One look at the controls on the route to the target. */
export const lookAtControls = (turn: Turn, event: Extract<MonitorEvent, { type: 'controls' }>): void => {
  const { ok, total } = event;
  const { blind, controlsBadSince } = turn.state;
  const gone = total > 0 && ok === 0;
  const since = gone ? (controlsBadSince ?? Math.min(event.at, turn.at)) : null;
  // A look may be a little older than what else is known; it is as fresh as it is.
  change(turn, { controls: { at: Math.min(event.at, turn.at), ok, total }, controlsBadSince: since });
  if (since !== null) loseControls(turn, since);
  else if (blind !== null) seeControls(turn, blind, total === 0);
  else believe(turn);
};
