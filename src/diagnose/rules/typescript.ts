import { defineRule } from '../rule.ts';
import { bySignatures, words, type Signature } from '../signature.ts';

const SIGNATURES: readonly Signature[] = [
  {
    cause: 'typescript-not-supported',
    sure: 0.96,
    match: words(/Unknown file extension "(?<extension>\.[cm]?tsx?)" for (?<path>\S{1,300})/),
  },
  {
    cause: 'typescript-not-supported',
    sure: 0.96,
    match: words(
      /ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX|ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING|Stripping types is currently unsupported/,
    ),
  },
  { cause: 'typescript-not-supported', sure: 0.9, match: words(/ERR_INVALID_TYPESCRIPT_SYNTAX/) },
  {
    cause: 'module-file-missing',
    sure: 0.85,
    match: words(
      /(?<from>[^\s(:]{1,200}\.[cm]?tsx?)[(:]\d+[^\n]{0,60}error TS2307: Cannot find module '(?<wanted>\.[^']{1,200})'/,
    ),
  },
  {
    cause: 'package-missing',
    sure: 0.85,
    match: words(
      /error TS(?:2307|7016): (?:Cannot find module|Could not find a declaration file for module) '(?<package>[^'.][^']{0,200})'/,
    ),
  },
  {
    cause: 'config-file-invalid',
    sure: 0.85,
    match: words(
      /(?<path>\S{0,200}tsconfig\S{0,60}\.json)[^\n]{0,60}error TS|error TS(?:5\d{3}|6053|18003|1005): [^\n]{0,80}(?<file>tsconfig\S{0,60}\.json)|Failed to parse (?<name>\S{0,200}tsconfig\S{0,40})/,
    ),
  },
  {
    cause: 'syntax-error',
    sure: 0.85,
    match: words(/(?<path>[^\s(:]{1,200}\.[cm]?tsx?)[(:](?<line>\d+)[^\n]{0,60}error TS1\d{3}: /),
  },
  {
    cause: 'syntax-error',
    sure: 0.76,
    match: words(
      /(?:TSError|Unable to compile TypeScript)[\s\S]{0,400}?(?<path>[^\s(:]{1,200}\.[cm]?tsx?)[(:](?<line>\d+)[^\n]{0,60}error TS\d{4}: /,
    ),
  },
  {
    cause: 'syntax-error',
    sure: 0.74,
    match: words(/(?<path>[^\s(:]{1,200}\.[cm]?tsx?)[(:](?<line>\d+)[^\n]{0,60}error TS\d{4}: /),
  },
  {
    cause: 'syntax-error',
    sure: 0.9,
    match: words(
      /(?:TransformError|Transform failed with \d+ errors?|Build failed with \d+ errors?):?[\s\S]{0,200}?(?<path>[^\s:]{1,300}):(?<line>\d+):\d+: ERROR: /,
    ),
  },
];

/** TypeScript that this Node does not run, or that does not compile. */
export const typescript = defineRule({
  name: 'typescript',
  causes: ['typescript-not-supported', 'module-file-missing', 'package-missing', 'config-file-invalid', 'syntax-error'],
  judge: (reading) => bySignatures(reading, SIGNATURES),
});
