import type { CheckView, MonitorView } from '#api/contract.ts';
import { asks, change, changes, segment, show, type AskOptions, type ChangeOptions } from './asking.ts';
import { checkText, exitOf } from './check-text.ts';
import { connect } from './client.ts';
import type { CommandContext, Define } from './command.ts';
import { lasted } from './moment.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';
import { since, verdictText } from './verdict-text.ts';

const last = (monitor: MonitorView): string => {
  const check = monitor.lastCheck;
  if (check === undefined) return monitor.beatPath ?? '';
  return (check.reason ?? check.warning)?.text ?? `${Math.round(check.tookMs)} ms`;
};

const list = async (options: AskOptions, terminal: Terminal): Promise<void> => {
  const page = (await connect(options, terminal).get('/monitors')) as { items: MonitorView[] };
  show(page, options, terminal, () =>
    page.items.length === 0
      ? 'Nothing is watched yet.\n'
      : table(
          page.items.map((monitor) => [
            monitor.service,
            monitor.name,
            monitor.kind,
            verdictText(monitor.verdict, monitor, terminal),
            since(monitor.since, Date.now()),
            `every ${lasted(monitor.everyMs)}`,
            last(monitor),
          ]),
        ),
  );
};

const pause = async (name: string, on: boolean, options: ChangeOptions, terminal: Terminal): Promise<void> => {
  const client = connect(options, terminal);
  const monitor = (await client.get(`/monitors/${segment(name)}`)) as MonitorView;
  const verb = on ? 'pause' : 'resume';
  await change(
    {
      would: `${verb} ${monitor.service} / ${monitor.name}`,
      plan: { monitor: monitor.id, paused: on },
      act: async () => await client.post(`/monitors/${segment(monitor.id)}/${verb}`),
      done: () => `${monitor.service} / ${monitor.name}: ${on ? 'paused; nothing is asked' : 'asked again'}.`,
    },
    options,
    terminal,
  );
};

const checkNow = async (name: string, options: AskOptions, context: CommandContext): Promise<void> => {
  const check = (await connect(options, context.terminal).post(
    `/monitors/${segment(name)}/check-now`,
    {},
    150_000,
  )) as CheckView;
  // The brain judges silence by its own-network loop; one silent check alone says nothing yet.
  const outcome = ({ ok: 'up', hard: 'down', soft: 'unknown' } as const)[check.class];
  context.exit(exitOf(outcome));
  show(check, options, context.terminal, () => checkText(check, outcome, context.terminal));
};

/** `dozor monitors`: list, pause, resume, check. */
export const define: Define = (command, context) => {
  const { terminal } = context;
  command.description('The questions that are asked again and again.').addHelpText(
    'after',
    `
Examples:
  dozor monitors
  dozor monitors check health
  dozor monitors pause health`,
  );
  asks(command.command('list'))
    .summary('list them')
    .action(async (options: AskOptions) => list(options, terminal));
  asks(command.command('check <name>'))
    .summary("ask now; exit 0 up, 1 down, 2 can't tell")
    .action(async (name: string, options: AskOptions) => checkNow(name, options, context));
  changes(command.command('pause <name>'))
    .summary('ask no more until resumed')
    .action(async (name: string, options: ChangeOptions) => pause(name, true, options, terminal));
  changes(command.command('resume <name>'))
    .summary('ask again')
    .action(async (name: string, options: ChangeOptions) => pause(name, false, options, terminal));
};
