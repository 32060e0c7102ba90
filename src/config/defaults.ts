import type { Definition, LoadedConfig, SecretSource } from './contract.ts';
import { withImplicit } from './implicit.ts';
import { SCHEMAS } from './load.ts';
import { defaultSettings } from './schema-settings.ts';
import { warningsOf } from './warnings.ts';

/**
 * The configuration when there is no file: default settings, what the command line names, and with TELEGRAM_BOT_TOKEN in the environment the
 * contact `me` with its channel `tg` (whose chat is paired later) and the policy `default`.
 */
export const defaultConfig = (secrets: SecretSource, named: readonly Definition[] = []): LoadedConfig => {
  const definitions = withImplicit(named, secrets, SCHEMAS.seams);
  const warnings = warningsOf(definitions).map(({ about, message, hint }) => ({
    path: about?.name ?? '',
    message,
    ...(hint === undefined ? {} : { hint }),
  }));
  return { settings: defaultSettings(), definitions, notActedOn: [], warnings, files: [] };
};
