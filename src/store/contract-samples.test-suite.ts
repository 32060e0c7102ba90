import type { Alert, Delivery } from '../alert/model.ts';
import type { Incident, TimelineEntry } from '../incident/incident.ts';
import type { Resource, Store, StoredCheck, Write } from './contract.ts';

/** A store that was made for one test, and how to open the same data once more after it was closed. */
export interface OpenedStore {
  readonly store: Store;
  readonly reopen: () => Promise<Store>;
  /** Closes and removes everything; done by itself when the test ends. */
  readonly remove: () => Promise<void>;
}

/** What a store is cleaned up after: a test, or a suite's hooks. */
export interface Owner {
  after(clean: () => Promise<void>): void;
}

/** Opens an empty store that keeps raw checks 7 days, minutes 14 days, hours two years. */
export type OpenEmpty = (owner: Owner) => Promise<OpenedStore>;

/** A moment that all samples start from: a whole UTC day. */
export const DAY_0 = Date.UTC(2026, 0, 5);

/** An ok check of monitor 1. */
export const checkAt = (startedAt: number, more: Partial<StoredCheck> = {}): StoredCheck => ({
  monitor: 1,
  startedAt,
  tookMs: 123.4,
  class: 'ok',
  source: 'full',
  verdict: 'up',
  phases: { dns: 1.5, tcp: 20, tls: 40.1, ttfb: 50, body: 0.2 },
  ip: '192.0.2.7',
  status: 200,
  ...more,
});

/** The write of a check. */
export const putCheck = (check: StoredCheck): Write => ({ put: 'check', check });

/** A monitor's definition. */
export const monitorResource = (num: number, more: Partial<Resource> = {}): Resource => ({
  id: `m${num}`,
  num,
  kind: 'monitor',
  name: `monitor ${num}`,
  origin: 'file',
  spec: { kind: 'http', url: 'http://127.0.0.1/' },
  position: num,
  createdAt: DAY_0,
  ...more,
});

/** An open incident that was detected at `detectedAt`. */
export const incidentAt = (id: string, detectedAt: number, more: Partial<Incident> = {}): Incident => ({
  id,
  code: `C${id}`,
  kind: 'service',
  serviceId: 's1',
  severity: 'critical',
  state: 'open',
  start: { to: { at: detectedAt - 1_000 } },
  detectedAt,
  involved: [],
  loudAtOnce: false,
  relapses: 0,
  transition: 1,
  toldLate: false,
  maintenance: false,
  flapping: false,
  ...more,
});

/** A note in an incident's timeline. */
export const noteAt = (id: string, incidentId: string, at: number): TimelineEntry => ({
  id,
  incidentId,
  at,
  source: 'person',
  data: { type: 'note', by: { name: 'Aigerim', via: 'cli' }, text: `note ${id}` },
});

/** An alert of an incident. */
export const alertAt = (id: string, incidentId: string, createdAt: number): Alert => ({
  id,
  incidentId,
  kind: 'down',
  severity: 'critical',
  transition: 1,
  createdAt,
  facts: { kind: 'down', severity: 'critical', incidentId, failures: [] },
});

/** A waiting delivery of an alert. */
export const deliveryAt = (id: string, alertId: string, createdAt: number, more: Partial<Delivery> = {}): Delivery => ({
  id,
  alertId,
  incidentId: 'i1',
  channelId: 'c1',
  dedupKey: `key-${id}`,
  loud: true,
  status: 'waiting',
  dueAt: createdAt,
  createdAt,
  attempts: 0,
  ...more,
});
