import type { CauseWords, ClueWords } from '../finding-words.ts';
import { part } from '../finding-words.ts';
import { codeCauses } from './finding-code.ts';
import { factClues } from './finding-facts.ts';
import { worldCauses } from './finding-world.ts';

/** What crash outputs say besides their own words. */
const clues = {
  ...factClues,
  'ended-by-signal': (seen) => `ended by ${part(seen, 'signal', (signal) => signal)}`,
  'exit-code': (seen) => `exit code ${part(seen, 'code', (code) => code)}`,
  'said-nothing': () => 'it printed nothing',
  'thrown-at': (seen) => `at ${part(seen, 'file', (file) => file)}:${part(seen, 'line', (line) => line)}`,
} as const satisfies Record<string, ClueWords>;

/** Causes with what to do about them, and what evidence says. */
export const findings: {
  readonly causes: Readonly<Record<keyof typeof codeCauses | keyof typeof worldCauses, CauseWords>>;
  readonly clues: Readonly<Record<keyof typeof clues, ClueWords>>;
} = { causes: { ...codeCauses, ...worldCauses }, clues };
