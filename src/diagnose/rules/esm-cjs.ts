import { defineRule } from '../rule.ts';
import { bySignatures, words, type Signature } from '../signature.ts';

const SIGNATURES: readonly Signature[] = [
  {
    cause: 'esm-cjs-mismatch',
    sure: 0.96,
    match: words(/Cannot use import statement outside a module|Cannot use 'import\.meta' outside a module/),
  },
  {
    cause: 'esm-cjs-mismatch',
    sure: 0.96,
    match: words(/(?<name>require|module|exports|__dirname|__filename) is not defined in ES module scope/),
  },
  {
    cause: 'esm-cjs-mismatch',
    sure: 0.9,
    match: words(/ReferenceError: (?<name>require|module|exports|__dirname|__filename) is not defined/),
  },
  {
    cause: 'esm-cjs-mismatch',
    sure: 0.95,
    match: words(
      /ERR_REQUIRE_ESM|require\(\) of ES Module (?<path>\S{1,300})|Must use import to load ES Module: (?<file>\S{1,300})/,
    ),
  },
  {
    cause: 'esm-cjs-mismatch',
    sure: 0.95,
    match: words(
      /ERR_REQUIRE_ASYNC_MODULE|require\(\) cannot be used on an ESM graph with top-level await|ERR_REQUIRE_CYCLE_MODULE/,
    ),
  },
  {
    cause: 'esm-cjs-mismatch',
    sure: 0.93,
    match: words(
      /Named export '(?<export>[^']{1,100})' not found\. The requested module '(?<path>[^']{1,300})' is a CommonJS module/,
    ),
  },
  {
    cause: 'esm-cjs-mismatch',
    sure: 0.93,
    match: words(/SyntaxError: (?:Unexpected token 'export'|Unexpected token export)/),
  },
  {
    cause: 'esm-cjs-mismatch',
    sure: 0.8,
    match: words(
      /await is only valid in async functions and the top level bodies of modules|Cannot determine intended module format because both/,
    ),
  },
  {
    cause: 'esm-cjs-mismatch',
    sure: 0.85,
    match: words(/ERR_AMBIGUOUS_MODULE_SYNTAX|To load an ES module, set "type": "module"|Failed to load the ES module/),
  },
  {
    cause: 'export-missing',
    sure: 0.93,
    match: words(
      /The requested module '(?<path>[^']{1,300})' does not provide an export named '(?<export>[^']{1,100})'/,
    ),
  },
  {
    cause: 'export-missing',
    sure: 0.85,
    match: words(/contains conflicting star exports for the name '(?<export>[^']{1,100})'/),
  },
  {
    cause: 'esm-cjs-mismatch',
    sure: 0.9,
    match: words(
      /(?:needs|requires) an import (?:attribute|assertion) of "?type: ?"?json|ERR_IMPORT_(?:ATTRIBUTE|ASSERTION)_(?:TYPE_)?MISSING/,
    ),
  },
  {
    cause: 'esm-cjs-mismatch',
    sure: 0.75,
    match: words(/SyntaxError: Unexpected (?:identifier|token|reserved word).{0,20}'?(?:import|assert)'?$/),
  },
];

/** ES modules and CommonJS in each other's place; exports that are not there. */
export const esmCjs = defineRule({
  name: 'esm-cjs',
  causes: ['esm-cjs-mismatch', 'export-missing'],
  judge: (reading) => bySignatures(reading, SIGNATURES),
});
