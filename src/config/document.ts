import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Alias,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLParseError,
} from 'yaml';
import type { Json } from '#kernel/json.ts';
import { pathKey, type Path } from './path.ts';

/** Something that is wrong at a place of the tree; `at` says whether the key or its value is to be pointed at. */
export interface Mistake {
  readonly path: Path;
  readonly at: 'key' | 'value';
  readonly message: string;
  readonly hint?: string | undefined;
  /** Known already for mistakes of the YAML itself. */
  readonly position?: Position;
}

/** A place in the text, counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A YAML text as plain values, with the place of each. */
export interface SourceDocument {
  /** Undefined when the text is empty or cannot be read as YAML. */
  readonly value: Json | undefined;
  readonly mistakes: readonly Mistake[];
  /** Where the key or value under the path stands; the nearest parent's place when it is not written itself. */
  position(path: Path, at: 'key' | 'value'): Position;
}

const MAX_DEPTH = 50;
const MAX_NODES = 200_000;

const SYNTAX: Readonly<Record<string, { readonly message: string; readonly hint?: string }>> = {
  TAB_AS_INDENT: { message: 'a tab; YAML is indented with spaces', hint: 'replace each tab by two spaces' },
  BAD_INDENT: { message: 'wrongly indented, or a closing ] or } is missing' },
  MULTIPLE_DOCS: { message: 'a second document begins here', hint: 'keep everything in one document, without ---' },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'a second ": " in one line',
    hint: 'put the text in quotes if it holds a colon; else check the indentation',
  },
  MULTILINE_IMPLICIT_KEY: { message: 'the key does not end in its line', hint: 'check the indentation' },
  MISSING_CHAR: { message: 'a closing quote, bracket or colon is missing' },
  BAD_SCALAR_START: { message: 'a text cannot begin with this sign', hint: 'put the text in quotes' },
};

/** Reads YAML 1.2 (core schema: `off` and `23:00` are texts). Never throws for what the text holds. */
export const readDocument = (text: string): SourceDocument => {
  const lines = new LineCounter();
  const document = parse(text, lines);
  if (document === undefined)
    return failed({ path: [], at: 'value', message: 'nested too deeply', position: { line: 1, column: 1 } });
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (document.errors.length > 0)
    return failed(...document.errors.map((error) => syntaxMistake(error, position(error.pos[0]))));
  return new Reader(document, position).read();
};

