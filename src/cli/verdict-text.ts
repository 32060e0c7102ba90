import type { EpochMs } from '#kernel/time.ts';
import type { Verdict } from '#monitor/verdict.ts';
import { lasted } from './moment.ts';
import { SIGNS } from './signs.ts';
import type { Terminal } from './terminal.ts';

/** Flags that stand beside a verdict. */
export interface Flags {
  readonly paused?: boolean;
  readonly inMaintenance?: boolean;
  readonly muted?: boolean;
}

/** The verdict with its sign and colour, and the flags beside it: `✖ down (muted)`. */
export const verdictText = (verdict: Verdict, flags: Flags, terminal: Pick<Terminal, 'paint'>): string => {
  const { sign, ink } = SIGNS[verdict];
  const words = [
    ...(flags.paused === true ? ['paused'] : []),
    ...(flags.inMaintenance === true ? ['maintenance'] : []),
    ...(flags.muted === true ? ['muted'] : []),
  ];
  return terminal.paint(ink, `${sign} ${verdict}`) + (words.length === 0 ? '' : ` (${words.join(', ')})`);
};

/** How long it has been so: `for 3 h 4 min`. */
export const since = (at: string, now: EpochMs): string => `for ${lasted(now - Date.parse(at))}`;
