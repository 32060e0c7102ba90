import type { EpochMs } from '../kernel/time.ts';
import type { MonitorEffect, Verdict } from '../monitor/verdict.ts';
import type { Write } from '../store/contract.ts';
import type { OpenSpan, Subject } from './watched.ts';

type VerdictEffect = Extract<MonitorEffect, { do: 'verdict' }>;

const isHurt = (verdict: Verdict): verdict is OpenSpan['kind'] => verdict === 'down' || verdict === 'degraded';

/** A span ends when the verdict says something else about the target; doubt and blindness say nothing. */
const ends = (open: OpenSpan, to: Verdict): boolean => to !== open.kind && to !== 'suspect' && to !== 'blind';

const row = (one: Subject, span: OpenSpan, to?: EpochMs): Write => ({
  put: 'span',
  span: {
    id: `${one.monitor.id}-${span.kind}-${span.from}`,
    kind: span.kind,
    monitor: one.monitor.num,
    from: span.from,
    ...(to === undefined ? {} : { to: Math.max(span.from, to) }),
  },
});

/** Opens and closes the span that uptime is counted from, by a change of verdict. Returns what is to be written; the subject remembers what is open. */
export const moveSpan = (one: Subject, effect: VerdictEffect, wall: (at: EpochMs) => EpochMs): readonly Write[] => {
  const writes: Write[] = [];
  const open = one.openSpan;
  if (open !== undefined && ends(open, effect.to)) {
    const end = effect.to === 'up' ? (effect.firstGood?.at ?? effect.at) : effect.at;
    writes.push(row(one, open, wall(end)));
    one.openSpan = undefined;
  }
  if (isHurt(effect.to) && one.openSpan === undefined) {
    one.openSpan = { kind: effect.to, from: wall(effect.firstBad?.at ?? effect.at) };
    writes.push(row(one, one.openSpan));
  }
  return writes;
};
