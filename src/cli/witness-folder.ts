import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { KEY_FILE } from '#auth/secrets.ts';
import { readEnvironment } from '#config/environment.ts';
import type { Terminal } from './terminal.ts';

/** Does a brain live in the folder? Its `secret.key` is the first thing that it makes. */
export const isBrainFolder = (dir: string): boolean => existsSync(join(dir, KEY_FILE));

/** The folder of a witness: the option, DOZOR_DATA, or `.dozor-witness` here. */
export const witnessFolder = (option: string | undefined, terminal: Pick<Terminal, 'env' | 'cwd'>): string =>
  resolve(terminal.cwd, option ?? readEnvironment(terminal.env).data ?? '.dozor-witness');
