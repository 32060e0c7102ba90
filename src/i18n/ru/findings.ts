import { part } from '../finding-words.ts';
import type { findings as en } from '../en/findings.ts';
import { codeCauses } from './finding-code.ts';
import { factClues } from './finding-facts.ts';
import { worldCauses } from './finding-world.ts';

const clues: (typeof en)['clues'] = {
  ...factClues,
  'ended-by-signal': (seen) => `завершён сигналом ${part(seen, 'signal', (signal) => signal)}`,
  'exit-code': (seen) => `код выхода ${part(seen, 'code', (code) => code)}`,
  'said-nothing': () => 'ничего не напечатал',
  'thrown-at': (seen) => `в ${part(seen, 'file', (file) => file)}:${part(seen, 'line', (line) => line)}`,
};

/** Русские тексты: причины, что с ними делать, и что говорят улики. */
export const findings: typeof en = { causes: { ...codeCauses, ...worldCauses }, clues };
