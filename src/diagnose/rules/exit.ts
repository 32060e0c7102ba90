import type { Reading } from '../crash.ts';
import type { Clue, Finding } from '../finding.ts';
import { defineRule } from '../rule.ts';
import { endClues, told } from '../signature.ts';

const UNSETTLED = /Warning: Detected unsettled top-level await(?: at (?<place>\S{1,300}))?/;

const isSilent = (reading: Reading): boolean => reading.everything.trim() === '';

const unsettled = (reading: Reading): readonly Finding[] => {
  const line = reading.lines.findLast((one) => UNSETTLED.test(one));
  if (line === undefined && reading.exitCode !== 13) return endless(reading);
  const place = UNSETTLED.exec(line ?? '')?.groups?.['place'];
  const quote: readonly Clue[] = line === undefined ? [] : [{ source: 'output', quote: told(line) }];
  return [
    {
      cause: 'unsettled-await',
      params: place === undefined ? {} : { place: told(place) },
      confidence: line === undefined ? 0.88 : 0.96,
      evidence: [...quote, ...endClues(reading)],
    },
  ];
};

/** Neither word nor end: under a manager that keeps an empty program alive, it waits for ever. */
const endless = (reading: Reading): readonly Finding[] => {
  if (!isSilent(reading) || reading.exitCode !== undefined || reading.signal !== undefined) return [];
  const evidence = [{ source: 'output', says: 'said-nothing', params: {} }] as const;
  return [{ cause: 'unsettled-await', params: {}, confidence: 0.25, evidence }];
};

/** Exit codes that only Node itself gives (nodejs.org/api/process.html#exit-codes). */
const byCode = (reading: Reading): readonly Finding[] => {
  if (reading.exitCode === 9 && isSilent(reading))
    return [{ cause: 'node-option-invalid', params: {}, confidence: 0.6, evidence: endClues(reading) }];
  if (reading.exitCode === 12)
    return [
      { cause: 'node-option-invalid', params: { option: '--inspect' }, confidence: 0.6, evidence: endClues(reading) },
    ];
  return [];
};

const silent = (reading: Reading): readonly Finding[] => {
  const { exitCode, signal } = reading;
  if (signal !== undefined || exitCode === undefined || exitCode === 13 || exitCode === 9) return [];
  const nothing = { source: 'output', says: 'said-nothing', params: {} } as const;
  if (exitCode === 0)
    return [
      {
        cause: 'clean-exit',
        params: {},
        confidence: 0.4,
        evidence: [...(isSilent(reading) ? [nothing] : []), ...endClues(reading)],
      },
    ];
  if (!isSilent(reading)) return [];
  return [
    { cause: 'silent-exit', params: { code: exitCode }, confidence: 0.85, evidence: [nothing, ...endClues(reading)] },
  ];
};

/** Ends without an error: by itself, without a word, waiting for what never comes. */
export const exit = defineRule({
  name: 'exit',
  causes: ['clean-exit', 'silent-exit', 'unsettled-await', 'node-option-invalid'],
  judge: (reading) => [...unsettled(reading), ...byCode(reading), ...silent(reading)],
});
