import { mkdtempSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { askRemote, askSocket } from '#cli/exchange.ts';
import type { Recording } from '../fakes/recording.ts';
import { ENDED, runProgram, startProgram, type Program, type RunOptions, type Said } from './program.ts';
import type { Piece } from './settings.ts';

const START_MS = 60_000;
const STOP_MS = 30_000;
const WAIT_MS = 30_000;
const LOOK_EVERY_MS = 50;

/** An answer of the API. */
export interface ApiAnswer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look at what came, whatever it is
  readonly body: any;
}

/** A `dozor up` that listens. */
export interface RunningBrain {
  readonly url: string;
  readonly data: string;
  readonly config: string;
  readonly program: Program;
  /** Asks the API over the Unix socket, as the local admin. */
  api(method: string, path: string, body?: object): Promise<ApiAnswer>;
  /** Asks the API over TCP with a token. */
  byToken(token: string, method: string, path: string, body?: object): Promise<ApiAnswer>;
  /** Runs a command line against this brain's data folder. */
  dozor(...args: readonly string[]): Promise<Said>;
  /** Waits until `look` gives something; what it gave last, and the brain's output, stand in the error. */
  until<Found>(
    what: string,
    look: () => Promise<Found | undefined | false> | Found | undefined | false,
    withinMs?: number,
  ): Promise<Found>;
  /** Waits for the next item of a recording that fits; the brain's output stands in the error. */
  next<Item>(from: Recording<Item>, what: string, fits?: (item: Item) => boolean, withinMs?: number): Promise<Item>;
  /** Waits for a line of its output. */
  line(pattern: RegExp, withinMs?: number): Promise<string>;
  /** Writes another configuration over its file. */
  rewrite(config: Piece | string): Promise<void>;
  /** Changes its file and waits until the change is taken; gives what was printed. */
  reconfigured(change: (config: Piece) => Piece): Promise<string>;
  /** Ends it cleanly. Rejects when it does not end, or ends otherwise. */
  stop(): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** Starts it again on the same data, file and port rules. */
  again(more?: RunOptions): Promise<RunningBrain>;
}

/** How a brain is started. */
export interface BrainOptions extends RunOptions {
  /** Written as its file; a text is written as it is; undefined: no file. */
  readonly config?: Piece | string;
  readonly urls?: readonly string[];
  readonly data?: string;
  readonly listen?: string;
}

interface Cleanup {
  after(end: () => void | Promise<void>): void;
}

/** What one test has of its own: a folder, its brains, whatever is to be closed. All of it ends with the test, however that ends. */
export interface Stage {
  readonly dir: string;
  /** Closes something when the test is over; gives it back. */
  keep<Closed extends { close(): unknown }>(closed: Closed | Promise<Closed>): Promise<Closed>;
  brain(options: BrainOptions): Promise<RunningBrain>;
}

const parsed = (status: number, text: string): ApiAnswer => {
  if (text === '') return { status, body: undefined };
  try {
    return { status, body: JSON.parse(text) };
  } catch (error) {
    // Pages and /metrics answer in other forms.
    if (error instanceof SyntaxError) return { status, body: text };
    throw error;
  }
};

const question = (method: string, path: string, body: object | undefined) => ({
  method,
  path,
  body: body === undefined ? undefined : JSON.stringify(body),
  timeoutMs: 10_000,
});

const listening = async (program: Program): Promise<string> => {
  const pattern = /^(?:Listening on|Адрес:) (\S+)$/;
  const isNews = (line: string): boolean => pattern.test(line) || line === ENDED;
  const line = await program.lines.next(isNews, { withinMs: START_MS, what: 'the brain to listen' });
  if (line !== ENDED) return pattern.exec(line)?.[1] ?? '';
  const { code, signal } = await program.ended;
  throw new Error(`the brain ended (${code ?? signal}) before it listened:\n${program.output()}`);
};

const withOutput = (program: Program, error: unknown): Error =>
  new Error(`${(error as Error).message}\n--- the brain's output:\n${program.output()}`, { cause: error });

