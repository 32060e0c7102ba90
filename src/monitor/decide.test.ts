import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { down, up, watched } from '../../test/machines/monitor.ts';
import { needsTicks } from './decide.ts';
import { reason } from './reason.ts';

const S = 1_000;
const MIN = 60 * S;

describe('a verdict begins', () => {
  it('pending, and is up with the first good check', () => {
    const one = watched();
    assert.equal(one.verdict, 'pending');
    one.check(1 * S);
    assert.equal(one.verdict, 'up');
    assert.equal(one.change('up').from, 'pending');
  });

  it('suspect when the first check ever fails, and down without any last good evidence', () => {
    const one = watched().check(1 * S, 'hard');
    assert.equal(one.verdict, 'suspect');
    const fell = one.failing(3 * S, 11 * S).change('down');
    assert.equal(fell.lastGood, undefined);
    assert.equal(fell.firstBad?.at, 1 * S);
  });

  it('up again when the first check ever was a single failure', () => {
    const one = watched()
      .check(1 * S, 'hard')
      .succeeding(3 * S, 7 * S, 2 * S);
    assert.equal(one.verdict, 'up');
  });
});

describe('doubt', () => {
  it('begins with any bad check, which orders a re-check at once and a look at the controls', () => {
    const one = up().check(10 * S, 'hard', { question: 'pulse', source: 'pulse' });
    assert.equal(one.verdict, 'suspect');
    assert.deepEqual(one.told('recheck'), [{ do: 'recheck', afterMs: 0, question: 'pulse' }]);
    assert.equal(one.told('controls').length, 1);
  });

  it('orders re-checks whose starts are 2 s apart although each takes 5 s', () => {
    const one = up().check(10 * S, 'soft');
    const starts = [10 * S];
    one.told('recheck');
    for (let at = 10 * S; at < 18 * S; at += 500) {
      one.tick(at);
      for (const order of one.told('recheck')) starts.push(at + order.afterMs);
    }
    assert.deepEqual(
      starts,
      [10, 12, 14, 16, 18].map((second) => second * S),
    );
  });

  it('re-checks every 2 s however rarely the monitor asks', () => {
    const one = up()
      .check(24 * 60 * MIN, 'hard')
      .tick(24 * 60 * MIN + S);
    assert.deepEqual(
      one.told('recheck').map((order) => order.afterMs),
      [0, S],
    );
  });

  it('is cleared by three good answers to the question that failed', () => {
    const one = up()
      .check(10 * S, 'hard')
      .check(12 * S)
      .check(14 * S);
    assert.equal(one.verdict, 'suspect');
    one.check(16 * S);
    assert.equal(one.verdict, 'up');
    assert.equal(needsTicks(one.state), false);
  });

  it('is not cleared by good answers to another question', () => {
    const one = up().check(10 * S, 'hard', { question: 'full' });
    for (let at = 12; at < 60; at += 2) one.check(at * S, 'ok', { question: 'pulse', source: 'pulse' });
    assert.equal(one.verdict, 'suspect');
  });

  it('is not cleared by good checks that began before the bad one did', () => {
    const one = up().check(10 * S, 'hard');
    for (const at of [10_100, 10_200, 10_300]) one.check(at, 'ok', { startedAt: 9 * S });
    assert.equal(one.verdict, 'suspect');
  });

  it('keeps as last good what began last, not what ended last', () => {
    const one = up()
      .check(10 * S)
      .check(12 * S, 'ok', { startedAt: 8 * S })
      .check(14 * S, 'hard');
    assert.equal(one.change('suspect').lastGood?.at, 10 * S - 50);
  });

  it('forgives a restart of 3 s', () => {
    const one = up()
      .check(10 * S, 'hard')
      .check(12 * S, 'hard')
      .succeeding(14 * S, 18 * S, 2 * S);
    assert.equal(one.verdict, 'up');
    assert.equal(
      one.told('verdict').some((effect) => effect.to === 'down'),
      false,
    );
  });

  it('dates the start from the failure after which good answers no longer outweighed', () => {
    const one = up()
      .check(10 * S, 'soft')
      .check(12 * S)
      .failing(14 * S, 30 * S);
    const fell = one.change('down');
    assert.equal(fell.firstBad?.at, 14 * S);
    assert.equal(fell.lastGood?.at, 12 * S - 50);
  });
});

