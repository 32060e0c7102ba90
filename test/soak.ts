/**
 * Kills the brain at random moments, many times, and counts what was lost and what was told twice.
 * Run: `npm run soak -- --kills 1000 [--beside 2] [--seed 42]`. Fails when anything was lost or told needlessly.
 */
import { parseArgs } from 'node:util';
import { openStage } from './e2e/harness.ts';
import { killRun } from './e2e/kill-run.ts';
import { seedOfRun } from './e2e/seeded.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '1000' },
    beside: { type: 'string', default: '2' },
    seed: { type: 'string', default: String(seedOfRun()) },
  },
});
const beside = Number(values.beside);
const each = Math.ceil(Number(values.kills) / beside);
const seed = Number(values.seed);
const endings: (() => void | Promise<void>)[] = [];
const stage = openStage({ after: (end) => endings.push(end) });

console.log(`${each * beside} kills, ${beside} brains beside each other, seed ${seed}`);
try {
  const runs = await Promise.all(
    Array.from({ length: beside }, async (_, at) => {
      const say = (line: string): void => console.log(`brain ${at + 1}: ${line}`);
      return killRun(stage, { kills: each, seed: seed + at * 1_000, say });
    }),
  );
  for (const figures of runs) console.log(JSON.stringify(figures));
  const wrong = runs.flatMap(({ lost, needless, unexcused, unfinished }) => [
    ...lost,
    ...needless,
    ...unexcused,
    ...unfinished,
  ]);
  const repeats = runs.reduce((sum, one) => sum + one.repeats, 0);
  console.log(`${wrong.length} wrong, ${repeats} repeated`);
  if (wrong.length > 0) process.exitCode = 1;
} finally {
  for (const end of endings.toReversed()) await end();
}
