import type { ErrorReport, Excerpt } from './crash.ts';
import { excerptAt } from './excerpt.ts';
import { isFrameLine, isStackLine } from './frame.ts';
import { bracketedHead, codeOf, headLine, type HeadLine } from './head-line.ts';
import { isWarningLine } from './noise.ts';

const LONGEST_MESSAGE = 80;
const LONGEST_FIELDS = 3_000;
const DEEPEST = 5;

const TRAILER = /^Node\.js v\d/;
const END_OF_VALUE = /^(?:\(Use `node |Node\.js v\d|Thrown at:|$)/;
const EMITTED = /^\s{0,60}Emitted '[^']{1,60}' event\b/;
const CAUSED_BY = /(?:caused by|\[cause\]|original(?:Error)?|inner exception):?$/i;
const OF_PROMISE = /unhandled ?(?:promise ?)?rejection|fromPromise|UnhandledPromiseRejection/i;
const FIELD = /^(\s+)(?:'([\w-]{1,60})'|\[?(\w{1,60})\]?): (.*)$/;

interface Span {
  readonly from: number;
  readonly to: number;
}

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** Where the fields that follow a stack end: the brace as far left as the error's own line, or where the text stops looking like fields. */
const fieldsEnd = (lines: readonly string[], from: number, indent: number): number => {
  const last = Math.min(lines.length, from + LONGEST_FIELDS);
  for (let at = from; at < last; at += 1) {
    const line = lines[at] ?? '';
    if (/^\s*\}[\],)]*$/.test(line) && indentOf(line) <= indent) return at + 1;
    if (TRAILER.test(line)) return at;
  }
  return Math.min(from + 1, lines.length);
};

const bare = (value: string): string =>
  value
    .replace(/,$/, '')
    .replace(/^(['"`])(.*)\1$/, '$2')
    .trim();

interface Field {
  readonly indent: number;
  readonly key: string;
  readonly value: string;
}

const fieldOf = (line: string): readonly Field[] => {
  const match = FIELD.exec(line);
  const key = match?.[2] ?? match?.[3] ?? '';
  if (match === null || key === '__proto__') return [];
  return [{ indent: (match[1] ?? '').length, key, value: bare(match[4] ?? '').slice(0, 400) }];
};

/** The outermost fields; of two of a name the first. */
const fieldsOf = (lines: readonly string[], span: Span): Readonly<Record<string, string>> => {
  const found = lines.slice(span.from, span.to).flatMap(fieldOf);
  const least = Math.min(...found.map(({ indent }) => indent), Number.MAX_SAFE_INTEGER);
  const outer = found.filter(({ indent }) => indent === least);
  return Object.fromEntries(outer.toReversed().map(({ key, value }) => [key, value]));
};

const inlineFields = (tail: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...tail.slice(0, 2_000).matchAll(/(\w{1,60}): ('[^']{0,400}'|"[^"]{0,400}"|-?[\w.]{1,100})/g)].map((match) => [
      match[1] ?? '',
      bare(match[2] ?? ''),
    ]),
  );

/** Reads the errors in a piece of a log, outermost first; errors in the fields of another are its causes. */
class Blocks {
  readonly #lines: readonly string[];
  readonly #depth: number;
  readonly #found: ErrorReport[] = [];
  #floor = 0;
  #excerpt: Excerpt | undefined;
  /** Where Node's excerpt says that the error begins. */
  #headAt: number | undefined;

  constructor(lines: readonly string[], depth: number) {
    this.#lines = lines;
    this.#depth = depth;
  }

