import type { AlertView, IncidentView, TimelineView } from '#api/contract.ts';
import { asks, change, changes, segment, show, type AskOptions, type ChangeOptions } from './asking.ts';
import { connect, type Client } from './client.ts';
import type { Define } from './command.ts';
import { lasted, zoneLine } from './moment.ts';
import { incidentRow, incidentText } from './incident-text.ts';
import { spanOf } from './span-option.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

interface List<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

interface ListOptions extends AskOptions {
  readonly open?: boolean;
  readonly limit: string;
}

const list = async (options: ListOptions, terminal: Terminal): Promise<void> => {
  const query = new URLSearchParams({ limit: options.limit, ...(options.open === true ? { state: 'open' } : {}) });
  const page = (await connect(options, terminal).get(`/incidents?${query.toString()}`)) as List<IncidentView>;
  show(page, options, terminal, () =>
    page.items.length === 0
      ? 'No incidents.\n'
      : `${table(page.items.map((one) => incidentRow(one, Date.now())))}${zoneLine()}`,
  );
};

const incidentOf = async (client: Client, name: string): Promise<IncidentView> =>
  (await client.get(`/incidents/${segment(name)}`)) as IncidentView;

const showOne = async (name: string, options: AskOptions, terminal: Terminal): Promise<void> => {
  const client = connect(options, terminal);
  const incident = await incidentOf(client, name);
  const at = `/incidents/${segment(incident.id)}`;
  const [timeline, alerts] = (await Promise.all([
    client.get(`${at}/timeline?limit=200`),
    client.get(`/alerts?incident=${segment(incident.id)}&limit=50`),
  ])) as [List<TimelineView>, List<AlertView>];
  const all = { incident, timeline: timeline.items, alerts: alerts.items };
  show(all, options, terminal, () => incidentText(incident, timeline.items, alerts.items, Date.now()));
};

interface Deed {
  /** The last piece of the path. */
  readonly path: string;
  readonly body?: object;
  readonly would: string;
  readonly done: string;
}

const doOne = async (name: string, deed: Deed, options: ChangeOptions, terminal: Terminal): Promise<void> => {
  const client = connect(options, terminal);
  const incident = await incidentOf(client, name);
  const subject = `${incident.code} (${incident.service ?? incident.kind})`;
  await change(
    {
      would: `${deed.would} ${subject}`,
      plan: { incident: incident.id, deed: deed.path },
      act: async () =>
        (await client.post(`/incidents/${segment(incident.id)}/${deed.path}`, deed.body)) as IncidentView,
      done: () => `${subject}: ${deed.done}.`,
    },
    options,
    terminal,
  );
};

/** `dozor incidents`: list, show, ack, note, mute, resolve. */
export const define: Define = (command, { terminal }) => {
  command.description('Spans in which a service was hurt. An incident is named by its code (7F3K) or id.').addHelpText(
    'after',
    `
Examples:
  dozor incidents list --open
  dozor incidents show 7F3K
  dozor incidents ack 7F3K
  dozor incidents note 7F3K "restarted by hand"
  dozor incidents mute 7F3K --for 2h`,
  );
  asks(command.command('list'))
    .summary('list them, newest first')
    .option('--open', 'only open ones')
    .option('-n, --limit <count>', 'how many', '20')
    .action(async (options: ListOptions) => list(options, terminal));
  asks(command.command('show <code>'))
    .summary('one with its timeline and alerts')
    .action(async (name: string, options: AskOptions) => showOne(name, options, terminal));
  changes(command.command('ack <code>'))
    .summary('acknowledge: steps and repeats end')
    .action(async (name: string, options: ChangeOptions) =>
      doOne(name, { path: 'acknowledge', would: 'acknowledge', done: 'acknowledged' }, options, terminal),
    );
  changes(command.command('note <code> <text...>'))
    .summary('write into its timeline')
    .action(async (name: string, words: string[], options: ChangeOptions) =>
      doOne(
        name,
        { path: 'note', body: { text: words.join(' ') }, would: 'note on', done: 'noted' },
        options,
        terminal,
      ),
    );
  changes(command.command('mute <code>'))
    .summary('tell nobody for a while')
    .option('--for <span>', 'for how long', '1h')
    .action(async (name: string, options: ChangeOptions & { for: string }) => {
      const forMs = spanOf(options.for);
      const done = `muted for ${lasted(forMs)}`;
      await doOne(name, { path: 'mute', body: { forMs }, would: 'mute', done }, options, terminal);
    });
  changes(command.command('resolve <code>'))
    .summary('close it by hand')
    .action(async (name: string, options: ChangeOptions) =>
      doOne(name, { path: 'resolve', would: 'resolve', done: 'resolved' }, options, terminal),
    );
};
