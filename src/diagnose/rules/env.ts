import type { ErrorReport, Reading } from '../crash.ts';
import type { Params } from '../finding.ts';
import { defineRule } from '../rule.ts';
import { bySignatures, subjectOf, told, words, type Signature } from '../signature.ts';

const NAME = '[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[A-Z][A-Z0-9_]{2,60}';
const ENV_WORD =
  '(?:env(?:ironment)?[ -]?var(?:iable)?s?|env(?:ironment)?|ENV(?: vars?)?|process\\.env|config(?:uration)?(?: (?:key|value|variable)s?)?|settings?|secrets?|variables?)';

/** Names that look like variables of the environment; words in capitals that never are. */
const NO_NAME =
  /^(?:ERROR|FATAL|WARN|WARNING|INFO|DEBUG|JSON|HTTP|HTTPS|URL|ENV|NODE|GET|POST|PUT|SQL|API|TRUE|FALSE|NULL|ERR_\w+|E[A-Z]{4,14}|SIG[A-Z]{3,5}|UTC|TLS|SSL|SSH|CRITICAL|ERR)$/;

const namesIn = (text: string): readonly string[] => [
  ...new Set(
    [...text.slice(0, 8_000).matchAll(/(?<![\w./$-])[A-Z][A-Z0-9_]{2,60}(?![\w/-]|\()/g)]
      .map((match) => match[0])
      .filter((name) => !NO_NAME.test(name)),
  ),
];

const params = (names: readonly string[]): Params => {
  const all = names.slice(0, 8).join(', ');
  return all === '' ? {} : { names: told(all) };
};

const MISSING =
  /missing|required|not (?:set|defined|found|provided|configured|specified)|undefined|unset|must be (?:set|defined|provided|specified)|is empty|needs? to be (?:set|defined)|no .{0,40} (?:set|provided|given|defined|found)|expected .{0,40}received undefined|cannot be empty|absent/i;
const OF_ENV = new RegExp(`\\b${ENV_WORD}\\b`, 'i');
const ALL_NAMES = new RegExp(`(?:^|[\\s"'\`:[(])(?:${NAME})(?=$|[\\s"'\`:,.\\])!])`);

/** `Missing required environment variable: X`, in any words: says that something is missing, of the environment, by name. */
const said: Signature['match'] = (report) => {
  const text = subjectOf(report).slice(0, 3_000);
  if (!MISSING.test(text) || !OF_ENV.test(text) || OTHER.test(text)) return undefined;
  // Where neither environment nor configuration is named, a word in capitals alone may be anything.
  const isNamed = /\b(?:env|config)/i.test(text);
  const names = namesIn(report.message).filter((name) => isNamed || name.includes('_'));
  return names.length === 0 ? undefined : params(names);
};

const WANTED =
  /["'`]?[A-Z][A-Z0-9]*_[A-Z0-9_]+["'`]? (?:is |are |was |must |env )?(?:required|missing|not (?:set|defined|provided|configured)|undefined|unset|must be (?:set|provided|defined)|to be (?:set|provided|defined))/;
const LACKING =
  /\b(?:[Mm]issing|MISSING|[Rr]equired|[Uu]ndefined|[Nn]o|[Ww]ithout|[Ss]et)(?: \w+){0,3}:? ["'`]?[A-Z][A-Z0-9]*_[A-Z0-9_]+/;

/** The same without the word, where a name with an underscore is called missing: `JWT_SECRET is required`. */
const saidShort =
  (pattern: RegExp): Signature['match'] =>
  (report) => {
    const text = report.message.slice(0, 600);
    if (OTHER.test(text) || OF_TABLES.test(text)) return undefined;
    const names = namesIn(text).filter((name) => name.includes('_'));
    return names.length > 0 && pattern.test(text) && ALL_NAMES.test(text) ? params(names) : undefined;
  };

/** Columns and fields have such names as well. */
const OF_TABLES = /\b(?:column|table|field|row|header|parameter|attribute|record|constraint)s?\b/i;

/** Errors that have causes of their own, whatever words they use. */
const OTHER =
  /Cannot find (?:module|package)|ERR_MODULE|MODULE_NOT_FOUND|is not a function|ENOENT|EADDRINUSE|does not provide an export|NODE_MODULE_VERSION|Unexpected token|in NODE_OPTIONS/;

/** Validators: zod, envalid, joi, class-validator, env-var, convict, @t3-oss/env. */
const VALIDATOR =
  /ZodError|Invalid environment variables|Config validation error|EnvVarError|EnvMissingError|EnvalidError|Missing environment variables|An instance of EnvironmentVariables has failed|ValidationError|configuration (?:param )?[^\n]{0,40}(?:missing|required)|env(?:ironment)? validation|ValiError|ArkErrors|TraversalError|\[\s*\{[\s\S]{0,60}"(?:code|expected|validation)"/i;
const UNDEFINED =
  /received undefined|"?Required"?|is required|Invalid input|should not be empty|failed the following constraints|must be (?:a|an) |is a required|invalid_type|missing|undefined/i;

/** Where a validator prints its report first and throws a plain sentence after it. */
const REPORT_LINES = 30;

/** In a report of zod and its kin only the paths are names: what else is in capitals may be a value that was allowed. */
const PATHS = /["']?path["']?: ?\[\s*["']([A-Z][A-Z0-9_]{1,60})["']/g;

const reportedNames = (message: string): readonly string[] => {
  if (!/["']?path["']?: ?\[/.test(message)) return namesIn(message);
  return [...new Set([...message.slice(0, 8_000).matchAll(PATHS)].map((match) => match[1] ?? ''))];
};

const OF_VALIDATED_ENV =
  /(?:invalid|missing|required) env(?:ironment)?(?: variable| var)?s?\b|EnvironmentVariables has failed|Config validation error|env(?:ironment)?(?: variables?)? validation (?:failed|error)/i;

const validated: Signature['match'] = (report, reading) => {
  const subject = subjectOf(report);
  const own = reportedNames(report.message);
  if (VALIDATOR.test(subject) && UNDEFINED.test(subject) && own.length > 0) return params(own);
  if (!OF_VALIDATED_ENV.test(subject)) return undefined;
  const before = reading.lines.slice(Math.max(0, report.from - REPORT_LINES), report.from).join('\n');
  return params(own.length > 0 ? own : reportedNames(before));
};

const READ = /process\.env(?:\.([A-Za-z_]\w{0,80})|\[['"`]([A-Za-z_]\w{0,80})['"`]\])/g;
const BY_ABSENCE =
  /Cannot read properties of undefined|Cannot destructure property|Received undefined|is not iterable|ERR_INVALID_(?:URL|ARG_TYPE|ARG_VALUE)|Invalid URL|must be (?:of type|a) string|"undefined" is not valid JSON|ERR_SOCKET_BAD_PORT|is not valid JSON|Unexpected end of JSON|AssertionError|ERR_ASSERTION/;

/** The line of the source that failed reads the environment. */
const read: Signature['match'] = (report) => {
  const code = `${report.excerpt?.code ?? ''}\n${report.name === 'AssertionError' ? report.message : ''}`;
  const names = [...code.matchAll(READ)].map((match) => match[1] ?? match[2] ?? '');
  return names.length > 0 && BY_ABSENCE.test(subjectOf(report)) ? params([...new Set(names)]) : undefined;
};

/** Libraries that are given nothing where a secret or address should be. */
const GIVEN_NOTHING: readonly (readonly [RegExp, number])[] = [
  [
    /secretOrPrivateKey must have a value|JwtStrategy requires a secret or key|secret or key must be provided|secret option required for sessions/,
    0.8,
  ],
  [/client password must be a string/, 0.82],
  [/Configuration key "([A-Z][A-Z0-9_]{1,60})" does not exist/, 0.97],
  [/Configuration (?:key|property) "[^"]{1,80}" (?:does not exist|is not defined)/, 0.75],
  [/parameter to `openUri\(\)` must be a string, got "?undefined/, 0.9],
  [/Invalid scheme, expected connection string to start with/, 0.6],
  [/Environment variable not found: (\w{1,80})/, 0.97],
  [/(?:the URL must start with the protocol|You must provide a nonempty URL|resolved to an empty string)/, 0.7],
  [
    /Neither apiKey nor config\.authenticator provided|supabase(?:Url|Key) is required|accountSid must start with AC|API key (?:is )?(?:missing|required|not (?:set|provided))|Missing API key|No API key provided|You did not provide an API key/i,
    0.82,
  ],
  [/input: '(?:undefined|null|)'|base: 'undefined/, 0.8],
  [/"undefined" is not valid JSON|Unexpected token u in JSON at position 0/, 0.6],
  [/ERR_SOCKET_BAD_PORT[^\n]{0,120}(?:NaN|undefined|type string \(''\))/, 0.7],
  [
    /The "(?:path|paths\[0\]|url|key|host|hostname|string|data|uri)" argument must be of type string[^\n]{0,80}Received undefined/,
    0.55,
  ],
  [
    /(?:Missing credentials in config|Could not load credentials from any providers|CredentialsProviderError|Region is missing|Could not load the default credentials)/,
    0.8,
  ],
];

const givenNothing = (report: ErrorReport): { readonly params: Params; readonly sure: number } | undefined => {
  const text = `${subjectOf(report)}\n${Object.entries(report.props)
    .map(([key, value]) => `${key}: '${value}'`)
    .join('\n')}`;
  for (const [pattern, sure] of GIVEN_NOTHING) {
    const match = pattern.exec(text);
    if (match !== null) return { params: params(match[1] === undefined ? [] : [match[1]]), sure };
  }
  return undefined;
};

const nothing =
  (least: number, most: number): Signature['match'] =>
  (report) => {
    const found = givenNothing(report);
    return found !== undefined && found.sure >= least && found.sure < most ? found.params : undefined;
  };

/** envalid's and others' reports in plain lines, over several of them. */
const REPORT =
  /(?:Missing|Invalid|Required)[^\n]{0,20} env(?:ironment)?[^\n]{0,20} ?(?:variables?)?[^\n]{0,10}:?\s*\n(?:[^\n]{0,200}\n){0,12}/i;

const reported = (reading: Reading): Params | undefined => {
  const match = REPORT.exec(reading.lines.slice(-40).join('\n'));
  const names = match === null ? [] : namesIn(match[0]);
  return names.length === 0 ? undefined : params(names);
};

const inReport: Signature['match'] = (report, reading) => (report.form === 'line' ? reported(reading) : undefined);

const SIGNATURES: readonly Signature[] = [
  { cause: 'env-missing', sure: 0.95, match: validated },
  { cause: 'env-missing', sure: 0.95, match: said },
  { cause: 'env-missing', sure: 0.9, match: saidShort(WANTED) },
  { cause: 'env-missing', sure: 0.78, match: saidShort(LACKING) },
  { cause: 'env-missing', sure: 0.92, match: inReport },
  { cause: 'env-missing', sure: 0.95, match: nothing(0.95, 1) },
  { cause: 'env-missing', sure: 0.82, match: nothing(0.8, 0.95) },
  { cause: 'env-missing', sure: 0.88, match: read },
  { cause: 'env-missing', sure: 0.68, match: nothing(0.6, 0.8) },
  { cause: 'env-missing', sure: 0.55, match: nothing(0, 0.6) },
  { cause: 'env-missing', sure: 0.6, match: words(/^Error: (?:Missing|No) (?<names>[A-Z][A-Z0-9_]{2,60})$/) },
];

/** Environment variables that are not set, as programs and their validators say it, or as it shows where they are read. */
export const env = defineRule({
  name: 'env',
  causes: ['env-missing'],
  judge: (reading) => bySignatures(reading, SIGNATURES),
});
