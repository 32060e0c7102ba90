import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { Fault } from '#kernel/fault.ts';
import type { Define } from './command.ts';
import { confirmed } from './confirm.ts';
import { thisMachine, type Machine } from './install-plan.ts';
import type { Terminal } from './terminal.ts';
import { unitName } from './unit.ts';

interface Options {
  readonly witness?: boolean;
  readonly root?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const systemctl = (words: readonly string[]): void => {
  const done = spawnSync('systemctl', words, { encoding: 'utf8' });
  if (done.status !== 0)
    throw new Fault(
      'MACHINE_LACKS',
      `systemctl ${words.join(' ')} failed: ${(done.error?.message ?? done.stderr).trim()}`,
    );
};

interface Removal {
  readonly unit: string;
  readonly file: string;
  /** Each step as people read it, and as it is done. */
  readonly steps: readonly { readonly text: string; readonly run: () => void }[];
}

const removal = (options: Options, machine: Machine): Removal => {
  const unit = unitName(options.witness === true ? 'witness' : 'brain');
  const file = join(options.root ?? '/', 'etc/systemd/system', unit);
  if (!existsSync(file)) throw new Fault('NOT_FOUND', `${unit} is not installed: there is no ${file}.`);
  const isLive = options.root === undefined && machine.runsSystemd;
  const call = (...words: string[]) => ({ text: `run systemctl ${words.join(' ')}`, run: () => systemctl(words) });
  return {
    unit,
    file,
    steps: [
      ...(isLive ? [call('stop', unit)] : []),
      options.root === undefined ? call('disable', unit) : call(`--root=${options.root}`, 'disable', unit),
      { text: `delete ${file}`, run: () => rmSync(file) },
      ...(isLive ? [call('daemon-reload')] : []),
    ],
  };
};

const uninstall = async (options: Options, terminal: Terminal): Promise<void> => {
  const machine = thisMachine();
  const { unit, steps } = removal(options, machine);
  const isJson = options.json === true;
  if (!isJson) terminal.out(`The plan:\n${steps.map(({ text }) => `  ${text}\n`).join('')}`);
  if (options.dryRun === true)
    return terminal.out(
      isJson ? `${JSON.stringify({ steps: steps.map(({ text }) => text) })}\n` : 'Nothing was changed (--dry-run).\n',
    );
  if (!machine.isRoot) throw new Fault('MACHINE_LACKS', 'Only root may take a service away.');
  if (!(await confirmed('Do this?', options.yes === true, terminal))) return terminal.out('Nothing was changed.\n');
  for (const step of steps) step.run();
  terminal.out(
    isJson
      ? `${JSON.stringify({ unit, removed: true })}\n`
      : `${unit} is gone. Data, configuration and /etc/dozor/env are left as they are.\n`,
  );
};

/** `dozor uninstall`: takes the unit away; data and configuration stay. */
export const define: Define = (command, { terminal }) => {
  command
    .description('Stops the service and takes its systemd unit away. Data and configuration stay.')
    .option('--witness', 'the witness instead of the brain')
    .option('--root <dir>', 'below another root folder')
    .option('--dry-run', 'show the plan, change nothing')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'for programs')
    .action(async (options: Options) => uninstall(options, terminal));
};
