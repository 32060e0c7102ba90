import type { WordedFinding } from '#diagnose/finding.ts';
import type { Locale } from '#kernel/locale.ts';
import { formatPercent } from '#i18n/format.ts';
import type { Terminal } from './terminal.ts';

const HIGH = 0.8;

const WORDS = {
  en: { nothing: 'No cause is claimed: nothing in it says that anything went wrong.', next: 'Do:', action: 'Repair:' },
  ru: { nothing: 'Причина не названа: ничто не говорит о сбое.', next: 'Что делать:', action: 'Исправление:' },
} as const;

/** A percentage says more than there is to know about what has no cause. */
const sureness = (finding: WordedFinding, locale: Locale): string =>
  finding.cause === 'unknown' ? '' : ` · ${formatPercent(finding.confidence, locale)}`;

const findingText = (finding: WordedFinding, locale: Locale, terminal: Pick<Terminal, 'paint'>): string => {
  const words = WORDS[locale];
  const ink = finding.confidence >= HIGH ? 'red' : 'yellow';
  return [
    terminal.paint(ink, finding.title),
    `  ${terminal.paint('gray', `${finding.cause}${sureness(finding, locale)}`)}`,
    ...finding.evidence.map((clue) => `  ${terminal.paint('gray', `${clue.source}:`)} ${clue.text}`),
    `  ${terminal.paint('bold', words.next)} ${finding.remedy}`,
    ...(finding.action === undefined ? [] : [`  ${words.action} dozor protect --only ${finding.action}`]),
    '',
  ].join('\n');
};

/** Findings for a screen, best first; a sentence when there are none. */
export const findingsText = (
  findings: readonly WordedFinding[],
  locale: Locale,
  terminal: Pick<Terminal, 'paint'>,
): string => {
  if (findings.length === 0) return `${WORDS[locale].nothing}\n`;
  return findings.map((finding) => findingText(finding, locale, terminal)).join('\n');
};
