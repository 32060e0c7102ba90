import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Incident } from '../incident/incident.ts';
import type { Alert, AlertKind, Delivery } from './model.ts';
import { mergeStale, type ChannelStanding, type Waiting } from './stale.ts';

const T = Date.UTC(2026, 0, 10, 3, 0, 0);

const waiting = (
  id: string,
  incidentId: string | undefined,
  kind: AlertKind,
  more: { at?: number; loud?: boolean; edits?: string; severity?: Alert['severity'] } = {},
): Waiting => {
  const { at = T, loud = false, edits, severity = 'critical' } = more;
  const delivery: Delivery = {
    id,
    alertId: `alert ${id}`,
    ...(incidentId === undefined ? {} : { incidentId }),
    channelId: 'c',
    dedupKey: id,
    loud,
    status: 'waiting',
    dueAt: at,
    createdAt: at,
    attempts: 0,
    ...(edits === undefined ? {} : { edits }),
  };
  const alert: Alert = {
    id: `alert ${id}`,
    ...(incidentId === undefined ? {} : { incidentId }),
    kind,
    severity,
    transition: 1,
    createdAt: at,
    facts: { kind, severity, service: `service of ${incidentId}`, startTo: T, failures: [] },
  };
  return { delivery, alert };
};

const incident = (id: string, state: 'open' | 'closed'): Incident => ({
  id,
  code: id,
  kind: 'service',
  severity: 'critical',
  state,
  start: { to: { at: T } },
  detectedAt: T,
  involved: [],
  loudAtOnce: false,
  relapses: 0,
  transition: 1,
  toldLate: false,
  maintenance: false,
  flapping: false,
  ...(state === 'closed' ? { end: { from: { at: T + 50_000 }, to: { at: T + 60_000 } }, closedAt: T + 120_000 } : {}),
});

const standing = (more: Partial<ChannelStanding> = {}): ChannelStanding => ({
  at: T + 600_000,
  channel: 'tg',
  incidents: new Map(),
  told: new Set(),
  accepted: [],
  ...more,
});
const ids = (all: readonly { delivery: Delivery }[]): string[] => all.map(({ delivery }) => delivery.id);

