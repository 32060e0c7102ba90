import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DAY } from '../../kernel/time.ts';
import { DAY_0 } from '../contract-samples.test-suite.ts';
import { openStore } from './open.ts';
import { settingsFor, temporaryFolder } from './opened.test-suite.ts';

const PROGRAM = fileURLToPath(new URL('./writing.test-suite.ts', import.meta.url));
const KILLS = 6;

/** Lets the program write, kills it hard after so many acknowledgements, and says which number was acknowledged last. */
const writeAndKill = async (dir: string, acknowledgements: number): Promise<number> => {
  const child = spawn(process.execPath, [PROGRAM, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  let highest = 0;
  let left = acknowledgements;
  for await (const line of createInterface({ input: child.stdout })) {
    const [word, number] = line.split(' ');
    if (word !== 'saved') continue;
    highest = Math.max(highest, Number(number));
    left -= 1;
    if (left === 0) child.kill('SIGKILL');
  }
  const [, signal] = (await gone) as [number | null, string | null];
  assert.equal(signal, 'SIGKILL');
  return highest;
};

/** Everything of writes 1…n is there once, n being the last state; n is at least what was acknowledged. */
const assertWhole = async (dir: string, acknowledged: number): Promise<void> => {
  const store = await openStore(settingsFor(dir));
  const snapshot = await store.load(0, DAY_0);
  const last = Number(snapshot.states.get('last'));
  assert.ok(last >= acknowledged, `${acknowledged} was acknowledged, ${last} is there`);
  assert.equal(snapshot.openIncidents.length, last);
  let checks = 0;
  let counted = 0;
  for (const monitor of [1, 2, 3]) {
    const span = { from: DAY_0, to: DAY_0 + DAY, spanMs: DAY };
    for (const point of await store.history({ monitor, ...span })) counted += point.ok;
    for (let cursor: string | undefined; ;) {
      const page = await store.checks({ monitor, limit: 1000, ...(cursor === undefined ? {} : { cursor }) });
      checks += page.items.length;
      cursor = page.next;
      if (cursor === undefined) break;
    }
  }
  assert.deepEqual({ checks, counted }, { checks: last, counted: last });
  await store.close();
};

test('killed hard again and again, the store has all that was acknowledged, nothing half and nothing twice', async (t) => {
  const { dir, remove } = await temporaryFolder();
  t.after(remove);
  for (let kill = 1; kill <= KILLS; kill += 1) await assertWhole(dir, await writeAndKill(dir, 30 + kill * 17));
});
