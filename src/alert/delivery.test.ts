import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decideDelivery, DELIVERY_RULES, type DeliveryEffect, type DeliveryEvent } from './delivery.ts';
import type { Delivery } from './model.ts';

const T = Date.UTC(2026, 0, 10, 3, 3, 33);
const fresh: Delivery = {
  id: 'd',
  alertId: 'a',
  incidentId: 'i',
  channelId: 'c',
  dedupKey: 'i/1/0/tg',
  loud: false,
  status: 'waiting',
  dueAt: T,
  createdAt: T,
  attempts: 0,
};
const critical = { ...DELIVERY_RULES, keepTrying: true };
const passing = { permanent: false, message: 'ECONNREFUSED' };

const after = (
  delivery: Delivery,
  events: readonly DeliveryEvent[],
  rules = critical,
): { delivery: Delivery; effects: readonly DeliveryEffect[] } => {
  let now = delivery;
  let last: readonly DeliveryEffect[] = [];
  for (const event of events) [now, last] = decideDelivery(now, event, rules);
  return { delivery: now, effects: last };
};

describe('a delivery', () => {
  it('is sent when due, under its dedup key, and looks for the fallback after 30 s', () => {
    const { delivery, effects } = after(fresh, [{ type: 'due', at: T }]);
    assert.deepEqual(effects, [
      { do: 'send', dedupKey: 'i/1/0/tg', attempt: 1 },
      { do: 'wake', at: T + 30_000 },
    ]);
    assert.equal(delivery.status, 'sending');
  });

  it('is not sent before its time', () => {
    const { effects } = after({ ...fresh, dueAt: T + 5_000 }, [{ type: 'due', at: T }]);
    assert.deepEqual(effects, [{ do: 'wake', at: T + 5_000 }]);
  });

  it('keeps the reference of the provider when accepted', () => {
    const { delivery, effects } = after(fresh, [
      { type: 'due', at: T },
      { type: 'accepted', at: T + 200, ref: '42', tookMs: 200 },
    ]);
    assert.equal(delivery.status, 'accepted');
    assert.equal(delivery.providerRef, '42');
    assert.equal(delivery.acceptedAt, T + 200);
    assert.deepEqual(effects, [{ do: 'timeline', outcome: 'accepted', tookMs: 200 }]);
  });

  it('keeps what it was charged as, and says what was not taken wholly', () => {
    const { delivery, effects } = after(fresh, [
      { type: 'due', at: T },
      { type: 'accepted', at: T + 200, parts: 3, cost: 60, warning: '1 of 2 numbers was refused', tookMs: 200 },
    ]);
    assert.deepEqual([delivery.parts, delivery.cost], [3, 60]);
    assert.deepEqual(effects, [
      { do: 'timeline', outcome: 'accepted', tookMs: 200, error: '1 of 2 numbers was refused' },
    ]);
  });

  it('waits 1, 2, 5, 10, 30 and then 60 s between tries', () => {
    let delivery = fresh;
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 8; attempt += 1) {
      const at = delivery.dueAt;
      [delivery] = decideDelivery(delivery, { type: 'due', at }, critical);
      [delivery] = decideDelivery(delivery, { type: 'failed', at, error: passing, jitter: 0.5 }, critical);
      pauses.push(delivery.dueAt - at);
    }
    assert.deepEqual(pauses, [1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 60_000, 60_000]);
  });

  it('slows down to every 5 minutes after an hour, and never ends while its incident is open', () => {
    const tried: Delivery = { ...fresh, status: 'sending', attempts: 70, firstTriedAt: T };
    const at = T + 30 * 24 * 3_600_000;
    const { delivery } = after(tried, [{ type: 'failed', at, error: passing }]);
    assert.equal(delivery.status, 'waiting');
    assert.equal(delivery.dueAt - at, 300_000);
  });

  it('is given up after a day when nobody must have it', () => {
    const tried: Delivery = { ...fresh, status: 'sending', attempts: 70, firstTriedAt: T, exhaustedAt: T + 30_000 };
    const at = T + 24 * 3_600_000;
    const { delivery, effects } = after(
      tried,
      [{ type: 'failed', at, error: passing }],
      DELIVERY_RULES as typeof critical,
    );
    assert.equal(delivery.status, 'failed');
    assert.deepEqual(effects, [{ do: 'timeline', outcome: 'failed', error: 'ECONNREFUSED' }]);
  });

  it('waits as long as the provider asked for', () => {
    const { delivery } = after(fresh, [
      { type: 'due', at: T },
      { type: 'failed', at: T + 100, error: { ...passing, retryAfterMs: 37_000 }, jitter: 1 },
    ]);
    assert.equal(delivery.dueAt, T + 37_100);
  });

  it('ends at a permanent error and hands over to the next channel at once', () => {
    const { delivery, effects } = after(fresh, [
      { type: 'due', at: T },
      { type: 'failed', at: T + 100, error: { permanent: true, message: '401 Unauthorized' } },
    ]);
    assert.equal(delivery.status, 'failed');
    assert.deepEqual(effects, [{ do: 'timeline', outcome: 'failed', error: '401 Unauthorized' }, { do: 'exhausted' }]);
  });

  it('hands over once after 30 s without an accepted try, even while one hangs, and goes on trying', () => {
    const hanging = after(fresh, [
      { type: 'due', at: T },
      { type: 'failed', at: T + 10_000, error: passing },
      { type: 'due', at: T + 25_000 },
      { type: 'due', at: T + 30_000 },
    ]);
    assert.deepEqual(hanging.effects, [{ do: 'exhausted' }]);
    const later = after(hanging.delivery, [{ type: 'failed', at: T + 35_000, error: passing }]);
    assert.deepEqual(later.effects, [{ do: 'wake', at: later.delivery.dueAt }]);
    assert.equal(later.delivery.status, 'waiting');
  });

  it('goes again under the same key when the brain died while sending', () => {
    const { delivery, effects } = after(fresh, [
      { type: 'due', at: T },
      { type: 'lost', at: T + 4_000 },
      { type: 'due', at: T + 4_000 },
    ]);
    assert.equal(delivery.attempts, 2);
    assert.deepEqual(effects[0], { do: 'send', dedupKey: 'i/1/0/tg', attempt: 2 });
  });

  it('is dropped at the cap, with one note a day, and hands over', () => {
    assert.deepEqual(after(fresh, [{ type: 'capped', at: T, note: true }]).effects, [
      { do: 'timeline', outcome: 'dropped', error: 'the cap for today is used up' },
      { do: 'exhausted' },
    ]);
    assert.deepEqual(after(fresh, [{ type: 'capped', at: T, note: false }]).effects, [{ do: 'exhausted' }]);
  });
});

