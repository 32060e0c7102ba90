import { getCompileCacheDir } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Store } from '../contract.ts';
import { Link } from './link.ts';
import { lockFolder, type FolderLock } from './lock.ts';
import type { StoreSettings } from './settings.ts';
import { SqliteStore } from './store.ts';
import type { WriterReady, WriterSettings } from './wire.ts';

/** The store's file within the data folder. */
export const STORE_FILE = 'dozor.db';
const RESERVE_BYTES = 4 * 1024 * 1024;
/** The threads' garbage is short-lived; a small nursery keeps the process small. */
const SMALL = { maxYoungGenerationSizeMb: 4 };

/**
 * Opens the store in the data folder, for this process alone, bringing an older file to today's format.
 * @throws Fault DATA_IN_USE, DATA_UNWRITABLE, STORE_BROKEN, STORE_NEWER, STORE_UNAVAILABLE.
 */
export const openStore = async (settings: StoreSettings): Promise<Store> => {
  const dir = resolve(settings.dir);
  const file = join(dir, STORE_FILE);
  const lock = lockFolder(dir);
  const workerData: WriterSettings = {
    dir,
    file,
    quotaBytes: settings.quotaBytes,
    keepFreeBytes: settings.keepFreeBytes,
    reserveBytes: settings.reserveBytes ?? RESERVE_BYTES,
    retention: settings.retention,
  };
  const options = { resourceLimits: SMALL, env: environment() };
  const writer = new Link(
    () => new Worker(new URL('./writer.ts', import.meta.url), { name: 'store-writer', workerData, ...options }),
  );
  const reader = new Link(
    () =>
      new Worker(new URL('./reader.ts', import.meta.url), { name: 'store-reader', workerData: { file }, ...options }),
  );
  const ready = await begin(writer, lock);
  return new SqliteStore({ settings, writer, reader, lock, ready });
};

/**
 * The threads see nothing of the environment, which may hold secrets, but the compile cache that the program switched on: without it each of
 * them would load the type stripper (12 MB).
 */
const environment = (): { readonly NODE_COMPILE_CACHE?: string } => {
  const cache = getCompileCacheDir();
  return cache === undefined ? {} : { NODE_COMPILE_CACHE: dirname(cache) };
};

const begin = async (writer: Link, lock: FolderLock): Promise<WriterReady> => {
  try {
    return (await writer.call({ call: 'open' })) as WriterReady;
  } catch (error) {
    await writer.close();
    lock.release();
    throw error;
  }
};
