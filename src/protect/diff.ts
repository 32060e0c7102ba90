/** Lines around a change that are shown with it. */
const CONTEXT = 3;
/** Above so many pairs of lines the changed part is shown as a whole. */
const MOST_PAIRS = 4_000_000;

interface Line {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

const linesOf = (text: string): readonly string[] => {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
};

const signed = (sign: Line['sign'], lines: readonly string[]): readonly Line[] => lines.map((text) => ({ sign, text }));

/** How long the longest common sequence is from each pair of lines on. */
const lengths = (before: readonly string[], after: readonly string[]): readonly Uint32Array[] => {
  const table = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  for (let a = before.length - 1; a >= 0; a -= 1) {
    const [row, below] = [table[a] ?? [], table[a + 1] ?? []];
    for (let b = after.length - 1; b >= 0; b -= 1)
      row[b] = before[a] === after[b] ? (below[b + 1] ?? 0) + 1 : Math.max(below[b] ?? 0, row[b + 1] ?? 0);
  }
  return table;
};

// oxlint-disable-next-line complexity -- one walk along both texts; split, its halves would share all their state
const paired = (before: readonly string[], after: readonly string[]): readonly Line[] => {
  const table = lengths(before, after);
  const left = (a: number, b: number): number => table[a]?.[b] ?? 0;
  const lines: Line[] = [];
  let [a, b] = [0, 0];
  while (a < before.length || b < after.length) {
    const [old, fresh] = [before[a], after[b]];
    const isSame = old === fresh;
    const goes = fresh === undefined || (old !== undefined && left(a + 1, b) >= left(a, b + 1));
    if (isSame) lines.push({ sign: ' ', text: String(old) });
    else lines.push(goes ? { sign: '-', text: String(old) } : { sign: '+', text: fresh });
    a += isSame || goes ? 1 : 0;
    b += isSame || !goes ? 1 : 0;
  }
  return lines;
};

const compared = (before: readonly string[], after: readonly string[]): readonly Line[] =>
  before.length * after.length > MOST_PAIRS ? [...signed('-', before), ...signed('+', after)] : paired(before, after);

const commonStart = (before: readonly string[], after: readonly string[]): number => {
  let count = 0;
  while (count < before.length && count < after.length && before[count] === after[count]) count += 1;
  return count;
};

const allLines = (before: readonly string[], after: readonly string[]): readonly Line[] => {
  const start = commonStart(before, after);
  const [oldRest, newRest] = [before.slice(start), after.slice(start)];
  const end = commonStart([...oldRest].reverse(), [...newRest].reverse());
  return [
    ...signed(' ', before.slice(0, start)),
    ...compared(oldRest.slice(0, oldRest.length - end), newRest.slice(0, newRest.length - end)),
    ...signed(' ', oldRest.slice(oldRest.length - end)),
  ];
};

/** From where to where each changed place reaches, with its context; places that touch are one. */
const places = (lines: readonly Line[]): readonly { readonly from: number; readonly to: number }[] => {
  const found: { from: number; to: number }[] = [];
  for (const [at, { sign }] of lines.entries()) {
    if (sign === ' ') continue;
    const [from, to] = [Math.max(0, at - CONTEXT), Math.min(lines.length, at + CONTEXT + 1)];
    const last = found.at(-1);
    if (last !== undefined && from <= last.to) last.to = to;
    else found.push({ from, to });
  }
  return found;
};

const span = (lines: readonly Line[], from: number, to: number, gone: Line['sign']): string => {
  const count = (some: readonly Line[]): number => some.filter(({ sign }) => sign !== gone).length;
  const size = count(lines.slice(from, to));
  const first = count(lines.slice(0, from)) + (size === 0 ? 0 : 1);
  return `${first},${size}`;
};

/** A change of a file as `patch` takes it; `before` undefined: the file is made. Empty when nothing changes. */
export const unifiedDiff = (path: string, before: string | undefined, after: string): string => {
  const lines = allLines(linesOf(before ?? ''), linesOf(after));
  const hunks = places(lines).map(({ from, to }) => {
    const head = `@@ -${span(lines, from, to, '+')} +${span(lines, from, to, '-')} @@\n`;
    return (
      head +
      lines
        .slice(from, to)
        .map(({ sign, text }) => `${sign}${text}\n`)
        .join('')
    );
  });
  if (hunks.length === 0) return '';
  return `--- ${before === undefined ? '/dev/null' : path}\n+++ ${path}\n${hunks.join('')}`;
};

const VARIABLE = /^([ +-]\s*(?:#\s*)?(?:export\s+)?[\w.-]+\s*=\s*)(.*)$/;

const masked = (line: string): string => {
  const [, name, value = ''] = VARIABLE.exec(line) ?? [];
  if (name !== undefined) return /^(["']?)(true|false|)\1$/i.test(value.trim()) ? line : `${name}•••`;
  // Blanks and comments stay; all else is a value that goes on from the line above.
  return /^(?:[ +-]\s*(?:#.*)?|@@ .*)$/.test(line) ? line : `${line.slice(0, 1)}•••`;
};

/** A diff of a file of environment variables: their names, never their values (but for yes and no). */
export const withoutValues = (diff: string): string => {
  const lines = diff.split('\n');
  return lines.map((line, at) => (at < 2 || line === '' ? line : masked(line))).join('\n');
};
