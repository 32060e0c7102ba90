import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { down, up, watched, type Watched } from '../../test/machines/monitor.ts';
import { needsTicks } from './decide.ts';
import { reason } from './reason.ts';

const S = 1_000;
const NEVER_DOWN = (one: Watched): void =>
  assert.equal(
    one.told('verdict').some(({ to }) => to === 'down'),
    false,
  );
const CANNOT_ASK = { reason: reason('watch.cannot-ask', { what: 'no descriptors left' }) };

const looking = (one: Watched, from: number, to: number, ok: number): void => {
  for (let at = from; at <= to; at += 2 * S) one.controls(at, ok);
};

describe('blindness', () => {
  it('takes the place of doubt when the own network was bad while a check was silent', () => {
    const one = up()
      .check(10 * S, 'hard')
      .check(15 * S, 'soft', { network: 'bad' });
    assert.equal(one.verdict, 'blind');
    assert.equal(one.state.doubt, null);
  });

  it('takes the place of doubt when no control answers', () => {
    assert.equal(
      up()
        .check(10 * S, 'hard')
        .controls(12 * S, 0).verdict,
      'blind',
    );
  });

  it('is not brought about by silent controls while the target answers', () => {
    const one = up();
    for (let at = 10; at < 60; at += 2) one.controls(at * S, 0).check(at * S);
    assert.equal(one.verdict, 'up');
  });

  it('ends with a fresh check after the controls were good for 10 s, and reports its exact span', () => {
    const one = up()
      .controls(9 * S, 0)
      .check(15 * S, 'soft', { network: 'bad' });
    looking(one, 100 * S, 108 * S, 6);
    one.check(108_500);
    assert.equal(one.verdict, 'blind');
    one.controls(110 * S);
    assert.equal(one.told('verify').length, 1);
    one.check(110_100);
    assert.equal(one.verdict, 'up');
    assert.deepEqual(one.told('blind-span'), [{ do: 'blind-span', from: 9 * S, to: 110_100 }]);
  });

  it('begins with the silent check when nobody looked at the controls before', () => {
    const one = up().check(15 * S, 'soft', { network: 'bad' });
    looking(one, 20 * S, 30 * S, 6);
    one.check(31 * S);
    assert.equal(one.told('blind-span')[0]?.from, 10 * S);
  });

  it('does not end with a check that was asked while the own network was bad', () => {
    const one = up().check(15 * S, 'soft', { network: 'bad' });
    looking(one, 20 * S, 30 * S, 6);
    assert.equal(one.check(31 * S, 'hard', { startedAt: 19 * S }).verdict, 'blind');
    assert.equal(one.check(31 * S, 'hard').verdict, 'suspect');
  });

  it('goes on asking until a fresh check has decided', () => {
    const one = up().check(15 * S, 'soft', { network: 'bad' });
    looking(one, 20 * S, 30 * S, 6);
    one.told('recheck');
    one.tick(31 * S).tick(33 * S);
    assert.ok(one.told('recheck').length > 0);
    assert.equal(needsTicks(one.state), true);
  });

  it('does not end while the own gateway flaps, and nobody is woken', () => {
    const one = up();
    for (let start = 10 * S; start < 600 * S; start += 15 * S) {
      for (let at = start; at < start + 15 * S; at += 2 * S) {
        const cut = at - start < 4 * S;
        one.controls(at, cut ? 0 : 6).check(at + 500, cut ? 'soft' : 'ok', cut ? { network: 'bad' } : {});
      }
    }
    NEVER_DOWN(one);
  });

  it('asks for double span and score for five minutes afterwards', () => {
    const one = up().check(15 * S, 'soft', { network: 'bad' });
    looking(one, 20 * S, 30 * S, 6);
    one.check(31 * S);
    one.failing(100 * S, 118 * S);
    assert.equal(one.verdict, 'suspect');
    one.failing(120 * S, 120 * S);
    assert.equal(one.verdict, 'down');
  });

  it('ends when the target itself answers over 10 s, whatever the controls say', () => {
    const one = up().check(15 * S, 'soft', { network: 'bad' });
    for (let at = 20; at <= 28; at += 2) one.controls(at * S, 0).check(at * S);
    assert.equal(one.verdict, 'blind');
    one.check(30 * S);
    assert.equal(one.verdict, 'up');
  });

  it('ends at once when there are no controls any more', () => {
    const one = up()
      .check(15 * S, 'soft', { network: 'bad' })
      .controls(20 * S, 0, 0)
      .check(21 * S);
    assert.equal(one.verdict, 'up');
  });

  it('keeps a monitor down that was down, without an all-clear, and its span is reported all the same', () => {
    const one = down()
      .check(25 * S)
      .check(30 * S)
      .check(40 * S, 'soft', { network: 'bad' });
    assert.equal(one.verdict, 'down');
    one.tick(300 * S);
    looking(one, 300 * S, 310 * S, 6);
    one.check(311 * S);
    assert.deepEqual(one.told('blind-span'), [{ do: 'blind-span', from: 35 * S, to: 311 * S }]);
    assert.equal(one.verdict, 'down');
    one.succeeding(315 * S, 371 * S, 4 * S);
    assert.equal(one.verdict, 'up');
  });

  it('leads to pending, not to up, when the monitor is paused meanwhile', () => {
    const one = up()
      .check(15 * S, 'soft', { network: 'bad' })
      .feed({ type: 'pause', at: 20 * S, on: true });
    assert.equal(one.verdict, 'pending');
  });
});

