import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStage } from './harness.ts';
import { killRun } from './kill-run.ts';
import { seedOfRun } from './seeded.ts';

const KILLS_EACH = 17;
const BESIDE = [0, 1_000, 2_000];

test('51 kills at random moments lose no alert and repeat at most one each', { timeout: 180_000 }, async (t) => {
  const stage = openStage(t);
  const seed = seedOfRun();
  t.diagnostic(`SEED=${seed}`);
  const runs = await Promise.all(BESIDE.map((more) => killRun(stage, { kills: KILLS_EACH, seed: seed + more })));
  for (const figures of runs) {
    t.diagnostic(JSON.stringify(figures));
    assert.deepEqual(
      { lost: figures.lost, needless: figures.needless, unexcused: figures.unexcused, unfinished: figures.unfinished },
      { lost: [], needless: [], unexcused: [], unfinished: [] },
    );
    assert.equal(figures.integrity, 'ok');
    assert.ok(figures.repeats <= figures.kills);
    assert.ok(figures.owed > 0, 'the schedule made outages of which evidence was saved');
  }
});
