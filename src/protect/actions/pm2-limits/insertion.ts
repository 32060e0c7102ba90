import type { Comment, ObjectExpression, Property, SpreadElement } from 'acorn';
import type { Script } from './script.ts';
import { keyOf } from './script.ts';
import type { Setting } from './setting.ts';
import { lineEnd, lineStart, type Splice } from './splice.ts';

/** The quotes that a text is written in, by what its strings use most. */
export const quotesOf = (text: string): "'" | '"' => {
  const count = (quote: string): number => text.split(quote).length;
  return count('"') > count("'") ? '"' : "'";
};

/** A value in the words of JavaScript. */
export const written = (value: number | string, quotes: string): string =>
  typeof value === 'number' ? String(value) : `${quotes}${value}${quotes}`;

/** Where the next code is after blanks and comments; with `line`, where that or the line ends. */
const skip = (text: string, from: number, comments: readonly Comment[], line = false): number => {
  let at = from;
  while (at < text.length) {
    const comment = comments.find(({ start }) => start === at);
    if (comment !== undefined) at = comment.end;
    else if (line && /[\r\n]/.test(text[at] ?? '')) return at;
    else if (/\s/.test(text[at] ?? '')) at += 1;
    else return at;
  }
  return at;
};

/** How keys are quoted in an object: as its other keys are. */
const keyQuotes = (script: Script, literal: ObjectExpression): string => {
  const keys = literal.properties.flatMap((one) => (one.type === 'Property' && !one.shorthand ? [one.key] : []));
  const quoted = keys.filter((key) => key.type === 'Literal' && typeof key.value === 'string');
  if (script.kind === 'json' && keys.length === 0) return '"';
  if (keys.length === 0 || quoted.length < keys.length) return '';
  return script.text[quoted[0]?.start ?? 0] ?? '"';
};

const wordsFor = (script: Script, literal: ObjectExpression): ((setting: Setting) => string) => {
  const keys = keyQuotes(script, literal);
  const quotes = keys === '' ? quotesOf(script.text) : keys;
  const colon = colonOf(script, literal);
  return ({ key, value }) => `${keys}${key}${keys}${colon}${written(value, quotes)}`;
};

/** The colon between key and value with the blanks that the object's other pairs have around it; columns are not aligned. */
const colonOf = (script: Script, literal: ObjectExpression): string => {
  const pair = literal.properties.findLast(
    (one): one is Property => one.type === 'Property' && !one.shorthand && !one.computed && one.kind === 'init',
  );
  const written = pair === undefined ? '' : script.text.slice(pair.key.end, pair.value.start);
  if (!/^[ \t]*:[ \t]*$/.test(written)) return ': ';
  return `${written.startsWith(':') ? '' : ' '}:${written.endsWith(':') ? '' : ' '}`;
};

const isLineEnd = (text: string, at: number): boolean => /[\r\n]/.test(text[at] ?? '');

/** How a property stands in its object: what comes before it on its line, where its comma is, and where its line ends if nothing else follows there. */
const layoutOf = (
  { text, comments }: Script,
  anchor: Pick<Property, 'start' | 'end'>,
): { readonly before: string; readonly comma: boolean; readonly rest: number; readonly near: number } => {
  const next = skip(text, anchor.end, comments);
  const comma = text[next] === ',';
  return {
    before: text.slice(lineStart(text, anchor.start), anchor.start),
    comma,
    rest: skip(text, comma ? next + 1 : anchor.end, comments, true),
    near: skip(text, anchor.end, comments, true),
  };
};

/** Adds settings to an object after one of its properties, in the way in which its properties are laid out. */
export const insertAfter = (
  script: Script,
  literal: ObjectExpression,
  anchor: Property | SpreadElement,
  settings: readonly Setting[],
): readonly Splice[] => {
  const { text } = script;
  const words = settings.map(wordsFor(script, literal));
  const { before, comma, rest, near } = layoutOf(script, anchor);
  const lines = words.map((one) => lineEnd(text, anchor.end) + before + one);
  // The comma at the beginning of each line.
  if (/^\s*,\s*$/.test(before) && isLineEnd(text, near)) return [{ start: near, end: near, text: lines.join('') }];
  if (/^\s*$/.test(before) && isLineEnd(text, rest)) {
    if (comma) return [{ start: rest, end: rest, text: lines.map((one) => `${one},`).join('') }];
    return [
      { start: anchor.end, end: anchor.end, text: ',' },
      { start: rest, end: rest, text: lines.join(',') },
    ];
  }
  const gap = /,\S/.test(text.slice(literal.start, literal.end).replaceAll(/(['"`]).*?\1/g, '')) ? ',' : ', ';
  return [{ start: anchor.end, end: anchor.end, text: words.map((one) => gap + one).join('') }];
};

/** Adds settings to an object that has nothing in it. */
export const insertInto = (
  script: Script,
  literal: ObjectExpression,
  settings: readonly Setting[],
): readonly Splice[] => {
  const words = settings.map(wordsFor(script, literal));
  return [{ start: literal.start + 1, end: literal.start + 1, text: ` ${words.join(', ')} ` }];
};

/** The property of an object that has a key, the last when it is there twice. */
export const propertyOf = (literal: ObjectExpression, key: string): Property | undefined =>
  literal.properties.findLast(
    (one): one is Property => one.type === 'Property' && keyOf(one.key, one.computed) === key,
  );
