import { errorsIn } from './blocks.ts';
import { cleanLines } from './clean.ts';
import type { Crash, ErrorReport, Reading, Suspect } from './crash.ts';
import { codeOf, headLine } from './head-line.ts';
import { isWarningLine, isWrapperLine } from './noise.ts';
import { signalOf } from './signal-name.ts';

/** How many of the last lines may name a cause without an error's form. */
const LAST_LINES = 60;
const MOST_CAUSES = 12;
const EARLIER = 5;

const WEIGHT = {
  decisive: 1,
  /** Named inside the deciding error: nearer to the root. */
  cause: 0.98,
  /** Said before the deciding error. */
  earlier: 0.4,
  /** Announced as dealt with. */
  handled: 0.5,
  /** Only words, and no error decides. */
  words: 0.92,
  /** Only words, after the deciding error. */
  after: 0.75,
  /** Only words, after an error that a program may have survived. */
  afterBlock: 0.9,
  /** An error that was logged, with telling words after it. */
  followed: 0.88,
  /** Announced as dealt with, and yet the last. */
  handledLast: 0.8,
  /** The last crash of a log that goes on. */
  old: 0.7,
  /** Words after the last crash, which therefore was not the last thing. */
  afterTrailer: 0.9,
} as const;

/** An exit code of 0, or a signal from outside, speaks against the error that was printed. */
const UNLIKELY = 0.75;
/** Words of a program that ended well. */
const PASSING_WORDS = 0.4;

const HANDLED =
  /\bwarn(?:ing)?\b|\bretry(?:ing)?\b|\bretries\b|\breconnect|\bignor(?:ed|ing)\b|\bcontinu(?:e|ing)\b|\bgoing on\b|\bfall(?:ing)? ?back\b|\bwill try\b|\battempt \d|\bdegraded\b|\bnon-fatal\b|\brecover(?:ed|ing)\b/i;
const AFTERMATH =
  /Server is not running|ERR_SERVER_NOT_RUNNING|Connection is closed|Connection terminated|end on pool more than once|Cannot use a pool after|ERR_IPC_CHANNEL_CLOSED|ERR_STREAM_DESTROYED|ERR_STREAM_WRITE_AFTER_END|write EPIPE|The client is closed|Pool is closed/;
const TELLING =
  /error|fail|cannot|can't|not found|denied|missing|required|invalid|unable|killed|fault|abort|refused|bad option|not allowed/i;
const TRAILER = /^Node\.js v(\d+)\./;

const isHandled = (report: ErrorReport): boolean =>
  report.form !== 'uncaught' &&
  report.form !== 'rejection' &&
  (HANDLED.test(report.prefix) || AFTERMATH.test(report.message) || AFTERMATH.test(report.code));

const chainOf = (report: ErrorReport): readonly ErrorReport[] => [
  report,
  ...report.causes.flatMap((cause) => chainOf(cause)),
];

const lineReport = (line: string, at: number): ErrorReport => {
  const head = headLine(line) ?? { prefix: '', name: '', code: '', message: line.trim() };
  return {
    ...head,
    code: codeOf(head.code, {}, head.message),
    frames: [],
    props: {},
    causes: [],
    form: 'line',
    head: line.trim(),
    from: at,
    to: at + 1,
  };
};

interface Words {
  readonly lines: readonly string[];
  readonly from: number;
  readonly weight: number;
}

/** Lines after the errors, the newest first, each as what it might be: the words of an error. */
const inWords = ({ lines, from, weight }: Words): readonly Suspect[] =>
  lines
    .slice(from)
    .map((line, index) => ({ line, at: from + index }))
    .filter(({ line }) => line.trim() !== '' && !TRAILER.test(line) && !isWarningLine(line))
    .slice(-LAST_LINES)
    .reverse()
    .map(({ line, at }) => ({
      report: lineReport(line, at),
      weight: HANDLED.test(line) ? weight * WEIGHT.handled : weight,
    }));

