import type { AppView, HostView, IncidentView, ServiceView, StatusView } from '#api/contract.ts';
import type { EpochMs } from '#kernel/time.ts';
import { asks, show, type AskOptions } from './asking.ts';
import { connect } from './client.ts';
import type { Define } from './command.ts';
import { appRow, hostRow } from './host-text.ts';
import { incidentRow } from './incident-text.ts';
import { lasted } from './moment.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';
import { since, verdictText } from './verdict-text.ts';

interface List<T> {
  readonly items: readonly T[];
}

interface Everything {
  readonly status: StatusView;
  readonly services: readonly ServiceView[];
  readonly incidents: readonly IncidentView[];
  readonly hosts: readonly HostView[];
  readonly apps: readonly AppView[];
}

const reasonOf = (service: ServiceView): string =>
  service.monitors.find(({ verdict, lastCheck }) => verdict !== 'up' && lastCheck?.reason !== undefined)?.lastCheck
    ?.reason?.text ?? '';

const serviceLines = (services: readonly ServiceView[], now: EpochMs, terminal: Terminal): string =>
  services.length === 0
    ? 'Nothing is watched yet.\n'
    : table(
        services.map((service) => [
          service.name,
          verdictText(service.verdict, service, terminal),
          since(service.since, now),
          reasonOf(service),
        ]),
      );

const STATE_TEXT = { waiting: 'not heard of yet', answers: 'answers', silent: 'silent', failing: 'failing' } as const;

const watcherLine = (status: StatusView, terminal: Terminal): string => {
  if (status.watchers.length === 0) return terminal.paint('red', 'Nobody watches the watch: dozor watchers --help\n');
  const watching = status.watchers.filter(({ state }) => state === 'answers');
  const others = status.watchers
    .filter(({ state }) => state !== 'answers')
    .map(({ name, state, detail }) => `  ${name}: ${detail ?? STATE_TEXT[state]}\n`)
    .join('');
  const head =
    watching.length === 0
      ? terminal.paint('red', 'Nobody watches the watch: if this machine dies, nobody will tell you.\n')
      : `The watch is watched by: ${watching.map(({ name }) => name).join(', ')}\n`;
  return others === '' ? head : `${head}${terminal.paint('red', others)}`;
};

const healthLines = (status: StatusView, now: EpochMs, terminal: Terminal): string => {
  const { health } = status;
  const age = lasted(now - Date.parse(health.startedAt));
  const head = `Dozor ${health.version}, up for ${age}, ${health.checksTotal} checks, p99 lateness ${Math.round(health.lateness.p99)} ms\n`;
  return head + health.problems.map((problem) => terminal.paint('red', `  ${problem}\n`)).join('');
};

const insideLines = (
  hosts: readonly HostView[],
  apps: readonly AppView[],
  now: EpochMs,
  terminal: Terminal,
): string => {
  const appLines = apps.length === 0 ? '' : `\nApps:\n${table(apps.map((app) => appRow(app, now, terminal)))}`;
  const hostLines = hosts.length === 0 ? '' : `\nHosts:\n${table(hosts.map((host) => hostRow(host, now, terminal)))}`;
  return `${appLines}${hostLines}`;
};

/** All that `dozor status` prints. */
export const statusText = ({ status, services, incidents, hosts, apps }: Everything, terminal: Terminal): string => {
  const now = Date.parse(status.at);
  const open =
    incidents.length === 0 ? '' : `\nOpen incidents:\n${table(incidents.map((one) => incidentRow(one, now)))}`;
  const inside = insideLines(hosts, apps, now, terminal);
  return `${serviceLines(services, now, terminal)}${inside}${open}\n${watcherLine(status, terminal)}${healthLines(status, now, terminal)}`;
};

/** `dozor status`: how everything stands. */
export const define: Define = (command, { terminal }) => {
  asks(command)
    .description(
      'How everything stands: services, apps, hosts, open incidents, who watches the watch, and the watch itself.',
    )
    .action(async (options: AskOptions) => {
      const client = connect(options, terminal);
      const [status, services, incidents, hosts, apps] = (await Promise.all([
        client.get('/status'),
        client.get('/services'),
        client.get('/incidents?state=open'),
        client.get('/hosts'),
        client.get('/apps'),
      ])) as [StatusView, List<ServiceView>, List<IncidentView>, List<HostView>, List<AppView>];
      const all = {
        status,
        services: services.items,
        incidents: incidents.items,
        hosts: hosts.items,
        apps: apps.items,
      };
      show(all, options, terminal, () => statusText(all, terminal));
    });
};
