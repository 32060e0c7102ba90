import { redact } from '../kernel/redact.ts';
import type { CauseId } from './causes.ts';
import type { ErrorReport, Reading } from './crash.ts';
import type { Clue, Finding, Params } from './finding.ts';
import { ownFrame } from './frame.ts';

const LONGEST = 200;
const LONGEST_SUBJECT = 8_000;
/** A longer line is data, not a sentence about what went wrong. */
const LONGEST_WORDS = 600;

/** A cause that shows by the words of an error. */
export interface Signature {
  readonly cause: CauseId;
  /** How sure it is when the error decided: 0 to 1. */
  readonly sure: number;
  /** The action that would mend it. */
  readonly action?: string;
  /** What the finding names, or undefined when it is not that. */
  readonly match: (report: ErrorReport, reading: Reading) => Params | undefined;
}

/** Short and without secrets: fit for a finding. */
export const told = (text: string): string => {
  const clean = redact(text.replaceAll(/\s+/g, ' ').trim());
  return clean.length <= LONGEST ? clean : `${clean.slice(0, LONGEST - 1)}…`;
};

/** An error as one text: `TypeError [CODE]: message`. */
export const subjectOf = (report: ErrorReport): string => {
  const code = report.code === '' || report.message.includes(report.code) ? '' : ` [${report.code}]`;
  return `${report.name}${code}: ${report.message}`.slice(0, report.form === 'line' ? LONGEST_WORDS : LONGEST_SUBJECT);
};

/** Matches by the error's text; its named groups are what the finding names. */
export const words =
  (pattern: RegExp, fixed: Params = {}): Signature['match'] =>
  (report) => {
    const match = pattern.exec(subjectOf(report));
    if (match === null) return undefined;
    const named = Object.entries(match.groups ?? {}).filter(([, value]) => value !== undefined && value !== '');
    return { ...fixed, ...Object.fromEntries(named.map(([key, value]) => [key, told(value ?? '')])) };
  };

const placeClue = (report: ErrorReport): readonly Clue[] => {
  const own = ownFrame(report.frames);
  const place = report.excerpt !== undefined && !report.excerpt.file.startsWith('node:') ? report.excerpt : own;
  if (place === undefined) return [];
  return [{ source: 'output', says: 'thrown-at', params: { file: told(place.file), line: place.line } }];
};

/** The evidence that an error gives: its own words, where it was thrown, how the program ended. */
export const evidenceOf = (report: ErrorReport, reading: Reading): readonly Clue[] => [
  { source: 'output', quote: told(report.head === '' ? report.message : quoteOf(report)) },
  ...placeClue(report),
  ...endClues(reading),
];

const quoteOf = (report: ErrorReport): string => {
  const inner = report.message.split('\n').slice(1, 4).join(' ');
  return report.head.length < 80 && inner !== '' ? `${report.head} ${inner}` : report.head;
};

/** How the program ended, as far as that is known. */
export const endClues = (reading: Reading): readonly Clue[] => {
  if (reading.signal !== undefined)
    return [{ source: 'exit', says: 'ended-by-signal', params: { signal: told(reading.signal) } }];
  if (reading.exitCode === undefined) return [];
  return [{ source: 'exit', says: 'exit-code', params: { code: reading.exitCode } }];
};

/** What a list of signatures finds: for each suspect the first that fits, as sure as the suspect is weighty. */
export const bySignatures = (reading: Reading, signatures: readonly Signature[]): readonly Finding[] =>
  reading.suspects.flatMap(({ report, weight }) => {
    for (const { cause, sure, action, match } of signatures) {
      const params = match(report, reading);
      if (params === undefined) continue;
      const found = { cause, params, confidence: sure * weight, evidence: evidenceOf(report, reading) };
      return [action === undefined ? found : { ...found, action }];
    }
    return [];
  });
