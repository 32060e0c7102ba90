import { defineRule } from '../rule.ts';
import { bySignatures, words, type Signature } from '../signature.ts';

const SIGNATURES: readonly Signature[] = [
  {
    cause: 'node-option-invalid',
    sure: 0.98,
    match: words(/(?:^|[\s:])(?<option>-{1,2}[\w=./-]{1,100}) is not allowed in NODE_OPTIONS/),
  },
  { cause: 'node-option-invalid', sure: 0.98, match: words(/bad option: (?<option>-{1,2}\S{1,200})/) },
  {
    cause: 'node-option-invalid',
    sure: 0.95,
    match: words(
      /^:? ?[^\n]{0,200}\bnode(?:\.exe)?: (?<option>-{1,2}[\w-]{1,80})(?:= | requires an argument| must be | is not )/,
    ),
  },
  {
    cause: 'node-option-invalid',
    sure: 0.95,
    match: words(/invalid value for NODE_OPTIONS|Unknown or unexpected option: (?<option>-{1,2}\S{1,100})/),
  },
  {
    cause: 'node-option-invalid',
    sure: 0.9,
    match: words(
      /ERR_WORKER_INVALID_EXEC_ARGV|Invalid (?:inspector )?(?:host:port|argument for) .{0,10}(?<option>--[\w-]{1,60})|node: (?<other>--[\w-]{1,60}) (?:must|requires|cannot)/,
    ),
  },
  { cause: 'env-file-missing', sure: 0.97, match: words(/\bnode\S{0,20}: (?<path>\S{1,300}): not found$/) },
  {
    cause: 'env-file-missing',
    sure: 0.93,
    match: words(
      /(?:ENOENT|no such file or directory)[^\n]{0,60} '?(?<path>[^'\n]{0,300}?(?:^|[\s/\\'])(?:\.env|[\w.-]{0,40}\.env|env\.env|\.envrc|\.env\.[\w.-]{1,40}))'?(?:$|[\s'])/,
    ),
  },
  {
    cause: 'env-file-missing',
    sure: 0.92,
    match: words(
      /(?:Failed to find|Unable to find|Could not find|Cannot find|no) (?:any )?(?:\.rc file |\.?env(?:ironment)? file|\.env)[^\n]{0,60}?(?:paths?: \[?['"]?(?<path>[^\]'"\n]{1,200})|$)/i,
    ),
  },
  {
    cause: 'env-file-missing',
    sure: 0.9,
    match: words(
      /(?:env(?:ironment)? file|\.env\S{0,30})[^\n]{0,80}(?:not found|does not exist|missing|could not be (?:read|found))/i,
    ),
  },
  {
    cause: 'config-file-invalid',
    sure: 0.85,
    match: words(
      /Invalid format:? (?<path>\S{0,200}\.env\S{0,40})|(?<file>\S{0,200}\.env\S{0,40}): invalid (?:line|format)|MissingEnvVarsError: The following variables were defined in (?<name>\S{1,100})/,
    ),
  },
];

/** Options, NODE_OPTIONS and environment files that Node or a loader refuses. Node's own refusals end with exit code 9. */
export const nodeOption = defineRule({
  name: 'node-option',
  causes: ['node-option-invalid', 'env-file-missing', 'config-file-invalid'],
  judge: (reading) => bySignatures(reading, SIGNATURES),
});
