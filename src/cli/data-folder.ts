import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readEnvironment } from '#config/environment.ts';
import type { Terminal } from './terminal.ts';

/** Where the data of an installed Dozor lies. */
export const INSTALLED_DATA = '/var/lib/dozor';

/** The folder for `up`: the option, DOZOR_DATA, or `.dozor` here. */
export const dataFolder = (option: string | undefined, terminal: Pick<Terminal, 'env' | 'cwd'>): string =>
  resolve(terminal.cwd, option ?? readEnvironment(terminal.env).data ?? '.dozor');

/** The socket of a brain that runs on this machine: of the folder that is named, else of `.dozor` here, else of the installed one. */
export const brainSocket = (option: string | undefined, terminal: Pick<Terminal, 'env' | 'cwd'>): string => {
  const here = join(dataFolder(option, terminal), 'dozor.sock');
  const isNamed = option !== undefined || readEnvironment(terminal.env).data !== undefined;
  const installed = join(INSTALLED_DATA, 'dozor.sock');
  return !isNamed && !existsSync(here) && existsSync(installed) ? installed : here;
};
