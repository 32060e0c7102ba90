import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY } from '../kernel/time.ts';
import { DAY_0, alertAt, deliveryAt, incidentAt, noteAt, type OpenEmpty } from './contract-samples.test-suite.ts';
import type { Page, StoredToken } from './contract.ts';

/** The ids of all pages of two, newest first. */
const idsOf = async (
  read: (cursor: { cursor?: string }) => Promise<Page<{ readonly id: string }>>,
): Promise<string[]> => {
  const ids: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await read(cursor === undefined ? {} : { cursor });
    assert.ok(page.items.length <= 2);
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.next;
    if (cursor === undefined) return ids;
  }
};

/** Incidents, alerts, deliveries, events, beats, tokens, audit. */
export const aboutLists = (open: OpenEmpty): void => {
  incidentsAndTimeline(open);
  alertsAndDeliveries(open);
  eventsAndBeats(open);
  tokensAndAudit(open);
};

const incidentsAndTimeline = (open: OpenEmpty): void => {
  test('incidents come newest first, in stable pages, by service and state, by id and by code', async (t) => {
    const { store } = await open(t);
    const put = (id: string, at: number, more = {}) =>
      store.write([{ put: 'incident', incident: incidentAt(id, DAY_0 + at, more) }], { urgent: true });
    await put('i1', 10);
    await put('i2', 20, { serviceId: 's2' });
    await put('i3', 20, { state: 'closed', closedAt: DAY_0 + 30 });
    await put('i4', 40);
    assert.deepEqual(await idsOf((at) => store.incidents({ limit: 2, ...at })), ['i4', 'i3', 'i2', 'i1']);
    const first = await store.incidents({ limit: 2 });
    await put('i5', 50);
    const rest = await store.incidents({ limit: 2, cursor: first.next ?? '' });
    assert.deepEqual(
      rest.items.map(({ id }) => id),
      ['i2', 'i1'],
    );
    assert.deepEqual(await idsOf((at) => store.incidents({ limit: 2, serviceId: 's2', ...at })), ['i2']);
    assert.deepEqual(await idsOf((at) => store.incidents({ limit: 2, state: 'closed', ...at })), ['i3']);
    await put('i1', 10, { state: 'closed', closedAt: DAY_0 + 60 });
    assert.equal((await store.incident('i1'))?.closedAt, DAY_0 + 60);
    assert.equal((await store.incident('Ci4'))?.id, 'i4');
    assert.equal(await store.incident('nobody'), undefined);
  });

  test('a timeline is one incident\u2019s alone', async (t) => {
    const { store } = await open(t);
    await store.write([
      { put: 'timeline', entry: noteAt('t1', 'i1', DAY_0 + 5) },
      { put: 'timeline', entry: noteAt('t2', 'i1', DAY_0 + 5) },
      { put: 'timeline', entry: noteAt('t3', 'i2', DAY_0 + 6) },
      { put: 'timeline', entry: noteAt('t4', 'i1', DAY_0 + 7) },
    ]);
    assert.deepEqual(await idsOf((at) => store.timeline({ incidentId: 'i1', limit: 2, ...at })), ['t4', 't2', 't1']);
    assert.deepEqual((await store.timeline({ incidentId: 'i2', limit: 2 })).items, [noteAt('t3', 'i2', DAY_0 + 6)]);
  });
};

const alertsAndDeliveries = (open: OpenEmpty): void => {
  test('alerts come with their deliveries; deliveries by channel and status; accepted ones oldest first', async (t) => {
    const { store } = await open(t);
    const accepted = (id: string, at: number, more = {}) =>
      deliveryAt(id, 'a1', DAY_0 + at, { status: 'accepted', acceptedAt: DAY_0 + at, ...more });
    await store.write([
      { put: 'alert', alert: alertAt('a1', 'i1', DAY_0) },
      { put: 'alert', alert: alertAt('a2', 'i2', DAY_0 + 1) },
      { put: 'delivery', delivery: deliveryAt('d1', 'a1', DAY_0 + 1) },
      { put: 'delivery', delivery: accepted('d2', 30, { parts: 2, cost: 1.5 }) },
      { put: 'delivery', delivery: accepted('d3', 20) },
      { put: 'delivery', delivery: accepted('d4', 25, { channelId: 'c2', incidentId: 'i2' }) },
      { put: 'attempt', deliveryId: 'd2', at: DAY_0 + 29, tookMs: 812, outcome: 'accepted' },
    ]);
    await store.write([
      { put: 'delivery', delivery: deliveryAt('d1', 'a1', DAY_0 + 1, { status: 'failed', error: 'blocked' }) },
    ]);
    assert.deepEqual(await idsOf((at) => store.alerts({ limit: 2, ...at })), ['a2', 'a1']);
    const [alert] = (await store.alerts({ limit: 2, incidentId: 'i1' })).items;
    assert.deepEqual(
      alert?.deliveries.map(({ id }) => id),
      ['d1', 'd3', 'd4', 'd2'],
    );
    assert.deepEqual(await idsOf((at) => store.deliveries({ limit: 2, channelId: 'c1', ...at })), ['d2', 'd3', 'd1']);
    assert.deepEqual(await idsOf((at) => store.deliveries({ limit: 2, status: 'failed', ...at })), ['d1']);
    assert.deepEqual(
      (await store.acceptedFor('i1')).map(({ id }) => id),
      ['d3', 'd2'],
    );
    assert.deepEqual(await store.sentSince('c1', DAY_0 + 21), { messages: 2, cost: 1.5 });
    assert.deepEqual(await store.sentSince('c1', DAY_0), { messages: 3, cost: 1.5 });
    assert.deepEqual(await store.sentSince('c9', DAY_0), { messages: 0, cost: 0 });
  });
};

