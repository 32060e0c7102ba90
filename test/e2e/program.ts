import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { recording, type Recording } from '../fakes/recording.ts';

const BIN = join(import.meta.dirname, '../../bin/dozor.js');

/** The last line of a program that has ended: whoever waits for a line learns that none will come. */
export const ENDED = '(the process has ended)';

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process of `dozor`, or of a command around it. */
export interface Program {
  readonly pid: number;
  /** Lines of both outputs as they come. */
  readonly lines: Recording<string>;
  out(): string;
  error(): string;
  /** Both outputs in the order in which they came. */
  output(): string;
  running(): boolean;
  /** Resolves when it has ended and its output is complete. */
  readonly ended: Promise<Ended>;
  signal(name: NodeJS.Signals): void;
}

/** How `dozor` is run. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A command before `node bin/dozor.js …`, such as `ip netns exec NAME`; it must replace itself by what it runs. */
  readonly wrap?: readonly string[];
}

const alive = new Set<ChildProcess>();
// A test that is cut off must leave no process behind.
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** Nothing of the tester's own surroundings reaches the program but the way to its tools; memory is kept small as `npm start` and the unit do. */
const surroundings = (): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: process.env['HOME'] ?? '/',
  TZ: 'UTC',
  MALLOC_ARENA_MAX: '2',
  ...(process.env['NODE_COMPILE_CACHE'] === undefined ? {} : { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] }),
});

/** Starts `dozor` with these arguments. */
export const startProgram = (args: readonly string[], { env = {}, cwd, wrap = [] }: RunOptions = {}): Program => {
  const [command = '', ...rest] = [...wrap, process.execPath, BIN, ...args];
  const child = spawn(command, rest, {
    env: { ...surroundings(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  alive.add(child);
  const lines = recording<string>((line) => line);
  const texts = { out: '', error: '', both: '' };
  const take = (which: 'out' | 'error') => {
    let rest = '';
    return (part: string): void => {
      texts[which] += part;
      texts.both += part;
      const whole = `${rest}${part}`.split('\n');
      rest = whole.pop() ?? '';
      for (const line of whole) lines.add(line);
    };
  };
  child.stdout.setEncoding('utf8').on('data', take('out'));
  child.stderr.setEncoding('utf8').on('data', take('error'));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      alive.delete(child);
      lines.add(ENDED);
      resolve({ code, signal });
    });
  });
  return {
    pid: child.pid ?? 0,
    lines,
    out: () => texts.out,
    error: () => texts.error,
    output: () => texts.both,
    running: () => alive.has(child),
    ended,
    signal: (name) => void child.kill(name),
  };
};

/** What a command line that ran to its end said. */
export interface Said extends Ended {
  readonly out: string;
  readonly error: string;
}

/** Runs `dozor` to its end. Rejects, killing it, when it has not ended within `withinMs`. */
export const runProgram = async (
  args: readonly string[],
  { withinMs = 60_000, ...options }: RunOptions & { readonly withinMs?: number } = {},
): Promise<Said> => {
  const program = startProgram(args, options);
  let late = false;
  const deadline = setTimeout(() => {
    late = true;
    program.signal('SIGKILL');
  }, withinMs);
  const ended = await program.ended;
  clearTimeout(deadline);
  if (late)
    throw new Error(`dozor ${args.join(' ')} had not ended after ${withinMs} ms; it said:\n${program.output()}`);
  return { ...ended, out: program.out(), error: program.error() };
};
