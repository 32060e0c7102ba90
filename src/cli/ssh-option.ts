import type { Command } from 'commander';
import { resolve } from 'node:path';
import { defined } from '#kernel/defined.ts';
import { parseTarget, type SshTarget } from '#ssh/target.ts';
import type { Terminal } from './terminal.ts';

/** Options of every command that can work on another machine. */
export interface SshOptions {
  readonly ssh?: string;
  readonly identity?: string;
  readonly sshConfig?: string;
}

/** Adds the options that say which machine, and how it is reached. */
export const reaches = (command: Command): Command =>
  command
    .option('--ssh <user@host>', 'on another machine, by ssh (user@host:port, or a Host of ~/.ssh/config)')
    .option('--identity <file>', 'the private key for it')
    .option('--ssh-config <file>', 'read in place of ~/.ssh/config');

/**
 * The machine that `text`, or else the options, name; undefined when they name none: this one.
 * @throws Fault USAGE for what is no target
 */
export const targetOf = (
  options: SshOptions,
  terminal: Pick<Terminal, 'cwd'>,
  text = options.ssh,
): SshTarget | undefined => {
  if (text === undefined) return undefined;
  const at = (file: string | undefined): string | undefined =>
    file === undefined ? undefined : resolve(terminal.cwd, file);
  return parseTarget(text, defined({ identity: at(options.identity), configFile: at(options.sshConfig) }));
};
