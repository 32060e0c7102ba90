import { known, unknown, type Known } from '#diagnose/known.ts';
import type { EpochMs, Ms } from '#kernel/time.ts';

/** Asks somebody that is spoken to anyway (the brain) for its time. */
export type AskTime = (signal: AbortSignal) => Promise<EpochMs | undefined>;

/** Answers that took longer say too little. */
const LONGEST_ASKING: Ms = 2_000;

/**
 * How far this machine's clock is ahead (+) or behind (−) of the one that is asked; the way there and back counts half each. Nobody outside is
 * contacted for it.
 */
export const collectClockSkew = async (ask: AskTime | undefined, signal: AbortSignal): Promise<Known<Ms>> => {
  if (ask === undefined) return unknown('unsupported', 'no brain to compare with');
  const before = Date.now();
  const started = performance.now();
  const theirs = await ask(signal);
  const took = performance.now() - started;
  if (theirs === undefined) return unknown('absent');
  if (took > LONGEST_ASKING) return unknown('late');
  return known(Math.round(before + took / 2 - theirs));
};
