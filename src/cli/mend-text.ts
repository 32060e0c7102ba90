import type { NothingView, PlanView, RunView, TriedView } from '#host/mend/view.ts';
import type { ProtectView } from '#host/mend/protect.ts';
import type { Ink, Terminal } from './terminal.ts';

type Painter = Pick<Terminal, 'paint'>;

const diffLine = (line: string, { paint }: Painter): string => {
  if (line.startsWith('+')) return paint('green', line);
  if (line.startsWith('-')) return paint('red', line);
  return line.startsWith('@@') ? paint('cyan', line) : line;
};

const indented = (text: string, by: string): string =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `${by}${line}\n`)
    .join('');

/** What an action would do: its steps, their diffs, what has to be known beforehand. */
export const planText = ({ title, steps, notes }: PlanView, painter: Painter): string => {
  const lines = steps.map(({ text, diff }) => {
    const shown =
      diff === undefined
        ? ''
        : diff
            .split('\n')
            .map((line) => diffLine(line, painter))
            .join('\n');
    return `${indented(text, '  ')}${indented(shown, '    ')}`;
  });
  return `${painter.paint('bold', title)}\n${lines.join('')}${notes.map((note) => `  ${painter.paint('yellow', note)}\n`).join('')}`;
};

const MARKS: Readonly<Record<NothingView['because'], readonly [string, Ink]>> = {
  done: ['✔', 'green'],
  'not-here': ['–', 'gray'],
  refused: ['✖', 'yellow'],
};

/** What an action leaves as it is, and why. */
export const nothingText = ({ title, because, text }: NothingView, { paint }: Painter): string => {
  const [mark, ink] = MARKS[because];
  return `${paint(ink, mark)} ${title}: ${text}\n`;
};

/** What a trial boot showed, with what a crash in it means. */
export const triedText = ({ outcome, text, findings }: TriedView, { paint }: Painter): string => {
  const ink = outcome === 'booted' ? 'green' : outcome === 'failed' ? 'red' : 'yellow';
  const [first] = findings;
  const why = first === undefined ? '' : `  ${first.title}\n${first.remedy === '' ? '' : `  ${first.remedy}\n`}`;
  return `${paint(ink, text)}\n${why}`;
};

/** How a run ended. */
export const runText = ({ id, phase, text, errors, left }: RunView, { paint }: Painter): string => {
  const ink = phase === 'done' ? 'green' : phase === 'undone' ? 'yellow' : 'red';
  return [
    `${paint(ink, text)} · run ${id}\n`,
    ...errors.map((error) => indented(error, '  ')),
    ...left.map((step) => `  ${paint('red', step)}\n`),
  ].join('');
};

const ITEMS: Readonly<Record<string, string>> = {
  monitoring: 'monitoring set up',
  limits: 'PM2 max_restarts = 3 and min_uptime = 30s',
  sentry: 'Sentry on in production',
  artifacts: 'artifacts: dist/ removed',
};

/** The document's P0 list, each item by its own check. */
export const checklistText = ({ checklist }: Pick<ProtectView, 'checklist'>, { paint }: Painter): string => {
  const marks = { done: paint('green', '[x]'), open: paint('red', '[ ]'), unknown: paint('gray', '[?]') };
  const lines = checklist.map(
    ({ item, state, text }) => `${marks[state]} ${ITEMS[item] ?? item}${text === '' ? '' : `: ${text}`}\n`,
  );
  return `${paint('bold', 'P0, critical, today')}\n${lines.join('')}`;
};