interface Weighed {
  readonly decisive: ErrorReport | undefined;
  readonly suspects: readonly Suspect[];
}

const earlierThan = (decisive: ErrorReport, reports: readonly ErrorReport[]): readonly Suspect[] =>
  reports
    .filter((report) => report !== decisive)
    .slice(-EARLIER)
    .reverse()
    .flatMap((report) => chainOf(report).slice(0, 4))
    .map((report) => ({ report, weight: WEIGHT.earlier }));

/** A program may log an error and go on; it cannot after what Node itself ended it for. */
const goesOn = (report: ErrorReport): boolean => report.form === 'block';

const afterWeight = (decisive: ErrorReport): number => (goesOn(decisive) ? WEIGHT.afterBlock : WEIGHT.after);

const weightOf = (decisive: ErrorReport, isOld: boolean, rest: readonly string[]): number => {
  if (isHandled(decisive)) return WEIGHT.handledLast;
  if (isOld) return WEIGHT.old;
  const isFollowed = goesOn(decisive) && rest.some((line) => TELLING.test(line) && !isWarningLine(line));
  return isFollowed ? WEIGHT.followed : WEIGHT.decisive;
};

const weigh = (lines: readonly string[]): Weighed => {
  const reports = errorsIn(lines);
  const decisive = reports.findLast((report) => !isHandled(report)) ?? reports.at(-1);
  if (decisive === undefined) return { decisive, suspects: inWords({ lines, from: 0, weight: WEIGHT.words }) };
  const rest = lines.slice(decisive.to);
  const afterTrailer = rest.findLastIndex((line) => TRAILER.test(line));
  const isOld =
    afterTrailer >= 0 && rest.slice(afterTrailer).some((line) => TELLING.test(line) && !isWarningLine(line));
  const weight = weightOf(decisive, isOld, rest);
  const chain = chainOf(decisive).slice(0, MOST_CAUSES);
  const to = Math.max(decisive.to, reports.at(-1)?.to ?? 0);
  return {
    decisive,
    suspects: [
      ...chain.map((report, index) => ({ report, weight: index === 0 ? weight : weight * WEIGHT.cause })),
      ...inWords({ lines, from: to, weight: isOld ? WEIGHT.afterTrailer : afterWeight(decisive) }),
      ...earlierThan(decisive, reports),
    ],
  };
};

const OUTSIDE = new Set(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']);

const majorOf = (version: string | undefined, lines: readonly string[]): number | undefined => {
  const given = /^v?(\d+)\b/.exec(version ?? '')?.[1];
  const found = given ?? TRAILER.exec(lines.findLast((line) => TRAILER.test(line)) ?? '')?.[1];
  return found === undefined ? undefined : Number(found);
};

const doubtOf = ({ report }: Suspect, exitCode: number | undefined, signal: string | undefined): number => {
  if (signal !== undefined) return OUTSIDE.has(signal) ? UNLIKELY : 1;
  if (exitCode !== 0) return 1;
  return report.form === 'line' ? PASSING_WORDS : UNLIKELY;
};

/** Reads a crash: its lines without noise, its errors, how much each counts. Never throws. */
export const readCrash = (crash: Crash): Reading => {
  const all = cleanLines(crash.output);
  const own = all.filter((line) => !isWrapperLine(line));
  const lines = own.some((line) => line.trim() !== '') ? own : all;
  const signal = signalOf(crash.signal, crash.exitCode);
  const { suspects } = weigh(lines);
  return {
    crash,
    exitCode: crash.exitCode,
    signal,
    nodeMajor: majorOf(crash.nodeVersion, lines),
    lines,
    text: lines.join('\n'),
    everything: all.join('\n'),
    suspects: suspects.map((one) => ({ ...one, weight: one.weight * doubtOf(one, crash.exitCode, signal) })),
  };
};
