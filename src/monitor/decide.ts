import type { EpochMs } from '../kernel/time.ts';
import { quieten, sumUp } from './partial.ts';
import { forgetGoodRun, recover, watchRecovery } from './recovery.ts';
import { rewind } from './rewind.ts';
import type { DetectionRules } from './rules.ts';
import { goodEvidence } from './run.ts';
import { couldNotAsk, lookAtControls, regainSight, sawNothing, seesAgain } from './sight.ts';
import { change, type CheckEvent, type Doubt, type MonitorState, type Turn } from './state.ts';
import { believe, clearDoubt, weigh } from './suspicion.ts';
import { orderRecheck, tellVerdict } from './telling.ts';
import type { MonitorEffect, MonitorEvent } from './verdict.ts';
import { heedWarning, keepPace } from './warnings.ts';

export { initial, type MonitorState } from './state.ts';

const noteGood = (turn: Turn, check: CheckEvent): void => {
  const good = goodEvidence(check, turn.at);
  const { lastGood, mode } = turn.state;
  // Checks overlap: one that began earlier may end later, and is no newer evidence.
  if (lastGood === null || good.at >= lastGood.at) change(turn, { lastGood: good });
  if (mode === 'pending') change(turn, { mode: 'up' });
};

const judge = (turn: Turn, check: CheckEvent): void => {
  const { outage, maintenance } = turn.state;
  const isGood = check.class === 'ok';
  if (isGood) {
    keepPace(turn, check);
    heedWarning(turn, check);
  }
  if (outage !== null) watchRecovery(turn, outage, check);
  else if (isGood || !maintenance) {
    sumUp(turn, check);
    weigh(turn, check);
  }
  if (isGood) noteGood(turn, check);
};

const takeCheck = (turn: Turn, check: CheckEvent): void => {
  if (turn.state.paused) return;
  if (check.reason?.code === 'watch.cannot-ask') {
    couldNotAsk(turn, check);
    return;
  }
  change(turn, { cannotAsk: null });
  if (check.class === 'soft' && check.network === 'bad') {
    sawNothing(turn, check);
    return;
  }
  const { blind } = turn.state;
  if (blind === null || seesAgain(turn, blind, check)) judge(turn, check);
  else if (check.class === 'ok') noteGood(turn, check);
};

const takeMaintenance = (turn: Turn, on: boolean): void => {
  if (turn.state.maintenance === on) return;
  clearDoubt(turn);
  change(turn, { maintenance: on, partial: null });
  // What failed during maintenance is no evidence; one fresh check decides how it stands afterwards.
  if (!on) turn.effects.push({ do: 'verify' });
};

const takePause = (turn: Turn, on: boolean): void => {
  if (turn.state.paused === on) return;
  const { blind, mode } = turn.state;
  clearDoubt(turn);
  regainSight(turn);
  forgetGoodRun(turn);
  // What was not seen, or not looked at for a while, is known to be neither up nor down.
  const unknown = !on || (mode === 'up' && blind !== null);
  change(turn, {
    paused: on,
    mode: unknown ? 'pending' : mode,
    ...(on ? {} : { outage: null }),
    partial: null,
    cannotAsk: null,
    pace: { full: null, pulse: null },
  });
  if (!on) turn.effects.push({ do: 'verify' });
};

/**
 * After a gap as long as evidence needs, only what is seen afterwards counts; the first bad evidence still dates the start. That a shorter one was
 * there is kept as well, when all was bad before it: the outage may have lasted long enough and have ended in it.
 */
const doubtAfresh = (turn: Turn, doubt: Doubt, from: EpochMs): void => {
  const { firstBad, lastBad, run } = doubt;
  const since = Math.max(from, lastBad?.at ?? from);
  const isLong = turn.at - since >= turn.rules.minSpanMs;
  const gap = firstBad === null ? null : { from: turn.state.gap?.from ?? since, to: turn.at };
  if (isLong || run.bad === run.asked) change(turn, { gap });
  if (isLong) change(turn, { doubt: { ...doubt, score: 0, okRun: 0, spanFrom: null, openedAt: turn.at } });
};

/** The gap itself is the brain's: it is told once for all monitors, not by each of them. */
const takeResumed = (turn: Turn, since: EpochMs): void => {
  const { blind, doubt, outage, paused } = turn.state;
  change(turn, { recheckAt: null, controls: null, controlsBadSince: null, cannotAsk: null });
  if (paused) return;
  if (blind !== null) change(turn, { blind: { ...blind, goodSince: null, sighted: false, oks: 0, oksSince: null } });
  forgetGoodRun(turn);
  if (doubt !== null) doubtAfresh(turn, doubt, Math.min(since, turn.at));
  // Where all was well the schedule asks soon enough: a thousand monitors must not ask at the same moment.
  if (doubt !== null || outage !== null || blind !== null) turn.effects.push({ do: 'verify' });
};

const take = (turn: Turn, event: MonitorEvent): void => {
  switch (event.type) {
    case 'check':
      return takeCheck(turn, event);
    case 'controls':
      return lookAtControls(turn, event);
    case 'deploy': {
      const graceUntil = turn.at + (event.graceMs ?? turn.rules.deployGraceMs);
      return change(turn, { deploy: { at: turn.at, graceUntil } });
    }
    case 'maintenance':
      return takeMaintenance(turn, event.on);
    case 'pause':
      return takePause(turn, event.on);
    case 'resumed':
      return takeResumed(turn, event.from);
    case 'tick':
      return believe(turn);
  }
};

/**
 * What a monitor's machine makes of an event. Pure: the same events from the same state give the same states and effects, also when the state went
 * through JSON in between. Time that goes back is taken as standing still, except after a restart (`resumed`), whose clock is believed.
 *
 * Feed a `tick` whenever a re-check starts and at least once a second while `needsTicks`; the next re-check is ordered by the first event
 * after the one before was due, so starts stay `recheckMs` apart however long the checks take.
 */
export const decide = (
  state: MonitorState,
  event: MonitorEvent,
  rules: DetectionRules,
): readonly [MonitorState, readonly MonitorEffect[]] => {
  const known = event.type === 'resumed' && event.at < state.at ? rewind(state, event.at) : state;
  const at = Math.max(event.at, known.at);
  const turn: Turn = { state: { ...known, at }, detail: {}, effects: [], at, rules };
  take(turn, event);
  recover(turn);
  quieten(turn);
  tellVerdict(turn);
  orderRecheck(turn);
  return [turn.state, turn.effects];
};

/** Must the engine feed ticks? True in doubt, while down, blind or unable to ask; false while all is well. */
export const needsTicks = (state: MonitorState): boolean => state.recheckAt !== null;
