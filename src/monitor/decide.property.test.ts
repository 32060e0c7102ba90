import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { courses } from '../../test/machines/events.ts';
import { decide, initial, type MonitorState } from './decide.ts';
import { DEFAULT_RULES } from './rules.ts';
import type { MonitorEffect, MonitorEvent, Verdict } from './verdict.ts';

const RUNS = { numRuns: 300 };

interface Moment {
  readonly before: MonitorState;
  readonly event: MonitorEvent;
  readonly after: MonitorState;
  readonly effects: readonly MonitorEffect[];
}

const freeze = (value: unknown): void => {
  if (typeof value !== 'object' || value === null) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) freeze(inner);
};

const run = (events: readonly MonitorEvent[], start = initial(1_000_000)): Moment[] => {
  let state = start;
  return events.map((event) => {
    const before = state;
    freeze(before);
    const [after, effects] = decide(before, event, DEFAULT_RULES);
    state = after;
    return { before, event, after, effects };
  });
};

const verdicts = (moments: readonly Moment[]): Extract<MonitorEffect, { do: 'verdict' }>[] =>
  moments.flatMap(({ effects }) => effects.filter((effect) => effect.do === 'verdict'));

const forAll = (check: (events: readonly MonitorEvent[]) => void): void => fc.assert(fc.property(courses, check), RUNS);

describe('the machine, over any course of events', () => {
  it('reaches every verdict in the courses that it is tested with', () => {
    const seen = new Set<Verdict>();
    for (const events of fc.sample(courses, { numRuns: 300, seed: 7 }))
      for (const effect of verdicts(run(events))) seen.add(effect.to);
    assert.deepEqual([...seen].toSorted(), ['blind', 'degraded', 'down', 'pending', 'suspect', 'up']);
  });

  it('goes on just the same from a state that was stored and read back', () => {
    forAll((events) => {
      for (const { before, event, after, effects } of run(events)) {
        const read = JSON.parse(JSON.stringify(before)) as MonitorState;
        assert.deepEqual(read, before);
        assert.deepEqual(decide(read, event, DEFAULT_RULES), [after, effects]);
      }
    });
  });

  it('stays below 4 kB', () => {
    forAll((events) => {
      for (const { after } of run(events)) assert.ok(JSON.stringify(after).length < 4_096);
    });
  });

  it('never lets time go back, but for a restart', () => {
    forAll((events) => {
      for (const { before, event, after } of run(events)) {
        assert.ok(after.at >= before.at || event.type === 'resumed');
        assert.ok(after.since <= after.at);
      }
    });
  });

  it('tells each change of verdict once, from what was told before', () => {
    forAll((events) => {
      let told: Verdict = 'pending';
      for (const { effects, after } of run(events)) {
        for (const effect of effects.filter((one) => one.do === 'verdict')) {
          assert.equal(effect.from, told);
          assert.notEqual(effect.to, effect.from);
          told = effect.to;
        }
        assert.equal(after.verdict, told);
      }
    });
  });

  it('says down only of bad evidence that spans the shortest span, with its brackets in order', () => {
    forAll((events) => {
      for (const fell of verdicts(run(events)).filter(({ to }) => to === 'down')) {
        assert.ok(fell.firstBad !== undefined && fell.lastBad !== undefined);
        assert.ok(fell.lastBad.at - fell.firstBad.at >= DEFAULT_RULES.minSpanMs);
        assert.ok(fell.lastBad.at <= fell.at);
        assert.ok((fell.lastGood?.at ?? 0) <= fell.firstBad.at);
        assert.ok(fell.bad >= 2 && fell.bad <= fell.asked);
        assert.ok(fell.reason !== undefined && fell.reason.code !== 'watch.cannot-ask');
      }
    });
  });

  it('never says down in maintenance, paused or blind', () => {
    forAll((events) => {
      for (const { before, after, effects } of run(events)) {
        if (!effects.some((effect) => effect.do === 'verdict' && effect.to === 'down')) continue;
        assert.equal(before.maintenance || before.paused, false);
        assert.equal(after.blind, null);
      }
    });
  });

  it('says up after down only when good checks have lasted', () => {
    forAll((events) => {
      for (const { before, after, effects } of run(events)) {
        if (before.verdict !== 'down' || after.verdict === 'down') continue;
        const rose = effects.find((effect) => effect.do === 'verdict');
        assert.ok(before.outage !== null && rose?.firstGood !== undefined && rose.lastBad !== undefined);
        assert.ok(rose.at - rose.firstGood.at >= DEFAULT_RULES.stableMs);
        assert.ok(rose.lastBad.at <= rose.firstGood.at);
      }
    });
  });

  it('reports blind spans that end when they are reported and do not overlap', () => {
    forAll((events) => {
      const moments = run(events.filter(({ type }) => type !== 'resumed'));
      let until = 0;
      for (const { after, effects } of moments)
        for (const span of effects.filter((effect) => effect.do === 'blind-span')) {
          assert.ok(span.from <= span.to && span.to === after.at);
          assert.ok(span.to >= until);
          until = span.to;
        }
    });
  });

  it('orders one re-check at a time, soon, whenever it is in doubt or down', () => {
    forAll((events) => {
      for (const { after, effects } of run(events)) {
        const orders = effects.filter((effect) => effect.do === 'recheck');
        assert.ok(orders.length <= 1);
        for (const { afterMs } of orders) assert.ok(afterMs >= 0 && afterMs <= DEFAULT_RULES.downEveryMs);
        if ((after.doubt !== null || after.outage !== null) && !after.paused)
          assert.ok((after.recheckAt ?? 0) >= after.at);
      }
    });
  });

  it('never doubts a target of which only the watch itself is to blame', () => {
    forAll((events) => {
      const innocent = events.filter(
        (event) =>
          event.type !== 'check' ||
          event.class === 'ok' ||
          event.reason?.code === 'watch.cannot-ask' ||
          (event.class === 'soft' && event.network === 'bad'),
      );
      for (const { to } of verdicts(run(innocent))) assert.ok(to !== 'suspect' && to !== 'down');
    });
  });
});
