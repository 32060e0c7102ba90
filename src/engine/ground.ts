import { Fault } from '../kernel/fault.ts';
import type { Clock } from '../kernel/clock.ts';
import type { EpochMs } from '../kernel/time.ts';
import { redact } from '../kernel/redact.ts';
import { openSecrets, type Secrets } from '../auth/secrets.ts';
import type { Settings } from '../config/contract.ts';
import type { Snapshot, Store, StoredEvent } from '../store/contract.ts';
import { openStore } from '../store/sqlite/open.ts';
import { Turn, type Core } from './core.ts';
import { Deadlines } from './deadlines.ts';
import { Definitions } from './definitions.ts';
import { Registry } from './registry.ts';
import { openedResource } from './sealing.ts';
import { Saver } from './saver.ts';
import type { StartOptions } from './options.ts';
import { WatchClock } from './watch-clock.ts';

/** What wiring is given besides the options. */
export interface WireOptions extends StartOptions {
  readonly clock: Clock;
  readonly name: string;
  readonly newId: (now: EpochMs) => string;
  readonly newCode: () => string;
}

/** What everything else stands on. */
export interface Ground {
  readonly core: Core;
  readonly definitions: Definitions;
  readonly secrets: Secrets;
  readonly snapshot: Snapshot;
  readonly live: { settings: Settings };
  readonly listeners: Set<(event: StoredEvent) => void>;
}

/** Configuration, store, clock, registry: what everything else stands on. */
export const layGround = async (options: WireOptions): Promise<Ground> => {
  const registry = new Registry();
  let clock = new WatchClock(options.clock);
  const definitions = new Definitions({
    secrets: options.secrets,
    file: options.configFile,
    urls: options.urls,
    newId: () => options.newId(clock.now()),
    now: () => clock.now(),
  });
  const config = await definitions.read();
  const live = { settings: config.settings };
  const { retention, storage } = config.settings;
  const store = await openStore({
    dir: options.dataDir,
    clock,
    retention,
    ...storage,
    onFault: (fault) => options.log.warn(fault.message),
  });
  const secrets = openSecrets(options.dataDir);
  const loaded = await store.load(config.settings.detection.relapseMs, clock.now());
  const snapshot = {
    ...loaded,
    resources: loaded.resources.map((resource) => openedResource(secrets, resource, (text) => options.log.warn(text))),
  };
  // A clock that was set back while Dozor was off must not make the machines' time go back.
  clock = new WatchClock(options.clock, lastSeen(snapshot));
  const listeners = new Set<(event: StoredEvent) => void>();
  const core = coreOf(options, { clock, store, registry, live, listeners, lastSeq: snapshot.lastEventSeq });
  definitions.knows(snapshot.resources);
  return { core, definitions, secrets, snapshot, live, listeners };
};

const lastSeen = (snapshot: Snapshot): EpochMs => {
  const alive = snapshot.meta.get('alive-at');
  return typeof alive === 'number' ? alive : 0;
};

const coreOf = (
  options: WireOptions,
  parts: {
    readonly clock: WatchClock;
    readonly store: Store;
    readonly registry: Registry;
    readonly live: { settings: Settings };
    readonly listeners: Set<(event: StoredEvent) => void>;
    readonly lastSeq: number;
  },
): Core => {
  const { clock, store, registry, live, listeners } = parts;
  let bugs = 0;
  let seq = parts.lastSeq;
  let unsavedAt = Number.NEGATIVE_INFINITY;
  const bug = (where: string, error: unknown): void => {
    bugs += 1;
    options.log.bug(where, error);
  };
  const unsaved = (error: unknown): void => {
    if (!(error instanceof Fault)) bug('store', error);
    else if (clock.now() - unsavedAt > 60_000) {
      unsavedAt = clock.now();
      options.log.warn(redact(error.message));
    }
  };
  const publish = (event: StoredEvent): void => {
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (error) {
        bug('event listener', error);
      }
    }
  };
  const saver = new Saver({ store, failed: unsaved });
  return {
    clock,
    log: options.log,
    store,
    registry,
    deadlines: new Deadlines(clock, bug),
    secrets: options.secrets,
    settings: () => live.settings,
    newId: () => options.newId(clock.now()),
    newCode: options.newCode,
    random: Math.random,
    bug,
    bugs: () => bugs,
    unsaved,
    turn: () =>
      new Turn({
        save: (writes) => saver.save(writes),
        publish,
        nextSeq: () => (seq += 1),
        now: () => clock.toWall(clock.now()),
        bug: (error) => bug('after a commit', error),
      }),
  };
};
