import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY } from '../../kernel/time.ts';
import type { OpenedStore, Owner } from '../contract-samples.test-suite.ts';
import { openStore } from './open.ts';
import type { StoreSettings } from './settings.ts';

/** Settings for a folder; time is real, for the store measures spans of its own only. */
export const settingsFor = (dir: string, more: Partial<StoreSettings> = {}): StoreSettings => ({
  dir,
  clock: {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    after: (span, call) => {
      const timer = setTimeout(call, span);
      return () => clearTimeout(timer);
    },
  },
  quotaBytes: 2 ** 30,
  keepFreeBytes: 0,
  reserveBytes: 64 * 1024,
  retention: { checksMs: 7 * DAY, minutesMs: 14 * DAY, hoursMs: 730 * DAY },
  ...more,
});

/** A folder that is removed afterwards. */
export const temporaryFolder = async (): Promise<{ dir: string; remove: () => Promise<void> }> => {
  const dir = await mkdtemp(join(tmpdir(), 'dozor-store-'));
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
};

/** An empty store in a folder of its own. */
export const openEmpty = async (owner: Owner): Promise<OpenedStore & { readonly dir: string }> => {
  const folder = await temporaryFolder();
  let store = await openStore(settingsFor(folder.dir));
  const remove = async (): Promise<void> => {
    await store.close();
    await folder.remove();
  };
  owner.after(remove);
  return {
    store,
    dir: folder.dir,
    reopen: async () => {
      store = await openStore(settingsFor(folder.dir));
      return store;
    },
    remove,
  };
};
