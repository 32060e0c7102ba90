import type { z } from 'zod';
import { redactJson } from '#kernel/redact.ts';
import { wordFinding } from '#diagnose/word.ts';
import type { AppStanding, HostStanding, OrderStanding } from '#engine/host-face.ts';
import type { HostVitals } from '#host/contract.ts';
import type { Exits, Repair, Scene } from '#incident/scene.ts';
import { defined } from '#kernel/defined.ts';
import type { Json } from '#kernel/json.ts';
import type { Locale } from '#kernel/locale.ts';
import type { EpochMs } from '#kernel/time.ts';
import type {
  AppView,
  FindingView,
  HostView,
  OrderView,
  ProcessView,
  RepairView,
  VitalsView,
} from '../contract/hosts.ts';
import { reasonView, time, timeOrNone } from './basics.ts';

/** What came from an agent was redacted there; once more costs nothing. */
const clean = <T>(value: T): T => redactJson(value as Json) as T;

/** Findings in words, best first. */
export const findingViews = (findings: Scene['findings'], locale: Locale): z.input<typeof FindingView>[] =>
  findings.map((finding) => {
    const worded = wordFinding(finding, locale);
    return clean({
      ...worded,
      evidence: worded.evidence.map(({ at, ...clue }) => defined({ ...clue, at: timeOrNone(at) })),
    });
  });

/** Processes as they are shown. */
export const processViews = (processes: HostVitals['processes']): z.input<typeof ProcessView>[] =>
  processes.map((one) => ({ ...one }));

/** A machine's figures. */
export const vitalsView = (vitals: HostVitals, at: EpochMs): z.input<typeof VitalsView> => ({
  ...vitals,
  at: time(at),
  load: [...vitals.load],
  disks: vitals.disks.map((disk) => ({ ...disk })),
  processes: processViews(vitals.processes),
  ports: vitals.ports.map((port) => ({ ...port })),
});

/** A host. */
export const hostView = (standing: HostStanding, locale: Locale): z.input<typeof HostView> => {
  const { host, vitals, vitalsAt } = standing;
  return defined({
    id: host.id,
    name: host.name,
    origin: host.origin,
    local: host.local,
    ssh: host.ssh,
    agent: standing.agent,
    lastSeenAt: timeOrNone(standing.lastSeenAt),
    version: standing.version,
    apps: standing.apps.map(({ name }) => name),
    troubles: standing.troubles.map(({ key, severity, reason, since }) => ({
      key,
      severity,
      reason: reasonView(reason, locale) ?? { code: reason.code, params: {}, text: reason.code },
      since: time(since),
    })),
    vitals: vitals === undefined || vitalsAt === undefined ? undefined : vitalsView(vitals, vitalsAt),
  });
};

/** How a repair stands. */
export const repairView = (repair: Repair): z.input<typeof RepairView> =>
  clean(
    defined({
      ...repair,
      at: time(repair.at),
      startsAt: timeOrNone(repair.startsAt),
      by: repair.by === undefined ? undefined : { ...repair.by },
    }),
  );

const exitsView = ({ first, last, count }: Exits) =>
  defined({ count, firstAt: time(first.at), lastAt: time(last.at), code: last.code, signal: last.signal });

/** An app. */
export const appView = (standing: AppStanding, locale: Locale): z.input<typeof AppView> => {
  const { app, scene } = standing;
  return defined({
    id: app.id,
    name: app.name,
    origin: app.origin,
    service: standing.service?.name,
    host: standing.host?.name,
    manager: app.manager,
    dir: app.dir,
    repairs: app.repair,
    agent: standing.agent,
    verdict: standing.verdict,
    since: time(standing.since),
    reason: reasonView(standing.reason, locale),
    inMaintenance: standing.inMaintenance,
    incidentId: standing.incidentId,
    findings: findingViews(scene.findings, locale),
    managerSays: scene.managerSays,
    port: scene.port === undefined ? undefined : { ...scene.port },
    exits: scene.exits === undefined ? undefined : exitsView(scene.exits),
    changes: scene.changes.map((change) => clean({ ...change, at: time(change.at) })),
    repair: scene.repair === undefined ? undefined : repairView(scene.repair),
    processes: processViews(standing.processes),
  });
};

/** An order. */
export const orderView = (standing: OrderStanding): z.input<typeof OrderView> =>
  clean(
    defined({
      id: standing.id,
      app: standing.order.app,
      do: standing.order.do,
      at: time(standing.at),
      by: { ...standing.by },
      phase: standing.phase,
      endedAt: timeOrNone(standing.endedAt),
      output: standing.output,
    }),
  );
