import { Fault } from '#kernel/fault.ts';
import type { Define } from './command.ts';
import { confirmed } from './confirm.ts';
import { installPlan, thisMachine, type InstallOptions, type InstallStep, type Machine } from './install-plan.ts';
import { doStep, stepText } from './install-steps.ts';
import type { Terminal } from './terminal.ts';
import { unitName } from './unit.ts';

interface Options extends InstallOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const outcome = (unit: string, left: readonly string[], root: string | undefined): string => {
  if (root !== undefined) return `${unit} is enabled below ${root}.\n`;
  return left.length === 0
    ? `${unit} runs, and starts at boot. Look: systemctl status ${unit}\n`
    : `${unit} starts at boot; it could not be started now.\n`;
};

const showPlan = (steps: readonly InstallStep[], options: Options, terminal: Terminal): void => {
  if (options.json !== true) return terminal.out(`The plan:\n${steps.map(stepText).join('')}`);
  if (options.dryRun !== true) return;
  const shown = steps.map((step) => (step.do === 'file' ? { ...step, text: step.shown ?? step.text } : step));
  terminal.out(`${JSON.stringify({ steps: shown })}\n`);
};

const doPlan = (steps: readonly InstallStep[], machine: Machine, options: Options, terminal: Terminal): void => {
  const left = steps.flatMap((step) => doStep(step, machine) ?? []);
  const unit = unitName(options.witness === true ? 'witness' : 'brain');
  if (options.json === true) return terminal.out(`${JSON.stringify({ unit, started: left.length === 0, left })}\n`);
  for (const sentence of left) terminal.out(`${terminal.paint('yellow', sentence)}\n`);
  terminal.out(outcome(unit, left, options.root));
};

const install = async (urls: readonly string[], options: Options, terminal: Terminal): Promise<void> => {
  const machine = thisMachine();
  const steps = installPlan(urls, options, machine, terminal);
  showPlan(steps, options, terminal);
  if (options.dryRun === true)
    return options.json === true ? undefined : terminal.out('Nothing was changed (--dry-run).\n');
  if (!machine.isRoot)
    throw new Fault('MACHINE_LACKS', 'Only root may install.', `sudo ${machine.node} ${machine.program} install …`);
  if (await confirmed('Do this?', options.yes === true, terminal)) doPlan(steps, machine, options, terminal);
  else terminal.out('Nothing was changed.\n');
};

/** `dozor install`: runs Dozor at boot by systemd. */
export const define: Define = (command, { terminal }) => {
  command
    .description(
      'Writes a hardened systemd unit for the brain or the witness, enables it at boot and starts it.\nShows its plan first.',
    )
    .argument('[urls...]', 'URLs to watch, as for `up`')
    .option('--witness', 'the witness instead of the brain')
    .option('--user <name>', 'the user it runs as; created when missing', 'dozor')
    .option('-c, --config <file>', 'the configuration (/etc/dozor/dozor.yaml, or witness.yaml, when it is there)')
    .option('-d, --data <dir>', 'the data folder (/var/lib/dozor, or /var/lib/dozor-witness)')
    .option('-l, --listen <host:port>', 'the address of page and API')
    .option('--no-ping', 'leave out CAP_NET_RAW, which ping needs where the kernel keeps ICMP to root')
    .option('--root <dir>', 'write below another root folder, without a user, for building images')
    .option('--dry-run', 'show the plan, change nothing')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      `
Examples:
  sudo dozor install --config /etc/dozor/dozor.yaml
  sudo dozor install https://api.example.com/health --dry-run
  sudo dozor install --witness            after dozor join CODE --data /var/lib/dozor-witness

Secrets stand in /etc/dozor/env (0600), one NAME="value" a line; what the configuration names and the environment has is written there once.`,
    )
    .action(async (urls: string[], options: Options) => install(urls, options, terminal));
};
