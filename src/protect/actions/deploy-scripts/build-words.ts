/** Commands that make code out of source: what they write shadows the source, or is half-written while the app starts. */
const BUILD = new RegExp(
  [
    String.raw`(?:npm|pnpm|bun)\s+(?:--?[\w-]+(?:=\S+|\s+(?!run\b)[^\s-]\S*)?\s+)*(?:run|run-script)\s+(?:[\w-]+:)*build(?:[:\w-]*)`,
    String.raw`(?:yarn|pnpm)\s+(?:run\s+)?(?:[\w-]+:)*build(?:[:\w-]*)`,
    String.raw`(?:(?:npx|pnpx|bunx|yarn|pnpm\s+exec|npm\s+exec(?:\s+--)?)\s+(?:--?[\w-]+\s+)*)?(?:\.?/?node_modules/\.bin/)?(?:tsc|nest\s+build|vite\s+build|next\s+build|tsup|unbuild|rollup|webpack|swc|esbuild|babel)`,
  ].join('|'),
);

/** Of those, what only checks or shows something. */
const HARMLESS = /--noEmit\b|--version\b|--help\b|\s-v\b|\btsc-(?:watch|alias)\b|--dry-run\b/i;

/** The parts of a command line, with what joins each to the next. */
interface Part {
  readonly text: string;
  readonly joint: string;
}

const partsOf = (line: string): readonly Part[] => {
  const pieces = line.split(/(\s*(?:&&|\|\||;|(?<!\|)\|(?!\|))\s*)/);
  const parts: Part[] = [];
  for (let at = 0; at < pieces.length; at += 2) parts.push({ text: pieces[at] ?? '', joint: pieces[at + 1] ?? '' });
  return parts;
};

/** What may stand before a command: sudo, variables, a quote that opens a remote command, a path to go to. */
const BEFORE = String.raw`^(\s*(?:[@-]\s*)?(?:["'(]\s*)?(?:(?:sudo|env|time|nice|exec|command)\s+(?:-\S+\s+)*|[A-Z_][A-Z0-9_]*=\S*\s+)*)`;

const startsBuild = new RegExp(`${BEFORE}(?:${BUILD.source})(?=$|[\\s"';)])`);

/** Whether one command makes code. */
export const isBuild = (command: string): boolean => startsBuild.test(command) && !HARMLESS.test(command);

/** Whether a line of commands makes code somewhere in it. */
export const buildsIn = (line: string): boolean =>
  !/^\s*(?:#|\/\/)/.test(line) && partsOf(line).some(({ text }) => isBuild(text));

const tail = (text: string): string => /["')]+\s*$/.exec(text)?.[0] ?? '';

/** The line without the commands that make code; undefined when nothing else was on it. */
export const withoutBuild = (line: string): string | undefined => {
  const parts = partsOf(line);
  const kept = parts.filter(({ text }) => !isBuild(text));
  if (kept.every(({ text }) => text.trim() === '')) return undefined;
  const made = kept.map(({ text, joint }, at) => text + (at === kept.length - 1 ? '' : joint)).join('');
  const [first, last] = [parts[0], parts.at(-1)];
  // What was around the whole (an indent, the quotes of a remote command) stays around what is left.
  const head = first !== undefined && isBuild(first.text) ? (/^\s*["'(]*/.exec(first.text)?.[0] ?? '') : '';
  const foot = last !== undefined && isBuild(last.text) ? tail(last.text) : '';
  return head + made + foot;
};
