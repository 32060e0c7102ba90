import { HOUR, MINUTE, type EpochMs, type Ms } from '../kernel/time.ts';

/** A figure at a moment. */
export interface Sample {
  readonly at: EpochMs;
  readonly value: number;
}

/** Below so many samples or so short a span nothing is said. */
const LEAST_SAMPLES = 5;
const LEAST_SPAN: Ms = 2 * MINUTE;
/** More samples than these are thinned before all pairs are compared. */
const MOST_SAMPLES = 60;

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
};

const thinned = (samples: readonly Sample[]): readonly Sample[] => {
  if (samples.length <= MOST_SAMPLES) return samples;
  const step = (samples.length - 1) / (MOST_SAMPLES - 1);
  return Array.from({ length: MOST_SAMPLES }, (_, at) => samples[Math.round(at * step)] as Sample);
};

const spanOf = (samples: readonly Sample[]): Ms => (samples.at(-1)?.at ?? 0) - (samples[0]?.at ?? 0);

const pairSlopes = (samples: readonly Sample[]): readonly number[] =>
  samples.flatMap((one, place) =>
    samples
      .slice(place + 1)
      .filter((other) => other.at > one.at)
      .map((other) => (other.value - one.value) / (other.at - one.at)),
  );

/**
 * How fast a figure grows an hour: the median over all pairs (Theil and Sen), which a single jump, such as a collected heap or a deleted file,
 * does not bend. Undefined for fewer than 5 samples or less than two minutes.
 */
export const slopePerHour = (samples: readonly Sample[]): number | undefined => {
  const used = thinned(samples);
  if (used.length < LEAST_SAMPLES || spanOf(used) < LEAST_SPAN) return undefined;
  return median(pairSlopes(used)) * HOUR;
};

/** More than this ahead is no forecast any more. */
const FARTHEST: Ms = 30 * 24 * HOUR;

/** When a figure that shrinks reaches nothing, at the pace of the samples; undefined while it does not shrink, or in more than 30 days. */
export const emptyIn = (samples: readonly Sample[]): Ms | undefined => {
  const last = samples.at(-1);
  const slope = slopePerHour(samples);
  if (last === undefined || slope === undefined || slope >= 0) return undefined;
  const span = Math.max(0, (last.value / -slope) * HOUR);
  return span > FARTHEST ? undefined : Math.round(span);
};
