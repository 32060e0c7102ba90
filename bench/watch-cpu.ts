/**
 * What a check costs, all told: a whole `dozor up` (scheduler, HTTP check with phases, verdict, writer thread, store, API) with 1,000 monitors of a
 * local server beside a bare `node:http` loop with a new connection each at the same rate, at the same time, all threads counted.
 * Run: `node bench/watch-cpu.ts [checks a second] [windows] [seconds a window]`.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { manyMonitors, onStage, ownFigures, startBareLoop } from './rig/brain.ts';
import { report } from './rig/figure.ts';
import { median } from './rig/numbers.ts';
import { cpuSeconds } from './rig/process.ts';
import { startTargetServer } from './rig/target.ts';

const MONITORS = 1_000;
const LIMIT = 1.45;
const WARM_UP_MS = 15_000;
const PER = 10_000;

const [rate = 250, windows = 5, seconds = 20] = process.argv.slice(2).map(Number);

await onStage(async (stage) => {
  const target = await stage.keep(startTargetServer());
  const every = `${Math.round((MONITORS / rate) * 1_000)}ms`;
  const monitor = { every, pulse: 'off', expect: { json: { '$.status': 'ok' } } };
  const brain = await stage.brain({ config: manyMonitors(MONITORS, target.url, monitor) });
  const bare = startBareLoop(target.port, rate);
  await pause(WARM_UP_MS);
  const ratios: number[] = [];
  const costs = { brain: [] as number[], bare: [] as number[] };
  const look = async () => ({
    brain: { cpu: cpuSeconds(brain.program.pid), count: (await ownFigures(brain)).checksTotal },
    bare: { cpu: cpuSeconds(bare.pid), count: await bare.count() },
  });
  for (let window = 0; window < windows; window += 1) {
    const before = await look();
    await pause(seconds * 1_000);
    const after = await look();
    const cost = (who: 'brain' | 'bare'): number =>
      ((after[who].cpu - before[who].cpu) / (after[who].count - before[who].count)) * PER;
    costs.brain.push(cost('brain'));
    costs.bare.push(cost('bare'));
    ratios.push(cost('brain') / cost('bare'));
    console.log(
      `window ${window + 1}: Dozor ${cost('brain').toFixed(2)}, bare ${cost('bare').toFixed(2)} CPU s per 10,000`,
    );
  }
  bare.close();
  const ratio = median(ratios);
  report({
    what: `CPU of a check, stored and judged, over a bare node:http loop's (${rate} checks/s)`,
    goal: `≤ ${LIMIT}`,
    measured: `${ratio.toFixed(2)} (${median(costs.brain).toFixed(2)} to ${median(costs.bare).toFixed(2)} CPU s per 10,000)`,
    reached: ratio <= LIMIT,
  });
  await brain.stop();
});
