import { setTimeout as delay } from 'node:timers/promises';
import type { AppView, OrderView } from '#api/contract.ts';
import { Fault } from '#kernel/fault.ts';
import { MINUTE, SECOND, type Ms } from '#kernel/time.ts';
import { asks, changes, segment, show, type AskOptions, type ChangeOptions } from './asking.ts';
import { connect, type Client } from './client.ts';
import type { Define } from './command.ts';
import { appRow, appText } from './host-text.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

/** A repair tries out, applies and verifies: it may take its time. */
const WAIT_MS: Ms = 10 * MINUTE;
const LOOK_MS: Ms = SECOND / 2;

const list = async (options: AskOptions, terminal: Terminal): Promise<void> => {
  const page = (await connect(options, terminal).get('/apps')) as { items: AppView[] };
  show(page, options, terminal, () =>
    page.items.length === 0
      ? 'No app is defined: apps: in dozor.yaml (docs/hosts.md).\n'
      : table(page.items.map((app) => appRow(app, Date.now(), terminal))),
  );
};

const appOf = async (client: Client, name: string): Promise<AppView> =>
  (await client.get(`/apps/${segment(name)}`)) as AppView;

const one = async (name: string, options: AskOptions, terminal: Terminal): Promise<void> => {
  const app = await appOf(connect(options, terminal), name);
  show(app, options, terminal, () => appText(app, Date.now(), terminal));
};

const isOver = ({ phase }: OrderView): boolean => phase !== 'waiting' && phase !== 'handed';

/** Waits until the agent has answered. */
const ended = async (client: Client, order: OrderView, terminal: Terminal): Promise<OrderView> => {
  const until = Date.now() + WAIT_MS;
  let now = order;
  let said = '';
  while (!isOver(now) && Date.now() < until) {
    if (now.phase !== said)
      terminal.error(now.phase === 'waiting' ? 'Waiting for the agent …\n' : 'The agent is at it …\n');
    said = now.phase;
    await delay(LOOK_MS);
    now = (await client.get(`/orders/${segment(order.id)}`)) as OrderView;
  }
  return now;
};

const REFUSED = {
  failed: 'did not work',
  refused: 'was refused by the agent',
  expired: 'was not fetched by the agent in time',
  waiting: 'is not answered yet',
  handed: 'is not answered yet',
} as const;

const act = async (
  name: string,
  what: 'repair' | 'leave' | 'undo',
  options: ChangeOptions,
  terminal: Terminal,
): Promise<void> => {
  const client = connect(options, terminal);
  const app = await appOf(client, name);
  const planId = app.repair?.planId;
  if (planId === undefined)
    throw new Fault('CONFLICT', `No repair of "${app.name}" is known.`, `dozor apps show ${app.name}`);
  if (options.dryRun === true)
    return show({ dryRun: true, app: app.id, do: what, planId, plan: app.repair?.plan }, options, terminal, () =>
      [
        `Would ask the agent for: ${what} of ${app.name} (${app.repair?.action ?? ''})`,
        app.repair?.plan ?? '',
        '',
      ].join('\n'),
    );
  const order = (await client.post(`/apps/${segment(app.id)}/actions`, { do: what, planId })) as OrderView;
  const done = await ended(client, order, terminal);
  show(done, options, terminal, () => `${done.output ?? ''}${done.output === undefined ? '' : '\n'}`);
  if (done.phase === 'done') {
    if (options.json !== true) terminal.out(`${app.name}: ${what} is done.\n`);
    return;
  }
  throw new Fault('CONFLICT', `${what} of ${app.name} ${REFUSED[done.phase]}.`, `dozor apps show ${app.name}`);
};

/** `dozor apps`: list, show, repair, leave, undo. */
export const define: Define = (command, { terminal }) => {
  command.description('Programs on hosts as their agents see them, and their repairs.').addHelpText(
    'after',
    `
Examples:
  dozor apps
  dozor apps show onai-backend
  dozor apps repair onai-backend --dry-run      shows the plan
  dozor apps repair onai-backend                carries out the repair that is proposed
  dozor apps undo onai-backend                  takes it back
Without a brain, on the host itself: dozor diagnose, dozor protect, dozor recover, dozor rollback`,
  );
  asks(command.command('list'))
    .summary('list them')
    .action(async (options: AskOptions) => list(options, terminal));
  asks(command.command('show <name>'))
    .summary('one with all that its agent knows')
    .action(async (name: string, options: AskOptions) => one(name, options, terminal));
  const deeds = [
    ['repair', 'carry out the repair that is proposed'],
    ['leave', 'leave it as it is: the proposed repair is not wanted'],
    ['undo', 'take the last repair back'],
  ] as const;
  for (const [what, summary] of deeds)
    changes(command.command(`${what} <name>`))
      .summary(summary)
      .action(async (name: string, options: ChangeOptions) => act(name, what, options, terminal));
};
