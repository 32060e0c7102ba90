import type { ErrorReport, Reading } from '../crash.ts';
import type { Params } from '../finding.ts';
import { defineRule } from '../rule.ts';
import { bySignatures, told, words, type Signature } from '../signature.ts';

const MARKER = /^\s*(?:<{7}(?: |$)|={7}$|>{7}(?: |$))/m;
/** `JSON.parse` and its kin throw SyntaxErrors as well: those are the matter of configuration. */
const OF_DATA = /\bJSON\b|JSON\.parse|in JSON at|YAML|TOML|regular expression|Invalid regular|Unexpected end of JSON/i;
const OF_MODULES =
  /import statement|'import\.meta'|does not provide an export|Named export|ES module|Unexpected token 'export'|Unexpected token export|star exports|await is only valid/;

/** Where Node itself parses source; a library that parses something else stands first in the stack instead. */
const BY_NODE = /wrapSafe|compile|ModuleWrap|ModuleJob|ModuleLoader|node:internal|\(node:vm|^new Script|moduleStrategy/;

const isOfSource = (report: ErrorReport): boolean => {
  if (report.name !== 'SyntaxError') return false;
  const [first] = report.frames;
  const parsedByNode = first === undefined || (BY_NODE.test(first) && !/[\\/]node_modules[\\/]/.test(first));
  return parsedByNode && !OF_DATA.test(report.message) && !OF_MODULES.test(report.message);
};

const placeOf = ({ excerpt }: ErrorReport): Params =>
  excerpt === undefined ? {} : { path: told(excerpt.file), line: excerpt.line };

const source: Signature['match'] = (report) => (isOfSource(report) && report.code === '' ? placeOf(report) : undefined);

const markers: Signature['match'] = (report) => {
  const isMarked =
    MARKER.test(report.excerpt?.code ?? '') ||
    /Merge conflict marker encountered|Unexpected token '?(?:<<|>>>)'?$/m.test(report.message) ||
    /ERROR: Unexpected "(?:<<|>>>)"/.test(report.message);
  const isSyntax = report.name === 'SyntaxError' || /TS1185|ERROR: Unexpected|Transform failed/.test(report.message);
  return isMarked && isSyntax ? placeOf(report) : undefined;
};

const NEWER =
  /(?:^|\n)\s*\{?\s*(?:await )?using [\w$]+ =|\?\?=|\|\|=|&&=|^\s*#[\w$]+\b.{0,40}[;=(]|^\s*static \{|\bimport .{1,80} (?:with|assert) \{|import (?:defer|source) |\/[a-z]*v[a-z]*[;,)]/m;

const USING = /(?:^|[\s{;(])(?:await )?using [\w$]+ = /;
const ASSIGNING = /Unexpected token '?(?:\?|\.|=|\?\?=|\|\|=|&&=)'?$/;

const needs = ({ excerpt, message }: ErrorReport): number | undefined => {
  const code = excerpt?.code ?? '';
  if (USING.test(code)) return 24;
  return NEWER.test(code) || (ASSIGNING.test(message) && /\?\.|\?\?/.test(code)) ? 16 : undefined;
};

/** Syntax that this Node does not know yet. `?.` and `??` need Node 14, `??=` 15, `using` 24. */
const newer = (report: ErrorReport, reading: Reading): Params | undefined => {
  if (!isOfSource(report) || !/Unexpected|Invalid|missing/.test(report.message)) return undefined;
  const least = needs(report);
  const node = reading.nodeMajor;
  if (least === undefined || (node ?? (least === 24 ? 0 : least)) >= least) return undefined;
  return { ...placeOf(report), needs: least, ...(node === undefined ? {} : { node }) };
};

/** Node 24 strips types from `.ts`; what it parses as JavaScript although it is named otherwise, it cannot run. */
const ofTypeScript: Signature['match'] = (report) =>
  isOfSource(report) && /\.(?:[cm]?ts|[jt]sx)$/.test(report.excerpt?.file ?? '') ? placeOf(report) : undefined;

const SIGNATURES: readonly Signature[] = [
  { cause: 'merge-conflict-markers', sure: 0.95, match: markers },
  { cause: 'node-too-old', sure: 0.86, match: newer },
  { cause: 'typescript-not-supported', sure: 0.78, match: ofTypeScript },
  { cause: 'syntax-error', sure: 0.92, match: source },
  { cause: 'syntax-error', sure: 0.85, match: words(/ERR_INVALID_TYPESCRIPT_SYNTAX/) },
];

/** A source file that does not parse: broken, with the markers of a merge in it, or newer than this Node. */
export const syntax = defineRule({
  name: 'syntax',
  causes: ['syntax-error', 'typescript-not-supported', 'merge-conflict-markers', 'node-too-old'],
  judge: (reading) => bySignatures(reading, SIGNATURES),
});
