import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Delivery } from '../alert/model.ts';
import { DAY, MINUTE } from '../kernel/time.ts';
import { backlog, Lane, untriedMs } from './lane.ts';

const T = Date.UTC(2026, 0, 10);

const delivery = (id: string, more: Partial<Delivery> = {}): Delivery => ({
  id,
  alertId: 'a',
  incidentId: 'i',
  channelId: 'c',
  dedupKey: id,
  loud: false,
  status: 'waiting',
  dueAt: T,
  createdAt: T,
  attempts: 0,
  ...more,
});

const laneOf = (...deliveries: readonly Delivery[]): Lane => {
  const lane = new Lane();
  for (const one of deliveries) lane.put(one);
  return lane;
};

const ids = (deliveries: Iterable<Delivery>): readonly string[] => [...deliveries].map(({ id }) => id);

describe('a lane', () => {
  it('has due what waits and whose moment has come, not what is being sent', () => {
    const lane = laneOf(
      delivery('now'),
      delivery('later', { dueAt: T + 1 }),
      delivery('under way', { status: 'sending' }),
    );
    assert.deepEqual(ids(lane.due(T)), ['now']);
    assert.deepEqual(ids(lane.due(T + 1)), ['now', 'later']);
    assert.equal(lane.nextDue(), T);
  });

  it('has nothing due next while all that it holds is being sent', () => {
    assert.equal(laneOf(delivery('under way', { status: 'sending' })).nextDue(), undefined);
  });

  it('lets go of what is over and remembers the last hundred of it', () => {
    const lane = laneOf(delivery('d'), delivery('d', { status: 'accepted' }));
    assert.equal(lane.get('d'), undefined);
    assert.equal(lane.last('d')?.status, 'accepted');
    for (let count = 0; count < 100; count += 1) lane.put(delivery(`n${count}`, { status: 'failed' }));
    assert.equal(lane.last('d'), undefined);
    assert.equal(lane.last('n0')?.status, 'failed');
  });

  it('tells what waits of an incident, apart from changes of earlier messages', () => {
    const lane = laneOf(delivery('news'), delivery('change', { edits: 'm1' }), delivery('other', { incidentId: 'j' }));
    assert.deepEqual(ids(lane.of('i')), ['news']);
  });

  it('remembers what was accepted for five minutes', () => {
    const lane = new Lane();
    lane.noteAccepted(T);
    lane.noteAccepted(T + MINUTE);
    assert.deepEqual(lane.accepted, [T, T + MINUTE]);
    lane.noteAccepted(T + 5 * MINUTE);
    assert.deepEqual(lane.accepted, [T + MINUTE, T + 5 * MINUTE]);
  });

  it('is not to be asked before the span is over that the provider asked for', () => {
    const lane = new Lane();
    lane.noteRefusal({ permanent: false, message: 'no answer' }, T);
    assert.equal(lane.waitAsked(T), undefined);
    lane.noteRefusal({ permanent: false, message: 'too many', retryAfterMs: 3_000 }, T);
    assert.deepEqual(lane.waitAsked(T + 1_000), { permanent: false, message: 'too many', retryAfterMs: 2_000 });
    assert.equal(lane.waitAsked(T + 3_000), undefined);
  });

  it('says once a day that the cap is used up', () => {
    const lane = new Lane();
    assert.deepEqual(
      [T, T + 1, T + DAY - 1, T + DAY].map((at) => lane.noteCap(at)),
      [true, false, false, true],
    );
  });
});

describe('the backlog of all lanes', () => {
  it('counts all that waits, and its age from the first try or from when it was due', () => {
    const lanes = [
      laneOf(delivery('tried', { attempts: 2, firstTriedAt: T - 9_000, dueAt: T + 4_000 })),
      laneOf(delivery('due', { dueAt: T - 2_000 }), delivery('morning', { dueAt: T + 8 * 3_600_000 })),
    ];
    assert.deepEqual(backlog(lanes, T), { count: 3, oldestMs: 9_000 });
    assert.deepEqual(backlog([], T), { count: 0, oldestMs: 0 });
  });

  it('is untried only as long as what is due has not been tried at all', () => {
    const tried = laneOf(delivery('tried', { attempts: 1, firstTriedAt: T - 60_000 }));
    assert.equal(untriedMs([tried, laneOf(delivery('new', { dueAt: T - 3_000 }))], T), 3_000);
    assert.equal(untriedMs([tried, laneOf(delivery('morning', { dueAt: T + 3_000 }))], T), 0);
  });
});
