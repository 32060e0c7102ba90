/**
 * How much memory a whole `dozor up` holds (RSS, all threads) with 1,000 monitors and with 3,000, after as many checks as hours of watching make at
 * the usual pace. Run: `node bench/watch-memory.ts [seconds] [checks a second]`.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { manyMonitors, onStage, ownFigures } from './rig/brain.ts';
import { reportAtMost } from './rig/figure.ts';
import { quantile } from './rig/numbers.ts';
import { peakKb, residentKb } from './rig/process.ts';
import { startTargetServer } from './rig/target.ts';

const FEW = 1_000;
const MANY = 3_000;
const MOST_MB = 170;
const MOST_KB_EACH = 20;
/** The first part of a run is not counted: it is start-up. */
const SETTLED = 0.5;

const [seconds = 180, rate = 100] = process.argv.slice(2).map(Number);

/** The least, the middle and the most of the settled part, in KiB. */
const measure = async (count: number): Promise<{ readonly middle: number; readonly most: number }> => {
  const seen: number[] = [];
  await onStage(async (stage) => {
    const target = await stage.keep(startTargetServer());
    const every = `${Math.round((count / rate) * 1_000)}ms`;
    const monitor = { every, pulse: 'off', expect: { json: { '$.status': 'ok' } } };
    const brain = await stage.brain({ config: manyMonitors(count, target.url, monitor) });
    for (let second = 0; second < seconds; second += 1) {
      await pause(1_000);
      if (second >= seconds * SETTLED) seen.push(residentKb(brain.program.pid));
    }
    const { checksTotal } = await ownFigures(brain);
    const most = peakKb(brain.program.pid);
    console.log(
      `${count} monitors, ${checksTotal} checks: ${(quantile(seen, 0.5) / 1024).toFixed(0)} MiB in the middle, ` +
        `${(Math.max(...seen) / 1024).toFixed(0)} at most, ${(most / 1024).toFixed(0)} while starting`,
    );
    await brain.stop();
  });
  return { middle: quantile(seen, 0.5), most: Math.max(...seen) };
};

// what is compiled is kept on disk: the first start of a new version is not measured
await onStage(async (stage) => {
  const target = await stage.keep(startTargetServer());
  const brain = await stage.brain({ config: manyMonitors(1, target.url, {}) });
  await brain.stop();
});
const few = await measure(FEW);
const many = await measure(MANY);
reportAtMost('Memory of the brain with 1,000 monitors', few.most / 1024, MOST_MB, ' MiB', 0);
reportAtMost('Memory for each further monitor', (many.middle - few.middle) / (MANY - FEW), MOST_KB_EACH, ' kB');
