import { redact } from '#kernel/redact.ts';
import { defined } from '#kernel/defined.ts';
import type { LogFacts } from '#diagnose/app-facts.ts';
import { known, type Known } from '#diagnose/known.ts';
import { readTail, statOf } from './files.ts';
import type { Launch } from './launch.ts';
import { readPm2Log } from './pm2-files.ts';

const TAIL_BYTES = 256_000;
const MOST_CHARACTERS = 2_000;

interface LogTail {
  readonly lines: readonly string[];
  readonly at?: number;
}

/** The last lines of a log, redacted. */
export const readLines = async (path: string | undefined, count: number): Promise<LogTail> => {
  if (path === undefined || path === '/dev/null') return { lines: [] };
  const [text, stats] = await Promise.all([readTail(path, TAIL_BYTES), statOf(path)]);
  const lines = (text ?? '').replace(/\n$/, '').split('\n').slice(-count);
  return defined({
    lines: lines.length === 1 && lines[0] === '' ? [] : lines.map((line) => redact(line.slice(0, MOST_CHARACTERS))),
    at: stats === undefined ? undefined : Math.round(stats.mtimeMs),
  });
};

/** The last lines of an app under PM2, and its ends and starts from pm2.log. */
export const collectPm2Logs = async (home: string, launch: Launch, count: number): Promise<Known<LogFacts>> => {
  const [errors, out, log] = await Promise.all([
    readLines(launch.errorFile, count),
    readLines(launch.outFile, count),
    readPm2Log(home, launch.name, launch.script),
  ]);
  return known(
    defined({
      errorFile: launch.errorFile,
      errorLines: errors.lines,
      errorAt: errors.at,
      outFile: launch.outFile,
      outLines: out.lines,
      outAt: out.at,
      exits: log?.exits ?? [],
      starts: log?.starts ?? [],
      gaveUpAt: log?.gaveUpAt,
    }),
  );
};
