import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WitnessRules } from '../config/witness-rules.ts';

/** What a lean witness is told. Holds no secrets. */
export interface LeanTask {
  readonly dir: string;
  readonly file?: string;
  readonly rules: WitnessRules;
  readonly version: string;
}

/**
 * What keeps V8 small: a small young generation, no optimising compilers (their code pages alone are 2 MiB, and this process computes nothing), and
 * data packed for size. Measured by bench/witness-memory.ts: 55 MiB instead of 60.
 */
const FLAGS: readonly string[] = [
  '--max-semi-space-size=1',
  '--max-old-space-size=48',
  '--expose-gc',
  '--optimize-for-size',
  '--no-opt',
  '--no-sparkplug',
  '--no-maglev',
];

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** A lean program to go on as. */
export interface LeanProgram {
  /** Run without an argument it only loads itself; with the task as JSON it works. */
  readonly main: string;
  readonly flags: readonly string[];
  /** Its data folder: compiled modules are kept in it. */
  readonly dir: string;
  readonly task: object;
}

/**
 * Goes on as a lean program: the same process, so that a supervisor sees one and signals reach it. Its modules are compiled into a cache before:
 * stripping their types takes 40 MiB, which would stay. Never returns.
 */
export const goOnAs = (
  { main, flags, dir, task }: LeanProgram,
  environment: Readonly<Record<string, string | undefined>>,
): never => {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) env[name] = value;
  env['NODE_COMPILE_CACHE'] = join(dir, 'cache');
  // glibc's arenas, one a thread, hold more than this process ever uses
  env['MALLOC_ARENA_MAX'] = '1';
  const isUnderstood = spawnSync(process.execPath, [...flags, main], { env, stdio: 'ignore' }).status === 0;
  const words = [...(isUnderstood ? flags : []), main, JSON.stringify(task)];
  process.execve?.(process.execPath, [process.execPath, ...words], env);
  throw new Error('this system cannot go on as another program');
};

/** Becomes the lean witness. Never returns. */
export const becomeLean = (task: LeanTask, environment: Readonly<Record<string, string | undefined>>): never =>
  goOnAs({ main: MAIN, flags: FLAGS, dir: task.dir, task }, environment);
