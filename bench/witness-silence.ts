/**
 * How soon people are told, by the witness's defaults, when a machine loses its network (as when its power is pulled): several witnesses of one brain, begun
 * at different moments of their 10 s, in a network namespace of their own; the brain and its service in another. Needs root. Run:
 * `node bench/witness-silence.ts [witnesses]` (6). Fails when the slowest loud message comes later than 90 s.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { stringify } from 'yaml';
import { startFakeTelegram } from '../test/fakes/telegram.ts';
import { openStage } from '../test/e2e/harness.ts';
import { openNetwork } from '../test/e2e/network.ts';
import { runProgram, startProgram } from '../test/e2e/program.ts';
import { configuration, service, telegram } from '../test/e2e/settings.ts';
import { openWay, insideOf } from '../test/e2e/way.ts';
import { startTargetProcess } from '../test/fakes/target-process.ts';
import { reportAtMost } from './rig/figure.ts';
import { mean } from './rig/numbers.ts';

const LIMIT_S = 90;
const WITNESSES = Number(process.argv[2] ?? 6);
const EVERY_MS = 10_000;

const ends: (() => void | Promise<void>)[] = [];
const stage = openStage({ after: (end) => void ends.push(end) });
try {
  const theirs = await stage.keep(openNetwork());
  const ours = await stage.keep(openNetwork());
  const fake = await stage.keep(startFakeTelegram({ host: ours.office }));
  const target = await stage.keep(startTargetProcess([...theirs.wrap], insideOf(theirs)));
  const toService = await stage.keep(openWay(ours.far(1), () => new URL(target.url).host));
  const toBrain = await stage.keep(openWay(ours.far(0), () => new URL(brain.url).host));
  const brain = await stage.brain({
    wrap: theirs.wrap,
    listen: `${insideOf(theirs)}:0`,
    config: configuration({ services: [service('API', `http://${toService.address}/health`)] }),
  });
  const config = join(stage.dir, 'witness.yaml');
  await writeFile(
    config,
    stringify({
      contacts: [{ name: 'owner', channels: [telegram(fake)] }],
      network: { controls: [`${ours.far(8)}:443`, `${ours.far(9)}:443`], resolvers: [ours.neighbour(0)] },
    }),
  );
  for (let number = 0; number < WITNESSES; number += 1) {
    const said = await brain.dozor('watchers', 'code', `w${number}`, '--address', toBrain.address, '--json');
    const { code } = JSON.parse(said.out) as { readonly code: string };
    const data = join(stage.dir, `witness-${number}`);
    await runProgram(['join', code, '--data', data], { wrap: ours.wrap });
    const witness = startProgram(['witness', '--data', data, '--config', config], { wrap: ours.wrap });
    await stage.keep({ close: () => witness.signal('SIGKILL') });
    await witness.lines.next((line) => /4 of 4 controls/.test(line), { withinMs: 30_000 });
    await pause(EVERY_MS / WITNESSES);
  }
  await pause(EVERY_MS);
  const pulled = Date.now();
  await theirs.unplug();
  const took: number[] = [];
  for (let number = 0; number < WITNESSES; number += 1) {
    const { at, silent } = await fake.messages.next(undefined, { withinMs: 120_000 });
    if (silent) throw new Error('a witness told of silence without a sound');
    took.push((at - pulled) / 1_000);
  }
  console.log(`from the cut to the loud message: ${took.map((one) => one.toFixed(1)).join(', ')} s`);
  console.log(`mean ${mean(took).toFixed(1)} s`);
  reportAtMost('power pulled, witness present, to the loud alert', Math.max(...took), LIMIT_S, ' s');
} finally {
  for (const end of ends) await end();
}
