import type { Excerpt } from './crash.ts';

const PLACE =
  /^((?:file:\/\/)?(?:\/|[A-Za-z]:[\\/]|node:|internal\/|evalmachine|\[eval|<anonymous_script>|\.{0,2}\/)[^\n]{0,500}?):(\d+)$/;
const CARET = /^[\s\t]{0,4000}\^+\s*$/;
const MOST_LINES = 8;

/** The source that Node shows above an error which nobody caught, and the line after its `^`. */
export interface FoundExcerpt extends Excerpt {
  readonly next: number;
}

/** The excerpt that begins at a line; undefined when there is none. */
export const excerptAt = (lines: readonly string[], at: number): FoundExcerpt | undefined => {
  const match = PLACE.exec(lines[at] ?? '');
  if (match === null) return undefined;
  for (let caret = at + 1; caret <= at + MOST_LINES && caret < lines.length; caret += 1) {
    if (!CARET.test(lines[caret] ?? '') || caret === at + 1) continue;
    const code = lines.slice(at + 1, caret).join('\n');
    return { file: (match[1] ?? '').replace(/^file:\/\//, ''), line: Number(match[2]), code, next: caret + 1 };
  }
  return undefined;
};
