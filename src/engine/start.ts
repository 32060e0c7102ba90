import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Fault } from '../kernel/fault.ts';
import { shortCode, timedId } from '../kernel/id.ts';
import type { EpochMs, Ms } from '../kernel/time.ts';
import { channelOf } from '../alert/channels/index.ts';
import type { ConfigChange, LoadedConfig } from '../config/contract.ts';
import { kindOf } from '../monitor/kinds/index.ts';
import type { Brain } from './brain.ts';
import { brainFace } from './brain-face.ts';
import { ChannelTests } from './channel-test.ts';
import { Watchers } from './deadman.ts';
import { after, needsRestart, type Applied } from './definitions.ts';
import { InboundMail } from './inbound.ts';
import { Life, type OwnGap } from './life.ts';
import { Objects } from './objects.ts';
import type { StartOptions } from './options.ts';
import { ownPageCheck } from './own-page.ts';
import { People } from './people.ts';
import { Health } from './self-health.ts';
import { SelfTest } from './self-test.ts';
import { Standings } from './standings.ts';
import { systemClock } from './system-clock.ts';
import { wireParts, type Parts } from './wire.ts';

/** Somebody may write to this bot to get a channel's alerts. */
export interface Unpaired {
  readonly channel: string;
  readonly handle: string;
  readonly url: string;
}

/** A running brain. */
export interface Running {
  readonly brain: Brain;
  readonly config: LoadedConfig;
  readonly gap?: OwnGap;
  /** Where to listen: the command line's, else the file's. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Tells where the page is, once it listens: for links and the self-test. */
  listening(url: string): void;
  /** Channels that wait for somebody to write to their bot. */
  unpaired(): Promise<readonly Unpaired[]>;
  /** Ends the watch; what is known is written down. */
  stop(): Promise<void>;
}

/** Asking a bot's name takes at most so long: the start does not wait for it longer. */
const IDENTITY_TIMEOUT_MS: Ms = 5_000;

/**
 * Starts the watch: reads the configuration, opens the store, goes on where a former run was, checks at once.
 * @throws Fault CONFIG_*, DATA_IN_USE, DATA_UNWRITABLE, STORE_*.
 */
export const startBrain = async (options: StartOptions): Promise<Running> => {
  const random = (count: number): Uint8Array => randomBytes(count);
  const clock = options.clock ?? systemClock;
  const name = hostname();
  const newId = (now: EpochMs): string => timedId(now, random);
  const parts = await wireParts({ ...options, clock, name, newId, newCode: () => shortCode(4, random) });
  try {
    return await bringToLife(parts, options, name);
  } catch (error) {
    parts.core.deadlines.close();
    await parts.core.store.close();
    throw error;
  }
};

const bringToLife = async (parts: Parts, options: StartOptions, name: string): Promise<Running> => {
  const { core, definitions, live } = parts;
  const config = await definitions.read();
  const people = new People(core, parts.incidents);
  const inbound = inboundOf(parts, people, options);
  const watchers: Watchers = new Watchers({ core, ping: options.ping, problems: () => health.problems() });
  const life = new Life(parts, options.onNote, () => {
    inbound.refresh();
    watchers.refresh();
  });
  const selfTest = new SelfTest({ core, check: ownPageCheck(parts), outboxStuckMs: () => parts.dispatch.untriedMs() });
  const health: Health = new Health(core, {
    lateness: parts.lateness,
    outbox: parts.outbox,
    selfTest,
    network: parts.network,
    inbound,
    checks: () => ({ total: parts.watch.checks, running: parts.asker.running }),
    isWatched: () => watchers.isWatched(),
    version: options.version,
    startedAt: core.clock.now(),
  });
  parts.network.start();
  await loadDefinitions(parts, life, config);
  const gap = await life.resume();
  parts.watch.start();
  life.start();
  selfTest.start();
  const stop = async (): Promise<void> => {
    inbound.stop();
    parts.network.stop();
    parts.dispatch.stop();
    await life.end();
    await core.store.close();
  };
  const brain = brainFace({
    core,
    asker: parts.asker,
    watch: parts.watch,
    hearts: parts.hearts,
    people,
    objects: new Objects({
      core,
      definitions,
      secrets: parts.secrets,
      resolver: parts.resolver,
      kindOf,
      apply: (applied) => life.apply(applied),
    }),
    standings: new Standings(parts),
    deploys: parts.deploys,
    watchers,
    channelTests: new ChannelTests({
      core,
      outbox: parts.outbox,
      dispatch: parts.dispatch,
      pairings: parts.pairings,
      kindOf: channelOf,
    }),
    listeners: parts.listeners,
    health: () => health.figures(),
    reload: () => reload(parts, life, options),
    stop,
    monitorKind: kindOf,
    channelKind: channelOf,
    settings: () => live.settings,
    name,
    muteService: (service, forMs, actor) => parts.mutes.mute(service, forMs, actor),
  });
  return {
    brain,
    config,
    ...(gap === undefined ? {} : { gap }),
    listen: options.listen ?? live.settings.listen,
    listening: (url) => {
      parts.place.url = url;
    },
    unpaired: () => unpairedOf(parts),
    stop,
  };
};

