import { execFile } from 'node:child_process';
import { processEnvironment } from '#config/environment.ts';
import { known, unknown, type Known } from '#diagnose/known.ts';

/** How a command is run: no shell, nothing on its input, its output bounded. */
export interface RunOptions {
  readonly signal: AbortSignal;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly maxBytes?: number;
  /** Exit codes that are answers as well. */
  readonly good?: readonly number[];
}

interface Failure extends Error {
  readonly code?: number | string | null;
  readonly killed?: boolean;
}

const whyOf = (error: Failure, stderr: string): Known<never> => {
  if (error.name === 'AbortError') return unknown('late');
  if (error.code === 'ENOENT') return unknown('absent', 'no such program');
  if (error.code === 'EACCES') return unknown('denied');
  return unknown('broken', stderr.trim().split('\n')[0]?.slice(0, 200) ?? '');
};

/** Runs a program and gives what it wrote; killed when the signal aborts. Never throws for what it says. */
export const runCommand = async (
  program: string,
  words: readonly string[],
  { signal, cwd, env = {}, maxBytes = 4_000_000, good = [0] }: RunOptions,
): Promise<Known<string>> =>
  new Promise((resolve) => {
    if (signal.aborted) {
      resolve(unknown('late'));
      return;
    }
    const child = execFile(
      program,
      words,
      {
        signal,
        killSignal: 'SIGKILL',
        maxBuffer: maxBytes,
        env: { ...processEnvironment(), LC_ALL: 'C', ...env },
        ...(cwd === undefined ? {} : { cwd }),
      },
      (error, stdout, stderr) => {
        const code = (error as Failure | null)?.code;
        const isGood = error === null || (typeof code === 'number' && good.includes(code));
        resolve(isGood ? known(stdout) : whyOf(error as Failure, stderr));
      },
    );
    child.stdin?.end();
  });
