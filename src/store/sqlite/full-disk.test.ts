import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { DAY_0, checkAt, incidentAt, putCheck } from '../contract-samples.test-suite.ts';
import { openStore } from './open.ts';
import { settingsFor, temporaryFolder } from './opened.test-suite.ts';

/** A small file system of its own; needs root, as in the project's checks. */
const smallDisk = async (t: TestContext, size: string): Promise<string> => {
  assert.equal(process.getuid?.(), 0, 'this test mounts a small disk: run it as root');
  const { dir, remove } = await temporaryFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', dir]);
  t.after(async () => {
    execFileSync('umount', ['-l', dir]);
    await remove();
  });
  return dir;
};

const fill = (dir: string): void => {
  const zeros = new Uint8Array(64 * 1024);
  for (let size = zeros.length; size >= 1; size = Math.floor(size / 4))
    for (let index = 0; ; index += 1) {
      try {
        writeFileSync(join(dir, `filler-${size}-${index}`), zeros.subarray(0, size), { flush: true });
      } catch (error) {
        assert.ok(error instanceof Error && 'code' in error && error.code === 'ENOSPC');
        break;
      }
    }
};

const empty = (dir: string): void => {
  for (const name of readdirSync(dir)) if (name.startsWith('filler-')) rmSync(join(dir, name));
};

test('on a full disk the reserve makes room for what matters, then writes are refused whole, and go on when there is space', async (t) => {
  const dir = await smallDisk(t, '8m');
  const faults: string[] = [];
  const store = await openStore(
    settingsFor(dir, { reserveBytes: 512 * 1024, onFault: (fault) => faults.push(fault.code) }),
  );
  await store.write([{ put: 'incident', incident: incidentAt('before', DAY_0) }], { urgent: true });
  assert.ok(existsSync(join(dir, 'reserve')));
  fill(dir);

  let saved = 0;
  let refused: unknown;
  while (refused === undefined && saved < 10_000) {
    try {
      await store.write(
        [
          { put: 'incident', incident: incidentAt(`i${saved}`, DAY_0 + saved) },
          { put: 'meta', key: 'text', value: 'x'.repeat(20_000) + saved },
        ],
        { urgent: true },
      );
      saved += 1;
    } catch (error) {
      refused = error;
    }
  }
  assert.ok(saved > 0, 'the reserve made room');
  assert.ok(!existsSync(join(dir, 'reserve')));
  assert.equal((refused as { code?: string }).code, 'STORE_UNAVAILABLE');
  assert.deepEqual(faults, ['STORE_UNAVAILABLE']);
  assert.equal(store.health().failing, true);
  assert.match(store.health().problem ?? '', /full/);
  assert.equal(await store.incident(`i${saved}`), undefined);

  empty(dir);
  await store.write([{ put: 'incident', incident: incidentAt('after', DAY_0 + 1e6) }], { urgent: true });
  await store.tend(DAY_0);
  assert.equal(store.health().failing, false);
  assert.equal(store.health().yielding, false);
  assert.ok(existsSync(join(dir, 'reserve')));
  await store.close();

  const again = await openStore(settingsFor(dir));
  const incidents = (await again.load(0, DAY_0)).openIncidents;
  assert.equal(incidents.length, saved + 2);
  await again.close();
});

/** Saves something, fills the disk and dies as kill -9 does. */
const CRASH = (dir: string): string => `void (async () => {
  const { openStore } = await import('./open.ts');
  const { settingsFor } = await import('./opened.test-suite.ts');
  const { appendFileSync } = await import('node:fs');
  const store = await openStore(settingsFor(${JSON.stringify(dir)}, { reserveBytes: 512 * 1024 }));
  await store.write([{ put: 'meta', key: 'a', value: 1 }], { urgent: true });
  try { for (;;) appendFileSync(${JSON.stringify(join(dir, 'filler-all'))}, new Uint8Array(1024)); } catch {}
  process.kill(process.pid, 'SIGKILL');
})()`;

test('a start on a full disk takes the room that was reserved', async (t) => {
  const dir = await smallDisk(t, '8m');
  const crash = spawnSync(process.execPath, ['-e', CRASH(dir)], { cwd: import.meta.dirname });
  assert.equal(crash.signal, 'SIGKILL', String(crash.stderr));
  fill(dir);
  const store = await openStore(settingsFor(dir, { reserveBytes: 512 * 1024 }));
  assert.equal((await store.load(0, DAY_0)).meta.get('a'), 1);
  await store.write([{ put: 'meta', key: 'a', value: 2 }], { urgent: true });
  assert.equal(store.health().yielding, true);
  await store.close();
});

test('while the disk has less free than it must keep, good checks are left out and failures are stored', async (t) => {
  const dir = await smallDisk(t, '8m');
  const store = await openStore(settingsFor(dir, { keepFreeBytes: 4 * 1024 * 1024 }));
  const filler = join(dir, 'filler');
  writeFileSync(filler, new Uint8Array(5 * 1024 * 1024));
  await store.tend(DAY_0);
  assert.equal(store.health().yielding, true);
  assert.match(store.health().problem ?? '', /nearly full/);
  await store.write([
    putCheck(checkAt(DAY_0)),
    putCheck(checkAt(DAY_0 + 1, { class: 'hard', reason: { code: 'tcp.refused', params: {} } })),
    { put: 'state', subject: 'm1', state: 1 },
  ]);
  assert.deepEqual(
    (await store.checks({ monitor: 1, limit: 5 })).items.map((check) => check.class),
    ['hard'],
  );
  rmSync(filler);
  await store.tend(DAY_0);
  await store.write([putCheck(checkAt(DAY_0 + 2))]);
  assert.equal((await store.checks({ monitor: 1, limit: 5 })).items.length, 2);
  await store.close();
});
