import { stripVTControlCharacters } from 'node:util';

const SEGMENTER = new Intl.Segmenter();

const width = (text: string): number => Array.from(SEGMENTER.segment(stripVTControlCharacters(text))).length;

/**
 * Rows as aligned columns, two spaces apart, without lines. Colours do not count as width; the last column is not filled up.
 * Columns named in `right` are aligned to the right.
 */
export const table = (rows: readonly (readonly string[])[], right: readonly number[] = []): string => {
  const widths: number[] = [];
  for (const row of rows) for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, width(cell));
  const cellText = (row: readonly string[], cell: string, at: number): string => {
    const fill = ' '.repeat(Math.max(0, (widths[at] ?? 0) - width(cell)));
    if (right.includes(at)) return fill + cell;
    return at === row.length - 1 ? cell : cell + fill;
  };
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, at) => cellText(row, cell, at))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
};
