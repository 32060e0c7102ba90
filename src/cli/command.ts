import type { Command } from 'commander';
import type { Terminal } from './terminal.ts';

/** Fills in a command: its arguments, options, examples and what it does. Failures are thrown as Fault; `exit` sets another exit code than 0. */
export type Define = (command: Command, context: CommandContext) => void;

/** What every command is given. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Sets the exit code of a command that went well but has to say more (`check` of what is down). */
  readonly exit: (code: number) => void;
}
