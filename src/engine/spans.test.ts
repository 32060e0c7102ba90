import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monitor } from '../../test/fakes/samples.ts';
import { MINUTE } from '../kernel/time.ts';
import type { MonitorEffect, Verdict } from '../monitor/verdict.ts';
import type { StoredSpan } from '../store/contract.ts';
import { moveSpan } from './spans.ts';
import type { OpenSpan, Subject } from './watched.ts';

type VerdictEffect = Extract<MonitorEffect, { do: 'verdict' }>;

const AHEAD = 3_600_000;

const subject = (open?: OpenSpan): Subject => ({
  monitor: monitor('m1'),
  target: { label: 'fake' },
  state: { verdict: 'up', since: 0 },
  openSpan: open,
});

const to = (verdict: Verdict, at: number, more: Partial<VerdictEffect> = {}): VerdictEffect => ({
  do: 'verdict',
  at,
  from: 'up',
  to: verdict,
  bad: 3,
  asked: 3,
  afterDeploy: false,
  ...more,
});

/** What is written, on a wall clock that is an hour ahead of the watch's. */
const moved = (one: Subject, effect: VerdictEffect): readonly Omit<StoredSpan, 'id'>[] =>
  moveSpan(one, effect, (at) => at + AHEAD).map((write) => {
    assert.ok('put' in write && write.put === 'span');
    const { id: _id, ...span } = write.span;
    return span;
  });

describe('the span of a hurt monitor', () => {
  it('begins with the first bad answer, by the wall clock', () => {
    const one = subject();
    assert.deepEqual(moved(one, to('down', 9_000, { firstBad: { at: 1_000 } })), [
      { kind: 'down', monitor: 1, from: 1_000 + AHEAD },
    ]);
    assert.deepEqual(one.openSpan, { kind: 'down', from: 1_000 + AHEAD });
  });

  it('begins with the verdict when no bad answer is known', () => {
    assert.deepEqual(moved(subject(), to('down', 9_000)), [{ kind: 'down', monitor: 1, from: 9_000 + AHEAD }]);
  });

  it('ends with the first good answer, under the id that it began with', () => {
    const one = subject();
    const [begun] = moveSpan(one, to('down', 9_000), (at) => at);
    const [ended] = moveSpan(one, to('up', MINUTE, { from: 'down', firstGood: { at: 40_000 } }), (at) => at);
    assert.ok(begun !== undefined && 'put' in begun && begun.put === 'span');
    assert.ok(ended !== undefined && 'put' in ended && ended.put === 'span');
    assert.equal(ended.span.id, begun.span.id);
    assert.equal(ended.span.to, 40_000);
    assert.equal(one.openSpan, undefined);
  });

  it('goes on through doubt and blindness, which say nothing about the target', () => {
    for (const verdict of ['suspect', 'blind'] as const) {
      const one = subject({ kind: 'down', from: 1_000 });
      assert.deepEqual(moved(one, to(verdict, 9_000)), []);
      assert.ok(one.openSpan);
    }
  });

  it('gives way to the other kind of hurt at the moment of the verdict', () => {
    const one = subject({ kind: 'degraded', from: 1_000 });
    assert.deepEqual(moved(one, to('down', 9_000, { from: 'degraded' })), [
      { kind: 'degraded', monitor: 1, from: 1_000, to: 9_000 + AHEAD },
      { kind: 'down', monitor: 1, from: 9_000 + AHEAD },
    ]);
  });

  it('never ends before it began, whatever the clock was set to', () => {
    const one = subject({ kind: 'down', from: 10 * AHEAD });
    assert.deepEqual(moved(one, to('up', 9_000, { from: 'down' })), [
      { kind: 'down', monitor: 1, from: 10 * AHEAD, to: 10 * AHEAD },
    ]);
  });
});
