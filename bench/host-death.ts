/**
 * A process dies of a cause that is recognised (a stale build that shadows the source), under a real PM2, the agent inside the brain: the time from the
 * death, by the app's own last words, until the alert has arrived at a channel's server. After each death the app is mended by hand and has to be well
 * again. Then 22 December with nobody awake (`repair: auto`): from the death until the app answers. Needs `.cache/pm2-7`, which
 * `node scripts/prepare.js` installs. Run: `node bench/host-death.ts [deaths] [repairs]`.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { RunningBrain, Stage } from '../test/e2e/harness.ts';
import { openMending, type Mending } from '../test/e2e/mending.ts';
import { hook, LOOPBACK_CONTROLS, step, type Piece } from '../test/e2e/settings.ts';
import { startFakeWebhook, type FakeWebhook } from '../test/fakes/webhook.ts';
import { onStage } from './rig/brain.ts';
import { reportAtMost } from './rig/figure.ts';
import { quantile } from './rig/numbers.ts';

const APP = 'onai-backend';
const LOOK_MS = 10;
const WITHIN_MS = 180_000;

const [deaths = 12, repairs = 3] = process.argv.slice(2).map(Number);

/** Says when it dies, to the millisecond, and by what. */
const STALE =
  "process.on('exit', () => require('fs').writeFileSync(__dirname + '/../died', String(Date.now())));\nmodule.exports = require('./connect');\n";

interface Scene {
  readonly mending: Mending;
  readonly brain: RunningBrain;
  readonly receiver: FakeWebhook;
}

const until = async (what: string, look: () => Promise<boolean>): Promise<void> => {
  const limit = performance.now() + WITHIN_MS;
  while (!(await look())) {
    if (performance.now() > limit) throw new Error(`waited ${WITHIN_MS} ms for ${what}`);
    await pause(LOOK_MS);
  }
};

const configuration = (mending: Mending, receiver: FakeWebhook, repair: string): Piece => ({
  locale: 'en',
  timezone: 'UTC',
  network: LOOPBACK_CONTROLS,
  services: [{ name: 'api', policy: 'at once', monitors: [] }],
  contacts: [{ name: 'duty', channels: [hook('hook', receiver.url)] }],
  policies: [{ name: 'at once', steps: [step('0s', ['hook'])] }],
  hosts: [{ name: 'vps', local: true }],
  apps: [
    {
      name: APP,
      service: 'api',
      dir: mending.dir,
      ecosystem: 'ecosystem.config.js',
      envFile: 'env.env',
      health: mending.health,
      artifacts: ['dist/'],
      repair,
    },
  ],
});

const open = async (stage: Stage, repair: string): Promise<Scene> => {
  const endings: (() => Promise<void>)[] = [];
  const mending = await openMending({ after: (end) => endings.push(end) });
  await stage.keep({ close: async () => endings[0]?.() });
  const receiver = await stage.keep(startFakeWebhook());
  const brain = await stage.brain({ env: mending.env, config: configuration(mending, receiver, repair) });
  return { mending, brain, receiver };
};

const well = async ({ brain }: Scene): Promise<void> =>
  until('the app to be seen well', async () => {
    const { body } = await brain.api('GET', `/apps/${APP}`);
    const { body: list } = await brain.api('GET', '/incidents?state=open');
    return body?.verdict === 'up' && list.items.length === 0;
  });

/** Breaks the app; resolves with the moment of its first death. */
const breakIt = async ({ mending }: Scene): Promise<number> => {
  const note = join(mending.dir, 'died');
  await rm(note, { force: true });
  await mending.write({ 'dist/db.js': STALE });
  const restarting = mending.pm2('restart', APP);
  let at = 0;
  await until('the app to die', async () => {
    at = Number(await readFile(note, 'utf8').catch(() => '0'));
    return at > 0;
  });
  await restarting;
  return at;
};

const death = async (scene: Scene): Promise<number> => {
  const before = scene.receiver.hooks.items.length;
  const diedAt = await breakIt(scene);
  await until('the alert', async () =>
    scene.receiver.hooks.items.slice(before).some(({ body }) => body['kind'] === 'down'),
  );
  const told = scene.receiver.hooks.items.slice(before).find(({ body }) => body['kind'] === 'down');
  await rm(join(scene.mending.dir, 'dist'), { recursive: true });
  await scene.mending.pm2('restart', APP);
  await well(scene);
  return ((told?.at ?? Number.NaN) - diedAt) / 1_000;
};

await onStage(async (stage) => {
  const scene = await open(stage, 'off');
  await well(scene);
  const took: number[] = [];
  for (let one = 0; one < deaths; one += 1) {
    took.push(await death(scene));
    console.log(`death ${one + 1}: ${took.at(-1)?.toFixed(2)} s`);
  }
  reportAtMost(
    'Process dies of a recognised cause → alert at the channel, agent present, p95',
    quantile(took, 0.95),
    1,
    ' s',
    2,
  );
  await scene.brain.stop();
});

const back: number[] = [];
for (let one = 0; one < repairs; one += 1)
  await onStage(async (stage) => {
    const scene = await open(stage, 'auto');
    await well(scene);
    const diedAt = await breakIt(scene);
    await until('the app to answer', async () => {
      const isGone = !(await scene.mending.names()).includes('dist');
      return isGone && (await scene.mending.status()) === 200;
    });
    back.push((Date.now() - diedAt) / 1_000);
    console.log(`repair ${one + 1}: ${back.at(-1)?.toFixed(1)} s`);
    await scene.brain.stop();
  });
reportAtMost('22 December, nobody awake: death → the app answers, most', Math.max(...back), 60, ' s');
