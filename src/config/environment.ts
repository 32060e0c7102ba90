import { readFileSync } from 'node:fs';
import type { SecretSource } from './contract.ts';

/** Looks up `${NAME}` in an environment and `${file:/path}` in files. */
export const secretsFrom = (env: Readonly<Record<string, string | undefined>>): SecretSource => ({
  env: (name) => env[name],
  file: (path) => {
    try {
      return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    } catch {
      // The configuration says where the unreadable file was named; why it could not be read is not told apart.
      return undefined;
    }
  },
});

/** The environment of this process: nothing else in the program reads it. */
export const processEnvironment = (): Readonly<Record<string, string | undefined>> => process.env;

/** What Dozor takes from the environment besides the references in the file. */
export interface DozorEnvironment {
  /** DOZOR_CONFIG: the configuration file. */
  readonly config?: string;
  /** DOZOR_DATA: the data folder. */
  readonly data?: string;
  /** DOZOR_LISTEN: where to listen. */
  readonly listen?: string;
  /** DOZOR_URL: the brain that the command line talks to. */
  readonly url?: string;
  /** DOZOR_TOKEN: the API token for it. */
  readonly token?: string;
}

const VARIABLES = {
  config: 'DOZOR_CONFIG',
  data: 'DOZOR_DATA',
  listen: 'DOZOR_LISTEN',
  url: 'DOZOR_URL',
  token: 'DOZOR_TOKEN',
} as const;

/** Reads the DOZOR_* variables; an empty one counts as absent. */
export const readEnvironment = (
  env: Readonly<Record<string, string | undefined>> = processEnvironment(),
): DozorEnvironment =>
  Object.fromEntries(
    Object.entries(VARIABLES).flatMap(([key, variable]) => {
      const value = env[variable];
      return value === undefined || value === '' ? [] : [[key, value]];
    }),
  );