const eventsAndBeats = (open: OpenEmpty): void => {
  test('events come oldest first after a number, and old ones go', async (t) => {
    const { store } = await open(t);
    const events = [1, 2, 3].map((seq) => ({
      seq,
      at: DAY_0 + seq * 20 * DAY,
      type: 'x',
      serviceId: 's1',
      data: { seq },
    }));
    await store.write(events.map((event) => ({ put: 'event', event })));
    assert.deepEqual(await store.events({ afterSeq: 1, limit: 10 }), events.slice(1));
    assert.deepEqual(await store.events({ afterSeq: 0, limit: 1 }), events.slice(0, 1));
    await store.tend(DAY_0 + 61 * DAY);
    assert.deepEqual(
      (await store.events({ afterSeq: 0, limit: 10 })).map(({ seq }) => seq),
      [2, 3],
    );
  });

  test('the last hundred beats of each monitor are kept, their bodies cut to 10,000 characters', async (t) => {
    const { store } = await open(t);
    const beat = (monitor: number, at: number, body?: string) =>
      ({ put: 'beat', monitor, at, kind: 'success', code: 0, ...(body === undefined ? {} : { body }) }) as const;
    await store.write(Array.from({ length: 130 }, (_, index) => beat(1, DAY_0 + index)));
    await store.write([beat(2, DAY_0, 'x'.repeat(20_000))]);
    const page = await store.beats({ monitor: 1, limit: 60 });
    const rest = await store.beats({ monitor: 1, limit: 60, cursor: page.next ?? '' });
    const ats = [...page.items, ...rest.items].map(({ at }) => at - DAY_0);
    assert.deepEqual(
      ats,
      Array.from({ length: 100 }, (_, index) => 129 - index),
    );
    const [other] = (await store.beats({ monitor: 2, limit: 5 })).items;
    assert.deepEqual(other, { at: DAY_0, kind: 'success', code: 0, body: 'x'.repeat(10_000) });
  });
};

const tokensAndAudit = (open: OpenEmpty): void => {
  test('tokens are found by kind and by hash, and are gone when dropped', async (t) => {
    const { store } = await open(t);
    const token = (id: string, kind: StoredToken['kind']): StoredToken => ({
      id,
      name: id,
      kind,
      hash: `hash-${id}`,
      scope: 'admin',
      createdAt: DAY_0,
    });
    await store.write([
      { put: 'token', token: token('a', 'api') },
      { put: 'token', token: token('b', 'session') },
    ]);
    assert.deepEqual(await store.tokens('api'), [token('a', 'api')]);
    assert.equal((await store.tokens()).length, 2);
    assert.deepEqual(await store.tokenByHash('hash-b'), token('b', 'session'));
    await store.write([{ drop: 'token', id: 'b' }]);
    assert.equal(await store.tokenByHash('hash-b'), undefined);
  });

  test('the audit log comes newest first', async (t) => {
    const { store } = await open(t);
    const entries = ['x', 'y', 'z'].map((id, index) => ({
      id,
      at: DAY_0 + index,
      actor: 'Aigerim',
      via: 'cli',
      action: 'pause',
      data: { id },
    }));
    await store.write(entries.map((entry) => ({ put: 'audit', entry })));
    assert.deepEqual(await idsOf((at) => store.audit({ limit: 2, ...at })), ['z', 'y', 'x']);
    assert.deepEqual((await store.audit({ limit: 1 })).items, [entries[2]]);
  });
};
