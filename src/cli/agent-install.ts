import type { Command } from 'commander';
import { Fault } from '#kernel/fault.ts';
import { AGENT_UNIT, agentPlaces } from '#ssh/agent/layout.ts';
import type { AgentLook } from '#ssh/agent/look.ts';
import { runRemotely } from '#ssh/run.ts';
import { targetText, type SshTarget } from '#ssh/target.ts';
import { agentCode, knownHosts, reported, type KnownHost } from './agent-brain.ts';
import { bring, packLuggage, type Luggage } from './agent-bring.ts';
import { agentPlan, bootLines, isIdle, planLines, type AgentPlan } from './agent-plan.ts';
import { lookAt, whereTo } from './agent-target.ts';
import { agentUnit } from './agent-unit.ts';
import { changes, show, type ChangeOptions } from './asking.ts';
import { connect, type Client } from './client.ts';
import type { CommandContext } from './command.ts';
import { confirmed } from './confirm.ts';
import { reaches, type SshOptions } from './ssh-option.ts';
import type { Terminal } from './terminal.ts';

interface Options extends ChangeOptions, SshOptions {
  readonly address?: string;
  readonly yes?: boolean;
  readonly name?: string;
}

/** Everything that an installation works with. */
interface Work {
  readonly brain: Client;
  readonly host: KnownHost;
  readonly target: SshTarget;
  readonly look: AgentLook;
  readonly luggage: Luggage;
  readonly plan: AgentPlan;
}

/** Only a privileged user may have systemd start it. */
const unitFor = (look: AgentLook): string | undefined =>
  look.runsSystemd && look.isRoot ? agentUnit(look) : undefined;

const planned = async (name: string | undefined, options: Options, terminal: Terminal): Promise<Work> => {
  const brain = connect(options, terminal);
  const { host, target } = await whereTo(name, options, brain, terminal);
  const [look, luggage] = await Promise.all([lookAt(target), packLuggage()]);
  const plan = agentPlan(look, {
    parcel: luggage.id,
    node: luggage.node,
    unit: unitFor(look),
    isKnownToBrain: host.agent !== 'waiting',
  });
  return { brain, host, target, look, luggage, plan };
};

const percent = (done: number, of: number): string => `${Math.floor((done / of) * 100)} %`;

const teller =
  (options: Options, terminal: Terminal) =>
  (text: string): void => {
    if (options.json !== true) terminal.error(`${terminal.paintError('gray', text)}\n`);
  };

/** Returns to the release before: the new one did not report, and must not be what is left. */
const returnTo = async ({ target, plan }: Work, previous: string): Promise<void> => {
  const unit = plan.unit === undefined ? {} : { unit: plan.unit };
  await runRemotely(target, 'agent-set', { release: previous, ...unit });
};

const start = async (work: Work, tell: (text: string) => void): Promise<void> => {
  const { brain, host, target, plan, look } = work;
  const { previous } = (await runRemotely(target, 'agent-set', {
    release: plan.release,
    ...(plan.unit === undefined ? {} : { unit: plan.unit }),
  })) as { readonly previous?: string };
  const before = (await knownHosts(brain)).find(({ name }) => name === host.name)?.lastSeenAt;
  tell(`Waiting until ${host.name} reports …`);
  if (await reported(brain, host.name, before)) {
    await runRemotely(target, 'agent-remove', { keep: [plan.release] });
    return;
  }
  if (previous !== undefined) await returnTo(work, previous);
  const log = plan.unit === undefined ? `tail ${agentPlaces(look.home).log}` : `journalctl -u ${AGENT_UNIT} -n 50`;
  throw new Fault(
    'BRAIN_UNREACHABLE',
    `The agent was started on ${host.name}, but the brain has not heard of it.${previous === undefined ? '' : ` ${previous} runs there again.`}`,
    `On the host: ${log}. Can it reach the brain's address and port? (--address HOST:PORT names another one)`,
  );
};

const carryOut = async (work: Work, options: Options, terminal: Terminal): Promise<void> => {
  const { brain, host, target, luggage, plan } = work;
  const tell = teller(options, terminal);
  if (plan.puts) {
    tell(`Bringing Dozor to ${targetText(target)} …`);
    await bring(target, luggage, plan, (done, of) => tell(`  ${percent(done, of)} of ${(of / 1e6).toFixed(0)} MB`));
  }
  if (plan.joins) {
    tell(`Joining it as ${host.name} …`);
    const code = await agentCode(brain, host.name, options.address);
    await runRemotely(target, 'agent-join', { release: plan.release, code });
  }
  await start(work, tell);
};

const told = ({ host, target, plan, look }: Work): object => ({
  host: host.name,
  target: targetText(target),
  release: plan.release,
  folder: agentPlaces(look.home).folder,
  atBoot: plan.unit !== undefined,
});

const install = async (name: string | undefined, options: Options, terminal: Terminal): Promise<void> => {
  const work = await planned(name ?? options.name, options, terminal);
  const { host, look, plan } = work;
  const boot = plan.unit === undefined ? bootLines(look) : '';
  if (isIdle(plan) && host.agent === 'connected')
    return show(
      { ...told(work), changed: false },
      options,
      terminal,
      () => `Nothing to do: the agent of ${host.name} runs, and is this version.\n${boot}`,
    );
  const lines = planLines(plan, look, host.name);
  if (options.json !== true)
    terminal.out(`On ${targetText(work.target)} (${host.name}):\n${lines.map((line) => `  ${line}\n`).join('')}`);
  if (options.dryRun === true)
    return show(
      { ...told(work), dryRun: true, steps: lines },
      options,
      terminal,
      () => 'Nothing was changed (--dry-run).\n',
    );
  if (!(await confirmed('Do this?', options.yes === true, terminal))) return terminal.out('Nothing was changed.\n');
  await carryOut(work, options, terminal);
  show(
    { ...told(work), changed: true },
    options,
    terminal,
    () => `The agent of ${host.name} runs and reports.\n${boot}`,
  );
};

/** Adds `install` to `dozor agent`. */
export const installs = (command: Command, { terminal }: Pick<CommandContext, 'terminal'>): void => {
  reaches(changes(command.command('install [host]')))
    .summary('bring the agent to a host by ssh, join it, start it')
    .option('--name <name>', "the host's name at the brain, when it is not known there yet")
    .option('--address <host:port>', 'where the host reaches this brain, when that is none of its own addresses')
    .option('-y, --yes', 'do not ask')
    .addHelpText(
      'after',
      `
Brings this Dozor and its Node into ~/.dozor-agent of the user on the host, and nothing else there is touched but a systemd unit (as root).
Called again, it upgrades: the old version runs on until the new one has reported.

Examples:
  dozor agent install vps                       ssh: stands in dozor.yaml
  dozor agent install vps --ssh root@vps.example --dry-run
  dozor agent install --ssh root@vps.example --name vps`,
    )
    // `agent` has options of the same names, and takes them wherever they stand
    .action(async (name: string | undefined, _own: Options, self: Command) =>
      install(name, self.optsWithGlobals<Options>(), terminal),
    );
};
