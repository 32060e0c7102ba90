import { linesOfJson } from './json-line.ts';

/** More than this of the end of a log is never read. */
const MOST_CHARACTERS = 400_000;
const MOST_LINES = 4_000;
const LONGEST_LINE = 20_000;
/** PM2 may wrap in JSON what a program wrote as JSON. */
const DEEPEST_JSON = 2;

const ESCAPE = String.fromCodePoint(27);
const BELL = String.fromCodePoint(7);
const COLOURS = new RegExp(
  `${ESCAPE}(?:\\[[0-9;?]*[ -/]*[@-~]|\\][^${BELL}${ESCAPE}]{0,200}(?:${BELL}|${ESCAPE}\\\\)?)`,
  'g',
);

const MOMENT =
  '\\d{4}[-/]\\d{2}[-/]\\d{2}[T ]\\d{2}:\\d{2}(?::\\d{2}(?:[.,]\\d{1,9})?)?(?: ?(?:Z|UTC|[+-]\\d{2}:?\\d{2}))?';
/** `0|api  | `, as `pm2 logs` prints it. */
const PM2 = /^\s?\d{1,5}\|[^|\n]{0,80}\| ?/;
/** `api-1  | `, as docker compose and foreman print it. */
const COMPOSE = /^(?:\d{2}:\d{2}:\d{2} )?[\w.@/-]{1,60}\s{0,40}\| ?/;
/** A moment, then what separates it from the text: one sign at most, so that indentation stays. */
const STAMP = new RegExp(`^(?:\\[${MOMENT}\\]|${MOMENT})(?:: | - |:| )?`);
/** `Dec 22 08:03:12 host node[123]: `, with an ISO moment taken away already. */
const JOURNAL = /^(?:[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} )?[\w.-]{1,64} [\w.@/()-]{1,64}\[\d{1,8}\]: /;

/** Twice: a logger's moment stands behind the process manager's. */
const unstamped = (line: string): string =>
  line.replace(STAMP, '').replace(JOURNAL, '').replace(PM2, '').replace(STAMP, '');

const composed = (lines: readonly string[]): boolean => {
  const filled = lines.filter((line) => line.trim() !== '');
  return filled.length > 0 && filled.filter((line) => COMPOSE.test(line)).length >= filled.length * 0.8;
};

const spelledOut = (line: string, depth: number): readonly string[] => {
  const lines = linesOfJson(line);
  const isSame = lines.length === 1 && lines[0] === line;
  return isSame || depth === 0 ? lines : lines.flatMap((inner) => spelledOut(inner, depth - 1));
};

/**
 * The lines of a log as the program wrote them: without colours, without what process managers, containers and the journal put in front, JSON records
 * spelled out. Only the end of a long log is kept.
 */
export const cleanLines = (output: string): readonly string[] => {
  const raw = output
    .slice(-MOST_CHARACTERS)
    .replaceAll(COLOURS, '')
    .split(/\r\n|\n|\r/)
    .slice(-MOST_LINES);
  const byPm2 = raw.map((line) => line.replace(PM2, ''));
  const isComposed = composed(byPm2);
  return byPm2
    .map((line) => (isComposed ? line.replace(COMPOSE, '') : line))
    .map(unstamped)
    .flatMap((line) => spelledOut(line.trimEnd(), DEEPEST_JSON))
    .slice(-MOST_LINES)

    .map((line) => unstamped(line.replaceAll(COLOURS, '')).slice(0, LONGEST_LINE).trimEnd());
};
