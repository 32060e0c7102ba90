import type { Command } from 'commander';
import { AGENT_UNIT, agentPlaces } from '#ssh/agent/layout.ts';
import type { AgentLook } from '#ssh/agent/look.ts';
import { runRemotely } from '#ssh/run.ts';
import { targetText, type SshTarget } from '#ssh/target.ts';
import { lookAt, whereTo } from './agent-target.ts';
import { changes, show, type ChangeOptions } from './asking.ts';
import { connect } from './client.ts';
import type { CommandContext } from './command.ts';
import { confirmed } from './confirm.ts';
import { reaches, targetOf, type SshOptions } from './ssh-option.ts';
import type { Terminal } from './terminal.ts';

interface Options extends ChangeOptions, SshOptions {
  readonly yes?: boolean;
}

/** With --ssh no brain is needed: it may be gone for good. */
const targetFor = async (name: string | undefined, options: Options, terminal: Terminal): Promise<SshTarget> =>
  targetOf(options, terminal) ?? (await whereTo(name, options, connect(options, terminal), terminal)).target;

const isThere = (look: AgentLook): boolean =>
  look.releases.length > 0 || look.unit !== undefined || look.isJoined || look.loopPid !== undefined;

const steps = (look: AgentLook): readonly string[] => [
  'stop the agent',
  ...(look.unit === undefined ? [] : [`delete ${AGENT_UNIT}`]),
  `delete ${agentPlaces(look.home).folder}, with its key and what it has not told yet`,
];

const uninstall = async (name: string | undefined, options: Options, terminal: Terminal): Promise<void> => {
  const target = await targetFor(name, options, terminal);
  const look = await lookAt(target);
  const where = targetText(target);
  const told = (more: object, text: string): void => show({ target: where, ...more }, options, terminal, () => text);
  if (!isThere(look)) return told({ changed: false }, `Nothing to do: there is no agent on ${where}.\n`);
  const lines = steps(look);
  if (options.json !== true) terminal.out(`On ${where}:\n${lines.map((line) => `  ${line}\n`).join('')}`);
  if (options.dryRun === true) return told({ dryRun: true, steps: lines }, 'Nothing was changed (--dry-run).\n');
  if (!(await confirmed('Do this?', options.yes === true, terminal))) return terminal.out('Nothing was changed.\n');
  await runRemotely(target, 'agent-remove', { keep: [] });
  const cron = look.unit === undefined ? 'If crontab starts it at boot, take its line away there: crontab -e\n' : '';
  told({ changed: true }, `The agent on ${where} is gone.\n${cron}`);
};

/** Adds `uninstall` to `dozor agent`. */
export const uninstalls = (command: Command, { terminal }: Pick<CommandContext, 'terminal'>): void => {
  reaches(changes(command.command('uninstall [host]')))
    .summary('stop the agent of a host and take it away, by ssh')
    .option('-y, --yes', 'do not ask')
    .addHelpText(
      'after',
      `
Examples:
  dozor agent uninstall vps                     ssh: stands in dozor.yaml
  dozor agent uninstall --ssh root@vps.example  without a brain`,
    )
    // `agent` has options of the same names, and takes them wherever they stand
    .action(async (name: string | undefined, _own: Options, self: Command) =>
      uninstall(name, self.optsWithGlobals<Options>(), terminal),
    );
};
