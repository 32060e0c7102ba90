import type { HostView } from '#api/contract.ts';
import { asks, change, changes, segment, show, type AskOptions, type ChangeOptions } from './asking.ts';
import { connect } from './client.ts';
import type { Define } from './command.ts';
import { hostRow, hostText } from './host-text.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

interface CodeOptions extends ChangeOptions {
  readonly address?: string;
}

interface Code {
  readonly code: string;
  readonly addresses: readonly string[];
}

const address = (options: CodeOptions) => (options.address === undefined ? {} : { address: options.address });

const list = async (options: AskOptions, terminal: Terminal): Promise<void> => {
  const page = (await connect(options, terminal).get('/hosts')) as { items: HostView[] };
  show(page, options, terminal, () =>
    page.items.length === 0
      ? 'No host is known. Connect one: dozor hosts code NAME\n'
      : table(page.items.map((host) => hostRow(host, Date.now(), terminal))),
  );
};

const one = async (name: string, options: AskOptions, terminal: Terminal): Promise<void> => {
  const host = (await connect(options, terminal).get(`/hosts/${segment(name)}`)) as HostView;
  show(host, options, terminal, () => hostText(host, Date.now(), terminal));
};

const code = async (name: string, options: CodeOptions, terminal: Terminal): Promise<void> =>
  change(
    {
      would: `make a join code for the agent of ${name}`,
      plan: { host: name, ...address(options) },
      act: async () =>
        (await connect(options, terminal).post(`/hosts/${segment(name)}/code`, address(options))) as Code,
      done: (made) =>
        `${made.code}\nOn ${name}, once, within 30 minutes: dozor join ${made.code}\nIt will look for this Dozor at ${made.addresses.join(', ')}.`,
    },
    options,
    terminal,
  );

/** A host that the file defines stays; only its agent is let go. */
const remove = async (name: string, options: ChangeOptions, terminal: Terminal): Promise<void> => {
  const client = connect(options, terminal);
  const host = (await client.get(`/hosts/${segment(name)}`)) as HostView;
  const isOurs = host.origin === 'stored';
  const at = `/hosts/${segment(host.id)}`;
  await change(
    {
      would: isOurs ? `forget the host ${host.name} and its agent` : `let go of the agent of ${host.name}`,
      plan: { host: host.id, definition: isOurs },
      act: async () => {
        // What apps still name is not removed: that is refused before the agent is let go.
        if (isOurs) await client.remove(at);
        else await client.remove(`${at}/agent`);
        return { host: host.name, removed: true };
      },
      done: () =>
        isOurs
          ? `${host.name} is forgotten; its history stays.`
          : `The agent of ${host.name} is heard no more. The host itself is defined in the file.`,
    },
    options,
    terminal,
  );
};

/** `dozor hosts`: list, show, code, remove. */
export const define: Define = (command, { terminal }) => {
  command.description('Machines, and the agents that look inside them.').addHelpText(
    'after',
    `
Examples:
  dozor hosts
  dozor hosts show vps
  dozor hosts code vps            then on vps: dozor join CODE
  dozor agent install --ssh root@203.0.113.30     does both
How it all fits together: docs/hosts.md`,
  );
  asks(command.command('list'))
    .summary('list them')
    .action(async (options: AskOptions) => list(options, terminal));
  asks(command.command('show <name>'))
    .summary('one with its figures')
    .action(async (name: string, options: AskOptions) => one(name, options, terminal));
  changes(command.command('code <name>'))
    .summary('print the code with which its agent joins (once, 30 minutes)')
    .option('--address <host:port>', 'where the agent reaches this Dozor, when that is none of its own addresses')
    .action(async (name: string, options: CodeOptions) => code(name, options, terminal));
  changes(command.command('remove <name>'))
    .summary('let go of its agent; forget it when no file defines it')
    .action(async (name: string, options: ChangeOptions) => remove(name, options, terminal));
};
