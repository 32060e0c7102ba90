import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { up, type Watched } from '../../test/machines/monitor.ts';
import { reason } from './reason.ts';

const S = 1_000;
const MIN = 60 * S;
const SLOW = { warning: reason('http.slow', { tookMs: 3_000, limitMs: 2_000 }) };
const ends = (days: number, threshold: number): object => ({
  warning: reason('tls.expires-soon', { days, threshold }),
});

/** One failure among good answers, every 100 s: too rare for doubt. */
const partly = (one: Watched, from: number, episodes: number): number => {
  let at = from;
  for (let episode = 0; episode < episodes; episode += 1) {
    one.controls(at).check(at, 'hard');
    for (let good = 1; good < 10; good += 1) one.check(at + good * 10 * S);
    at += 100 * S;
  }
  return at;
};

describe('partial failures', () => {
  it('make a monitor degraded when separate failures add up, long before they look like down', () => {
    const one = up();
    partly(one, 10 * S, 5);
    const hurt = one.change('degraded');
    assert.equal(hurt.firstBad?.at, 10 * S);
    assert.equal(hurt.reason?.code, 'partial-failures');
    assert.deepEqual(hurt.reason?.params, { failed: hurt.bad, asked: hurt.asked });
    assert.equal(one.verdict, 'degraded');
  });

  it('are not made of one burst', () => {
    const one = up();
    for (let at = 10; at < 18; at += 1) one.check(at * S, 'hard');
    one.succeeding(20 * S, 5 * MIN);
    assert.equal(
      one.told('verdict').some(({ to }) => to === 'degraded'),
      false,
    );
  });

  it('are not made of two short bursts', () => {
    const one = up();
    for (const at of [10, 70])
      one
        .check(at * S, 'hard')
        .check((at + 2) * S, 'hard')
        .succeeding((at + 4) * S, (at + 8) * S, 2 * S);
    one.succeeding(80 * S, 5 * MIN);
    assert.equal(
      one.told('verdict').some(({ to }) => to === 'degraded'),
      false,
    );
  });

  it('count a burst for little: with three more failures in half an hour it is no pattern', () => {
    const one = up();
    for (let at = 10; at < 18; at += 1) one.check(at * S, 'hard');
    for (let failure = 1; failure <= 3; failure += 1) {
      const at = failure * 10 * MIN;
      one.succeeding(at - 9 * MIN, at - 10 * S, 10 * S).check(at, 'hard');
    }
    one.succeeding(31 * MIN, 32 * MIN);
    assert.equal(
      one.told('verdict').some(({ to }) => to === 'degraded'),
      false,
    );
  });

  it('are not found while no control answers', () => {
    const one = up();
    for (let at = 100; at <= 1_000; at += 100) {
      one.controls(at * S, 0).check(at * S + 500, 'hard');
      for (let good = 1; good <= 3; good += 1) one.check(at * S + 500 + good * S);
    }
    assert.equal(
      one.told('verdict').some(({ to }) => to === 'degraded'),
      false,
    );
  });

  it('end after five quiet minutes and enough good answers', () => {
    const one = up();
    const at = partly(one, 10 * S, 5);
    one.succeeding(at, at + 60 * MIN, 10 * S);
    const rose = one.change('up');
    assert.equal(rose.from, 'degraded');
    assert.equal(rose.lastBad?.at, 410 * S);
    assert.ok(rose.at - 410 * S > 5 * MIN && rose.at - 410 * S < 45 * MIN);
  });

  it('end after an hour without failure even when a monitor asks rarely', () => {
    const one = up();
    const at = partly(one, 10 * S, 5);
    one.succeeding(at, at + 62 * MIN, 2 * MIN);
    assert.equal(one.verdict, 'up');
  });

  it('become down when the target fails for good', () => {
    const one = up();
    const at = partly(one, 10 * S, 5);
    one.failing(at, at + 12 * S);
    assert.equal(one.change('down').from, 'degraded');
  });
});

