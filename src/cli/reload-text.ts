import type { ConfigChange } from '#config/contract.ts';
import type { Fault } from '#kernel/fault.ts';
import type { Catalog } from '#i18n/catalog.ts';
import { faultText } from './fault-text.ts';
import type { Terminal } from './terminal.ts';

const SIGN: Readonly<Record<ConfigChange['change'], string>> = { added: '+', changed: '~', renamed: '~', retired: '-' };
const COLOUR = { added: 'green', changed: 'yellow', renamed: 'yellow', retired: 'red' } as const;

/** What a reload changed, as a diff: one line an object, one a key. */
export const changesText = (changes: readonly ConfigChange[], terminal: Pick<Terminal, 'paint'>): string =>
  changes
    .map(({ change, kind, name, parent, details }) => {
      const head = `  ${SIGN[change]} ${kind} ${parent === undefined ? '' : `${parent} / `}${name}`;
      return [terminal.paint(COLOUR[change], head), ...details.map((detail) => `      ${detail}`)].join('\n');
    })
    .join('\n');

/** What is printed after the file changed: the diff, or where it is wrong and that nothing changed. */
export const reloadText = (
  outcome: { readonly changes: readonly ConfigChange[] } | { readonly fault: Fault },
  words: Catalog['cli'],
  terminal: Pick<Terminal, 'paint' | 'paintError'>,
): string => {
  if ('fault' in outcome) return `${words.reloadRefused}\n${faultText(outcome.fault, terminal)}`.trimEnd();
  if (outcome.changes.length === 0) return words.reloadedSame;
  return `${words.reloaded(outcome.changes.length)}\n${changesText(outcome.changes, terminal)}`;
};
