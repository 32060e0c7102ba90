import type { z } from 'zod';
import type { MonitorStanding, SelfHealth, ServiceStanding, WatcherStanding } from '#engine/brain.ts';
import { defined } from '#kernel/defined.ts';
import type { Locale } from '#kernel/locale.ts';
import type { EpochMs } from '#kernel/time.ts';
import type { Verdict } from '#monitor/verdict.ts';
import type { MonitorView, ServiceView } from '../contract/basics.ts';
import type { WatcherView } from '../contract/people.ts';
import type { HealthView, StatusView } from '../contract/watch.ts';
import { checkView, time, timeOrNone } from './basics.ts';

/** What decides how much a view shows. */
export interface Showing {
  readonly locale: Locale;
  /** Heartbeat URLs are secrets: not for viewers. */
  readonly beats: boolean;
}

/** A monitor as it stands. */
export const monitorView = (
  standing: MonitorStanding,
  service: string,
  showing: Showing,
): z.input<typeof MonitorView> => {
  const { monitor, last } = standing;
  return defined({
    id: monitor.id,
    name: monitor.name,
    serviceId: monitor.serviceId,
    service,
    kind: monitor.kind,
    origin: monitor.origin,
    severity: monitor.severity,
    everyMs: monitor.everyMs,
    timeoutMs: monitor.timeoutMs,
    pulse: monitor.pulse === undefined ? undefined : defined({ ...monitor.pulse }),
    verdict: standing.verdict,
    since: time(standing.since),
    paused: monitor.paused,
    inMaintenance: standing.inMaintenance,
    lastCheck: last === undefined ? undefined : checkView(last, showing.locale),
    nextAt: timeOrNone(standing.nextAt),
    beatPath: showing.beats ? standing.beatPath : undefined,
  });
};

/** A service as it stands. */
export const serviceView = (standing: ServiceStanding, showing: Showing): z.input<typeof ServiceView> => {
  const { service } = standing;
  return defined({
    id: service.id,
    name: service.name,
    origin: service.origin,
    verdict: standing.verdict,
    since: time(standing.since),
    paused: standing.paused,
    inMaintenance: standing.inMaintenance,
    muted: standing.muted,
    mutedUntil: timeOrNone(service.mutedUntil),
    policy: service.policy,
    dependsOn: [...service.dependsOn],
    incidentId: standing.incidentId,
    monitors: standing.monitors.map((one) => monitorView(one, service.name, showing)),
  });
};

/** A watcher; a dead-man's URL is a secret and stays out. */
export const watcherView = (standing: WatcherStanding): z.input<typeof WatcherView> => {
  const { watcher } = standing;
  return defined({
    id: watcher.id,
    name: watcher.name,
    kind: watcher.kind,
    everyMs: watcher.everyMs,
    state: standing.state,
    lastAt: timeOrNone(standing.lastAt),
    detail: standing.detail,
  });
};

/** The watch's own health. */
const healthView = (health: SelfHealth): z.input<typeof HealthView> => ({
  ...health,
  problems: [...health.problems],
  startedAt: time(health.startedAt),
  lateness: { ...health.lateness },
  selfTest: defined({ ...health.selfTest, at: timeOrNone(health.selfTest.at) }),
  network: { ...health.network },
  channelFaults: health.channelFaults.map((fault) => ({ ...fault })),
});

const GRAVITY: readonly Verdict[] = ['down', 'degraded', 'suspect', 'blind', 'pending', 'up'];

/** The gravest of the verdicts; `pending` when there is none. */
const worstVerdict = (verdicts: readonly Verdict[]): Verdict =>
  GRAVITY.find((one) => verdicts.includes(one)) ?? 'pending';

/** All at a glance. */
export const statusView = (
  services: readonly ServiceStanding[],
  health: SelfHealth,
  watchers: readonly WatcherStanding[],
  now: EpochMs,
): z.input<typeof StatusView> => {
  const active = services.filter((one) => !one.paused);
  const count = (verdict: Verdict): number => active.filter((one) => one.verdict === verdict).length;
  return {
    at: time(now),
    verdict: worstVerdict(active.map((one) => one.verdict)),
    services: {
      total: services.length,
      up: count('up'),
      down: count('down'),
      degraded: count('degraded'),
      suspect: count('suspect'),
      blind: count('blind'),
      pending: count('pending'),
      paused: services.length - active.length,
    },
    openIncidents: new Set(services.flatMap((one) => one.incidentId ?? [])).size,
    health: healthView(health),
    watchers: watchers.map(watcherView),
  };
};
