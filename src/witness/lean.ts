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

/**
 * Becomes the lean witness: the same process goes on as another program, so that a supervisor sees one process and signals reach it. Its modules are
 * compiled into a cache before: stripping their types takes 40 MiB, which would stay. Never returns.
 */
export const becomeLean = (task: LeanTask, environment: Readonly<Record<string, string | undefined>>): never => {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) env[name] = value;
  env['NODE_COMPILE_CACHE'] = join(task.dir, 'cache');
  // glibc's arenas, one a thread, hold more than this process ever uses
  env['MALLOC_ARENA_MAX'] = '1';
  const isUnderstood = spawnSync(process.execPath, [...FLAGS, MAIN], { env, stdio: 'ignore' }).status === 0;
  const words = [...(isUnderstood ? FLAGS : []), MAIN, JSON.stringify(task)];
  process.execve?.(process.execPath, [process.execPath, ...words], env);
  throw new Error('this system cannot go on as another program');
};