const parse = (text: string, lineCounter: LineCounter): Document.Parsed | undefined => {
  try {
    return parseDocument(text, {
      version: '1.2',
      lineCounter,
      prettyErrors: false,
      uniqueKeys: false,
      logLevel: 'error',
    });
  } catch (error) {
    // The parser recurses: thousands of open brackets exhaust the stack.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
};

const failed = (...mistakes: Mistake[]): SourceDocument => ({
  value: undefined,
  mistakes,
  position: () => ({ line: 1, column: 1 }),
});

const syntaxMistake = (error: YAMLParseError, position: Position): Mistake => ({
  path: [],
  at: 'value',
  ...(SYNTAX[error.code] ?? { message: `not YAML: ${error.message.split('\n', 1)[0] ?? ''}` }),
  position,
});

/** What each alias stands for, found in one pass: `Alias.resolve` walks the whole document for every alias. */
const aliasTargets = (document: Document.Parsed): ReadonlyMap<Alias, Node> => {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Node: (_key, node) => {
      const target = isAlias(node) ? anchors.get(node.source) : undefined;
      if (isAlias(node)) {
        if (target !== undefined) targets.set(node, target);
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return targets;
};

class Reader {
  readonly #document: Document.Parsed;
  readonly #place: (offset: number) => Position;
  readonly #keys = new Map<string, Position>();
  readonly #values = new Map<string, Position>();
  readonly #mistakes: Mistake[] = [];
  #targets: ReadonlyMap<Alias, Node> | undefined;
  #nodes = 0;

  constructor(document: Document.Parsed, place: (offset: number) => Position) {
    this.#document = document;
    this.#place = place;
  }

  read(): SourceDocument {
    const root = this.#document.contents as Node | null;
    const value = root === null ? undefined : this.#value(root, [], []);
    return { value, mistakes: this.#mistakes, position: (path, at) => this.#position(path, at) };
  }

  #position(path: Path, at: 'key' | 'value'): Position {
    const first = at === 'key' ? this.#keys : this.#values;
    const found = first.get(pathKey(path)) ?? this.#values.get(pathKey(path)) ?? this.#keys.get(pathKey(path));
    if (found !== undefined) return found;
    return path.length === 0 ? { line: 1, column: 1 } : this.#position(path.slice(0, -1), 'key');
  }

  #value(node: Node | null, path: Path, open: readonly Node[]): Json {
    if (node === null) return null;
    if (this.#isTooMuch(node, path, open)) return this.#tooMuch(path);
    const offset = node.range?.[0];
    if (offset !== undefined && !this.#values.has(pathKey(path))) this.#values.set(pathKey(path), this.#place(offset));
    if (isAlias(node)) return this.#alias(node, path, [...open, node]);
    if (isMap(node)) return this.#mapping(node, path, [...open, node]);
    if (isSeq(node))
      return node.items.map((item, index) => this.#value(item as Node | null, [...path, index], [...open, node]));
    return isScalar(node) ? this.#scalar(node.value, node.source, path) : null;
  }

  #isTooMuch(node: Node, path: Path, open: readonly Node[]): boolean {
    this.#nodes += 1;
    return this.#nodes > MAX_NODES || path.length > MAX_DEPTH || open.includes(node);
  }

  #tooMuch(path: Path): null {
    const message = 'nested too deeply, or aliases that multiply without end';
    if (!this.#mistakes.some((mistake) => mistake.message === message)) this.#mistake(path, 'value', message);
    return null;
  }

  #alias(node: Node, path: Path, open: readonly Node[]): Json {
    this.#targets ??= aliasTargets(this.#document);
    const target = isAlias(node) ? this.#targets.get(node) : undefined;
    if (target !== undefined) return this.#value(target, path, open);
    this.#mistake(
      path,
      'value',
      'an alias (*) without its anchor (&) before it',
      'put the text in quotes if it begins with *',
    );
    return null;
  }

  #scalar(value: unknown, source: string | undefined, path: Path): Json {
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
    if (typeof value !== 'number') {
      this.#mistake(path, 'value', 'a value of a type that is not used here', 'leave out the tag that begins with !');
      return null;
    }
    const exact = Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
    if (!exact)
      this.#mistake(path, 'value', 'a number that cannot be kept exactly', `write "${source ?? ''}" in quotes`);
    return exact ? value : 0;
  }

  #mapping(node: YAMLMap, path: Path, open: readonly Node[]): Json {
    const entries: [string, Json][] = [];
    const seen = new Map<string, Position>();
    for (const pair of node.items as Pair<Node | null, Node | null>[]) {
      const key = this.#key(pair, path);
      if (key === undefined) continue;
      const at = pair.key?.range === undefined || pair.key.range === null ? undefined : this.#place(pair.key.range[0]);
      const first = seen.get(key);
      if (first !== undefined) {
        this.#mistakes.push({
          path: [...path, key],
          at: 'key',
          message: `"${key}" is written twice`,
          hint: `it stands in line ${first.line} already`,
          ...(at === undefined ? {} : { position: at }),
        });
        continue;
      }
      if (at !== undefined) {
        seen.set(key, at);
        this.#keys.set(pathKey([...path, key]), at);
      }
      entries.push([key, this.#value(pair.value, [...path, key], open)]);
    }
    return Object.fromEntries(entries);
  }

  #key(pair: Pair<Node | null, Node | null>, path: Path): string | undefined {
    const key = isScalar(pair.key) ? pair.key.value : undefined;
    const text = typeof key === 'number' || typeof key === 'boolean' ? String(key) : key;
    if (typeof text === 'string' && text !== '__proto__') return text;
    this.#mistake(path, 'value', 'a key that is no plain text', 'keys are words such as name or url');
    return undefined;
  }

  #mistake(path: Path, at: 'key' | 'value', message: string, hint?: string): void {
    this.#mistakes.push({ path, at, message, hint });
  }
}
