import type { Finding } from '../diagnose/finding.ts';
import type { Locale } from '../kernel/locale.ts';

/** A finding's title in the reader's words. */
export const findingTitle = (finding: Finding, _locale: Locale): string => finding.cause;
