import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tallied, type Tally } from './tally.ts';

const run = (checks: string): Tally | undefined => {
  let tally: Tally | undefined;
  let wasWell = true;
  for (const [at, check] of checks.split('').entries()) {
    if (check === '|') wasWell = true;
    else {
      tally = tallied(tally, { isBad: check === 'x', at, begins: wasWell });
      if (check === 'x') wasWell = false;
    }
  }
  return tally;
};

test('before any trouble there is nothing to count', () => {
  assert.equal(run('...'), undefined);
});

test('the count ends with the last bad check, and good ones in between count as asked', () => {
  assert.deepEqual(run('..xx.x..'), { bad: 3, asked: 4, goodSince: 2, lastBadAt: 5 });
});

test('a new trouble is counted anew', () => {
  assert.deepEqual(run('xxx...|x'), { bad: 1, asked: 1, goodSince: 0, lastBadAt: 7 });
});
