import type { CauseId } from './causes.ts';
import type { Reading } from './crash.ts';
import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';

/** Knows a cause, or a tight family of them, when it sees it: one file in `rules/`, one line in its list. */
export interface Rule {
  readonly name: string;
  /** What it may find. */
  readonly causes: readonly CauseId[];
  /**
   * What it finds in the words of a crash and, where they were collected, the facts of the machine and the app. Pure; any text is possible. Findings of the
   * same cause by several rules are joined: the highest confidence and all evidence.
   */
  judge(reading: Reading, facts: Facts | undefined): readonly Finding[];
}

/** Checks the shape of a rule at compile time. */
export const defineRule = (rule: Rule): Rule => rule;
