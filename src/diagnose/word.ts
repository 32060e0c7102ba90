import { catalog } from '../i18n/catalog.ts';
import type { CauseWords, ClueWords } from '../i18n/finding-words.ts';
import type { Locale } from '../kernel/locale.ts';
import type { CauseId } from './causes.ts';
import type { Clue, Finding, WordedFinding } from './finding.ts';

/** A clue in somebody's language; a program's own words stay as they are. */
export const wordClue = (clue: Clue, locale: Locale): string => {
  if ('quote' in clue) return clue.quote;
  const clues: Readonly<Record<string, ClueWords>> = catalog(locale).findings.clues;
  return clues[clue.says]?.(clue.params) ?? clue.says;
};

/** A finding in somebody's language, as `--json`, the API, messages and screens show it. */
export const wordFinding = (finding: Finding, locale: Locale): WordedFinding => {
  // The annotation makes the compiler ask for the words of each new cause.
  const causes: Readonly<Record<CauseId, CauseWords>> = catalog(locale).findings.causes;
  const { title, remedy } = causes[finding.cause];
  return {
    cause: finding.cause,
    title: title(finding.params),
    confidence: finding.confidence,
    evidence: finding.evidence.map((clue) => ({
      text: wordClue(clue, locale),
      source: clue.source,
      ...(clue.at === undefined ? {} : { at: clue.at }),
    })),
    remedy: remedy(finding.params),
    ...(finding.action === undefined ? {} : { action: finding.action }),
  };
};
