import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startFakeHttp } from '../fakes/http.ts';
import { startTarget } from '../fakes/target.ts';
import { openStage, type RunningBrain } from './harness.ts';
import { configuration, service } from './settings.ts';

const run = promisify(execFile);
const EVERY_MS = 300;
/** The self-test of the whole path runs every 30 s. */
const TRIED_MS = 45_000;

const standing = async (brain: RunningBrain): Promise<{ readonly state: string; readonly detail?: string }> =>
  (await brain.api('GET', '/watchers')).body.items[0];

test("a dead-man's URL is pinged while the watch is well, and not while the store cannot be written", async (t) => {
  const stage = openStage(t);
  const disk = join(stage.dir, 'disk');
  await mkdir(disk);
  await run('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', disk]);
  await stage.keep({ close: async () => run('umount', ['--lazy', disk]) });
  const outside = await stage.keep(startFakeHttp(() => ({ body: {} })));
  const target = await stage.keep(startTarget());
  const brain = await stage.brain({
    data: join(disk, 'data'),
    config: configuration({
      services: [service('API', target.url)],
      more: {
        storage: { keepFree: '1MB' },
        watchers: [{ name: 'outside', kind: 'deadman', url: `${outside.url}/ping/6f2c`, every: `${EVERY_MS}ms` }],
      },
    }),
  });
  for (let times = 0; times < 3; times += 1) {
    const ping = await brain.next(outside.requests, 'a ping');
    assert.deepEqual([ping.method, ping.path], ['GET', '/ping/6f2c']);
  }
  assert.equal((await standing(brain)).state, 'answers');
  assert.equal((await brain.api('GET', '/status')).body.health.watched, true);

  let files = 0;
  await brain.until('the pings to be held back', async () => {
    // the reserve is given up first; that room is taken as well
    const { bavail, bsize } = await statfs(disk);
    if (bavail > 0)
      await writeFile(join(disk, `filler-${(files += 1)}`), Buffer.alloc(bavail * bsize)).catch(() => undefined);
    return (await standing(brain)).state === 'failing';
  });
  assert.match((await standing(brain)).detail ?? '', /^held back: .*store/);
  const before = outside.requests.items.length;
  await pause(10 * EVERY_MS);
  assert.equal(outside.requests.items.length, before);
  assert.equal((await brain.api('GET', '/status')).body.health.watched, false);

  for (let file = 1; file <= files; file += 1) await rm(join(disk, `filler-${file}`), { force: true });
  await brain.until('the pings to go on', () => outside.requests.items.length > before, 2 * TRIED_MS);
});
