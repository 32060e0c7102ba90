// The gate (`npm run verify`): every step with its time; stops at the first that fails, with its output; ends with the tests' counts.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { styleText } from 'node:util';

const ROOT = join(import.meta.dirname, '..');

interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** Its output is shown as it comes, and its closing lines are counted. */
  readonly isTests?: boolean;
}

const tests = (name: string, ...patterns: readonly string[]): Step => ({
  name,
  isTests: true,
  command: ['node', '--test', '--test-reporter=spec', '--test-concurrency=2', '--test-timeout=300000', ...patterns],
});

const STEPS: readonly Step[] = [
  { name: 'format', command: ['oxfmt', '--check', '.'] },
  { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings', '.'] },
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'import rules', command: ['node', 'scripts/import-rules.ts'] },
  { name: 'dead code', command: ['knip'] },
  tests('unit', 'src/**/*.test.ts', 'bench/**/*.test.ts', 'scripts/**/*.test.ts'),
  tests('e2e', 'test/e2e/**/*.test.ts'),
];

interface Outcome {
  readonly code: number;
  readonly output: string;
  readonly seconds: number;
}

const runStep = async (step: Step): Promise<Outcome> => {
  const started = performance.now();
  const [program = '', ...words] = step.command;
  const path = `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`;
  const child = spawn(program, words, {
    cwd: ROOT,
    env: { ...process.env, PATH: path },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const take = (part: string): void => {
    output += part;
    if (step.isTests === true) process.stdout.write(part);
  };
  child.stdout.setEncoding('utf8').on('data', take);
  child.stderr.setEncoding('utf8').on('data', take);
  const code = await new Promise<number>((done, failed) => {
    child.on('error', failed);
    child.on('close', (value) => done(value ?? 1));
  });
  return { code, output, seconds: (performance.now() - started) / 1000 };
};

/** A figure of the runner's closing lines (`ℹ pass 12`); undefined when they are not there. */
const figure = (output: string, name: string): number | undefined => {
  const lines = [...output.matchAll(new RegExp(String.raw`^(?:ℹ|#) ${name} (\d+)$`, 'gm'))];
  const last = lines.at(-1)?.[1];
  return last === undefined ? undefined : Number(last);
};

/** A test that was skipped, or a run without tests, proves nothing. */
const emptiness = (output: string): string | undefined => {
  if ((figure(output, 'tests') ?? 0) === 0) return 'no test ran';
  const left = (figure(output, 'skipped') ?? 0) + (figure(output, 'todo') ?? 0) + (figure(output, 'cancelled') ?? 0);
  return left === 0 ? undefined : `${left} tests were skipped, cancelled or left to do`;
};

const only = process.argv.slice(2);
const steps = STEPS.filter(({ name }) => only.length === 0 || only.includes(name));
let passed = 0;
let failed = 0;

for (const [at, step] of steps.entries()) {
  console.log(styleText('bold', `[${at + 1}/${steps.length}] ${step.name}`));
  const { code, output, seconds } = await runStep(step);
  const problem = step.isTests === true ? emptiness(output) : undefined;
  passed += figure(output, 'pass') ?? 0;
  failed += figure(output, 'fail') ?? 0;
  const time = `${seconds.toFixed(1)} s`;
  if (code !== 0 || problem !== undefined) {
    if (step.isTests !== true) process.stdout.write(output);
    if (problem !== undefined) console.log(problem);
    console.log(styleText('red', `[${at + 1}/${steps.length}] ${step.name} failed after ${time}`));
    process.exitCode = 1;
    break;
  }
  console.log(styleText('green', `[${at + 1}/${steps.length}] ${step.name} ${time}`));
}

console.log(`${passed} passed, ${failed} failed`);
