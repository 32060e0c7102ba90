import { defineRule } from '../rule.ts';
import { bySignatures, words, type Signature } from '../signature.ts';

const SIGNATURES: readonly Signature[] = [
  {
    cause: 'express-handler-undefined',
    sure: 0.95,
    match: words(
      /(?<name>Route\.\w+|Router\.\w+|app\.\w+)\(\) requires (?:a )?(?:callback|middleware) functions? but got an? (?:\[object )?(?<got>\w+)/,
    ),
  },
  {
    cause: 'express-handler-undefined',
    sure: 0.93,
    match: words(
      /argument (?:handler|callback|fn) (?:must be a function|is required)|app\.use\(\) requires a middleware function/,
    ),
  },
  {
    cause: 'express-handler-undefined',
    sure: 0.9,
    match: words(
      /(?:Missing handler function for "\w+:(?<route>\S{1,200})" route|FST_ERR_ROUTE_(?:MISSING_HANDLER|HANDLER_NOT_FN)|FST_ERR_PLUGIN_NOT_VALID|middleware must be a function!|fastify-plugin expects a function|Error Handler for \w+:(?<other>\S{1,100}) route)/,
    ),
  },
];

/** A route or middleware without a function: its controller is renamed, undefined in a circle of imports, or of another build. */
export const express = defineRule({
  name: 'express',
  causes: ['express-handler-undefined'],
  judge: (reading) => bySignatures(reading, SIGNATURES),
});
