/**
 * Runs Dozor's own verdict machine with its default rules through the simulated worlds of facts/detection.md and prints how fast and how quietly
 * it judges: `node bench/sim.ts faults 200` (runs a fault), `node bench/sim.ts false 40` (times 30 days of a healthy target). Without
 * arguments both, smaller.
 */
import { DAY, MINUTE, SECOND, type EpochMs } from '#kernel/time.ts';
import { drive, type SetUp } from './sim/drive.ts';
import { FAULT_CASES } from './sim/faults.ts';
import { seeded } from './sim/random.ts';
import { makeWorld, noise, QUIET, type Noise } from './sim/world.ts';

const PULSE_MS = 10 * SECOND;
const FULL_MS = 2 * MINUTE;

const SET_UPS: readonly (readonly [name: string, setUp: SetUp])[] = [
  ['A: full check every 2 min, no pulse', {}],
  ['B: default, pulse every 10 s', { pulse: { everyMs: PULSE_MS, ownPath: false } }],
  ['B with a pulse path of its own', { pulse: { everyMs: PULSE_MS, ownPath: true } }],
];

const seconds = (ms: number): string => (Number.isFinite(ms) ? (ms / SECOND).toFixed(1) : '–');
const share = (count: number, of: number): string => (count / of).toFixed(2);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const quantile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(part * values.length))] ?? Number.NaN;

const row = (cells: readonly string[]): void => console.log(`| ${cells.join(' | ')} |`);

const header = (cells: readonly string[]): void => {
  row(cells);
  row(cells.map(() => '---'));
};

const faults = (runs: number): void => {
  console.log(`Seconds from fault to alert, ${runs} runs a fault\n`);
  header(['fault', 'set-up', 'found in 30 min', 'mean s', 'p95 s', 'messages', 'wrong alarms a run']);
  for (const fault of FAULT_CASES) {
    for (const [name, setUp] of SET_UPS) {
      const delays: number[] = [];
      let messages = 0;
      let wrong = 0;
      for (let run = 0; run < runs; run += 1) {
        const random = seeded(1_000 + run);
        const start = 20 * MINUTE + random() * 2 * MINUTE;
        const course = fault.build(start);
        const world = makeWorld({ seed: 5_000 + run, until: start + 30 * MINUTE, fault: course.fault, noise: QUIET });
        const { told } = drive(world, random() * FULL_MS, setUp, course);
        const alarms = told.filter((one) => one.what === 'alert');
        const found = alarms.find((one) => one.at >= start);
        if (fault.isOutage && found !== undefined) delays.push(found.at - start);
        wrong += fault.isOutage ? alarms.filter((one) => one.at < start).length : alarms.length;
        messages += told.filter((one) => one.at >= start).length;
      }
      const found = fault.isOutage ? share(delays.length, runs) : '';
      row([
        fault.name,
        name,
        found,
        seconds(mean(delays)),
        seconds(quantile(delays, 0.95)),
        share(messages, runs),
        share(wrong, runs),
      ]);
    }
  }
};

const isNear = (spells: Noise['path'], at: EpochMs, least: number): boolean =>
  spells.some(([from, to]) => to - from >= least && at >= from && at <= to + 15 * SECOND);

const falseAlarms = (runs: number): void => {
  console.log(`\nFalse alarms on a healthy target, ${runs} times 30 days of noise\n`);
  header([
    'set-up',
    'false alarms in 30 days',
    'of these in a path outage ≥ 8 s',
    'alarms in a stall ≥ 10 s',
    'degraded',
    'checks a day',
  ]);
  const unguarded: SetUp = { pulse: { everyMs: PULSE_MS, ownPath: false }, controls: false };
  for (const [name, setUp] of [...SET_UPS, ['B without controls', unguarded] as const]) {
    const count = { wrong: 0, path: 0, stall: 0, degraded: 0, checks: 0 };
    for (let run = 0; run < runs; run += 1) {
      const around = noise(90_000 + run, 30 * DAY);
      const world = makeWorld({ seed: 90_000 + run, until: 30 * DAY, noise: around });
      const { told, checks } = drive(world, seeded(run)() * FULL_MS, setUp);
      count.checks += checks;
      for (const alarm of told.filter((one) => one.what === 'alert')) {
        if (isNear(around.stalls, alarm.at, 10 * SECOND)) count.stall += 1;
        else {
          count.wrong += 1;
          if (isNear(around.path, alarm.at, 8 * SECOND)) count.path += 1;
        }
        if (alarm.verdict === 'degraded') count.degraded += 1;
      }
    }
    const { wrong, path, stall, degraded, checks } = count;
    row([name, ...[wrong, path, stall, degraded].map((one) => share(one, runs)), (checks / runs / 30).toFixed(0)]);
  }
};

const [mode, count] = process.argv.slice(2);
const runs = count === undefined ? undefined : Number(count);
if (mode !== undefined && mode !== 'faults' && mode !== 'false') {
  console.error('bench/sim.ts: say "faults N", "false N" or nothing');
  process.exitCode = 2;
} else {
  if (mode !== 'false') faults(runs ?? 50);
  if (mode !== 'faults') falseAlarms(runs ?? 4);
}
