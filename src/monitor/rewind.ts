import type { EpochMs } from '../kernel/time.ts';
import type { Doubt, Hurt, MonitorState, Outage } from './state.ts';
import type { Evidence } from './verdict.ts';

type Earlier = <Moment extends EpochMs | null>(moment: Moment) => Moment;

const earlierThan =
  (at: EpochMs): Earlier =>
  (moment) =>
    moment !== null && moment > at ? (at as typeof moment) : moment;

const evidenceTo = (earlier: Earlier, evidence: Evidence): Evidence => ({ ...evidence, at: earlier(evidence.at) });

const maybe = <Value, Kept>(value: Value | null, map: (value: Value) => Kept): Kept | null =>
  value === null ? null : map(value);

const rewindDoubt = (earlier: Earlier, doubt: Doubt): Doubt => ({
  ...doubt,
  openedAt: earlier(doubt.openedAt),
  firstBad: maybe(doubt.firstBad, (bad) => evidenceTo(earlier, bad)),
  before: maybe(doubt.before, (good) => evidenceTo(earlier, good)),
  lastBad: maybe(doubt.lastBad, (bad) => evidenceTo(earlier, bad)),
  badStart: earlier(doubt.badStart),
  spanFrom: earlier(doubt.spanFrom),
});

const rewindOutage = (earlier: Earlier, outage: Outage): Outage => ({
  ...outage,
  lastBad: evidenceTo(earlier, outage.lastBad),
  badStart: earlier(outage.badStart),
  firstGood: maybe(outage.firstGood, (good) => evidenceTo(earlier, good)),
  goodStart: earlier(outage.goodStart),
});

const rewindHurt = (earlier: Earlier, hurt: Hurt): Hurt => ({
  ...hurt,
  firstBad: evidenceTo(earlier, hurt.firstBad),
  before: maybe(hurt.before, (good) => evidenceTo(earlier, good)),
  lastBad: evidenceTo(earlier, hurt.lastBad),
});

/**
 * A state that was saved under a clock which ran ahead of the one now in force: whatever lies in the future is taken to have been at `at`, else
 * spans would stand still until that future comes.
 */
export const rewind = (state: MonitorState, at: EpochMs): MonitorState => {
  const earlier = earlierThan(at);
  return {
    ...state,
    at,
    since: earlier(state.since),
    lastGood: maybe(state.lastGood, (good) => evidenceTo(earlier, good)),
    doubt: maybe(state.doubt, (doubt) => rewindDoubt(earlier, doubt)),
    outage: maybe(state.outage, (outage) => rewindOutage(earlier, outage)),
    blind: maybe(state.blind, (blind) => ({ ...blind, from: earlier(blind.from) })),
    partial: null,
    pace: { full: null, pulse: null },
    hurts: state.hurts.map((hurt) => rewindHurt(earlier, hurt)),
    poorUntil: null,
    deploy: null,
    gap: maybe(state.gap, (gap) => ({ from: earlier(gap.from), to: earlier(gap.to) })),
    calm: maybe(state.calm, (calm) => ({ ...calm, endedAt: earlier(calm.endedAt) })),
  };
};
