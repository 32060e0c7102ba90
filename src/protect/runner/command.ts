import { spawn } from 'node:child_process';
import type { Ms } from '../../kernel/time.ts';

/** How a program ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  /** It was ended by us, having taken too long. */
  readonly isLate: boolean;
  /** The end of what it said, both outputs. */
  readonly said: string;
  /** Why it could not be started. */
  readonly error?: string;
}

/** How a program is run. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: Ms;
  /** So many characters of its end are kept. */
  readonly mostSaid?: number;
}

const MOST_SAID = 20_000;
const LAST_WORDS_MS = 300;

/** Ends a process with all that it started, which stand in its group. */
export const killGroup = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // Already gone: what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

/** Runs a program by its arguments, never through a shell, in a process group of its own that ends when the time is over. */
export const runCommand = async (
  argv: readonly string[],
  { cwd, env, timeoutMs, mostSaid = MOST_SAID }: RunOptions,
): Promise<Ended> =>
  new Promise((resolve) => {
    const [program = '', ...words] = argv;
    const child = spawn(program, words, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env: { ...env } }),
    });
    let said = '';
    let isLate = false;
    const take = (part: string): void => {
      said = (said + part).slice(-mostSaid);
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    const deadline = setTimeout(() => {
      isLate = true;
      if (child.pid !== undefined) killGroup(child.pid, 'SIGKILL');
    }, timeoutMs);
    child.once('error', (error) => {
      clearTimeout(deadline);
      resolve({ code: null, signal: null, isLate, said, error: error.message });
    });
    const over = (code: number | null, signal: string | null): void => {
      clearTimeout(deadline);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ code, signal, isLate, said });
    };
    child.once('close', over);
    // A daemon that it started may hold its outputs open for ever: its own end counts.
    child.once('exit', (code, signal) => void setTimeout(() => over(code, signal), LAST_WORDS_MS));
  });
