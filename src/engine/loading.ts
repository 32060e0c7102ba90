import { Fault } from '../kernel/fault.ts';
import type { ConfigChange, LoadedConfig } from '../config/contract.ts';
import { settingChanges } from '../config/settings-diff.ts';
import { watchFiles } from '../config/watch.ts';
import { after, needsRestart } from './definitions.ts';
import { collectGarbage } from './garbage.ts';
import type { Life } from './life.ts';
import { sealedRow } from './sealing.ts';
import type { Parts } from './wire.ts';

/** Merges, compiles and commits what is defined now. */
export const loadDefinitions = async (
  parts: Parts,
  life: Life,
  config: LoadedConfig,
): Promise<readonly ConfigChange[]> => {
  const { core, definitions, snapshot } = parts;
  const existing = core.registry.resources().length === 0 ? snapshot.resources : core.registry.resources();
  const isFirst = core.registry.resources().length === 0;
  const loaded = definitions.merge(config, existing);
  const touched = isFirst ? after(existing, loaded.resources) : loaded.resources;
  const applied = definitions.compileAll(touched, (resource, fault) =>
    core.log.warn(`${resource.kind} "${resource.name}" is left out: ${fault.message}`),
  );
  const turn = core.turn();
  for (const resource of loaded.resources) turn.write(sealedRow(parts.secrets, resource));
  if (loaded.changes.length > 0 && !isFirst) turn.event('config', { changes: loaded.changes.length });
  const saved = await turn.commit();
  if (!saved.saved)
    throw new Fault(
      'STORE_UNAVAILABLE',
      `The definitions could not be saved: ${saved.error}`,
      'Free space on the disk of the data folder.',
    );
  core.registry.placed(loaded.places);
  life.apply(applied);
  collectGarbage();
  return loaded.changes;
};

/** Reads the file again: a bad one changes nothing. @throws Fault CONFIG_* */
export const reload = async (
  parts: Parts,
  life: Life,
  onNote: (text: string) => void,
): Promise<readonly ConfigChange[]> => {
  const { definitions, live } = parts;
  if (definitions.file === undefined)
    throw new Fault('CONFLICT', 'Dozor was started without a configuration file.', 'Start it with --config FILE.');
  const config = await definitions.read();
  const before = live.settings;
  live.settings = config.settings;
  try {
    const changes = await loadDefinitions(parts, life, config);
    const restart = needsRestart(before, config.settings);
    if (restart.length > 0) onNote(`Changed ${restart.join(', ')}: it takes a restart to come into force.`);
    return [...settingChanges(before, config.settings), ...changes];
  } catch (error) {
    live.settings = before;
    throw error;
  }
};

/** Reads the file again whenever it, or a file that it names, changes; says what changed, or where it is wrong. Stops with the returned call. */
export const followFiles = async (
  parts: Parts,
  files: readonly string[],
  reloadNow: () => Promise<readonly ConfigChange[]>,
  onReload: (outcome: { readonly changes: readonly ConfigChange[] } | { readonly fault: Fault }) => void,
): Promise<() => void> => {
  const { core, definitions } = parts;
  if (definitions.file === undefined) return () => undefined;
  const again = async (): Promise<void> => {
    try {
      onReload({ changes: await reloadNow() });
    } catch (error) {
      if (error instanceof Fault) onReload({ fault: error });
      else core.bug('reload', error);
    }
  };
  const watching = await watchFiles([definitions.file, ...files], core.clock, () => void again());
  return () => watching.stop();
};
