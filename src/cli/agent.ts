import { becomeAgent } from '#host/lean.ts';
import { Fault } from '#kernel/fault.ts';
import { readFileOf, type Membership } from '#witness/files.ts';
import { installs } from './agent-install.ts';
import { uninstalls } from './agent-uninstall.ts';
import { show } from './asking.ts';
import type { Define } from './command.ts';
import { agentFolder } from './join-agent.ts';
import type { Terminal } from './terminal.ts';
import { VERSION } from './version-number.ts';

interface Options {
  readonly data?: string;
  readonly json?: boolean;
}

const agent = (options: Options, terminal: Terminal): void => {
  const dir = agentFolder(options.data, terminal);
  const membership = readFileOf<Membership>(dir, 'agent');
  if (membership === undefined)
    throw new Fault(
      'NOT_FOUND',
      `${dir} has joined no Dozor.`,
      'There: dozor hosts code NAME. Here: dozor join CODE (with the same --data DIR).',
    );
  const { brain, name, addresses } = membership;
  show(
    { brain, name, addresses, data: dir },
    options,
    terminal,
    () => `The agent of ${name} works for Dozor on ${brain} (${addresses.join(', ')}).\n`,
  );
  becomeAgent({ dir, version: VERSION }, terminal.env);
};

/** `dozor agent`: watches the apps of a host from inside and stays. */
export const define: Define = (command, context) => {
  const { terminal } = context;
  command
    .description(
      'Watches the apps of this machine from inside for a Dozor elsewhere: sees why they die, and repairs them.',
    )
    .option('-d, --data <dir>', 'the data folder in which it has joined (DOZOR_DATA; .dozor-agent/data)')
    .option('--json', 'its first line is for programs')
    .addHelpText(
      'after',
      `
Examples:
  dozor join CODE && dozor agent              as the user who runs PM2
  dozor agent install --ssh root@203.0.113.30 brings it to another machine

What it sees and does: docs/agent.md`,
    )
    .action((options: Options) => agent(options, terminal));
  installs(command, context);
  uninstalls(command, context);
};
