import type { Diagnosis, NextStart } from '#diagnose/diagnosis.ts';
import { valueOf, type Known } from '#diagnose/known.ts';
import { wordFinding } from '#diagnose/word.ts';
import { catalog } from '#i18n/catalog.ts';
import { findingsText } from './findings-text.ts';
import { factLines, type Label, type Reader } from './diagnosis-lines.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

type Words = ReturnType<typeof catalog>['diagnosis'];
type Painter = Pick<Terminal, 'paint'>;

const LINES = 50;

const headline = ({ app, standing, facts }: Diagnosis, words: Words, terminal: Painter): string => {
  const ink = standing === 'up' ? 'green' : standing === 'down' ? 'red' : 'yellow';
  const place = facts.app?.dir === undefined ? '' : ` · ${facts.app.dir}`;
  const host = facts.machine === undefined ? '' : ` · ${facts.machine.hostname}`;
  return `${terminal.paint('bold', app)} · ${terminal.paint(ink, words.standing[standing])}${host}${place}\n`;
};

const logText = ({ facts }: Diagnosis, words: Words, terminal: Painter): string => {
  const logs = valueOf(facts.app?.logs);
  if (logs === undefined) return '';
  const both = [
    { file: logs.outFile ?? 'stdout', lines: logs.outLines, at: logs.outAt ?? 0 },
    { file: logs.errorFile ?? 'stderr', lines: logs.errorLines, at: logs.errorAt ?? 1 },
  ].filter(({ lines }) => lines.length > 0);
  if (both.length === 0) return `${words.noLines}\n`;
  // The one that was written to last stands last, nearest to what follows from it.
  const share = Math.floor(LINES / both.length);
  return both
    .sort((a, b) => a.at - b.at)
    .map(({ file, lines }) => {
      const last = lines.slice(-share);
      return `${terminal.paint('bold', words.lastLines(last.length, file))}\n${last.map((line) => `  ${line}\n`).join('')}`;
    })
    .join('');
};

const failureOf = (next: Extract<NextStart, { outcome: 'fails' }>, words: Words): string => {
  if (next.how === 'silent') return words.silent;
  return next.how === 'unhealthy' ? words.unhealthy(next.status) : words.endsBy(next.code, next.signal);
};

const nextText = (next: NextStart, words: Words): string => {
  if (next.outcome === 'starts') return words.starts(next.status, next.tookMs);
  if (next.outcome === 'fails') return words.ends(failureOf(next, words));
  return '';
};

const tableText = (diagnosis: Diagnosis, reader: Reader, words: Words, terminal: Painter): string => {
  const lines: { readonly label: Label; readonly parts: readonly string[] }[] = [...factLines(diagnosis, reader)];
  const next = nextText(diagnosis.next, words);
  if (next !== '') lines.splice(3, 0, { label: 'next', parts: [next] });
  return table(
    lines.flatMap(({ label, parts }) =>
      parts.map((part, at) => [at === 0 ? terminal.paint('gray', words.label[label]) : '', part]),
    ),
  );
};

/** What nobody can know here is no gap: a folder without git, a machine without a brain to compare clocks with. */
const isGap = (known: Known<unknown>): known is Extract<Known<unknown>, { known: false }> =>
  !known.known && known.why !== 'absent' && known.why !== 'unsupported';

const isKnown = (value: unknown): value is Known<unknown> =>
  typeof value === 'object' && value !== null && 'known' in value;

const unknownText = ({ facts, next }: Diagnosis, words: Words, terminal: Painter): string => {
  const labels: Readonly<Record<string, string>> = {
    ...words.label,
    logs: 'log',
    manager: words.label.status,
    oomKills: words.label.oom,
  };
  const gaps = Object.entries({ ...facts.machine, ...facts.app }).flatMap(([key, value]: [string, unknown]) =>
    isKnown(value) && isGap(value) ? [`${labels[key] ?? key} (${words.why[value.why]})`] : [],
  );
  const untried =
    next.outcome === 'not-known'
      ? [
          `${words.label.next} (${next.detail === '--no-trial' ? words.notTried : (words.untried[next.why] ?? next.why)})`,
        ]
      : [];
  const all = [...gaps, ...untried];
  return all.length === 0 ? '' : `${terminal.paint('yellow', words.notKnown)} ${all.join(' · ')}\n`;
};

const causesText = (diagnosis: Diagnosis, { locale }: Reader, words: Words, terminal: Painter): string => {
  const { findings, next, standing } = diagnosis;
  const worded = findings.map((finding) => wordFinding(finding, locale));
  const own =
    worded.length === 0 ? '' : `${terminal.paint('bold', words.findings)}\n${findingsText(worded, locale, terminal)}`;
  const willFail = standing === 'up' && next.outcome === 'fails';
  const coming = willFail
    ? `${terminal.paint('yellow', words.nextWouldFail)}\n${
        next.findings.length === 0
          ? `  ${failureOf(next, words)}\n`
          : findingsText(
              next.findings.map((finding) => wordFinding(finding, locale)),
              locale,
              terminal,
            )
      }`
    : '';
  return own + coming || `${words.nothing}\n`;
};

/** A diagnosis for a screen: last lines, facts, what is not known, and the causes at the end, where the eye is. */
export const diagnosisText = (diagnosis: Diagnosis, reader: Reader, terminal: Painter): string => {
  const words = catalog(reader.locale).diagnosis;
  return [
    headline(diagnosis, words, terminal),
    logText(diagnosis, words, terminal),
    tableText(diagnosis, reader, words, terminal) + unknownText(diagnosis, words, terminal),
    causesText(diagnosis, reader, words, terminal) + terminal.paint('gray', `${words.took(diagnosis.tookMs)}\n`),
  ]
    .filter((part) => part !== '')
    .join('\n');
};
