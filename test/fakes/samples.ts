import type { Alert, Delivery } from '#alert/model.ts';
import type { Settings, Watcher } from '#config/contract.ts';
import type { MonitorStanding, SelfHealth, ServiceStanding, WatcherStanding } from '#engine/brain.ts';
import type { Incident, TimelineEntry } from '#incident/incident.ts';
import type { CheckResult } from '#monitor/check.ts';
import type { Monitor, Service } from '#monitor/model.ts';
import { reason } from '#monitor/reason.ts';
import { DEFAULT_RULES } from '#monitor/rules.ts';
import type { Verdict } from '#monitor/verdict.ts';

/** 22 December 2025, 08:03:12 in Almaty. */
export const NOON = Date.UTC(2025, 11, 22, 3, 3, 12);

export const settings = (more: Partial<Settings> = {}): Settings => ({
  locale: 'en',
  timezone: 'Asia/Almaty',
  listen: { host: '127.0.0.1', port: 4600 },
  network: { controls: [], resolvers: [], allowPrivate: false },
  detection: DEFAULT_RULES,
  retention: { checksMs: 1, minutesMs: 1, hoursMs: 1 },
  storage: { quotaBytes: 1e9, keepFreeBytes: 1e8 },
  ...more,
});

export const health = (more: Partial<SelfHealth> = {}): SelfHealth => ({
  ok: true,
  problems: [],
  startedAt: NOON - 3_600_000,
  version: '0.1.0',
  lateness: { p50: 0.4, p99: 2.1, max: 7 },
  checksTotal: 12_345,
  running: 2,
  outboxWaiting: 0,
  outboxOldestMs: 0,
  storeFailing: false,
  bugs: 0,
  selfTest: { at: NOON - 10_000, ok: true },
  watched: true,
  network: { state: 'ok', ok: 6, total: 6 },
  channelFaults: [],
  ...more,
});

export const check = (more: Partial<CheckResult> = {}): CheckResult => ({
  startedAt: NOON - 5_000,
  tookMs: 87.4,
  class: 'ok',
  phases: { dns: 1.2, tcp: 10, tls: 20, ttfb: 50, body: 1 },
  ip: '203.0.113.30',
  status: 200,
  ...more,
});

export const monitor = (id: string, more: Partial<Monitor> = {}): Monitor => ({
  id,
  num: Number.parseInt(id.replace(/\D/g, ''), 10) || 1,
  serviceId: 's1',
  name: id,
  kind: 'http',
  origin: 'stored',
  everyMs: 120_000,
  timeoutMs: 5_000,
  pulse: { everyMs: 10_000 },
  severity: 'critical',
  paused: false,
  config: { kind: 'http' },
  ...more,
});

export const standing = (one: Monitor, verdict: Verdict, more: Partial<MonitorStanding> = {}): MonitorStanding => ({
  monitor: one,
  verdict,
  since: NOON - 600_000,
  inMaintenance: false,
  last: verdict === 'down' ? check({ class: 'hard', reason: reason('tcp.refused'), phases: { tcp: 1 } }) : check(),
  nextAt: NOON + 5_000,
  ...more,
});

export const service = (
  id: string,
  name: string,
  verdict: Verdict,
  monitors: readonly MonitorStanding[],
  more: Partial<ServiceStanding> & { readonly definition?: Partial<Service> } = {},
): ServiceStanding => ({
  service: { id, name, origin: 'stored', dependsOn: [], ...more.definition },
  verdict,
  since: NOON - 600_000,
  paused: false,
  inMaintenance: false,
  muted: false,
  apps: [],
  monitors,
  ...more,
});

export const incident = (id: string, code: string, more: Partial<Incident> = {}): Incident => ({
  id,
  code,
  kind: 'service',
  serviceId: 's1',
  severity: 'critical',
  state: 'open',
  start: { from: { at: NOON - 40_000 }, to: { at: NOON - 30_000, reason: reason('tcp.refused') } },
  detectedAt: NOON - 19_000,
  alertedAt: NOON - 18_700,
  involved: [
    {
      monitorId: 'm1',
      verdict: 'down',
      severity: 'critical',
      since: NOON - 30_000,
      reason: reason('tcp.refused'),
      bad: 6,
      asked: 6,
      recovering: false,
      controls: { ok: 6, total: 6 },
    },
  ],
  loudAtOnce: false,
  reason: reason('tcp.refused'),
  relapses: 0,
  transition: 1,
  toldLate: false,
  maintenance: false,
  flapping: false,
  lastChange: { at: NOON - 300_000, what: 'release 41' },
  ...more,
});

export const entry = (id: string, incidentId: string, data: TimelineEntry['data'], at = NOON): TimelineEntry => ({
  id,
  incidentId,
  at,
  source: data.type === 'note' ? 'person' : 'check',
  data,
});

export const alert = (id: string, incidentId: string): Alert => ({
  id,
  incidentId,
  kind: 'down',
  severity: 'critical',
  transition: 1,
  createdAt: NOON - 19_000,
  facts: { kind: 'down', severity: 'critical', service: 'OnAI Backend API', failures: [] },
});

export const delivery = (id: string, alertId: string, more: Partial<Delivery> = {}): Delivery => ({
  id,
  alertId,
  channelId: 'ch1',
  dedupKey: id,
  loud: true,
  status: 'accepted',
  dueAt: NOON - 19_000,
  createdAt: NOON - 19_000,
  attempts: 1,
  acceptedAt: NOON - 18_700,
  ...more,
});

export const watcher = (
  name: string,
  state: WatcherStanding['state'],
  more: Partial<Watcher> = {},
): WatcherStanding => ({
  watcher: { id: `w-${name}`, name, kind: 'witness', everyMs: 10_000, ...more },
  state,
  lastAt: NOON - 4_000,
});
