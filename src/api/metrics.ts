import type { Brain, SelfHealth } from '#engine/brain.ts';
import type { EpochMs } from '#kernel/time.ts';
import type { Verdict } from '#monitor/verdict.ts';
import type { StoreHealth } from '#store/contract.ts';

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

const VERDICTS: readonly Verdict[] = ['pending', 'up', 'suspect', 'down', 'degraded', 'blind'];

/** A label's value as the text format 0.0.4 wants it. */
export const escapeLabel = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const labelText = (labels: Labels): string => {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
};

/** One metric with its samples. */
const metric = (name: string, type: 'gauge' | 'counter', help: string, samples: readonly Sample[]): string =>
  samples.length === 0
    ? ''
    : [
        `# HELP ${name} ${help}`,
        `# TYPE ${name} ${type}`,
        ...samples.map(([labels, value]) => `${name}${labelText(labels)} ${value}`),
        '',
      ].join('\n');

const gauge = (name: string, help: string, value: number): string => metric(name, 'gauge', help, [[{}, value]]);
const counter = (name: string, help: string, value: number): string => metric(name, 'counter', help, [[{}, value]]);
const truth = (value: boolean): number => (value ? 1 : 0);
const seconds = (ms: number): number => Math.round(ms * 1000) / 1_000_000;

const watchedText = (brain: Brain): string => {
  const services = brain.services();
  const monitors = services.flatMap((service) =>
    service.monitors.map((one) => ({ one, labels: { service: service.service.name, monitor: one.monitor.name } })),
  );
  const states = (labels: Labels, verdict: Verdict): Sample[] =>
    VERDICTS.map((name) => [{ ...labels, verdict: name }, truth(name === verdict)]);
  return (
    metric(
      'dozor_service_verdict',
      'gauge',
      'Verdict of a service: 1 for the one that holds.',
      services.flatMap((one) => states({ service: one.service.name }, one.verdict)),
    ) +
    metric(
      'dozor_monitor_verdict',
      'gauge',
      'Verdict of a monitor: 1 for the one that holds.',
      monitors.flatMap(({ one, labels }) => states(labels, one.verdict)),
    ) +
    metric(
      'dozor_monitor_last_check_seconds',
      'gauge',
      'How long the last check took.',
      monitors.flatMap(({ one, labels }) => (one.last === undefined ? [] : [[labels, seconds(one.last.tookMs)]])),
    ) +
    metric(
      'dozor_monitor_paused',
      'gauge',
      'Paused monitors.',
      monitors.map(({ one, labels }) => [labels, truth(one.monitor.paused)]),
    ) +
    metric(
      'dozor_watcher_answers',
      'gauge',
      'Whether an outside watcher answers.',
      brain
        .watchers()
        .map((one) => [{ watcher: one.watcher.name, kind: one.watcher.kind }, truth(one.state === 'answers')]),
    )
  );
};

const hostText = (brain: Brain): string => {
  const hosts = brain.hosts();
  const figures = hosts.flatMap(({ host, vitals }) => (vitals === undefined ? [] : [{ host: host.name, vitals }]));
  const disks = figures.flatMap(({ host, vitals }) =>
    vitals.disks.map((disk) => ({ labels: { host, mount: disk.mount }, disk })),
  );
  return (
    metric(
      'dozor_host_agent_connected',
      'gauge',
      'Whether an agent looks inside a host.',
      hosts.map(({ host, agent }) => [{ host: host.name }, truth(agent === 'connected')]),
    ) +
    metric(
      'dozor_host_troubles',
      'gauge',
      'Troubles of a host that last.',
      hosts.map(({ host, troubles }) => [{ host: host.name }, troubles.length]),
    ) +
    metric(
      'dozor_host_load',
      'gauge',
      'Load of the last minute.',
      figures.map(({ host, vitals }) => [{ host }, vitals.load[0]]),
    ) +
    metric(
      'dozor_host_memory_available_bytes',
      'gauge',
      'Memory that programs can still get.',
      figures.map(({ host, vitals }) => [{ host }, vitals.memory.availableBytes]),
    ) +
    metric(
      'dozor_host_disk_free_bytes',
      'gauge',
      'Free on a disk of a host.',
      disks.map(({ labels, disk }) => [labels, disk.freeBytes]),
    )
  );
};

