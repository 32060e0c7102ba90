import type { AppView, HostView } from '#api/contract.ts';
import type { WordedFinding } from '#diagnose/finding.ts';
import { formatBytes } from '#i18n/format.ts';
import type { EpochMs } from '#kernel/time.ts';
import { findingsText } from './findings-text.ts';
import { lasted, moment } from './moment.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';
import { since, verdictText } from './verdict-text.ts';

const AGENT = { waiting: 'no agent yet', connected: 'agent connected', gone: 'no agent' } as const;
const AGENT_INK = { waiting: 'gray', connected: 'green', gone: 'red' } as const;

type Paint = Pick<Terminal, 'paint'>;

const agentText = ({ agent, lastSeenAt }: HostView, now: EpochMs, terminal: Paint): string => {
  const ago = agent === 'gone' && lastSeenAt !== undefined ? ` for ${lasted(now - Date.parse(lastSeenAt))}` : '';
  return terminal.paint(AGENT_INK[agent], `${AGENT[agent]}${ago}`);
};

/** A host in a row of a table. */
export const hostRow = (host: HostView, now: EpochMs, terminal: Paint): readonly string[] => [
  host.name,
  agentText(host, now, terminal),
  host.apps.length === 0 ? 'no apps' : host.apps.join(', '),
  host.troubles.map(({ reason }) => reason.text).join('; '),
];

/** Why an app is not well, or how its repair stands: the one thing to know of it. */
const newsOf = (app: AppView): string => {
  const [best] = app.findings;
  const why = best !== undefined && best.cause !== 'unknown' ? best.title : (app.reason?.text ?? '');
  const asks = app.repair?.phase === 'proposed' ? ` (repair proposed: dozor apps repair ${app.name})` : '';
  return app.verdict === 'up' || app.verdict === 'pending' ? '' : `${why}${asks}`;
};

/** An app in a row of a table. */
export const appRow = (app: AppView, now: EpochMs, terminal: Paint): readonly string[] => [
  app.name,
  app.agent === 'connected'
    ? verdictText(app.verdict, app, terminal)
    : terminal.paint(AGENT_INK[app.agent], AGENT[app.agent]),
  app.agent === 'connected' && app.verdict !== 'pending' ? since(app.since, now) : '',
  app.host ?? '',
  newsOf(app),
];

const gigabytes = (bytes: number): string => formatBytes(bytes, 'en');

const figures = (host: HostView, now: EpochMs): string => {
  const { vitals } = host;
  if (vitals === undefined) return '';
  const { memory } = vitals;
  const rows = [
    ['load', `${vitals.load.map((value) => value.toFixed(2)).join(' ')} on ${vitals.cpus} CPUs`],
    ['memory', `${gigabytes(memory.availableBytes)} of ${gigabytes(memory.totalBytes)} available`],
    ...vitals.disks.map(({ mount, freeBytes, totalBytes, fullInMs }) => [
      `disk ${mount}`,
      `${gigabytes(freeBytes)} of ${gigabytes(totalBytes)} free${fullInMs === undefined ? '' : `, full in ${lasted(fullInMs)}`}`,
    ]),
  ];
  return `\nAt ${moment(Date.parse(vitals.at), now)}:\n${table(rows)}`;
};

/** A host with its figures. */
export const hostText = (host: HostView, now: EpochMs, terminal: Paint): string => {
  const seen = host.lastSeenAt === undefined ? '' : `, last seen ${moment(Date.parse(host.lastSeenAt), now)}`;
  const troubles = host.troubles.map(
    ({ reason, since: from }) => `  ${terminal.paint('red', reason.text)}, since ${moment(Date.parse(from), now)}\n`,
  );
  return [
    `${host.name}: ${agentText(host, now, terminal)}${seen}${host.version === undefined ? '' : `, version ${host.version}`}\n`,
    host.apps.length === 0 ? '' : `Apps: ${host.apps.join(', ')}\n`,
    ...troubles,
    figures(host, now),
  ].join('');
};

const repairText = ({ name, repair }: AppView, now: EpochMs): string => {
  if (repair === undefined) return '';
  const { phase, action, by, error, plan, startsAt } = repair;
  const soon = startsAt === undefined ? '' : `, begins by itself ${moment(Date.parse(startsAt), now)}`;
  const lines = [
    `\nRepair: ${action}: ${phase}${by === undefined ? '' : `, asked for by ${by.name}`}${soon}${error === undefined ? '' : `: ${error}`}`,
    ...(plan === undefined
      ? []
      : plan
          .trimEnd()
          .split('\n')
          .map((line) => `  ${line}`)),
    ...(phase === 'proposed' ? [`  Yes: dozor apps repair ${name}     No: dozor apps leave ${name}`] : []),
  ];
  return `${lines.join('\n')}\n`;
};

const signs = (app: AppView, now: EpochMs): string => {
  const rows = [
    ...(app.managerSays === undefined ? [] : [[app.manager, `shows ${app.managerSays}`]]),
    ...(app.port === undefined ? [] : [['port', `${app.port.port} is ${app.port.open ? 'open' : 'closed'}`]]),
    ...(app.exits === undefined
      ? []
      : [['exits', `${app.exits.count}, the last ${moment(Date.parse(app.exits.lastAt), now)}`]]),
    ...app.changes.slice(-5).map(({ at, path, what }) => [moment(Date.parse(at), now), `${path}: ${what}`]),
    ...app.processes.map(({ pid, status, restarts, memoryBytes }) => [
      `pid ${pid}`,
      `${status}, restarted ${restarts} times, ${gigabytes(memoryBytes)}`,
    ]),
  ];
  return rows.length === 0 ? '' : `\n${table(rows)}`;
};

/** An app with all that its agent knows. */
export const appText = (app: AppView, now: EpochMs, terminal: Paint): string => {
  const head = table([appRow(app, now, terminal).slice(0, 4)]);
  const about = app.service === undefined ? '' : `Service: ${app.service}\n`;
  const why = app.reason === undefined ? '' : `${app.reason.text}\n`;
  const found =
    app.findings.length === 0 ? '' : `\n${findingsText(app.findings as unknown as WordedFinding[], 'en', terminal)}`;
  return `${head}${about}${why}${found}${signs(app, now)}${repairText(app, now)}`;
};