const inboundOf = (parts: Parts, people: People, options: StartOptions): InboundMail =>
  new InboundMail({
    core: parts.core,
    kindOf: channelOf,
    pairings: parts.pairings,
    resolver: parts.resolver,
    actions: {
      acknowledge: (id, actor) => people.acknowledge(id, actor),
      muteIncident: (id, forMs, actor) => people.mute(id, forMs, actor),
      incident: async (id) => parts.incidents.known(id) ?? parts.core.store.incident(id),
      refreshButtons: (id) => parts.tidings.refresh(id),
    },
    onPaired: (channel, who) => {
      parts.dispatch.pump(channel.id);
      options.onNote(`Channel ${channel.name} is paired with ${who}.`);
    },
  });

/** Merges, compiles and commits what is defined now. */
const loadDefinitions = async (parts: Parts, life: Life, config: LoadedConfig): Promise<readonly ConfigChange[]> => {
  const { core, definitions, snapshot } = parts;
  const existing = core.registry.resources().length === 0 ? snapshot.resources : core.registry.resources();
  const isFirst = core.registry.resources().length === 0;
  const loaded = definitions.merge(config, existing);
  const touched = isFirst ? after(existing, loaded.resources) : loaded.resources;
  const applied = definitions.compileAll(touched, (resource, fault) =>
    core.log.warn(`${resource.kind} "${resource.name}" is left out: ${fault.message}`),
  );
  const turn = core.turn();
  for (const resource of loaded.resources) turn.write({ put: 'resource', resource });
  if (loaded.changes.length > 0 && !isFirst) turn.event('config', { changes: loaded.changes.length });
  const saved = await turn.commit();
  if (!saved.saved)
    throw new Fault(
      'STORE_UNAVAILABLE',
      `The definitions could not be saved: ${saved.error}`,
      'Free space on the disk of the data folder.',
    );
  for (const one of applied) core.registry.put(one.resource, one.compiled);
  life.apply(applied, (one: Applied) => definitions.placeOf(config, one.resource));
  return loaded.changes;
};

/** Reads the file again: a bad one changes nothing. @throws Fault CONFIG_* */
const reload = async (parts: Parts, life: Life, options: StartOptions): Promise<readonly ConfigChange[]> => {
  const { definitions, live } = parts;
  if (definitions.file === undefined)
    throw new Fault('CONFLICT', 'Dozor was started without a configuration file.', 'Start it with --config FILE.');
  const config = await definitions.read();
  const before = live.settings;
  live.settings = config.settings;
  try {
    const changes = await loadDefinitions(parts, life, config);
    const restart = needsRestart(before, config.settings);
    if (restart.length > 0) options.onNote(`Changed ${restart.join(', ')}: it takes a restart to come into force.`);
    return changes;
  } catch (error) {
    live.settings = before;
    throw error;
  }
};

const unpairedOf = async (parts: Parts): Promise<readonly Unpaired[]> => {
  const waiting = parts.core.registry.channels().filter((channel) => parts.pairings.isWaiting(channel));
  const found = await Promise.all(
    waiting.map(async (channel) => {
      const context = { signal: AbortSignal.timeout(IDENTITY_TIMEOUT_MS), now: parts.core.clock.now() };
      const identity = await channelOf(channel.kind)?.identity?.(channel.config, context);
      if (identity === undefined) return undefined;
      if (identity.ok) return { channel: channel.name, ...identity.value };
      parts.core.log.warn(`channel ${channel.name}: ${identity.error.message}`);
      return { channel: channel.name, handle: '', url: '' };
    }),
  );
  return found.filter((one) => one !== undefined);
};
