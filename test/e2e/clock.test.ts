import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startTarget } from '../fakes/target.ts';
import { startFakeWebhook } from '../fakes/webhook.ts';
import { openStage } from './harness.ts';
import { configuration, hook, service } from './settings.ts';

const HOUR_S = 3_600;
/** Between what the test and what the brain takes for now. */
const NEAR_MS = 30_000;

/** A wall clock that can be set while a program runs; timers go on undisturbed, as on a real machine. */
const settableClock = async (dir: string) => {
  const [library] = globSync('/usr/lib/*/faketime/libfaketimeMT.so.1');
  if (library === undefined) throw new Error('this test needs libfaketime: apt-get install faketime');
  const file = join(dir, 'clock');
  const set = async (seconds: number): Promise<void> => {
    // Never half written: the library reads it whenever the program asks for the time.
    await writeFile(`${file}.new`, `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}\n`);
    await rename(`${file}.new`, file);
  };
  await set(0);
  const env = {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
  };
  return { env, set };
};

test('a clock that is set by an hour, forward and back, is no outage, and the next real one is told with sane times', async (t) => {
  const stage = openStage(t);
  const clock = await settableClock(stage.dir);
  const channel = await stage.keep(startFakeWebhook());
  const target = await stage.keep(startTarget());
  const brain = await stage.brain({
    env: clock.env,
    config: configuration({
      services: [service('API', target.url)],
      channels: [hook('hook', `${channel.url}/hook`)],
      detection: { gap: '5s' },
    }),
  });
  await brain.line(/up +API/);
  for (const [turn, seconds] of [HOUR_S, -HOUR_S].entries()) {
    await clock.set(seconds);
    await brain.line(/clock was set by -?\d+ s/);
    const asked = target.asked();
    await brain.until('checks to go on', () => target.asked() > asked + 5);
    assert.equal(channel.hooks.items.length, 2 * turn, 'nothing is told of a clock');

    const isNear = (text: unknown): void => {
      const off = Date.parse(String(text)) - (Date.now() + seconds * 1_000);
      assert.ok(Math.abs(off) < NEAR_MS, `${String(text)} is ${off} ms off`);
    };
    await target.die();
    const down = await brain.next(channel.hooks, 'the alert', ({ body }) => body['kind'] === 'down');
    isNear(down.body['at']);
    await target.revive();
    const up = await brain.next(channel.hooks, 'the recovery', ({ body }) => body['kind'] === 'recovered');
    isNear(up.body['at']);
    const { body: incident } = await brain.api('GET', `/incidents/${String(down.body['incidentId'])}`);
    isNear(incident.start.to.at);
    isNear(incident.end.to.at);
    assert.ok(incident.down.mostMs > 0 && incident.down.mostMs < NEAR_MS, `down for ${incident.down.mostMs} ms`);
  }
  await brain.stop();
});