describe('slowness', () => {
  it('makes a monitor degraded when most answers of a minute are slow', () => {
    const one = up();
    for (let at = 10; at <= 60; at += 10) one.check(at * S, 'ok', SLOW);
    assert.equal(one.verdict, 'up');
    one.check(70 * S, 'ok', SLOW);
    const hurt = one.change('degraded');
    assert.equal(hurt.reason?.code, 'http.slow');
    assert.deepEqual([hurt.bad, hurt.asked], [6, 6]);
  });

  it('is nothing when answers are slow now and then', () => {
    const one = up();
    for (let at = 10; at < 600; at += 10) one.check(at * S, 'ok', at % 30 === 0 ? SLOW : {});
    assert.equal(
      one.told('verdict').some(({ to }) => to === 'degraded'),
      false,
    );
  });

  it('ends when answers come in time again', () => {
    const one = up();
    for (let at = 10; at <= 70; at += 10) one.check(at * S, 'ok', SLOW);
    one.succeeding(80 * S, 110 * S, 10 * S);
    assert.equal(one.verdict, 'degraded');
    one.check(120 * S);
    assert.equal(one.change('up').firstGood?.at, 120 * S);
  });

  it('of one question is not hidden by quick answers to another', () => {
    const one = up();
    for (let at = 120; at <= 840; at += 120) {
      one.check(at * S, 'ok', SLOW);
      for (let pulse = 10; pulse < 120; pulse += 10) one.check((at + pulse) * S, 'ok', { question: 'pulse' });
    }
    assert.equal(one.verdict, 'degraded');
  });
});

describe('a warning', () => {
  it('that a certificate ends soon counts at once, and its next threshold is told', () => {
    const one = up().check(10 * S, 'ok', ends(20, 21));
    assert.equal(one.change('degraded').reason?.code, 'tls.expires-soon');
    one.check(20 * S, 'ok', ends(19, 21));
    assert.deepEqual(one.told('update'), []);
    one.check(30 * S, 'ok', ends(6, 7));
    assert.deepEqual(
      one.told('update').map(({ kind, reason: why }) => [kind, why?.params['threshold']]),
      [['reason', 7]],
    );
  });

  it('ends when the certificate was renewed', () => {
    const one = up()
      .check(10 * S, 'ok', ends(6, 7))
      .check(20 * S);
    assert.equal(one.verdict, 'up');
  });

  it('outlives an outage', () => {
    const one = up()
      .check(5 * S, 'ok', ends(6, 7))
      .failing(10 * S, 20 * S);
    assert.equal(one.verdict, 'down');
    for (let at = 30; at <= 90; at += 5) one.check(at * S, 'ok', ends(6, 7));
    const change = one.change('degraded');
    assert.equal(change.from, 'down');
    assert.equal(change.firstGood?.at, 30 * S);
  });
});

describe('maintenance', () => {
  it('is recorded and never leads to down; one fresh check decides afterwards', () => {
    const one = up()
      .feed({ type: 'maintenance', at: 5 * S, on: true })
      .failing(10 * S, 300 * S);
    assert.equal(one.verdict, 'up');
    one.feed({ type: 'maintenance', at: 301 * S, on: false });
    assert.equal(one.told('verify').length, 1);
    one.failing(302 * S, 310 * S);
    assert.equal(one.verdict, 'suspect');
    one.failing(312 * S, 312 * S);
    assert.equal(one.change('down').firstBad?.at, 302 * S);
  });

  it('clears a doubt that was there before', () => {
    const one = up()
      .failing(10 * S, 16 * S)
      .feed({ type: 'maintenance', at: 17 * S, on: true });
    assert.equal(one.verdict, 'up');
  });

  it('lets an outage end', () => {
    const one = up()
      .failing(10 * S, 20 * S)
      .feed({ type: 'maintenance', at: 25 * S, on: true })
      .succeeding(30 * S, 90 * S);
    assert.equal(one.verdict, 'up');
  });
});

describe('a pause', () => {
  it('ignores what still comes in, and leads to pending until the next good check', () => {
    const one = up()
      .feed({ type: 'pause', at: 5 * S, on: true })
      .failing(10 * S, 60 * S);
    assert.equal(one.verdict, 'up');
    one.feed({ type: 'pause', at: 100 * S, on: false });
    assert.equal(one.verdict, 'pending');
    assert.equal(one.told('verify').length, 1);
    assert.equal(one.check(101 * S).verdict, 'up');
  });

  it('of what is down leads to pending, so that what is still down is told anew', () => {
    const one = up()
      .failing(10 * S, 20 * S)
      .feed({ type: 'pause', at: 25 * S, on: true });
    assert.equal(one.verdict, 'down');
    one.feed({ type: 'pause', at: 900 * S, on: false });
    assert.equal(one.verdict, 'pending');
    one.failing(901 * S, 912 * S);
    assert.equal(one.verdict, 'down');
  });
});