const eventArb: fc.Arbitrary<(at: number) => DeliveryEvent> = fc.oneof(
  fc.constantFrom(
    (at: number): DeliveryEvent => ({ type: 'due', at }),
    (at: number): DeliveryEvent => ({ type: 'lost', at }),
    (at: number): DeliveryEvent => ({ type: 'accepted', at, tookMs: 5 }),
    (at: number): DeliveryEvent => ({ type: 'stale', at }),
    (at: number): DeliveryEvent => ({ type: 'capped', at, note: true }),
    (at: number): DeliveryEvent => ({ type: 'failed', at, error: { permanent: true, message: '400' } }),
  ),
  fc
    .record({ jitter: fc.double({ min: 0, max: 1, noNaN: true }), wait: fc.option(fc.nat(90_000), { nil: undefined }) })
    .map(({ jitter, wait }) => (at: number): DeliveryEvent => ({
      type: 'failed',
      at,
      jitter,
      error: wait === undefined ? passing : { ...passing, retryAfterMs: wait },
    })),
);
const storyArb = fc.array(fc.tuple(fc.nat(120_000), eventArb), { maxLength: 40 });

describe('any delivery', () => {
  it('stays as it is once it is over, tells the conversation once at most, and always has a wake while it waits', () => {
    fc.assert(
      fc.property(storyArb, (story) => {
        let delivery = fresh;
        let at = T;
        let handedOver = 0;
        for (const [later, make] of story) {
          at += later;
          const before = delivery;
          const [next, effects] = decideDelivery(before, make(at), critical);
          handedOver += effects.filter((effect) => effect.do === 'exhausted').length;
          if (before.status !== 'waiting' && before.status !== 'sending')
            assert.deepEqual([next, effects], [before, []]);
          if (next.status === 'waiting') assert.ok(effects.some((effect) => effect.do === 'wake'));
          assert.ok(effects.filter((effect) => effect.do === 'send').length <= 1);
          assert.equal(next.dedupKey, fresh.dedupKey);
          delivery = JSON.parse(JSON.stringify(next)) as Delivery;
          assert.deepEqual(delivery, next);
        }
        assert.ok(handedOver <= 1);
      }),
    );
  });

  it('is never tried sooner than the provider asked for', () => {
    fc.assert(
      fc.property(storyArb, (story) => {
        let delivery = fresh;
        let at = T;
        let notBefore = 0;
        for (const [later, make] of story) {
          at += later;
          const event = make(at);
          const wasOver = delivery.status !== 'waiting' && delivery.status !== 'sending';
          const [next, effects] = decideDelivery(delivery, event, critical);
          if (effects.some((effect) => effect.do === 'send') && delivery.status === 'waiting')
            assert.ok(at >= notBefore);
          if (!wasOver && event.type === 'failed') notBefore = at + (event.error.retryAfterMs ?? 0);
          if (event.type === 'lost') notBefore = 0;
          delivery = next;
        }
      }),
    );
  });
});
