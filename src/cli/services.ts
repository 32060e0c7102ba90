import type { ServiceView } from '#api/contract.ts';
import { asks, change, changes, segment, show, type AskOptions, type ChangeOptions } from './asking.ts';
import { connect } from './client.ts';
import type { Define } from './command.ts';
import { lasted } from './moment.ts';
import { spanOf } from './span-option.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';
import { since, verdictText } from './verdict-text.ts';

const list = async (options: AskOptions, terminal: Terminal): Promise<void> => {
  const page = (await connect(options, terminal).get('/services')) as { items: ServiceView[] };
  show(page, options, terminal, () =>
    page.items.length === 0
      ? 'Nothing is watched yet.\n'
      : table(
          page.items.map((service) => [
            service.name,
            verdictText(service.verdict, service, terminal),
            since(service.since, Date.now()),
            `${service.monitors.length} ${service.monitors.length === 1 ? 'monitor' : 'monitors'}`,
            service.policy ?? 'default',
          ]),
        ),
  );
};

const mute = async (name: string, forMs: number, options: ChangeOptions, terminal: Terminal): Promise<void> => {
  const client = connect(options, terminal);
  const service = (await client.get(`/services/${segment(name)}`)) as ServiceView;
  const what = forMs === 0 ? 'unmute' : 'mute';
  await change(
    {
      would: `${what} ${service.name}${forMs === 0 ? '' : ` for ${lasted(forMs)}`}`,
      plan: { service: service.id, forMs },
      act: async () => await client.post(`/services/${segment(service.id)}/mute`, { forMs }),
      done: () => `${service.name}: ${forMs === 0 ? 'no longer muted' : `muted for ${lasted(forMs)}`}.`,
    },
    options,
    terminal,
  );
};

/** `dozor services`: list, mute, unmute. */
export const define: Define = (command, { terminal }) => {
  command.description('What is protected.').addHelpText(
    'after',
    `
Examples:
  dozor services
  dozor services mute "OnAI Backend API" --for 2h`,
  );
  asks(command.command('list'))
    .summary('list them')
    .action(async (options: AskOptions) => list(options, terminal));
  changes(command.command('mute <name>'))
    .summary('tell nobody of it for a while')
    .option('--for <span>', 'for how long', '1h')
    .action(async (name: string, options: ChangeOptions & { for: string }) =>
      mute(name, spanOf(options.for), options, terminal),
    );
  changes(command.command('unmute <name>'))
    .summary('tell again')
    .action(async (name: string, options: ChangeOptions) => mute(name, 0, options, terminal));
};
