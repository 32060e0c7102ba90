/** One assignment in a file of variables: where its value stands with its quotes, and whether it is commented out. */
export interface Assignment {
  readonly name: string;
  /** Without quotes, as written. */
  readonly value: string;
  readonly quote: string;
  readonly start: number;
  readonly end: number;
  readonly lineEnd: number;
  readonly exported: boolean;
  readonly commented: boolean;
}

const HEAD = /^([ \t\u{FEFF}]*)(#[# \t]*)?(export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*(?:=|:[ \t])[ \t]*/u;

/** Where a quoted value ends; undefined when it is not closed: then it is none. */
const closing = (text: string, from: number, quote: string): number | undefined => {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\' && quote === '"') at += 1;
    else if (text[at] === quote) return at;
  }
  return undefined;
};

const endOfLine = (text: string, from: number): number => {
  const found = text.slice(from).search(/\r?\n|\r/);
  return found === -1 ? text.length : from + found;
};

const valueAt = (text: string, start: number, limit: number): Pick<Assignment, 'value' | 'quote' | 'end'> => {
  const stop = endOfLine(text, start);
  const first = text[start] ?? '';
  const close = ['"', "'", '`'].includes(first) ? closing(text, start + 1, first) : undefined;
  if (close !== undefined && close < limit)
    return { value: text.slice(start + 1, close), quote: first, end: close + 1 };
  const bare = text
    .slice(start, stop)
    .replace(/(?:^|\s+)#.*$/, '')
    .trimEnd();
  return { value: bare, quote: '', end: start + bare.length };
};

/** Every assignment of a file in its order, those that are commented out among them. Values in quotes may have several lines. */
export const assignmentsIn = (text: string): readonly Assignment[] => {
  const found: Assignment[] = [];
  let at = 0;
  while (at < text.length) {
    const lineStop = endOfLine(text, at);
    const [head, , comment, exported, name] = HEAD.exec(text.slice(at, lineStop)) ?? [];
    let next = lineStop;
    if (head !== undefined && name !== undefined) {
      const start = at + head.length;
      const { value, quote, end } = valueAt(text, start, comment === undefined ? text.length : lineStop);
      const lineEnd = endOfLine(text, end);
      found.push({
        name,
        value,
        quote,
        start,
        end,
        lineEnd,
        exported: exported !== undefined,
        commented: comment !== undefined,
      });
      next = lineEnd;
    }
    at = next + (text.startsWith('\r\n', next) ? 2 : 1);
  }
  return found;
};

/** The values that count, the last of each name. */
export const valuesIn = (text: string): ReadonlyMap<string, string> =>
  new Map(assignmentsIn(text).flatMap(({ name, value, commented }) => (commented ? [] : [[name, value] as const])));

const eolOf = (text: string): string => (/\r\n/.test(text) ? '\r\n' : '\n');

/** How most lines of the file are written: quoted or not, with `export` or not. */
const habitOf = (all: readonly Assignment[]): { readonly quote: string; readonly prefix: string } => {
  const active = all.filter(({ commented }) => !commented);
  const quoted = active.filter(({ quote }) => quote !== '');
  return {
    quote: quoted.length > active.length / 2 ? (quoted[0]?.quote ?? '') : '',
    prefix: active.length > 0 && active.every(({ exported }) => exported) ? 'export ' : '',
  };
};

const replaced = (text: string, mine: readonly Assignment[], value: string): string =>
  [...mine]
    .reverse()
    .reduce((made, { start, end, quote }) => made.slice(0, start) + quote + value + quote + made.slice(end), text);

/** A value that counts and opens a quote that nothing closes: a quote written further on would close it. */
const isOpen = (text: string, { quote, start, commented }: Assignment): boolean =>
  !commented && quote === '' && /^["'`]/.test(text.slice(start, start + 1));

/** Where a new line goes: after the variable's own commented-out line, else after its neighbour, else at the end. */
const added = (text: string, all: readonly Assignment[], name: string, value: string, beside: string): string => {
  const { quote: usual, prefix } = habitOf(all);
  const quote = all.some((one) => isOpen(text, one)) ? '' : usual;
  const eol = eolOf(text);
  const line = `${prefix}${name}=${quote}${value}${quote}`;
  const place =
    all.findLast((one) => one.name === name) ?? all.findLast((one) => one.name === beside && !one.commented);
  if (place !== undefined) return text.slice(0, place.lineEnd) + eol + line + text.slice(place.lineEnd);
  const gap = text === '' || /[\r\n]$/.test(text) ? '' : eol;
  return `${text}${gap}${line}${eol}`;
};

/**
 * The text with a variable set: every assignment of it that counts gets the value in its own quotes; without one a line is added, beside another variable
 * where that is there. All else stays as it is.
 */
export const withVariable = (text: string, name: string, value: string, beside: string): string => {
  const all = assignmentsIn(text);
  const mine = all.filter((one) => one.name === name && !one.commented);
  return mine.length > 0 ? replaced(text, mine, value) : added(text, all, name, value, beside);
};
