type Row = readonly number[];

const cell = (
  a: string,
  b: string,
  i: number,
  j: number,
  rows: { readonly older: Row; readonly before: Row; readonly row: Row },
): number => {
  const { older, before, row } = rows;
  const changed = (before[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
  const best = Math.min((before[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, changed);
  const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
  return swapped ? Math.min(best, (older[j - 2] ?? 0) + 1) : best;
};

/** How many letters must be inserted, dropped, changed or swapped to turn one word into the other. */
const editDistance = (a: string, b: string): number => {
  let older: Row = [];
  let before: Row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) row.push(cell(a, b, i, j, { older, before, row }));
    older = before;
    before = row;
  }
  return before[b.length] ?? 0;
};

const plain = (word: string): string => word.toLowerCase().replaceAll(/[\s_-]/g, '');

/** The candidate that was most likely meant, or undefined when none is close (a third of the letters may be wrong). */
export const closest = (word: string, candidates: Iterable<string>): string | undefined => {
  if (word.length > 100) return undefined;
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > least + 3) continue;
    const distance = plain(word) === plain(candidate) ? 0 : editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      best = candidate;
      least = distance;
    }
  }
  return best;
};

/** `did you mean "x"?` when one is close, else the list of what is possible (up to ten), else nothing. */
export const didYouMean = (word: string, candidates: readonly string[]): string | undefined => {
  const near = closest(word, candidates);
  if (near !== undefined) return `did you mean "${near}"?`;
  if (candidates.length === 0 || candidates.length > 10) return undefined;
  return `possible here: ${candidates.join(', ')}`;
};