describe('a watch that cannot ask', () => {
  it('is blind when that lasts, and never takes it for evidence against the target', () => {
    const one = up();
    for (let at = 10; at < 300; at += 5) one.controls(at * S).check(at * S, 'soft', CANNOT_ASK);
    assert.equal(one.verdict, 'blind');
    NEVER_DOWN(one);
  });

  it('asks again every 5 s, and sees with the first answer', () => {
    const one = up()
      .check(10 * S, 'soft', CANNOT_ASK)
      .tick(12 * S);
    assert.deepEqual(
      one.told('recheck').map(({ afterMs }) => afterMs),
      [0, 3 * S],
    );
    one.check(15 * S, 'soft', CANNOT_ASK).check(20 * S, 'soft', CANNOT_ASK);
    assert.equal(one.verdict, 'blind');
    one.check(25 * S);
    assert.equal(one.verdict, 'up');
    assert.deepEqual(one.told('blind-span'), [{ do: 'blind-span', from: 5 * S, to: 25 * S }]);
  });

  it('counts only times in a row', () => {
    const one = up();
    for (let at = 10; at < 100; at += 10) one.check(at * S, 'soft', CANNOT_ASK).check((at + 5) * S);
    assert.equal(one.told('blind-span').length, 0);
  });

  it('stays up over a single time', () => {
    assert.equal(
      up()
        .check(10 * S, 'soft', CANNOT_ASK)
        .check(15 * S).verdict,
      'up',
    );
  });
});

