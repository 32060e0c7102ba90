import type { ErrorReport } from '../crash.ts';
import { defineRule } from '../rule.ts';
import { bySignatures, told, words, type Signature } from '../signature.ts';

const JSON_WORDS =
  /\bin JSON at position|is not valid JSON|Unexpected end of JSON input|JSON at position|JSON5: invalid|JSON Parse error|Bad control character in string literal|Expected (?:property name|double-quoted property name|',' or)/;

/** Parsed while files were loaded: a configuration. Later it may as well be an answer from somewhere. */
const isAtStart = (report: ErrorReport): boolean =>
  report.frames.some((frame) => /Module\._compile|ModuleJob\.run|loader:\d+/.test(frame));

const OF_ANSWER =
  /Response\.json|\bfetch\b|body-parser|raw-body|undici|axios|IncomingMessage|readableAddChunk|\.json\b.{0,40}node:internal\/deps/;

const json =
  (atStart: boolean): Signature['match'] =>
  (report) => {
    if (report.name !== 'SyntaxError' || !JSON_WORDS.test(report.message)) return undefined;
    if (report.frames.some((frame) => OF_ANSWER.test(frame)) || isAtStart(report) !== atStart) return undefined;
    const path = /(?:Error parsing|in|file|reading|parse) '?(\/[^\s:']{1,300}|[\w./-]{1,200}\.json)/.exec(
      `${report.prefix} ${report.message}`,
    )?.[1];
    return path === undefined ? {} : { path: told(path) };
  };

const SIGNATURES: readonly Signature[] = [
  {
    cause: 'config-file-invalid',
    sure: 0.96,
    match: words(
      /ERR_INVALID_PACKAGE_CONFIG|Invalid package config (?<path>\S{1,300}?)\.?(?:\s|$)|Error parsing (?<file>\S{1,300}?package\.json)/,
    ),
  },
  {
    cause: 'config-file-invalid',
    sure: 0.95,
    match: words(/(?<path>\/[^\s:]{1,300}\.json): (?:Unexpected|Expected|Bad|No number|Unterminated|JSON)/),
  },
  { cause: 'config-file-invalid', sure: 0.9, match: json(true) },
  { cause: 'config-file-invalid', sure: 0.62, match: json(false) },
  {
    cause: 'config-file-invalid',
    sure: 0.9,
    match: words(/YAMLException|YAMLParseError|YAMLSemanticError|YAMLSyntaxError|js-yaml/),
  },
  {
    cause: 'config-file-invalid',
    sure: 0.88,
    match: words(
      /TomlError|Invalid TOML|TOML parse error|Parse error on line \d+|Syntax error in \S{1,100}\.toml|Expected .{1,80} but .{1,40} found\./,
    ),
  },
  {
    cause: 'config-file-invalid',
    sure: 0.88,
    match: words(
      /(?:Error|Failed|Cannot|Could not|Unable)(?:[^\n]{0,30})(?:pars|load|read)\w* (?:the )?config(?:uration)?(?: file)?[^\n]{0,20}? ?(?<path>[\w./-]{0,200})|Cannot parse config file: '?(?<file>[^'\n:]{1,200})|NJSON|EJSONPARSE|npm ERR! code EJSONPARSE/i,
    ),
  },
  {
    cause: 'config-file-invalid',
    sure: 0.85,
    match: words(/\[PM2\]\[ERROR\] (?:File \S{1,200} malformated|Error: Malformated|JSON)|malformated/i),
  },
  {
    cause: 'config-file-invalid',
    sure: 0.85,
    match: words(
      /nginx: \[emerg\]|ERR_INVALID_PACKAGE_TARGET|Invalid "exports" (?:main )?target|Cannot read config file: (?<path>\S{1,200})|Prisma schema validation|Error validating (?:model|field|datasource)|Schema parsing/,
    ),
  },
];

/** A configuration that does not parse: JSON, YAML, TOML, package.json. */
export const configFile = defineRule({
  name: 'config-file',
  causes: ['config-file-invalid'],
  judge: (reading) => bySignatures(reading, SIGNATURES),
});
