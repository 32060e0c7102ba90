import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { aboutChecks } from './contract-checks.test-suite.ts';
import { aboutLists } from './contract-lists.test-suite.ts';
import {
  DAY_0,
  alertAt,
  checkAt,
  deliveryAt,
  incidentAt,
  monitorResource,
  putCheck,
  type OpenEmpty,
} from './contract-samples.test-suite.ts';

/** What every store must do, whatever keeps the data. Call it in a test file with a way to open an empty store. */
export const storeContract = (name: string, open: OpenEmpty): void => {
  describe(`${name}: checks, history and uptime`, () => aboutChecks(open));
  describe(`${name}: lists`, () => aboutLists(open));
  describe(`${name}: writing and going on`, () => aboutGoingOn(open));
  describe(`${name}: writes that cannot be stored`, () => aboutBadWrites(open));
};

const aboutGoingOn = (open: OpenEmpty): void => {
  test('what was written is there after closing and opening again', async (t) => {
    const opened = await open(t);
    await opened.store.write([
      { put: 'resource', resource: monitorResource(1) },
      { put: 'state', subject: 'm1', state: { score: 1.5 } },
      { put: 'state', subject: 'gone', state: 1 },
      { put: 'incident', incident: incidentAt('i1', DAY_0) },
      { put: 'incident', incident: incidentAt('i2', DAY_0 - 9e6, { state: 'closed', closedAt: DAY_0 - 500 }) },
      { put: 'incident', incident: incidentAt('i3', DAY_0 - 9e7, { state: 'closed', closedAt: DAY_0 - 9e6 }) },
      { put: 'alert', alert: alertAt('a1', 'i1', DAY_0) },
      { put: 'delivery', delivery: deliveryAt('d1', 'a1', DAY_0) },
      { put: 'delivery', delivery: deliveryAt('d2', 'a1', DAY_0, { status: 'accepted', acceptedAt: DAY_0 }) },
      { put: 'event', event: { seq: 7, at: DAY_0, type: 'verdict', data: { to: 'down' } } },
      { put: 'meta', key: 'started', value: [1, 'two', null] },
    ]);
    await opened.store.write([{ drop: 'state', subject: 'gone' }], { urgent: true });
    await opened.store.close();
    const again = await opened.reopen();
    const snapshot = await again.load(1_000, DAY_0);
    assert.deepEqual(snapshot.resources, [monitorResource(1)]);
    assert.deepEqual(snapshot.states, new Map([['m1', { score: 1.5 }]]));
    assert.deepEqual(snapshot.openIncidents, [incidentAt('i1', DAY_0)]);
    assert.deepEqual(
      snapshot.recentIncidents.map(({ id }) => id),
      ['i2'],
    );
    assert.deepEqual(snapshot.pendingDeliveries, [deliveryAt('d1', 'a1', DAY_0)]);
    assert.deepEqual(snapshot.alerts, new Map([['a1', alertAt('a1', 'i1', DAY_0)]]));
    assert.deepEqual(snapshot.meta, new Map([['started', [1, 'two', null]]]));
    assert.equal(snapshot.lastEventSeq, 7);
  });

  test('of several states of one subject, also within one batch, the last one counts', async (t) => {
    const { store } = await open(t);
    await Promise.all([1, 2, 3].map((score) => store.write([{ put: 'state', subject: 'm1', state: { score } }])));
    assert.deepEqual((await store.load(0, DAY_0)).states, new Map([['m1', { score: 3 }]]));
    await Promise.all([
      store.write([{ put: 'state', subject: 'm1', state: 4 }]),
      store.write([{ drop: 'state', subject: 'm1' }]),
    ]);
    assert.deepEqual((await store.load(0, DAY_0)).states, new Map());
  });

  test('the store says how it is', async (t) => {
    const { store } = await open(t);
    await store.write([putCheck(checkAt(DAY_0))]);
    const health = store.health();
    assert.equal(health.failing, false);
    assert.equal(health.failures, 0);
    assert.ok(health.commits >= 1);
    assert.ok(health.bytes > 0);
  });

  test('a closed store refuses with a clear fault', async (t) => {
    const { store } = await open(t);
    await store.close();
    await assert.rejects(store.write([]), { code: 'STORE_UNAVAILABLE' });
    await assert.rejects(store.incident('i1'), { code: 'STORE_UNAVAILABLE' });
  });
};

const aboutBadWrites = (open: OpenEmpty): void => {
  test('a write that cannot be put into bytes is refused alone and leaves nothing', async (t) => {
    const opened = await open(t);
    const bad = opened.store.write([{ put: 'meta', key: 'half', value: 1 }, putCheck(checkAt(Number.NaN))]);
    const good = opened.store.write([{ put: 'meta', key: 'good', value: 1 }]);
    await assert.rejects(bad, TypeError);
    await good;
    assert.deepEqual([...(await opened.store.load(0, DAY_0)).meta.keys()], ['good']);
  });

  test('a write that the store refuses does not take its neighbours of the batch along', async (t) => {
    const opened = await open(t);
    const wrong = { put: 'timeline', entry: { incidentId: 'i1', at: DAY_0, id: 'x', source: {}, data: null } };
    const bad = opened.store.write([{ ...wrong, entry: { ...wrong.entry, at: null } } as never]);
    const good = opened.store.write([{ put: 'meta', key: 'neighbour', value: 1 }]);
    await assert.rejects(bad, (error: unknown) => error instanceof Error && !('code' in error));
    await good;
    assert.ok((await opened.store.load(0, DAY_0)).meta.has('neighbour'));
  });
};
