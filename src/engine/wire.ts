import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../kernel/fault.ts';
import type { EpochMs } from '../kernel/time.ts';
import { channelOf } from '../alert/channels/index.ts';
import { redact } from '../alert/redact.ts';
import { KEY_FILE, openSecrets, type Secrets } from '../auth/secrets.ts';
import type { Settings } from '../config/contract.ts';
import { SCHEMAS } from '../config/load.ts';
import type { Clock } from '../kernel/clock.ts';
import type { NameResolver } from '../monitor/kind.ts';
import { createOwnNetwork, DEFAULT_CONTROLS, type OwnNetworkLoop } from '../network/own-network.ts';
import { createResolver } from '../network/resolver.ts';
import type { Resource, Snapshot, Store, StoredEvent } from '../store/contract.ts';
import { openStore } from '../store/sqlite/open.ts';
import { Asker } from './asking.ts';
import { Conversations } from './conversations.ts';
import { Turn, type Core } from './core.ts';
import { Deadlines } from './deadlines.ts';
import { Definitions } from './definitions.ts';
import { Deploys } from './deploys.ts';
import { incidentFacts, type MonitorFacts } from './facts.ts';
import { Hearts } from './hearts.ts';
import { Incidents } from './incidents.ts';
import { Lateness } from './lateness.ts';
import { Maintenance } from './maintenance.ts';
import { Mutes } from './mutes.ts';
import { Outbox } from './outbox.ts';
import { Pairings } from './pairings.ts';
import { Registry } from './registry.ts';
import { Sender } from './sender.ts';
import type { StartOptions } from './start.ts';
import { surroundings } from './surroundings.ts';
import { Tidings } from './tidings.ts';
import { Verdicts } from './verdicts.ts';
import { Watch } from './watch.ts';
import { WatchClock } from './watch-clock.ts';

/** What wiring is given besides the options. */
export interface WireOptions extends StartOptions {
  readonly clock: Clock;
  readonly name: string;
  readonly newId: (now: EpochMs) => string;
  readonly newCode: () => string;
}

/** All parts, built and tied together; nothing runs yet. */
export interface Parts {
  readonly core: Core;
  readonly store: Store;
  readonly snapshot: Snapshot;
  readonly secrets: Secrets;
  readonly resolver: NameResolver;
  readonly network: OwnNetworkLoop;
  readonly definitions: Definitions;
  readonly asker: Asker;
  readonly lateness: Lateness;
  readonly watch: Watch;
  readonly hearts: Hearts;
  readonly incidents: Incidents;
  readonly conversations: Conversations;
  readonly outbox: Outbox;
  readonly tidings: Tidings;
  readonly deploys: Deploys;
  readonly maintenance: Maintenance;
  readonly pairings: Pairings;
  readonly mutes: Mutes;
  readonly listeners: Set<(event: StoredEvent) => void>;
  /** Where the page is, once it listens. */
  readonly place: { url: string | undefined };
  /** The settings in force; a reload puts others in their place. */
  readonly live: { settings: Settings };
}

/** Secrets of stored objects in the clear, for compiling. */
const opened = (secrets: Secrets, resource: Resource): Resource =>
  resource.origin === 'stored'
    ? { ...resource, spec: secrets.decrypt(resource.spec, SCHEMAS.specs[resource.kind]) }
    : resource;

/** The hosts of the channels are anchors too: whether alerts get out is what the own network is for. */
const anchorsOf = (settings: Settings): readonly string[] =>
  settings.network.controls.length > 0 ? settings.network.controls : DEFAULT_CONTROLS;

interface Ground {
  readonly core: Core;
  readonly definitions: Definitions;
  readonly secrets: Secrets;
  readonly snapshot: Snapshot;
  readonly live: { settings: Settings };
  readonly listeners: Set<(event: StoredEvent) => void>;
}