describe('down', () => {
  it('is believed when wrong answers span 10 s, with the bracket of the start and what was counted', () => {
    const one = up().failing(10 * S, 18 * S);
    assert.equal(one.verdict, 'suspect');
    one.controls(20 * S).check(20 * S, 'hard');
    const fell = one.change('down');
    assert.equal(fell.at, 20 * S);
    assert.equal(fell.lastGood?.at, 1 * S - 50);
    assert.equal(fell.firstBad?.at, 10 * S);
    assert.deepEqual([fell.bad, fell.asked], [6, 6]);
    assert.equal(fell.reason?.code, 'tcp.refused');
    assert.deepEqual(fell.controls, { ok: 6, total: 6 });
    assert.equal(fell.afterDeploy, false);
  });

  it('takes one re-check more when the target is only silent', () => {
    const one = up().failing(10 * S, 20 * S, 'soft');
    assert.equal(one.verdict, 'suspect');
    one.controls(22 * S).check(22 * S, 'soft');
    assert.equal(one.verdict, 'down');
  });

  it('needs both score and span: two failures 10 s apart suffice only when they are hard', () => {
    assert.equal(
      up()
        .check(10 * S, 'hard')
        .controls(20 * S)
        .check(20 * S, 'hard').verdict,
      'down',
    );
    assert.equal(
      up()
        .check(10 * S, 'soft')
        .controls(22 * S)
        .check(22 * S, 'soft').verdict,
      'suspect',
    );
  });

  it('names the gravest reason of the run', () => {
    const one = up()
      .check(8 * S, 'soft')
      .failing(10 * S, 18 * S, 'hard', { reason: reason('http.status', { status: 502 }) });
    assert.deepEqual(one.change('down').reason, { code: 'http.status', params: { status: 502 } });
  });

  it('waits for a fresh look at the controls', () => {
    const one = up();
    for (let at = 10; at <= 24; at += 2) one.check(at * S, 'hard');
    assert.equal(one.verdict, 'suspect');
    assert.ok(one.told('controls').length > 1);
    assert.equal(one.controls(25 * S).verdict, 'down');
  });

  it('is believed with double the evidence when the controls never say anything', () => {
    const one = up();
    for (let at = 10; at <= 60; at += 2) one.check(at * S, 'hard');
    assert.equal(one.change('down').at, 42 * S);
  });

  it('needs no controls for a target over loopback', () => {
    const one = up();
    for (let at = 10; at <= 20; at += 2) one.check(at * S, 'hard', { network: 'none' });
    assert.equal(one.verdict, 'down');
  });

  it('has no veto from controls that never answered since the start', () => {
    const one = up();
    for (let at = 10; at <= 22; at += 2) one.controls(at * S, 0, 0).check(at * S, 'soft', { network: 'none' });
    assert.equal(one.verdict, 'down');
  });

  it('takes double evidence while most controls are silent', () => {
    const one = up();
    const falls = (): number => {
      for (let at = 10 * S; ; at += 4 * S) if (one.controls(at, 2).check(at, 'hard').verdict === 'down') return at;
    };
    // Three hard failures would do; five are asked for.
    assert.equal(falls(), 22 * S);
  });

  it('takes double evidence when the network was poor while a check ran', () => {
    const twice = (network: 'ok' | 'poor'): string =>
      up()
        .controls(10 * S)
        .check(10 * S, 'hard')
        .controls(20 * S)
        .check(20 * S, 'hard', { network }).verdict;
    assert.equal(twice('ok'), 'down');
    assert.equal(twice('poor'), 'suspect');
  });

  it('is told once, however long it lasts', () => {
    const one = down();
    one.told('verdict');
    one.failing(25 * S, 600 * S);
    assert.deepEqual(one.told('verdict'), []);
  });
});

describe('a deploy', () => {
  it('that was announced is forgiven a gap of 25 s', () => {
    const one = up()
      .feed({ type: 'deploy', at: 8 * S })
      .failing(10 * S, 35 * S)
      .succeeding(37 * S, 41 * S, 2 * S);
    assert.equal(one.verdict, 'up');
    assert.equal(
      one.told('verdict').some((effect) => effect.to === 'down'),
      false,
    );
  });

  it('is named when the target stays down after it', () => {
    const one = up()
      .feed({ type: 'deploy', at: 8 * S })
      .failing(10 * S, 70 * S);
    const fell = one.change('down');
    assert.equal(fell.at, 56 * S);
    assert.equal(fell.afterDeploy, true);
  });

  it('is forgiven for as long as was announced, and not named afterwards', () => {
    const one = up()
      .feed({ type: 'deploy', at: 2 * S, graceMs: 5 * S })
      .failing(10 * S, 20 * S);
    assert.equal(one.change('down').afterDeploy, false);
  });
});
