import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MINUTE } from '../kernel/time.ts';
import { Lateness } from './lateness.ts';

describe('lateness', () => {
  it('is nothing while nothing has started', () => {
    assert.deepEqual(new Lateness(() => 0).figures(), { p50: 0, p99: 0, max: 0 });
  });

  it('is told by its median, its worst hundredth and its worst', () => {
    const lateness = new Lateness(() => 0);
    for (let late = 1; late <= 200; late += 1) lateness.note(late);
    assert.deepEqual(lateness.figures(), { p50: 101, p99: 199, max: 200 });
  });

  it('takes a start before its time for one on time', () => {
    const lateness = new Lateness(() => 0);
    lateness.note(-3);
    assert.equal(lateness.figures().max, 0);
  });

  it('forgets what is older than a minute', () => {
    let now = 0;
    const lateness = new Lateness(() => now);
    lateness.note(9_000);
    now = MINUTE;
    lateness.note(1);
    assert.equal(lateness.figures().max, 9_000);
    now = MINUTE + 1;
    assert.equal(lateness.figures().max, 1);
  });

  it('keeps the newest 20,000 whatever the rate', () => {
    const lateness = new Lateness(() => 0);
    lateness.note(5_000);
    for (let count = 0; count < 20_000; count += 1) lateness.note(2);
    assert.deepEqual(lateness.figures(), { p50: 2, p99: 2, max: 2 });
  });
});
