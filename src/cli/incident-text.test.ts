import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlertView, IncidentView, StatusView, TimelineView } from '#api/contract.ts';
import { fakeTerminal } from '../../test/fakes/terminal.ts';
import { incidentRow, incidentText } from './incident-text.ts';
import { zoneLine } from './moment.ts';
import { statusText } from './status.ts';

const AT = new Date(2026, 10, 24, 8, 3, 22).getTime();
const iso = (seconds: number): string => new Date(AT + seconds * 1000).toISOString();

const INCIDENT: IncidentView = {
  id: '01',
  code: '7F3K',
  kind: 'service',
  service: 'OnAI Backend API',
  severity: 'critical',
  state: 'open',
  start: { from: { at: iso(-10) }, to: { at: iso(0) } },
  detectedAt: iso(11),
  involved: [
    {
      monitorId: 'm',
      monitor: 'health',
      verdict: 'down',
      severity: 'critical',
      since: iso(0),
      reason: { code: 'tcp.refused', params: {}, text: 'connection refused' },
      bad: 6,
      asked: 6,
      recovering: false,
    },
  ],
  reason: { code: 'tcp.refused', params: {}, text: 'connection refused' },
  relapses: 0,
  toldLate: false,
  maintenance: false,
  flapping: false,
};

test('an incident is told with the bounds of its start, its causes, its timeline oldest first, and who was told', () => {
  const timeline: TimelineView[] = [
    {
      id: '2',
      incidentId: '01',
      at: iso(60),
      source: 'person',
      text: 'Acknowledged by Aru',
      data: { type: 'acknowledged' },
    },
    { id: '1', incidentId: '01', at: iso(11), source: 'check', text: 'Incident opened', data: { type: 'opened' } },
  ];
  const alerts: AlertView[] = [
    {
      id: 'a',
      kind: 'down',
      severity: 'critical',
      transition: 1,
      createdAt: iso(11),
      deliveries: [
        {
          id: 'd',
          channel: 'tg',
          loud: false,
          status: 'accepted',
          attempts: 1,
          createdAt: iso(11),
          dueAt: iso(11),
          acceptedAt: iso(12),
        },
        {
          id: 'e',
          channel: 'sms',
          loud: true,
          status: 'failed',
          attempts: 3,
          createdAt: iso(56),
          dueAt: iso(56),
          error: 'no money',
        },
      ],
    },
  ];
  assert.equal(
    incidentText(
      { ...INCIDENT, acknowledged: { at: iso(60), by: { name: 'Aru', via: 'telegram' } } },
      timeline,
      alerts,
      AT + 90_000,
    ),
    [
      '7F3K  OnAI Backend API: connection refused (acknowledged by Aru)',
      '',
      'Started       08:03:12–08:03:22',
      'Detected      08:03:33',
      'Alerted       not yet',
      'Acknowledged  08:04:22 by Aru',
      'Lasted        for 1 min 30 s',
      '',
      'Monitors:',
      '  health  down  connection refused  6 of 6 checks',
      '',
      'Timeline:',
      '  08:03:33  check   Incident opened',
      '  08:04:22  person  Acknowledged by Aru',
      '',
      'Alerts:',
      '  08:03:34  down  tg   silent  accepted',
      '  08:04:18  down  sms  loud    failed: no money',
      '',
      zoneLine(),
    ].join('\n'),
  );
});

test('what is over has its length within bounds; a storm is called by its size', () => {
  const over: IncidentView = {
    ...INCIDENT,
    state: 'closed',
    down: { leastMs: 506_000, mostMs: 516_000, certain: true },
  };
  assert.equal(incidentRow(over, AT)[5], '8 min 26 s – 8 min 36 s');
  const storm: IncidentView = {
    ...INCIDENT,
    kind: 'storm',
    storm: {
      serviceIds: ['a', 'b'],
      services: ['a', 'b'],
      commonCause: { code: 'host.gone', params: {}, text: '' },
      of: 3,
    },
  };
  assert.equal(incidentRow(storm, AT)[2], '2 of 3 services');
});

test('status says how services stand, what is open, and that nobody watches the watch', () => {
  const status: StatusView = {
    at: iso(0),
    verdict: 'down',
    services: { total: 1, up: 0, down: 1, degraded: 0, suspect: 0, blind: 0, pending: 0, paused: 0 },
    openIncidents: 1,
    watchers: [],
    health: {
      ok: false,
      problems: ['channel tg: 401'],
      startedAt: iso(-3600),
      version: '1.2.3',
      lateness: { p50: 0, p99: 3.4, max: 9 },
      checksTotal: 42,
      running: 0,
      outboxWaiting: 0,
      outboxOldestMs: 0,
      storeFailing: false,
      bugs: 0,
      selfTest: { ok: true },
      watched: false,
      network: { state: 'ok', ok: 6, total: 6 },
      channelFaults: [],
    },
  };
  const service = {
    id: 's',
    name: 'api',
    origin: 'file' as const,
    verdict: 'down' as const,
    since: iso(-90),
    paused: false,
    inMaintenance: false,
    muted: true,
    dependsOn: [],
    monitors: [],
  };
  const text = statusText({ status, services: [service], incidents: [INCIDENT], hosts: [], apps: [] }, fakeTerminal());
  assert.match(text, /^api {2}✖ down \(muted\) {2}for 1 min 30 s/);
  assert.match(text, /Open incidents:\n7F3K {2}critical {2}OnAI Backend API/);
  assert.match(text, /Nobody watches the watch/);
  assert.match(text, /Dozor 1\.2\.3, up for 1 h, 42 checks, p99 lateness 3 ms\n {2}channel tg: 401\n/);
});
