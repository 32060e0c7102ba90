import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startFakeTelegram, type FakeTelegram, type FakeTelegramMessage } from '../fakes/telegram.ts';
import { openStage, type RunningBrain, type Stage } from './harness.ts';
import { freePort, openMending, type Mending } from './mending.ts';
import { startProgram } from './program.ts';
import { configuration, service, telegram, type Piece } from './settings.ts';

const APP = 'onai-backend';
/** A trial boot, ten seconds' notice, another trial, a restart: on a machine that does ten other things. */
const REPAIRED_MS = 150_000;

interface Scene {
  readonly tg: FakeTelegram;
  readonly mending: Mending;
  readonly brain: RunningBrain;
  /** Waits for a message that fits. */
  told(what: string, fits: RegExp, withinMs?: number): Promise<FakeTelegramMessage>;
}

const appPiece = (mending: Mending, more: Piece = {}): Piece => ({
  name: APP,
  service: 'api',
  host: 'vps',
  manager: 'pm2',
  dir: mending.dir,
  ecosystem: 'ecosystem.config.js',
  envFile: 'env.env',
  health: mending.health,
  artifacts: ['dist/', '*.tar.gz'],
  repair: 'auto',
  ...more,
});

const openScene = async (
  stage: Stage,
  mending: Mending,
  host: Piece,
  app: Piece = {},
  monitors: readonly Piece[] = [],
): Promise<Scene> => {
  const tg = await stage.keep(startFakeTelegram());
  const brain = await stage.brain({
    env: mending.env,
    // an agent comes back to where it joined
    listen: `127.0.0.1:${await freePort()}`,
    config: configuration({
      services: [service('api', monitors)],
      channels: [telegram(tg)],
      more: { hosts: [{ name: 'vps', ...host }], apps: [appPiece(mending, app)] },
    }),
  });
  const told: Scene['told'] = (what, fits, withinMs) =>
    brain.next(tg.messages, what, ({ text }) => fits.test(text), withinMs);
  return { tg, mending, brain, told };
};

const verdictOf = async (brain: RunningBrain): Promise<string> =>
  (await brain.api('GET', `/apps/${APP}`)).body?.verdict as string;

const untilUp = async ({ brain }: Scene): Promise<void> => {
  await brain.until('the app to be seen up', async () => (await verdictOf(brain)) === 'up', 60_000);
};

/** Looks again and again for what another process does in its own time. */
const eventuallyWithin = async (limitMs: number, what: string, look: () => Promise<boolean>): Promise<void> => {
  const limit = performance.now() + limitMs;
  while (!(await look())) {
    if (performance.now() > limit) throw new Error(`waited ${limitMs} ms for ${what}`);
    await pause(100);
  }
};

/** The stale build is back, and somebody restarts the app. */
const breakIt = async ({ mending }: Scene): Promise<void> => {
  await mending.write({ 'dist/db.js': "module.exports = require('./connect');\n" });
  await mending.pm2('restart', APP);
};

describe('22 December again, with the agent inside the brain', () => {
  it('is named in the first message, repaired by itself, and told as over', async (t) => {
    const mending = await openMending(t);
    const scene = await openScene(openStage(t), mending, { local: true });
    await untilUp(scene);
    await breakIt(scene);
    const first = await scene.told('the first message', /🔴 api is down/);
    assert.match(first.text, /dist/);
    await scene.told('the repair to be announced', /10 s/, REPAIRED_MS);
    await scene.told('the end', /🟢 api works again/, REPAIRED_MS);
    assert.equal(await mending.status(), 200);
    assert.ok(!(await mending.names()).includes('dist'));
    await scene.brain.stop();
  });

  it('waits for a yes where it only may ask, and is repaired by a tap', async (t) => {
    const mending = await openMending(t);
    const scene = await openScene(openStage(t), mending, { local: true }, { repair: 'ask' });
    await untilUp(scene);
    await breakIt(scene);
    const asking = await scene.brain.next(
      scene.tg.messages,
      'the question',
      ({ buttons }) => buttons.some(({ text }) => text === 'Fix now'),
      REPAIRED_MS,
    );
    assert.ok((await mending.names()).includes('dist'), 'nothing is moved before somebody said yes');
    const yes = asking.buttons.find(({ text }) => text === 'Fix now')?.callback_data ?? '';
    scene.tg.press(yes, { id: 11, first_name: 'Aigerim' }, 1_000);
    const end = await scene.told('the end', /🟢 api works again/, REPAIRED_MS);
    assert.match(end.text, /Telegram/);
    assert.equal(await mending.status(), 200);
    assert.ok(!(await mending.names()).includes('dist'));
    await scene.brain.stop();
  });
});

describe('22 December again, with an agent of its own that joined by a code', () => {
  it('is repaired while the brain is away, and told when the brain is back', async (t) => {
    const mending = await openMending(t);
    const stage = openStage(t);
    const scene = await openScene(stage, mending, {});
    const { brain } = scene;
    const address = new URL(brain.url).host.replace('localhost', '127.0.0.1');
    const code = await brain.dozor('hosts', 'code', 'vps', '--address', address, '--json');
    assert.equal(code.code, 0, code.error);
    const data = join(stage.dir, 'agent');
    const joining = JSON.parse(code.out) as { readonly code: string };
    const joined = await mending.dozor('join', joining.code, '--data', data);
    assert.equal(joined.code, 0, joined.error);
    const agent = startProgram(['agent', '--data', data], { env: mending.env, cwd: mending.dir });
    t.after(async () => {
      agent.signal('SIGTERM');
      await agent.ended;
    });
    await untilUp(scene);
    await brain.kill();
    await breakIt(scene);
    await eventuallyWithin(REPAIRED_MS, 'the stale build to be gone and the app to answer', async () => {
      const names = await mending.names();
      return !names.includes('dist') && (await mending.status()) === 200;
    });
    const again = await brain.again();
    await again.next(
      scene.tg.messages,
      'what happened meanwhile',
      ({ text }) => /api .*(was down|works again)/.test(text),
      REPAIRED_MS,
    );
    await again.stop();
  });
});
