import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { startTarget } from '../fakes/target.ts';
import { startFakeWebhook } from '../fakes/webhook.ts';
import { openStage, type RunningBrain, type Stage } from './harness.ts';
import { configuration, hook, service, type Piece } from './settings.ts';

const run = promisify(execFile);
/** The store is tended once a minute: by then it has noticed that there is room again. */
const TENDED_MS = 75_000;

interface Disk {
  readonly dir: string;
  /** Somebody else's file takes all that is left but so much. */
  fill(leave?: number): Promise<void>;
  empty(): Promise<void>;
  free(): Promise<number>;
}

/** A file system of so many MiB in memory, unmounted with the stage. */
const smallDisk = async (stage: Stage, megabytes: number): Promise<Disk> => {
  const dir = join(stage.dir, 'disk');
  await mkdir(dir);
  await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', dir]);
  await stage.keep({ close: async () => run('umount', ['--lazy', dir]) });
  const file = join(dir, 'others');
  const free = async (): Promise<number> => {
    const { bavail, bsize } = await statfs(dir);
    return bavail * bsize;
  };
  return {
    dir,
    free,
    fill: async (leave = 0) => {
      const handle = openSync(file, 'a');
      try {
        for (let left = (await free()) - leave; left > 0; left -= 4_096) writeSync(handle, Buffer.alloc(4_096));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(handle);
      }
    },
    empty: async () => rm(file, { force: true }),
  };
};

const health = async (brain: RunningBrain) => (await brain.api('GET', '/status')).body.health;

const setUp = async (t: Parameters<typeof openStage>[0], storage: Piece, leave?: number) => {
  const stage = openStage(t);
  const disk = await smallDisk(stage, 16);
  if (leave !== undefined) await disk.fill(leave);
  const channel = await stage.keep(startFakeWebhook());
  const target = await stage.keep(startTarget());
  const brain = await stage.brain({
    data: join(disk.dir, 'data'),
    config: configuration({
      services: [service('API', target.url)],
      channels: [hook('hook', `${channel.url}/hook`)],
      detection: { relapse: '1ms' },
      more: { storage },
    }),
  });
  await brain.line(/up +API/);
  return { disk, channel, target, brain };
};

const isReserved = async (brain: RunningBrain): Promise<boolean> =>
  stat(join(brain.data, 'reserve')).then(
    ({ size }) => size > 0,
    () => false,
  );

describe('a small disk', { concurrency: true }, () => {
  it('tells an outage from memory when it is full, says so, and stores it when there is room again', async (t) => {
    const { disk, channel, target, brain } = await setUp(t, { keepFree: '1MB' });
    await brain.until('the store to fail', async () => {
      // The reserve is given up first; that room is taken as well.
      await disk.fill();
      return (await health(brain)).storeFailing === true;
    });

    await target.die();
    const down = await brain.next(channel.hooks, 'the alert');
    assert.equal(down.body['kind'], 'down');
    const [first, second] = String(down.body['text']).split('\n');
    assert.match(first ?? '', /API is down/);
    assert.match(second ?? '', /disk full/);
    assert.ok(brain.program.running());

    await disk.empty();
    await brain.until('the store to work again', async () => (await health(brain)).storeFailing === false);
    await target.revive();
    await brain.next(channel.hooks, 'the recovery', ({ body }) => body['kind'] === 'recovered');
    const { body: incident } = await brain.api('GET', `/incidents/${String(down.body['incidentId'])}`);
    assert.equal(incident.state, 'closed');
    await brain.until('the reserve to be taken again', async () => isReserved(brain), TENDED_MS);
    assert.equal((await health(brain)).bugs, 0);
    assert.equal((await brain.api('GET', '/incidents')).body.items.length, 1);
    await brain.stop();
  });

  it('is left to others before it is full: what is fine is no longer stored, what is wrong is', async (t) => {
    const { disk, channel, target, brain } = await setUp(t, { keepFree: '8MB' }, 5_000_000);
    const [{ id }] = (await brain.api('GET', '/monitors')).body.items;
    const stored = async (): Promise<number> =>
      (await brain.api('GET', `/monitors/${id}/checks?limit=200`)).body.items.length;
    const [before, asked] = [await stored(), target.asked()];
    await brain.until('20 checks', () => target.asked() >= asked + 20);
    assert.ok((await stored()) <= before + 1, 'good checks are not stored');
    await brain.line(/short of room: the disk is nearly full/);

    await target.die();
    const down = await brain.next(channel.hooks, 'the alert');
    assert.doesNotMatch(String(down.body['text']), /disk full/);
    assert.equal((await brain.api('GET', `/incidents/${String(down.body['incidentId'])}`)).body.state, 'open');
    await target.revive();
    await brain.next(channel.hooks, 'the recovery', ({ body }) => body['kind'] === 'recovered');

    await disk.empty();
    await brain.line(/has room again/, TENDED_MS);
    await brain.until('good checks to be stored again', async () => (await stored()) > before + 40);
    await brain.stop();
  });
});