const ending = async (program: Program, withinMs: number): Promise<void> => {
  const deadline = setTimeout(() => program.signal('SIGKILL'), withinMs);
  const { code, signal } = await program.ended;
  clearTimeout(deadline);
  if (code !== 0) throw new Error(`the brain ended by ${signal ?? `exit code ${code}`}:\n${program.output()}`);
};

const waits = (program: Program): Pick<RunningBrain, 'until' | 'next' | 'line'> => {
  const next: RunningBrain['next'] = async (from, what, fits, withinMs = WAIT_MS) =>
    from.next(fits, { withinMs, what }).catch((error: unknown) => {
      throw withOutput(program, error);
    });
  return {
    next,
    line: async (pattern, withinMs) => next(program.lines, `the line ${pattern}`, (one) => pattern.test(one), withinMs),
    until: async (what, look, withinMs = WAIT_MS) => {
      const deadline = performance.now() + withinMs;
      for (;;) {
        const found = await look();
        if (found !== undefined && found !== false) return found;
        if (performance.now() > deadline) throw withOutput(program, new Error(`waited ${withinMs} ms for ${what}`));
        await pause(LOOK_EVERY_MS);
      }
    },
  };
};

const open = async (
  stage: { readonly start: (options: BrainOptions) => Promise<RunningBrain>; readonly programs: Set<Program> },
  options: BrainOptions & { readonly data: string },
  config: string | undefined,
): Promise<RunningBrain> => {
  const { data, urls = [], listen = '127.0.0.1:0', config: _config, ...run } = options;
  const named = config === undefined ? [] : ['--config', config];
  const program = startProgram(['up', ...urls, ...named, '--data', data, '--listen', listen], run);
  stage.programs.add(program);
  const url = await listening(program);
  const waiting = waits(program);
  const rewrite: RunningBrain['rewrite'] = async (piece) =>
    writeFile(config ?? '', typeof piece === 'string' ? piece : stringify(piece));
  const api: RunningBrain['api'] = async (method, path, body) => {
    const answer = await askSocket(join(data, 'dozor.sock'), question(method, `/api/v1${path}`, body));
    return parsed(answer.status, answer.text);
  };
  return {
    url,
    data,
    config: config ?? '',
    program,
    api,
    byToken: async (token, method, path, body) => {
      const answer = await askRemote(new URL(url), token, question(method, `/api/v1${path}`, body));
      return parsed(answer.status, answer.text);
    },
    dozor: async (...args) => runProgram(args, { env: { DOZOR_DATA: data } }),
    ...waiting,
    rewrite,
    reconfigured: async (change) => {
      const from = program.output().length;
      await rewrite(change(parse(await readFile(config ?? '', 'utf8')) as Piece));
      await waiting.line(/^(The configuration was read again|Конфигурация прочитана заново)/);
      return program.output().slice(from);
    },
    stop: async () => {
      program.signal('SIGTERM');
      await ending(program, STOP_MS);
    },
    kill: async () => {
      program.signal('SIGKILL');
      await program.ended;
    },
    again: async (more = {}) => stage.start({ ...options, ...more }),
  };
};

/** Sets up a stage for one test; for a whole suite it is called in the body of `describe` (not in a hook) with `{ after }` of node:test. */
export const openStage = (test: Cleanup): Stage => {
  const dir = mkdtempSync(join(tmpdir(), 'dozor-e2e-'));
  const closing: (() => unknown)[] = [];
  const programs = new Set<Program>();
  let count = 0;
  test.after(async () => {
    for (const program of programs) if (program.running()) program.signal('SIGKILL');
    await Promise.all([...programs].map(({ ended }) => ended));
    await Promise.all(closing.map((close) => close()));
    await rm(dir, { recursive: true, force: true });
  });
  return {
    dir,
    keep: async (closed) => {
      const kept = await closed;
      closing.push(() => kept.close());
      return kept;
    },
    brain: async (options) => {
      count += 1;
      const data = options.data ?? join(dir, `data-${count}`);
      const file = options.config === undefined ? undefined : join(dir, `dozor-${count}.yaml`);
      if (file !== undefined && options.config !== undefined)
        await writeFile(file, typeof options.config === 'string' ? options.config : stringify(options.config));
      const start = (again: BrainOptions): Promise<RunningBrain> => open({ start, programs }, { ...again, data }, file);
      return start(options);
    },
  };
};
