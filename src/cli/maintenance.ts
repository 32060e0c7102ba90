import type { MaintenanceView, ResourceView } from '#api/contract.ts';
import { Fault } from '#kernel/fault.ts';
import { formatSpan } from '#kernel/time.ts';
import { asks, change, changes, segment, show, type AskOptions, type ChangeOptions } from './asking.ts';
import { connect } from './client.ts';
import type { Define } from './command.ts';
import { lasted, moment } from './moment.ts';
import { spanOf } from './span-option.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

interface AddOptions extends ChangeOptions {
  readonly for: string;
  readonly at?: string;
  readonly cron?: string;
  readonly timezone?: string;
  readonly service: readonly string[];
}

const when = (window: MaintenanceView): string =>
  window.cron === undefined
    ? window.at === undefined
      ? ''
      : moment(Date.parse(window.at), Date.now())
    : `${window.cron}${window.timezone === undefined ? '' : ` (${window.timezone})`}`;

const list = async (options: AskOptions, terminal: Terminal): Promise<void> => {
  const page = (await connect(options, terminal).get('/maintenance')) as { items: MaintenanceView[] };
  show(page, options, terminal, () =>
    page.items.length === 0
      ? 'No maintenance windows.\n'
      : table(
          page.items.map((window) => [
            window.name,
            when(window),
            `for ${lasted(window.forMs)}`,
            window.services.length === 0 ? 'all services' : window.services.join(', '),
            window.origin,
          ]),
        ),
  );
};

const startOf = (options: AddOptions): { cron: string } | { at: string } => {
  if (options.cron !== undefined) return { cron: options.cron };
  const at = options.at === undefined ? Date.now() : Date.parse(options.at);
  if (Number.isNaN(at)) throw new Fault('USAGE', `"${options.at ?? ''}" is no moment.`, 'Write 2026-11-24T04:00:00Z.');
  return { at: `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z` };
};

const add = async (name: string, options: AddOptions, terminal: Terminal): Promise<void> => {
  const spec = {
    for: formatSpan(spanOf(options.for)),
    ...startOf(options),
    ...(options.timezone === undefined ? {} : { timezone: options.timezone }),
    ...(options.service.length === 0 ? {} : { services: [...options.service] }),
  };
  await change(
    {
      would: `add the window ${name}: ${JSON.stringify(spec)}`,
      plan: { name, spec },
      act: async () => (await connect(options, terminal).post('/maintenance', { name, spec })) as ResourceView,
      done: () => `${name}: nobody is told of trouble in that time.`,
    },
    options,
    terminal,
  );
};

/** `dozor maintenance`: list, add, remove. */
export const define: Define = (command, { terminal }) => {
  command.description('Spans in which nobody is told of trouble.').addHelpText(
    'after',
    `
Examples:
  dozor maintenance add "move of the database" --for 30m --service "OnAI Backend API"
  dozor maintenance add weekly --cron "0 4 * * 0" --for 30m`,
  );
  asks(command.command('list'))
    .summary('list them')
    .action(async (options: AskOptions) => list(options, terminal));
  changes(command.command('add <name>'))
    .summary('add one, from now on unless --at or --cron say otherwise')
    .requiredOption('--for <span>', 'how long it lasts')
    .option('--at <time>', 'when it starts, ISO 8601')
    .option('--cron <pattern>', 'again and again')
    .option('--timezone <zone>', 'the zone of --cron')
    .option(
      '--service <name>',
      'only this service (again for more)',
      (name: string, all: string[]) => [...all, name],
      [],
    )
    .action(async (name: string, options: AddOptions) => add(name, options, terminal));
  changes(command.command('remove <name>'))
    .summary('take one away')
    .action(async (name: string, options: ChangeOptions) =>
      change(
        {
          would: `take the window ${name} away`,
          plan: { name },
          act: async () => await connect(options, terminal).remove(`/maintenance/${segment(name)}`),
          done: () => `${name} is gone.`,
        },
        options,
        terminal,
      ),
    );
};