  read(): readonly ErrorReport[] {
    let at = 0;
    while (at < this.#lines.length) at = Math.max(at + 1, this.#step(at));
    return this.#found;
  }

  #step(at: number): number {
    const line = this.#lines[at] ?? '';
    if (at === this.#headAt && !this.#hasStack(at)) return this.#value(at);
    if (isFrameLine(line)) return this.#block(at);
    const bracketed = bracketedHead(line);
    if (bracketed !== undefined) return this.#bracketed(at, bracketed);
    return this.#shown(at);
  }

  /** Source that Node shows: the error stands below it. */
  #shown(at: number): number {
    const excerpt = excerptAt(this.#lines, at);
    if (excerpt === undefined) return at + 1;
    this.#excerpt = excerpt;
    this.#floor = excerpt.next;
    let next = excerpt.next;
    while (next < this.#lines.length && (this.#lines[next] ?? '').trim() === '') next += 1;
    this.#headAt = next < this.#lines.length ? next : undefined;
    return next;
  }

  /** Does a stack follow the head before anything else begins? */
  #hasStack(head: number): boolean {
    if (bracketedHead(this.#lines[head] ?? '') !== undefined) return true;
    for (let at = head + 1; at < Math.min(this.#lines.length, head + LONGEST_MESSAGE); at += 1) {
      const line = this.#lines[at] ?? '';
      if (isFrameLine(line)) return true;
      if (TRAILER.test(line) || excerptAt(this.#lines, at) !== undefined) return false;
    }
    return false;
  }

  /** Thrown, but no error with a stack. */
  #value(at: number): number {
    let end = at + 1;
    while (end < this.#lines.length && !END_OF_VALUE.test(this.#lines[end] ?? '')) end += 1;
    const first = this.#lines[at] ?? '';
    const head = headLine(first) ?? { prefix: '', name: '', code: '', message: first };
    this.#add(at, end, head, this.#lines.slice(at + 1, end), [], {}, []);
    return end;
  }

  #headOf(frame: number): number | undefined {
    const said = this.#headAt !== undefined && this.#headAt < frame ? this.#headAt : undefined;
    if (said !== undefined && this.#isHead(said)) return said;
    const least = Math.max(said ?? this.#floor, frame - LONGEST_MESSAGE);
    for (let at = frame - 1; at >= least; at -= 1) if (this.#isHead(at)) return at;
    return said ?? this.#lineBefore(frame, least);
  }

  /** What stands right above a stack is its message, whatever it says. */
  #lineBefore(frame: number, least: number): number | undefined {
    return frame - 1 >= least && (this.#lines[frame - 1] ?? '').trim() !== '' ? frame - 1 : undefined;
  }

  #isHead(at: number): boolean {
    return headLine(this.#lines[at] ?? '') !== undefined;
  }

  #block(frame: number): number {
    const headAt = this.#headOf(frame);
    let end = frame;
    while (end < this.#lines.length && this.#isStack(end)) end += 1;
    if (headAt === undefined) return end;
    const first = this.#lines[headAt] ?? '';
    const frames = this.#lines.slice(frame, end).filter(isFrameLine);
    const hasFields = (this.#lines[end - 1] ?? '').endsWith('{');
    const span = { from: end, to: hasFields ? fieldsEnd(this.#lines, end, indentOf(first)) : end };
    const head = headLine(first) ?? { prefix: '', name: '', code: '', message: first.trim() };
    const inner = this.#lines.slice(headAt + 1, frame);
    this.#add(headAt, span.to, head, inner, frames, fieldsOf(this.#lines, span), this.#inside(span));
    return span.to;
  }

  #isStack(at: number): boolean {
    const line = this.#lines[at] ?? '';
    return isStackLine(line) || EMITTED.test(line);
  }

  #bracketed(at: number, head: HeadLine & { readonly tail: string }): number {
    const opens = head.tail === '{';
    const to = opens ? fieldsEnd(this.#lines, at + 1, indentOf(this.#lines[at] ?? '')) : at + 1;
    const span = { from: at + 1, to };
    const fields = opens ? fieldsOf(this.#lines, span) : inlineFields(head.tail);
    this.#add(at, to, head, [], [], fields, opens ? this.#inside(span) : []);
    return to;
  }

  #inside(span: Span): readonly ErrorReport[] {
    if (span.to - span.from < 2 || this.#depth >= DEEPEST) return [];
    return new Blocks(this.#lines.slice(span.from, span.to), this.#depth + 1).read();
  }

  #add(
    from: number,
    to: number,
    head: HeadLine,
    inner: readonly string[],
    frames: readonly string[],
    props: Readonly<Record<string, string>>,
    causes: readonly ErrorReport[],
  ): void {
    const first = this.#lines[from] ?? '';
    const prefix = this.#prefixOf(from, head);
    const message = [head.message, ...inner].join('\n').trim();
    const code = codeOf(head.code, props, message);
    const excerpt = this.#excerpt;
    const report: ErrorReport = {
      name: head.name,
      code,
      message,
      prefix,
      props,
      causes,
      from,
      to,
      frames: frames.map((frame) => frame.trim().replace(/^at /, '').replace(/ \{$/, '')),
      ...(excerpt === undefined ? {} : { excerpt: { file: excerpt.file, line: excerpt.line, code: excerpt.code } }),
      form: this.#formOf(to, `${prefix} ${head.name} ${excerpt?.file ?? ''} ${excerpt?.code ?? ''}`),
      head: first.trim(),
    };
    this.#floor = to;
    this.#excerpt = undefined;
    this.#headAt = undefined;
    if (!isWarningLine(first)) this.#keep(report);
  }

  /** With the line before where that leads to it: `Unhandled rejection:`. */
  #prefixOf(from: number, head: HeadLine): string {
    const before = (this.#lines[from - 1] ?? '').trim();
    return (from > this.#floor && before.endsWith(':') ? `${before} ${head.prefix}` : head.prefix).trim();
  }

  #formOf(to: number, context: string): ErrorReport['form'] {
    if (OF_PROMISE.test(context)) return 'rejection';
    const hasTrailer = this.#lines.slice(to, to + 3).some((line) => TRAILER.test(line));
    return this.#excerpt !== undefined || hasTrailer ? 'uncaught' : 'block';
  }

  /** `caused by: Error …` belongs to the error before it. */
  #keep(report: ErrorReport): void {
    const last = this.#found.at(-1);
    if (last === undefined || !CAUSED_BY.test(report.prefix) || this.#depth > 0) {
      this.#found.push(report);
      return;
    }
    this.#found[this.#found.length - 1] = { ...last, causes: [...last.causes, report], to: report.to };
  }
}

/** The errors that stand in the lines of a log, in their order. */
export const errorsIn = (lines: readonly string[]): readonly ErrorReport[] => new Blocks(lines, 0).read();
