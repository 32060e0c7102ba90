import type { Command } from 'commander';
import type { Json } from '#kernel/json.ts';
import type { Terminal } from './terminal.ts';

/** Options of every command that asks a brain. */
export interface AskOptions {
  readonly json?: boolean;
  readonly data?: string;
}

/** Options of every command that has a brain change something. */
export interface ChangeOptions extends AskOptions {
  readonly dryRun?: boolean;
}

/** Adds the options of a command that asks. */
export const asks = (command: Command): Command =>
  command
    .option('--json', 'for programs')
    .option('-d, --data <dir>', 'the data folder of the brain on this machine (DOZOR_DATA)');

/** Adds the options of a command that changes something. */
export const changes = (command: Command): Command =>
  asks(command).option('--dry-run', 'say what would be done, do nothing');

/** A piece of a path: names may have spaces and slashes. */
export const segment = (name: string): string => encodeURIComponent(name);

/** Prints for programs or for people. */
export const show = (value: unknown, options: AskOptions, terminal: Terminal, text: () => string): void =>
  terminal.out(options.json === true ? `${JSON.stringify(value)}\n` : text());

/** Does it and says what was done; with `--dry-run` only says what would be done. */
export const change = async <T>(
  what: { readonly would: string; readonly plan: Json; act(): Promise<T>; done(result: T): string },
  options: ChangeOptions,
  terminal: Terminal,
): Promise<void> => {
  if (options.dryRun === true)
    return show({ dryRun: true, would: what.plan }, options, terminal, () => `Would ${what.would}.\n`);
  const result = await what.act();
  show(result, options, terminal, () => `${what.done(result)}\n`);
};
