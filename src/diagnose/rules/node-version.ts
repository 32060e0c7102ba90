import type { ErrorReport, Reading } from '../crash.ts';
import type { Params } from '../finding.ts';
import { defineRule } from '../rule.ts';
import { bySignatures, told, words, type Signature } from '../signature.ts';

/** What came with which Node (nodejs.org/api, node.green): the first major that has it. */
const SINCE: Readonly<Record<string, number>> = {
  'RegExp.escape': 24,
  'Error.isError': 24,
  Float16Array: 24,
  'Uint8Array.fromBase64': 25,
  'Iterator.from': 22,
  'Array.fromAsync': 22,
  'Promise.withResolvers': 22,
  'Promise.try': 24,
  'Object.groupBy': 21,
  'Map.groupBy': 21,
  'Set.prototype.union': 22,
  'URL.canParse': 20,
  'URL.parse': 22,
  'Array.prototype.toSorted': 20,
  structuredClone: 17,
  fetch: 18,
  Headers: 18,
  Request: 18,
  Response: 18,
  FormData: 18,
  ReadableStream: 18,
  WritableStream: 18,
  TransformStream: 18,
  Blob: 18,
  BroadcastChannel: 18,
  CompressionStream: 18,
  File: 20,
  CustomEvent: 19,
  WebSocket: 22,
  CloseEvent: 23,
  EventSource: 24,
  navigator: 21,
  crypto: 19,
  'crypto.randomUUID': 15,
  AbortController: 15,
  'AbortSignal.timeout': 17,
  'AbortSignal.any': 20,
  performance: 16,
  globalThis: 12,
  WeakRef: 14,
  FinalizationRegistry: 14,
  AggregateError: 15,
  'Object.hasOwn': 17,
  'process.loadEnvFile': 21,
  'process.getBuiltinModule': 22,
  'util.parseEnv': 21,
  'util.styleText': 21,
  'util.stripVTControlCharacters': 17,
  'import.meta.dirname': 21,
  URLPattern: 24,
  Iterator: 22,
  SuppressedError: 24,
  DisposableStack: 24,
  AsyncDisposableStack: 24,
};

/** Methods of values, whose owner the message does not name. */
const METHODS: Readonly<Record<string, number>> = {
  toSorted: 20,
  toReversed: 20,
  toSpliced: 20,
  findLast: 18,
  findLastIndex: 18,
  replaceAll: 15,
  at: 17,
  isSubsetOf: 22,
  symmetricDifference: 22,
  intersection: 22,
  isWellFormed: 20,
  toWellFormed: 20,
  flatMap: 11,
};

/** Old enough to lack it, as far as is known. */
const lacksIt = (since: number, reading: Reading): boolean =>
  reading.nodeMajor === undefined || reading.nodeMajor < since;

const found = (name: string, since: number, reading: Reading): Params | undefined => {
  if (!lacksIt(since, reading)) return undefined;
  return { name: told(name), needs: since, ...(reading.nodeMajor === undefined ? {} : { node: reading.nodeMajor }) };
};

const missingApi: Signature['match'] = (report, reading) => {
  const call =
    /^(?:[\w$().]*?\b)?([A-Z][\w$]*\.[\w$]+|[a-z]\w*\.[\w$]+|structuredClone|fetch) is not a (?:function|constructor)/.exec(
      report.message,
    );
  const name = call?.[1] ?? '';
  const plain = name.replace(/^(?:globalThis|node)\./, '');
  const since = SINCE[plain] ?? SINCE[name];
  return since === undefined ? undefined : found(plain, since, reading);
};

const missingGlobal: Signature['match'] = (report, reading) => {
  const name = /^([\w$]+) is not defined/.exec(report.message)?.[1] ?? '';
  const since = report.name === 'ReferenceError' && Object.hasOwn(SINCE, name) ? SINCE[name] : undefined;
  return since === undefined ? undefined : found(name, since, reading);
};

/** Only with a known version: `x.at is not a function` has other reasons as well. */
const missingMethod: Signature['match'] = (report, reading) => {
  const name = /\.([\w$]+)(?:\(\.\.\.\))? is not a function/.exec(report.message)?.[1] ?? '';
  const since = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
  if (since === undefined || reading.nodeMajor === undefined) return undefined;
  return found(name, since, reading);
};

const BUILTIN =
  /(?:No such built-in module: |ERR_UNKNOWN_BUILTIN_MODULE\]?: .{0,40}?|Cannot find (?:module|package) ')(?<name>node:[\w/]{1,60})/;

const wrongMajor: Signature['match'] = (report: ErrorReport) => {
  const text = `${report.head}\n${report.message}`;
  const match =
    /requires (?:a )?(?:minimum )?(?:at least )?Node(?:\.js)? (?:version )?(?:of )?(?:at least )?(?:>=|\^|~|v)*\s?v?(\d+(?:\.\d+){0,2})/i.exec(
      text,
    ) ??
    /Node(?:\.js)? (?:version )?(?:>=|v)\s?v?(\d+(?:\.\d+){0,2})[^\n]{0,20} (?:is )?required/i.exec(text) ??
    /You are using Node\.js \S{1,20}[^\n]{0,200}?(?:>=|\^|~)?\s?v?(\d+(?:\.\d+){0,2})/i.exec(text) ??
    /(?:Unsupported engine|The engine "node" is incompatible)[^\n]{0,200}?(?:>=|\^|~)\s?v?(\d+(?:\.\d+){0,2})/i.exec(
      text,
    ) ??
    /(?:Unsupported|unsupported|too old)[^\n]{0,40}Node(?:\.js)?[^\n]{0,100}?(?:>=|at least|minimum|upgrade to)[^\d\n]{0,20}(\d+(?:\.\d+){0,2})/i.exec(
      text,
    ) ??
    /Node(?:\.js)? (?:version )?v?\d[\w.]{0,10} is (?:not supported|too old|unsupported)[^\n]{0,80}?(?:(\d+(?:\.\d+){0,2})|$)/i.exec(
      text,
    );
  return match === null ? undefined : { needs: told(match[1] ?? '') };
};

const SIGNATURES: readonly Signature[] = [
  { cause: 'node-too-old', sure: 0.95, match: words(BUILTIN) },
  { cause: 'node-too-old', sure: 0.93, match: missingApi },
  { cause: 'node-too-old', sure: 0.93, match: missingGlobal },
  { cause: 'node-too-old', sure: 0.75, match: missingMethod },
  { cause: 'node-too-old', sure: 0.85, match: wrongMajor },
  {
    cause: 'node-too-old',
    sure: 0.7,
    match: words(/The requested module 'node:[\w/]+' does not provide an export named '(?<name>[^']{1,80})'/),
  },
];

/** The program wants a newer Node than it is run with. */
export const nodeVersion = defineRule({
  name: 'node-version',
  causes: ['node-too-old'],
  judge: (reading) => bySignatures(reading, SIGNATURES),
});
