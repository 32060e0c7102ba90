import type { EpochMs } from '../kernel/time.ts';

/** How the checks of the present trouble went, up to and including the last bad one: what a message counts and dates. */
export interface Tally {
  readonly bad: number;
  readonly asked: number;
  /** Good ones since the last bad one: counted once another bad one follows. */
  readonly goodSince: number;
  readonly lastBadAt: EpochMs;
}

/** Counts a check in. `begins`: nothing was wrong before, so a bad one is the first of a new trouble. Undefined before any trouble. */
export const tallied = (
  tally: Tally | undefined,
  check: { readonly isBad: boolean; readonly at: EpochMs; readonly begins: boolean },
): Tally | undefined => {
  if (!check.isBad) return tally === undefined ? undefined : { ...tally, goodSince: tally.goodSince + 1 };
  if (tally === undefined || check.begins) return { bad: 1, asked: 1, goodSince: 0, lastBadAt: check.at };
  return { bad: tally.bad + 1, asked: tally.asked + tally.goodSince + 1, goodSince: 0, lastBadAt: check.at };
};