describe('a brain that was off', () => {
  it('asks at once where it was in doubt, and leaves the rest to the schedule', () => {
    const well = up().feed({ type: 'resumed', at: 500 * S, from: 100 * S });
    assert.deepEqual(well.told('verify'), []);
    assert.equal(well.verdict, 'up');
    const doubted = up()
      .check(10 * S, 'hard')
      .feed({ type: 'resumed', at: 500 * S, from: 100 * S });
    assert.equal(doubted.told('verify').length, 1);
  });

  it('tells of an outage whose first evidence was saved and that is over now', () => {
    const one = up()
      .check(10 * S, 'hard')
      .feed({ type: 'resumed', at: 500 * S, from: 12 * S })
      .check(501 * S);
    const [unseen] = one.told('unseen');
    assert.equal(unseen?.firstBad.at, 10 * S);
    assert.equal(unseen?.lastGood?.at, 950);
    assert.deepEqual([unseen?.from, unseen?.to], [12 * S, 501 * S]);
    assert.equal(one.verdict, 'up');
    assert.deepEqual(one.check(503 * S).told('unseen'), []);
  });

  it('believes an outage that goes on after 10 s of fresh evidence, dated from what was saved', () => {
    const one = up()
      .check(10 * S, 'hard')
      .feed({ type: 'resumed', at: 500 * S, from: 12 * S });
    one.failing(501 * S, 509 * S);
    assert.equal(one.verdict, 'suspect');
    one.failing(511 * S, 511 * S);
    assert.equal(one.change('down').firstBad?.at, 10 * S);
    assert.deepEqual(one.told('unseen'), []);
  });

  it('counts a restart of a second as nothing', () => {
    const one = up()
      .failing(10 * S, 16 * S)
      .feed({ type: 'resumed', at: 17 * S, from: 16 * S })
      .failing(18 * S, 20 * S);
    assert.equal(one.verdict, 'down');
  });

  it('tells of an outage that ended in a gap too short for itself, when it lasted long enough in all', () => {
    const one = up()
      .failing(10 * S, 16 * S)
      .feed({ type: 'resumed', at: 24 * S, from: 17 * S })
      .check(25 * S);
    assert.deepEqual(
      one.told('unseen').map(({ firstBad, lastBad, to }) => [firstBad.at, lastBad.at, to]),
      [[10 * S, 16 * S, 25 * S]],
    );
    assert.equal(one.verdict, 'up');
  });

  it('tells nothing of a blip around a restart', () => {
    const one = up()
      .failing(10 * S, 12 * S)
      .feed({ type: 'resumed', at: 15 * S, from: 13 * S })
      .check(16 * S)
      .check(18 * S)
      .check(20 * S);
    assert.deepEqual(one.told('unseen'), []);
    assert.equal(one.verdict, 'up');
  });

  it('tells of an outage that was bad before and after a gap and ended before fresh evidence sufficed', () => {
    const one = up()
      .failing(10 * S, 12 * S)
      .feed({ type: 'resumed', at: 30 * S, from: 13 * S })
      .failing(31 * S, 33 * S)
      .check(35 * S)
      .check(37 * S)
      .check(39 * S);
    assert.deepEqual(
      one.told('unseen').map(({ firstBad, lastBad }) => [firstBad.at, lastBad.at]),
      [[10 * S, 33 * S]],
    );
    assert.deepEqual(one.told('verdict').at(-1)?.to, 'up');
  });

  it('stays down after a restart until fresh checks have been good for a minute', () => {
    const one = down()
      .check(25 * S)
      .check(30 * S)
      .check(35 * S)
      .feed({ type: 'resumed', at: 500 * S, from: 36 * S });
    one.tick(501 * S);
    assert.equal(one.verdict, 'down');
    one.succeeding(505 * S, 565 * S);
    assert.equal(one.change('up').firstGood?.at, 505 * S);
  });

  it('goes on re-checking at once after a restart', () => {
    const one = up().check(10 * S, 'hard');
    one.told('recheck');
    one.feed({ type: 'resumed', at: 11 * S, from: 10 * S });
    assert.deepEqual(one.told('recheck'), [{ do: 'recheck', afterMs: 0, question: 'full' }]);
  });

  it('goes on when the wall clock was set back by an hour in between', () => {
    const hour = 3_600 * S;
    const one = watched()
      .check(hour)
      .check(hour + 10 * S, 'hard');
    one.feed({ type: 'resumed', at: 20 * S, from: hour + 11 * S }).failing(21 * S, 31 * S);
    assert.equal(one.change('down').at, 31 * S);
  });
});

describe('time that goes back', () => {
  it('stands still instead', () => {
    const one = up()
      .check(100 * S)
      .check(10 * S, 'hard');
    assert.equal(one.change('suspect').at, 100 * S);
    assert.equal(one.state.at, 100 * S);
  });
});
