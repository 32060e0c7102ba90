import type { Finding } from '../diagnose/finding.ts';
import { wordFinding } from '../diagnose/word.ts';
import type { Locale } from '../kernel/locale.ts';

/** A finding's title in the reader's words. */
export const findingTitle = (finding: Finding, locale: Locale): string => wordFinding(finding, locale).title;
