import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { RunningBrain, Stage } from './harness.ts';
import { runProgram, startProgram, type Program, type RunOptions } from './program.ts';
import { telegram, type Piece } from './settings.ts';

/** Thresholds of a witness with which silence is told within seconds. */
const FAST: Piece = { timeout: '500ms', silentAfter: '2s', repeatEvery: '1h', checkTimeout: '1s', lookEvery: '1s' };

/** A witness that has joined and watches. */
export interface RunningWitness {
  readonly data: string;
  readonly program: Program;
  line(pattern: RegExp, withinMs?: number): Promise<string>;
  kill(): Promise<void>;
  /** Ends it cleanly; resolves with its exit code. */
  stop(): Promise<number | null>;
  again(): Promise<RunningWitness>;
}

/** How a witness is started. */
export interface WitnessOptions extends RunOptions {
  readonly brain: RunningBrain;
  /** Where the witness reaches the brain. */
  readonly address: string;
  /** Where its channel `tg` sends. */
  readonly fake: { readonly url: string; readonly token: string };
  readonly network?: Piece;
  readonly rules?: Piece;
  /** More of its channel `tg`. */
  readonly channel?: Piece;
}

const JOINED = /watches Dozor on/;

/** A join code for the witness `office`. */
export const codeFor = async (brain: RunningBrain, address: string): Promise<string> => {
  const said = await brain.dozor('watchers', 'code', 'office', '--address', address, '--json');
  if (said.code !== 0) throw new Error(`no code: ${said.error}`);
  return (JSON.parse(said.out) as { readonly code: string }).code;
};

/** The address that a brain listens on, as a join code names it. */
export const addressOf = (brain: RunningBrain): string => new URL(brain.url).host.replace('localhost', '127.0.0.1');

const watch = async (stage: Stage, data: string, config: string, run: RunOptions): Promise<RunningWitness> => {
  const program = startProgram(['witness', '--data', data, '--config', config], run);
  await stage.keep({
    close: async () => {
      if (program.running()) program.signal('SIGKILL');
      await program.ended;
    },
  });
  const line: RunningWitness['line'] = async (pattern, withinMs = 20_000) =>
    program.lines
      .next((one) => pattern.test(one), { withinMs, what: `the witness's line ${pattern}` })
      .catch((error: unknown) => {
        throw new Error(`${(error as Error).message}\n--- the witness's output:\n${program.output()}`, {
          cause: error,
        });
      });
  await line(JOINED);
  return {
    data,
    program,
    line,
    kill: async () => {
      program.signal('SIGKILL');
      await program.ended;
    },
    stop: async () => {
      program.signal('SIGTERM');
      return (await program.ended).code;
    },
    again: async () => watch(stage, data, config, run),
  };
};

/** Joins a brain from a folder of its own and begins to watch it; resolves when the brain has heard of it. */
export const startWitness = async (stage: Stage, options: WitnessOptions): Promise<RunningWitness> => {
  const { brain, address, fake, network = {}, rules = {}, channel = {}, ...run } = options;
  const data = join(stage.dir, 'witness');
  const joined = await runProgram(['join', await codeFor(brain, address), '--data', data], run);
  if (joined.code !== 0) throw new Error(`it did not join: ${joined.error}`);
  const config = join(stage.dir, 'witness.yaml');
  const contacts = [{ name: 'owner', channels: [telegram(fake, channel)] }];
  const witness = { ...FAST, ...rules };
  await writeFile(config, stringify({ locale: 'en', timezone: 'UTC', contacts, network, witness }));
  const running = await watch(stage, data, config, run);
  await running.line(/Dozor on .* answers\.$/);
  return running;
};