const appText = (brain: Brain): string => {
  const apps = brain.apps().map((one) => ({
    one,
    labels: { app: one.app.name, host: one.host?.name ?? '', service: one.service?.name ?? '' },
  }));
  const processes = apps.flatMap(({ one, labels }) =>
    one.processes.map((process) => ({ labels: { ...labels, pid: String(process.pid) }, process })),
  );
  return (
    metric(
      'dozor_app_verdict',
      'gauge',
      'What the agent says of an app: 1 for the verdict that holds.',
      apps.flatMap(({ one, labels }) =>
        (['pending', 'up', 'degraded', 'down'] as const).map((verdict): Sample => [
          { ...labels, verdict },
          truth(verdict === one.verdict),
        ]),
      ),
    ) +
    metric(
      'dozor_app_findings',
      'gauge',
      'Confidence of each cause that was found for an app.',
      apps.flatMap(({ one, labels }) =>
        one.scene.findings.map((finding): Sample => [{ ...labels, cause: finding.cause }, finding.confidence]),
      ),
    ) +
    metric(
      'dozor_process_memory_bytes',
      'gauge',
      'Memory of a process of an app.',
      processes.map(({ labels, process }) => [labels, process.memoryBytes]),
    ) +
    metric(
      'dozor_process_restarts_total',
      'counter',
      'Restarts that the process manager counts.',
      processes.map(({ labels, process }) => [labels, process.restarts]),
    )
  );
};

const healthText = (health: SelfHealth, now: EpochMs): string =>
  gauge('dozor_ready', 'The watch is well.', truth(health.ok)) +
  gauge('dozor_watched', 'Somebody outside watches the watch.', truth(health.watched)) +
  gauge('dozor_uptime_seconds', 'Since the start.', seconds(Math.max(0, now - health.startedAt))) +
  counter('dozor_checks_total', 'Checks since the start.', health.checksTotal) +
  gauge('dozor_checks_running', 'Checks under way.', health.running) +
  metric('dozor_check_lateness_seconds', 'gauge', 'How late checks started in the last minute.', [
    [{ quantile: '0.5' }, seconds(health.lateness.p50)],
    [{ quantile: '0.99' }, seconds(health.lateness.p99)],
    [{ quantile: '1' }, seconds(health.lateness.max)],
  ]) +
  gauge('dozor_outbox_waiting', 'Deliveries that wait.', health.outboxWaiting) +
  gauge('dozor_outbox_oldest_seconds', 'Age of the oldest of them.', seconds(health.outboxOldestMs)) +
  gauge('dozor_self_test_ok', 'The self-test of the whole path.', truth(health.selfTest.ok)) +
  gauge('dozor_network_controls', 'Controls that vouch for the own network.', health.network.total) +
  gauge('dozor_network_controls_ok', 'Controls that answer.', health.network.ok) +
  metric(
    'dozor_network_state',
    'gauge',
    'State of the own network: 1 for the one that holds.',
    (['ok', 'poor', 'bad', 'none'] as const).map((state) => [{ state }, truth(state === health.network.state)]),
  ) +
  gauge('dozor_channel_faults', 'Channels whose set-up is wrong.', health.channelFaults.length) +
  counter('dozor_bugs_total', 'Errors of the program that were caught.', health.bugs);

const storeText = (store: StoreHealth): string =>
  gauge('dozor_store_bytes', 'Disk used by the data.', store.bytes) +
  gauge('dozor_store_quota_bytes', 'The most that it may use.', store.quotaBytes) +
  gauge('dozor_disk_free_bytes', 'Free on its disk.', store.freeBytes) +
  gauge('dozor_store_last_commit_seconds', 'How long the last commit took.', seconds(store.lastCommitMs)) +
  counter('dozor_store_commits_total', 'Commits since the start.', store.commits) +
  counter('dozor_store_failures_total', 'Commits that failed.', store.failures) +
  gauge('dozor_store_failing', 'The store cannot commit now.', truth(store.failing));

/** Everything for Prometheus, text format 0.0.4. */
export const metricsText = (brain: Brain, version: string, now: EpochMs): string =>
  metric('dozor_build_info', 'gauge', 'The program.', [[{ version }, 1]]) +
  healthText(brain.health(), now) +
  storeText(brain.store.health()) +
  watchedText(brain) +
  hostText(brain) +
  appText(brain);
