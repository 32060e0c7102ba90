import type { ErrorReport, Reading } from '../crash.ts';
import type { Finding, Params } from '../finding.ts';
import { defineRule } from '../rule.ts';
import { endClues, evidenceOf, told } from '../signature.ts';

const QUOTED_LINES = 5;

const nameOf = (report: ErrorReport): Params => ({
  error: told(report.name === '' ? report.message : `${report.name}: ${report.message.split('\n', 1)[0] ?? ''}`),
  ...hintOf(report),
});

/** What has a well-known way out although it has no cause of its own. */
const hintOf = (report: ErrorReport): Params => {
  const text = `${report.name} ${report.message}`;
  if (
    /Nest can't resolve dependencies|Nest cannot create the|UnknownDependenciesException|UndefinedModuleException/.test(
      text,
    )
  )
    return { hint: 'injection' };
  if (/Missing parameter name at|path-to-regexp|Unexpected (?:\?|\*|\+) at \d+, expected END/.test(text))
    return { hint: 'route-pattern' };
  if (/Cannot access '.{1,80}' before initialization|Class extends value undefined/.test(text))
    return { hint: 'import-circle' };
  return {};
};

const PER_FORM = { uncaught: 0.62, rejection: 0.45, block: 0.52, line: 0 } as const;

const thrown = (reading: Reading): readonly Finding[] => {
  const first = reading.suspects[0];
  if (first === undefined || first.report.form === 'line') return [];
  const { report, weight } = first;
  const evidence = evidenceOf(report, reading);
  const params = nameOf(report);
  const uncaught: Finding = {
    cause: 'uncaught-exception',
    params,
    confidence: PER_FORM[report.form] * weight,
    evidence,
  };
  if (report.form !== 'rejection') return [uncaught];
  return [{ cause: 'unhandled-rejection', params, confidence: 0.6 * weight, evidence }, uncaught];
};

const REJECTED =
  /triggered an unhandledRejection|unhandled ?(?:promise ?)?rejection|UnhandledPromiseRejectionWarning|ERR_UNHANDLED_REJECTION/i;

const rejected = (reading: Reading): readonly Finding[] => {
  const at = reading.lines.findLastIndex((line) => REJECTED.test(line));
  const decisive = reading.suspects[0]?.report;
  if (at < 0 || (decisive !== undefined && decisive.form !== 'line' && decisive.from > at + 4)) return [];
  const line = reading.lines[at] ?? '';
  return [
    {
      cause: 'unhandled-rejection',
      params: { error: told(line) },
      confidence: 0.6,
      evidence: [{ source: 'output', quote: told(line) }, ...endClues(reading)],
    },
  ];
};

/** A log line rather than a thrown value: a moment, a level, a tag in brackets, a sentence about what runs. */
const LIKE_A_LOG =
  /^\[|\b(?:info|debug|trace|warn(?:ing)?|listening|started|starting|connected|ready|server|running)\b|^\d{2}:\d{2}|^>/i;

/** One line alone, which no logger wrote: under PM2 that is all that is left of a thrown value. */
const value = (reading: Reading): readonly Finding[] => {
  const filled = [...new Set(reading.lines.filter((line) => line.trim() !== ''))];
  const [only = ''] = filled;
  const ended = reading.exitCode === undefined || reading.exitCode === 1;
  if (filled.length !== 1 || !ended || reading.signal !== undefined || LIKE_A_LOG.test(only)) return [];
  return [
    {
      cause: 'uncaught-exception',
      params: { error: told(only) },
      confidence: 0.35,
      evidence: [{ source: 'output', quote: told(only) }, ...endClues(reading)],
    },
  ];
};

const unknown = (reading: Reading): readonly Finding[] => {
  const last = reading.lines.filter((line) => line.trim() !== '').slice(-QUOTED_LINES);
  if (reading.exitCode === 0 && reading.signal === undefined) return [];
  return [
    {
      cause: 'unknown',
      params: {},
      confidence: 0,
      evidence: [...last.map((line) => ({ source: 'output', quote: told(line) }) as const), ...endClues(reading)],
    },
  ];
};

/** What the program itself threw and nothing more special explains; and what nobody can say. */
export const uncaught = defineRule({
  name: 'uncaught',
  causes: ['uncaught-exception', 'unhandled-rejection', 'unknown'],
  judge: (reading) => [...thrown(reading), ...rejected(reading), ...value(reading), ...unknown(reading)],
});
