import type { IncomingHttpHeaders } from 'node:http';
import { brief } from '#network/redact.ts';
import { reason, type Reason } from '../../reason.ts';
import type { HttpExpect } from './config.ts';
import { formatJsonPath, parseJsonPath, valueAt, type Step } from './json-path.ts';
import { readPattern } from './pattern.ts';
import { formatStatusRanges, isStatusIn, parseStatusRanges, type StatusRange } from './status-ranges.ts';

/** What a good answer is like, read once from the configuration: the check itself parses nothing. */
export interface Expectation {
  readonly statuses: readonly StatusRange[];
  /** Whether any part of it looks into the body. */
  readonly needsBody: boolean;
  readonly maxLatencyMs: number | undefined;
  status(status: number): Reason | undefined;
  headers(headers: IncomingHttpHeaders): Reason | undefined;
  body(text: string): Reason | undefined;
}

type BodyRule = (text: string) => Reason | undefined;
type HeaderRule = (headers: IncomingHttpHeaders) => Reason | undefined;

const SHOWN = 80;

const shown = (value: unknown): string => (value === undefined ? 'nothing' : brief(JSON.stringify(value), SHOWN));

const keywordRule = (keyword: NonNullable<HttpExpect['keyword']>): BodyRule => {
  if (typeof keyword !== 'string')
    return (text) =>
      text.includes(keyword.not)
        ? reason('content.keyword-present', { keyword: brief(keyword.not, SHOWN) })
        : undefined;
  return (text) =>
    text.includes(keyword) ? undefined : reason('content.keyword-missing', { keyword: brief(keyword, SHOWN) });
};

const regexRule = (regex: NonNullable<HttpExpect['regex']>): BodyRule => {
  const isWanted = typeof regex === 'string';
  const source = isWanted ? regex : regex.not;
  const matches = readPattern(source);
  const wrong = reason(isWanted ? 'content.regex-missing' : 'content.regex-present', { pattern: brief(source, SHOWN) });
  return (text) => {
    const isMatch = matches(text);
    if (isMatch === undefined) return reason('watch.cannot-ask', { what: 'the regular expression takes too long' });
    return isMatch === isWanted ? undefined : wrong;
  };
};

type JsonWanted = NonNullable<HttpExpect['json']>[string];

const jsonPart = (steps: readonly Step[], wanted: JsonWanted): ((document: unknown) => Reason | undefined) => {
  const path = formatJsonPath(steps);
  const differs = (expected: string, found: unknown): Reason =>
    reason('content.json-mismatch', { path: brief(path, SHOWN), expected, found: shown(found) });
  if (typeof wanted !== 'object' || wanted === null)
    return (document) => {
      const found = valueAt(document, steps);
      return found === wanted ? undefined : differs(shown(wanted), found);
    };
  if ('not' in wanted)
    return (document) => {
      const found = valueAt(document, steps);
      return found === wanted.not ? differs(`not ${shown(wanted.not)}`, found) : undefined;
    };
  return (document) => {
    const found = valueAt(document, steps);
    return (found !== undefined) === wanted.exists ? undefined : differs(wanted.exists ? 'a value' : 'nothing', found);
  };
};

const parseJson = (text: string): { readonly document: unknown } | undefined => {
  try {
    return { document: JSON.parse(text) as unknown };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

const jsonRule = (json: NonNullable<HttpExpect['json']>): BodyRule => {
  const parts = Object.entries(json).map(([path, wanted]) => jsonPart(parseJsonPath(path) ?? [], wanted));
  return (text) => {
    const parsed = parseJson(text);
    if (parsed === undefined) return reason('content.not-json');
    for (const part of parts) {
      const wrong = part(parsed.document);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
};

const firstWrong = <T>(rules: readonly ((seen: T) => Reason | undefined)[], seen: T): Reason | undefined => {
  for (const rule of rules) {
    const wrong = rule(seen);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
};

type HeaderWanted = NonNullable<HttpExpect['header']>[string];

/** What is wanted of a header, in words and as a test. */
const headerTest = (wanted: HeaderWanted): readonly [string, (value: string | undefined) => boolean] => {
  if (typeof wanted === 'string') return [`"${wanted}"`, (value) => value === wanted];
  if ('not' in wanted) return [`not "${wanted.not}"`, (value) => value !== wanted.not];
  if ('contains' in wanted) return [`"…${wanted.contains}…"`, (value) => value?.includes(wanted.contains) === true];
  if ('present' in wanted)
    return [wanted.present ? 'a value' : 'nothing', (value) => (value !== undefined) === wanted.present];
  const matches = readPattern(wanted.regex);
  return [`/${wanted.regex}/`, (value) => value !== undefined && matches(value) === true];
};

const headerRule = ([name, wanted]: readonly [string, HeaderWanted]): HeaderRule => {
  const [words, test] = headerTest(wanted);
  const key = name.toLowerCase();
  return (headers) => {
    const value = headers[key];
    const joined = Array.isArray(value) ? value.join(', ') : value;
    if (test(joined)) return undefined;
    const found = joined === undefined ? 'nothing' : brief(`"${joined}"`, SHOWN);
    return reason('content.header-mismatch', { name: brief(name, 40), expected: brief(words, SHOWN), found });
  };
};

const statusesOf = (status: HttpExpect['status']): readonly StatusRange[] => {
  const parts = Array.isArray(status) ? status : [status ?? '200-299'];
  return parts.flatMap((part) => parseStatusRanges(String(part)) ?? []);
};

const bodyRulesOf = ({ keyword, regex, json }: HttpExpect): readonly BodyRule[] => [
  ...(keyword === undefined ? [] : [keywordRule(keyword)]),
  ...(regex === undefined ? [] : [regexRule(regex)]),
  ...(json === undefined ? [] : [jsonRule(json)]),
];

const wantsContent = ({ keyword, regex, json }: HttpExpect): boolean =>
  json !== undefined || typeof keyword === 'string' || typeof regex === 'string';

/** Reads what is expected. A pulse with a path of its own asks another question: of it only status and latency are expected. */
export const readExpectation = (written: HttpExpect = {}, onlyStatus = false): Expectation => {
  const expect: HttpExpect = onlyStatus ? { status: written.status, maxLatency: written.maxLatency } : written;
  const statuses = statusesOf(expect.status);
  const words = formatStatusRanges(statuses);
  const bodyRules = bodyRulesOf(expect);
  const headerRules = Object.entries(expect.header ?? {}).map(headerRule);
  const isEmptyWrong = wantsContent(expect);
  return {
    statuses,
    needsBody: bodyRules.length > 0,
    maxLatencyMs: expect.maxLatency,
    status: (status) => (isStatusIn(status, statuses) ? undefined : reason('http.status', { status, expected: words })),
    headers: (headers) => firstWrong(headerRules, headers),
    body: (text) => (isEmptyWrong && text === '' ? reason('content.empty') : firstWrong(bodyRules, text)),
  };
};
