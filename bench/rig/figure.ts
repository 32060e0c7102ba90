import { appendFileSync } from 'node:fs';

/** One measured figure beside its goal (DESIGN § 8). */
export interface Figure {
  readonly what: string;
  readonly goal: string;
  readonly measured: string;
  readonly reached: boolean;
}

/** Prints a figure, notes it for the table of `bench/run.ts`, and makes the process fail when the goal was missed. */
export const report = (figure: Figure): void => {
  console.log(`${figure.reached ? '✔' : '✘'} ${figure.what}: ${figure.measured} (goal ${figure.goal})`);
  const file = process.env['DOZOR_BENCH_FIGURES'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(figure)}\n`);
  if (!figure.reached) process.exitCode = 1;
};

/** Reports a figure that must not exceed a limit. `digits` behind the point. */
export const reportAtMost = (what: string, measured: number, limit: number, unit: string, digits = 1): void =>
  report({
    what,
    goal: `≤ ${limit}${unit}`,
    measured: `${measured.toFixed(digits)}${unit}`,
    reached: measured <= limit,
  });