describe('what waits for a channel', () => {
  it('is sent as it is when it is one message about an open incident', () => {
    const one = waiting('a', 'i', 'down');
    const { send, merged } = mergeStale([one], standing());
    assert.deepEqual(send, [{ ...one, rewritten: false }]);
    assert.deepEqual(merged, []);
  });

  it('becomes the newest message about an incident, loud when any of them was', () => {
    const { send, merged } = mergeStale(
      [waiting('b', 'i', 'reminder', { at: T + 5 }), waiting('a', 'i', 'down', { loud: true })],
      standing(),
    );
    assert.deepEqual(ids(send), ['b']);
    assert.equal(send[0]?.delivery.loud, true);
    assert.deepEqual(
      merged.map(({ delivery, into }) => [delivery.id, into]),
      [['a', 'b']],
    );
  });

  it('keeps the moment of the first try when a newer message takes over', () => {
    const tried = waiting('a', 'i', 'down');
    const { send } = mergeStale(
      [
        { ...tried, delivery: { ...tried.delivery, firstTriedAt: T + 3 } },
        waiting('b', 'i', 'reminder', { at: T + 5 }),
      ],
      standing(),
    );
    assert.deepEqual([send[0]?.delivery.id, send[0]?.delivery.firstTriedAt], ['b', T + 3]);
  });

  it('tells silently and once, late, of what began and ended while the channel was away', () => {
    const pending = [waiting('a', 'i', 'down', { loud: true }), waiting('b', 'i', 'recovered', { at: T + 60_000 })];
    const { send, merged } = mergeStale(pending, standing({ incidents: new Map([['i', incident('i', 'closed')]]) }));
    assert.equal(send.length, 1);
    assert.deepEqual([send[0]?.alert.kind, send[0]?.rewritten, send[0]?.delivery.loud], ['unseen', true, false]);
    const { textKey, textParams, from, to, endFrom, endTo } = send[0]?.alert.facts ?? {};
    assert.deepEqual(
      { textKey, textParams, from, to, endFrom, endTo },
      {
        textKey: 'late.channel',
        textParams: { channel: 'tg' },
        from: T,
        to: T + 600_000,
        endFrom: T + 50_000,
        endTo: T + 60_000,
      },
    );
    assert.deepEqual(ids(merged), ['a']);
  });

  it('tells late of an incident that ended without a message of its own', () => {
    const { send } = mergeStale(
      [waiting('a', 'i', 'down')],
      standing({ incidents: new Map([['i', incident('i', 'closed')]]) }),
    );
    assert.equal(send[0]?.alert.kind, 'unseen');
  });

  it('keeps only the recovery when the channel had told of the start', () => {
    const pending = [waiting('a', 'i', 'reminder', { loud: true }), waiting('b', 'i', 'recovered', { at: T + 1 })];
    const about = standing({ incidents: new Map([['i', incident('i', 'closed')]]), told: new Set(['i']) });
    const { send, merged } = mergeStale(pending, about);
    assert.deepEqual([ids(send), ids(merged)], [['b'], ['a']]);
    assert.deepEqual([send[0]?.rewritten, send[0]?.delivery.loud], [false, false]);
  });

  it('drops a reminder of an incident that is over and told of', () => {
    const about = standing({ incidents: new Map([['i', incident('i', 'closed')]]), told: new Set(['i']) });
    const { send, merged } = mergeStale([waiting('a', 'i', 'reminder')], about);
    assert.deepEqual([send, merged.map(({ into }) => into)], [[], [undefined]]);
  });

  it('keeps the newest change of an earlier message beside the new message', () => {
    const pending = [
      waiting('a', 'i', 'down', { edits: '42' }),
      waiting('b', 'i', 'down', { edits: '42', at: T + 1 }),
      waiting('c', 'i', 'reminder', { at: T + 2 }),
    ];
    const { send, merged } = mergeStale(pending, standing());
    assert.deepEqual([ids(send), ids(merged)], [['b', 'c'], ['a']]);
  });

  it('becomes one digest above ten messages in five minutes, with the gravest severity and its sound', () => {
    const pending = Array.from({ length: 12 }, (_, place) =>
      waiting(`${place}`, `i${place}`, 'down', {
        at: T + place,
        loud: place === 3,
        severity: place === 3 ? 'critical' : 'warning',
      }),
    );
    const { send, merged } = mergeStale(pending, standing());
    assert.deepEqual(ids(send), ['11']);
    assert.deepEqual(
      [send[0]?.alert.kind, send[0]?.alert.severity, send[0]?.delivery.loud, send[0]?.alert.facts.digest?.length],
      ['digest', 'critical', true, 12],
    );
    assert.equal(merged.length, 11);
  });

  it('waits when the channel had its fill and nothing in it is loud', () => {
    const at = T + 600_000;
    const accepted = Array.from({ length: 10 }, (_, place) => at - 100_000 - place);
    const about = standing({ at, accepted });
    const held = mergeStale([waiting('a', 'i', 'degraded'), waiting('t', undefined, 'test')], about);
    assert.deepEqual([ids(held.send), held.merged, held.holdUntil], [['t'], [], at - 100_009 + 300_000]);
    assert.deepEqual(ids(mergeStale([waiting('a', 'i', 'down', { loud: true })], about).send), ['a']);
  });

  it('sends what is loud first', () => {
    const pending = [waiting('a', 'i', 'degraded'), waiting('b', 'j', 'down', { at: T + 1, loud: true })];
    assert.deepEqual(ids(mergeStale(pending, standing()).send), ['b', 'a']);
  });

  it('is never lost: each delivery is sent, merged or held, once', () => {
    const one = fc.record({
      incident: fc.constantFrom('i', 'j', 'k', undefined),
      kind: fc.constantFrom<AlertKind>('down', 'reminder', 'recovered', 'update', 'test', 'storm', 'degraded'),
      at: fc.nat(1_000),
      loud: fc.boolean(),
      edits: fc.option(fc.constantFrom('1', '2'), { nil: undefined }),
    });
    const around = fc.record({
      closed: fc.subarray(['i', 'j', 'k']),
      told: fc.subarray(['i', 'j', 'k']),
      accepted: fc.array(fc.integer({ min: T, max: T + 600_000 }), { maxLength: 15 }),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 30 }), around, (all, { closed, told, accepted }) => {
        const pending = all.map(({ incident: id, kind, at, loud, edits }, place) =>
          waiting(`${place}`, id, kind, { at: T + at, loud, ...(edits === undefined ? {} : { edits }) }),
        );
        const incidents = new Map(closed.map((id) => [id, incident(id, 'closed')]));
        const { send, merged, holdUntil } = mergeStale(pending, standing({ incidents, told: new Set(told), accepted }));
        const seen = [...ids(send), ...ids(merged)];
        assert.equal(new Set(seen).size, seen.length);
        if (holdUntil === undefined) assert.equal(seen.length, pending.length);
        for (const { into } of merged)
          assert.ok(into === undefined || !ids(merged).includes(into) || pending.length > 10);
        const topics = send.flatMap(({ delivery }) =>
          delivery.incidentId === undefined ? [] : [`${delivery.incidentId} ${delivery.edits ?? ''}`],
        );
        assert.equal(new Set(topics).size, topics.length);
      }),
    );
  });
});
