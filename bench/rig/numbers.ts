const ranked = (values: readonly number[]): readonly number[] => values.toSorted((a, b) => a - b);

/** The value that a share `part` of the values does not exceed (nearest rank); NaN when there are none. */
export const quantile = (values: readonly number[], part: number): number =>
  ranked(values)[Math.min(values.length - 1, Math.max(0, Math.ceil(part * values.length) - 1))] ?? Number.NaN;

/** The middle value. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The arithmetic mean; NaN when there are none. */
export const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
