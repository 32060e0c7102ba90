/**
 * How soon all is watched after a start: 1,000 monitors every 20 s, each asked once within one interval, as the target saw it; the time from the
 * command to the first check and to the first verdict of a single URL. Run: `node bench/start.ts [runs]`.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { manyMonitors, onStage } from './rig/brain.ts';
import { reportAtMost } from './rig/figure.ts';
import { median } from './rig/numbers.ts';
import { startTargetServer } from './rig/target.ts';

const MONITORS = 1_000;
const EVERY_S = 20;
const FIRST_VERDICT_MS = 2_000;

const [runs = 5] = process.argv.slice(2).map(Number);

const wall = (): number => performance.timeOrigin + performance.now();

/** Seconds from the command to the first asking of the monitor that was asked last. */
const allWatched = async (): Promise<number> => {
  let seconds = Number.NaN;
  await onStage(async (stage) => {
    const target = await stage.keep(startTargetServer());
    const begun = wall();
    const brain = await stage.brain({ config: manyMonitors(MONITORS, target.url, { every: `${EVERY_S}s` }) });
    const listens = wall();
    await pause(EVERY_S * 1_000 + 2_000);
    const firsts = [...(await target.arrivals()).values()].map((moments) => Math.min(...moments));
    if (firsts.length < MONITORS) throw new Error(`only ${firsts.length} of ${MONITORS} monitors were asked`);
    const since = (at: number): string => ((at - begun) / 1_000).toFixed(1);
    seconds = (Math.max(...firsts) - Math.min(...firsts)) / 1_000;
    console.log(
      `command → first check ${since(Math.min(...firsts))} s, page ${since(listens)} s, all of 1,000 asked ${since(Math.max(...firsts))} s`,
    );
    await brain.stop();
  });
  return seconds;
};

/** Milliseconds from the command with one URL to the line that says it is up. */
const firstVerdict = async (): Promise<number> => {
  let took = Number.NaN;
  await onStage(async (stage) => {
    const target = await stage.keep(startTargetServer());
    const begun = performance.now();
    const brain = await stage.brain({ urls: [target.url(0)], env: {} });
    await brain.line(/ up /);
    took = performance.now() - begun;
    await brain.stop();
  });
  return took;
};

reportAtMost(
  'All of 1,000 monitors watched after a start, from the first to the last',
  await allWatched(),
  EVERY_S,
  ' s',
);
const times: number[] = [];
for (let run = 0; run < runs; run += 1) times.push(await firstVerdict());
console.log(`command → first verdict, each: ${times.map((time) => time.toFixed(0)).join(', ')} ms`);
reportAtMost('Command → first verdict of one URL (median)', median(times), FIRST_VERDICT_MS, ' ms', 0);
