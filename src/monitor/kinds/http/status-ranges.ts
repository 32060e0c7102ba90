/** A range of statuses, both ends included. */
export type StatusRange = readonly [from: number, to: number];

const PART = /^(\d{3})(?:\s*-\s*(\d{3}))?$/;

const parsePart = (text: string): StatusRange | undefined => {
  const found = PART.exec(text.trim());
  if (found === null) return undefined;
  const [from, to] = [Number(found[1]), Number(found[2] ?? found[1])];
  return from >= 100 && to <= 599 && from <= to ? [from, to] : undefined;
};

/** Reads `204`, `200-299` or `200-299, 401`; undefined when any part is no status. */
export const parseStatusRanges = (text: string): readonly StatusRange[] | undefined => {
  const ranges = text.split(',').map(parsePart);
  return ranges.every((range) => range !== undefined) ? ranges : undefined;
};

/** Writes ranges the way `parseStatusRanges` reads them. */
export const formatStatusRanges = (ranges: readonly StatusRange[]): string =>
  ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(', ');

/** Is the status in one of the ranges? */
export const isStatusIn = (status: number, ranges: readonly StatusRange[]): boolean =>
  ranges.some(([from, to]) => status >= from && status <= to);
