import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { down } from '../../test/machines/monitor.ts';

const S = 1_000;

describe('recovery', () => {
  it('takes three good checks and a minute without failure; the end is the first good one', () => {
    const one = down();
    one.told('verdict');
    one.succeeding(30 * S, 85 * S);
    assert.equal(one.verdict, 'down');
    one.succeeding(90 * S, 90 * S);
    const rose = one.change('up');
    assert.equal(rose.from, 'down');
    assert.equal(rose.firstGood?.at, 30 * S);
    assert.equal(rose.lastBad?.at, 20 * S);
  });

  it('is not believed of fewer checks, however long ago they were', () => {
    const one = down()
      .check(25 * S)
      .check(30 * S)
      .tick(300 * S);
    assert.equal(one.verdict, 'down');
    assert.equal(one.check(301 * S).verdict, 'up');
  });

  it('does not begin with a check that was asked before the last failure was', () => {
    const one = down()
      .check(25 * S, 'hard')
      .check(25_500, 'ok', { startedAt: 24 * S });
    assert.deepEqual(one.told('recovering'), []);
  });

  it('is announced while it goes on, so that escalation waits, and withdrawn when it fails again', () => {
    const one = down()
      .check(25 * S)
      .check(30 * S)
      .check(35 * S, 'hard')
      .check(40 * S, 'hard');
    assert.deepEqual(
      one.told('recovering').map(({ at, on }) => [at, on]),
      [
        [25 * S, true],
        [35 * S, false],
      ],
    );
  });

  it('takes half as long again after each relapse', () => {
    const one = down()
      .check(25 * S)
      .check(30 * S, 'hard')
      .succeeding(35 * S, 120 * S);
    assert.equal(one.verdict, 'down');
    one.succeeding(125 * S, 125 * S);
    assert.equal(one.verdict, 'up');
  });

  it('takes ten minutes at most, and flapping is told once', () => {
    const one = down();
    let at = 25 * S;
    for (let flap = 0; flap < 20; flap += 1, at += 10 * S) one.check(at).check(at + 5 * S, 'hard');
    assert.equal(one.told('update').length, 1);
    assert.equal(one.state.outage?.stableMs, 600 * S);
  });

  it('is not believed sooner when the target fell again soon after', () => {
    const one = down().succeeding(30 * S, 90 * S);
    assert.equal(one.verdict, 'up');
    one.failing(120 * S, 132 * S);
    assert.equal(one.state.outage?.stableMs, 90 * S);
  });

  it('counts only the question that failed', () => {
    const one = down();
    for (let at = 25; at < 300; at += 5) one.check(at * S, 'ok', { question: 'pulse' });
    assert.equal(one.verdict, 'down');
  });

  it('is not undone by a check that hung since before it', () => {
    const one = down()
      .check(30 * S)
      .check(35 * S);
    one.check(35_100, 'soft', { startedAt: 30_100 - 200 });
    assert.deepEqual(
      one.told('recovering').map(({ on }) => on),
      [true],
    );
    one.succeeding(40 * S, 90 * S);
    assert.equal(one.verdict, 'up');
  });

  it('re-checks every 5 s', () => {
    const one = down();
    one.told('recheck');
    for (let at = 21; at < 41; at += 1) one.tick(at * S);
    assert.equal(one.told('recheck').length, 4);
  });
});
