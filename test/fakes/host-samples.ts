import type { App, Host } from '#config/contract.ts';
import type { Finding } from '#diagnose/finding.ts';
import type { AppStanding, HostStanding, OrderStanding } from '#engine/host-face.ts';
import type { HostVitals } from '#host/contract.ts';
import type { Scene } from '#incident/scene.ts';
import { reason } from '#monitor/reason.ts';
import { NOON } from './samples.ts';

/** The finding of 22 December. */
export const staleArtifact: Finding = {
  cause: 'stale-artifact',
  params: { folder: 'dist/', path: 'dist/server.js', wanted: './db/connect' },
  confidence: 0.95,
  evidence: [{ source: 'output', quote: "Error: Cannot find module './db/connect'" }],
  action: 'stale-artifacts',
};

export const host = (more: Partial<Host> = {}): Host => ({
  id: 'h1',
  name: 'vps',
  origin: 'stored',
  local: false,
  ...more,
});

export const app = (more: Partial<App> = {}): App => ({
  id: 'a1',
  name: 'onai-backend',
  origin: 'stored',
  service: 'OnAI Backend API',
  host: 'vps',
  manager: 'pm2',
  artifacts: ['dist/'],
  repair: 'ask',
  ...more,
});

/** An app that is down by a stale dist/, with a repair that waits for a yes. */
export const downScene = (more: Partial<Scene> = {}): Scene => ({
  appId: 'a1',
  findings: [staleArtifact],
  managerSays: 'online',
  port: { port: 3000, open: false },
  exits: { first: { at: NOON - 30_000, code: 1 }, last: { at: NOON - 30_000, code: 1 }, count: 1 },
  changes: [{ at: NOON - 37_000, what: 'artifact-appeared', path: 'dist/' }],
  repair: { at: NOON - 20_000, phase: 'proposed', action: 'stale-artifacts', planId: 'p1', plan: 'move dist/ away' },
  ...more,
});

export const vitals = (more: Partial<HostVitals> = {}): HostVitals => ({
  load: [0.5, 0.4, 0.3],
  cpus: 2,
  memory: { totalBytes: 4e9, availableBytes: 1e9, swapTotalBytes: 0, swapFreeBytes: 0 },
  disks: [{ mount: '/', totalBytes: 80e9, freeBytes: 8e9, inodesTotal: 5e6, inodesFree: 4e6 }],
  processes: [
    {
      app: 'onai-backend',
      pid: 4242,
      status: 'online',
      restarts: 3,
      uptimeMs: 1_000,
      memoryBytes: 120e6,
      cpuPercent: 2,
    },
  ],
  ports: [{ port: 3000, address: '127.0.0.1', pid: 4242, program: 'node' }],
  ...more,
});

export const hostStanding = (more: Partial<HostStanding> = {}): HostStanding => ({
  host: host(),
  agent: 'connected',
  lastSeenAt: NOON - 1_000,
  version: '0.1.0',
  vitals: vitals(),
  vitalsAt: NOON - 5_000,
  troubles: [
    {
      key: 'disk /',
      severity: 'warning',
      reason: reason('host.disk-filling', { mount: '/', freeBytes: 8e9 }),
      since: NOON - 600_000,
    },
  ],
  apps: [app()],
  ...more,
});

export const appStanding = (more: Partial<AppStanding> = {}): AppStanding => ({
  app: app(),
  service: { id: 's1', name: 'OnAI Backend API', origin: 'stored', dependsOn: [] },
  host: host(),
  agent: 'connected',
  verdict: 'down',
  since: NOON - 30_000,
  reason: reason('app.boot-crash', { code: 1 }),
  inMaintenance: false,
  scene: downScene(),
  processes: vitals().processes,
  incidentId: 'i1',
  ...more,
});

export const orderStanding = (more: Partial<OrderStanding> = {}): OrderStanding => ({
  id: 'o1',
  hostId: 'h1',
  appId: 'a1',
  at: NOON - 10_000,
  by: { name: 'Aigerim', via: 'telegram' },
  order: { do: 'repair', app: 'onai-backend', planId: 'p1' },
  phase: 'done',
  endedAt: NOON - 5_000,
  output: 'dist/ was moved to the trash',
  ...more,
});
