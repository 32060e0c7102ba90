/** A piece of text put in the place of another. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text with its splices made; those that insert at the same place keep their order. */
export const spliced = (text: string, splices: readonly Splice[]): string => {
  let [made, at] = ['', 0];
  for (const splice of [...splices].sort((a, b) => a.start - b.start || a.end - b.end)) {
    made += text.slice(at, splice.start) + splice.text;
    at = Math.max(at, splice.end);
  }
  return made + text.slice(at);
};

/** Whether two of them would change the same text. */
export const overlap = (splices: readonly Splice[]): boolean => {
  const sorted = [...splices].sort((a, b) => a.start - b.start || a.end - b.end);
  return sorted.some((one, index) => index > 0 && one.start < (sorted[index - 1]?.end ?? 0));
};

/** The line ending that a text uses at a place: that of the line, else that of the file. */
export const lineEnd = (text: string, at: number): string => {
  const here = text.indexOf('\n', at);
  const near = here === -1 ? text.lastIndexOf('\n') : here;
  return near > 0 && text[near - 1] === '\r' ? '\r\n' : '\n';
};

/** Where the line of a place begins. */
export const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;
