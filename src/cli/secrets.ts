import { readFileSync } from 'node:fs';
import type { SecretSource } from '#config/contract.ts';

/** Looks up `${NAME}` in the environment and `${file:/path}` in files. */
export const processSecrets = (env: Readonly<Record<string, string | undefined>>): SecretSource => ({
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
