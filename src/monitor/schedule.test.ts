import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DeadlineHeap, firstAt, firstPulseAt, nextAt } from './schedule.ts';

const random = fc.double({ min: 0, max: 0.999_999, noNaN: true });

describe('the schedule', () => {
  it('asks a handful of monitors at once after a start', () => {
    for (let place = 0; place < 10; place += 1) assert.equal(firstAt(5_000, place, 10, 120_000), 5_000);
  });

  it('has asked each of 1,000 monitors within one interval after a start, evenly spread', () => {
    const firsts = Array.from({ length: 1_000 }, (_, place) => firstAt(0, place, 1_000, 20_000));
    assert.ok(firsts.every((at) => at >= 0 && at < 20_000));
    for (let second = 0; second < 20; second += 1)
      assert.equal(firsts.filter((at) => at >= second * 1_000 && at < (second + 1) * 1_000).length, 50);
  });

  it('asks a monitor of once a day within a minute of a start', () => {
    assert.ok(firstAt(0, 999, 1_000, 86_400_000) <= 60_000);
  });

  it('sends the first pulse within one rhythm after the first full check', () => {
    fc.assert(
      fc.property(random, (r) => {
        const at = firstPulseAt(1_000, 10_000, r);
        assert.ok(at >= 3_000 && at <= 11_000);
      }),
    );
  });

  it('strays at most a tenth from the rhythm of full checks and a fifth from that of pulses', () => {
    fc.assert(
      fc.property(random, (r) => {
        const full = nextAt(1_000_000, 120_000, 'full', 1_000_000, r) - 1_000_000;
        const pulse = nextAt(1_000_000, 10_000, 'pulse', 1_000_000, r) - 1_000_000;
        assert.ok(full >= 108_000 && full <= 132_000);
        assert.ok(pulse >= 8_000 && pulse <= 12_000);
      }),
    );
  });

  it('does not drift: a check that starts late leaves the next deadline where it was', () => {
    const due = 1_000_000;
    assert.equal(nextAt(due, 10_000, 'pulse', due, 0.3), nextAt(due, 10_000, 'pulse', due + 4_900, 0.3));
    const year = Array.from({ length: 5_000 }, (_, step) => ((step * 7_919) % 1_000) / 1_000).reduce(
      (at, r) => nextAt(at, 10_000, 'pulse', at + 1_500, r),
      0,
    );
    assert.ok(Math.abs(year / 5_000 - 10_000) < 20, `mean rhythm ${year / 5_000}`);
  });

  it('skips what was missed instead of asking in a bunch, and keeps monitors apart', () => {
    fc.assert(
      fc.property(
        random,
        fc.integer({ min: 0, max: 3_600_000 }),
        fc.integer({ min: 1_000, max: 600_000 }),
        (r, late, every) => {
          const next = nextAt(0, every, 'full', late, r);
          assert.ok(next > late);
          assert.ok(next <= late + every * 1.1 + 1);
        },
      ),
    );
    const afterStall = [0, 700, 1_400].map((due) => nextAt(due, 10_000, 'full', 65_000, 0.5));
    assert.deepEqual(afterStall, [70_000, 70_700, 71_400]);
  });
});

describe('the heap of deadlines', () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constant('set' as const),
      key: fc.integer({ min: 0, max: 30 }),
      at: fc.integer({ min: 0, max: 500 }),
    }),
    fc.record({ do: fc.constant('delete' as const), key: fc.integer({ min: 0, max: 30 }), at: fc.constant(0) }),
    fc.record({ do: fc.constant('pop' as const), key: fc.constant(0), at: fc.integer({ min: 0, max: 500 }) }),
  );

  const popDue = (heap: DeadlineHeap, now: number): { key: string; at: number } | undefined => {
    const first = heap.peek();
    if (first === undefined || first.at > now) return undefined;
    heap.delete(first.key);
    return first;
  };

  type Model = Map<string, { at: number; order: number }>;
  const earliest = (model: Model): string | undefined =>
    [...model].toSorted(([, a], [, b]) => a.at - b.at || a.order - b.order)[0]?.[0];

  const pop = (heap: DeadlineHeap, model: Model, now: number): void => {
    const first = earliest(model);
    const due = first !== undefined && (model.get(first)?.at ?? 0) <= now ? first : undefined;
    assert.equal(popDue(heap, now)?.key, due);
    if (due !== undefined) model.delete(due);
  };

  it('gives the earliest deadline after any sequence of setting, moving and removing', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const heap = new DeadlineHeap();
        const model: Model = new Map();
        for (const [order, one] of steps.entries()) {
          const key = `monitor ${one.key}`;
          if (one.do === 'set') {
            heap.set(key, one.at);
            model.set(key, { at: one.at, order });
          } else if (one.do === 'delete') assert.equal(heap.delete(key), model.delete(key));
          else pop(heap, model, one.at);
          assert.equal(heap.size, model.size);
          assert.equal(heap.peek()?.key, earliest(model));
          for (const [known, { at }] of model) assert.equal(heap.at(known), at);
        }
      }),
    );
  });

  it('drains 10,000 monitors in the order of their deadlines', () => {
    const heap = new DeadlineHeap();
    for (let index = 0; index < 10_000; index += 1) heap.set(`m${index}`, (index * 7_919) % 30_000);
    let before = -1;
    let drained = 0;
    for (let due = popDue(heap, 30_000); due !== undefined; due = popDue(heap, 30_000)) {
      assert.ok(due.at >= before);
      before = due.at;
      drained += 1;
    }
    assert.equal(drained, 10_000);
    assert.equal(heap.peek(), undefined);
  });
});