/** Configuration, store, clock, registry: what everything else stands on. */
const layGround = async (options: WireOptions): Promise<Ground> => {
  const registry = new Registry();
  let clock = new WatchClock(options.clock);
  let secrets: Secrets | undefined;
  const definitions = new Definitions({
    registry,
    secrets: options.secrets,
    file: options.configFile,
    urls: options.urls,
    newId: () => options.newId(clock.now()),
    now: () => clock.now(),
    open: (resource) => (secrets === undefined ? resource : opened(secrets, resource)),
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
  secrets = openSecrets(options.dataDir);
  const snapshot = await store.load(config.settings.detection.relapseMs, clock.now());
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
      new Turn({ store, publish, nextSeq: () => (seq += 1), now: () => clock.toWall(clock.now()), failed: unsaved }),
  };
};

/** Builds and ties all parts. @throws Fault CONFIG_*, DATA_*, STORE_* */
export const wireParts = async (options: WireOptions): Promise<Parts> => {
  const ground = await layGround(options);
  const { core, live } = ground;
  const resolver = createResolver({ clock: core.clock, servers: live.settings.network.resolvers });
  const place: { url: string | undefined } = { url: undefined };
  const incidents = new Incidents(core);
  const pairings = new Pairings(core, channelOf);
  const mutes = new Mutes(core, incidents);
  const sender = new Sender({
    core,
    kindOf: channelOf,
    publicUrl: () => live.settings.publicUrl ?? place.url,
    isOpen: (id) => incidents.known(id)?.state === 'open',
    config: (channel) => pairings.config(channel),
  });
  const outbox = new Outbox(core, sender, channelOf);
  const about = (monitorId: string): MonitorFacts | undefined => {
    const one = watch.of(monitorId) ?? hearts.of(monitorId);
    if (one === undefined) return undefined;
    const last = 'last' in one && one.last !== undefined ? one.last.startedAt : undefined;
    return { label: one.target.label, ...(last === undefined ? {} : { lastAt: core.clock.toWall(last) }) };
  };
  const conversations = new Conversations(
    core,
    outbox,
    (id) => incidents.known(id),
    (kind, incident) => incidentFacts(kind, incident, core.registry, about),
  );
  const network: OwnNetworkLoop = createOwnNetwork({
    clock: core.clock,
    resolver,
    everyMs: live.settings.detection.controlEveryMs,
    anchors: anchorsOf(live.settings),
    resolvers: live.settings.network.resolvers,
    needed: () => watch.needsControls(),
  });
  const asker = new Asker(
    core.clock,
    resolver,
    core.bug,
    (monitor) => monitor.origin === 'stored' && !live.settings.network.allowPrivate,
  );
  const lateness = new Lateness(() => core.clock.now());
  const verdicts: Verdicts = new Verdicts({
    core,
    incidents,
    onLine: options.onVerdict,
    onBlind: (span) => tidings.blind(span),
    lastChange: (serviceId) => deploys.last(serviceId),
  });
  const watch: Watch = new Watch({
    core,
    asker,
    network,
    lateness,
    sink: (one, effects, check) => verdicts.take(one, effects, check),
  });
  const secretKey = readFileSync(join(options.dataDir, KEY_FILE));
  const hearts: Hearts = new Hearts({
    core,
    secretKey,
    sink: (one, effects, check) => verdicts.take(one, effects, check),
  });
  const deploys: Deploys = new Deploys({ core, watch, hearts, incidents });
  const tidings: Tidings = new Tidings({
    core,
    incidents,
    conversations,
    outbox,
    facts: (kind, incident) => incidentFacts(kind, incident, core.registry, about),
    around: surroundings({ core, watch, hearts, incidents }),
    mutedUntil: (serviceId) => mutes.until(serviceId),
    silentPossible: (channel) => channelOf(channel.kind)?.traits.silentPossible ?? true,
  });
  incidents.tellBy(tidings);
  outbox.listenBy({
    heard: (incidentId, event) => void conversations.delivered(incidentId, event),
    noted: (turn, incidentId, told) => {
      const incident = incidents.known(incidentId);
      const at = core.clock.toWall(core.clock.now());
      if (incident !== undefined) incidents.feedIncident(turn, incident, { type: 'alerted', at, ...told });
    },
    incident: (id) => incidents.known(id),
    facts: (kind, incident) => incidentFacts(kind, incident, core.registry, about),
  });
  const maintenance = new Maintenance({ core, watch, hearts });
  return {
    ...ground,
    store: core.store,
    resolver,
    network,
    asker,
    lateness,
    watch,
    hearts,
    incidents,
    conversations,
    outbox,
    tidings,
    deploys,
    maintenance,
    pairings,
    mutes,
    place,
  };
};
