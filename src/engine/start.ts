import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { defined } from '../kernel/defined.ts';
import { shortCode, timedId } from '../kernel/id.ts';
import type { EpochMs, Ms } from '../kernel/time.ts';
import { channelOf } from '../alert/channels/index.ts';
import type { Channel } from '../alert/model.ts';
import type { LoadedConfig } from '../config/contract.ts';
import { kindOf } from '../monitor/kinds/index.ts';
import type { Brain } from './brain.ts';
import { brainFace } from './brain-face.ts';
import { ChannelTests } from './channel-test.ts';
import { Watchers } from './deadman.ts';
import { InboundMail } from './inbound.ts';
import { Life, type OwnGap } from './life.ts';
import { followFiles, loadDefinitions, reload } from './loading.ts';
import { Objects } from './objects.ts';
import type { StartOptions } from './options.ts';
import { decisions } from './decisions.ts';
import { ownPageCheck } from './own-page.ts';
import { People } from './people.ts';
import { Health } from './self-health.ts';
import { SelfTest } from './self-test.ts';
import { Standings } from './standings.ts';
import { systemClock } from './system-clock.ts';
import { WatcherNews } from './watcher-news.ts';
import { wireParts, type Parts } from './wire.ts';

/** Somebody may write to this bot to get a channel's alerts. */
export interface Unpaired {
  readonly channel: string;
  readonly handle: string;
  readonly url: string;
  /** Why the bot could not be asked for its name; handle and url are empty then. */
  readonly problem?: string;
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
  /** All channels, with what was paired later in their configuration. */
  pairedChannels(): readonly Channel[];
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
  const { core, live } = parts;
  const config = await parts.definitions.read();
  const people = new People(core, parts.incidents);
  const inbound = inboundOf(parts, people, options);
  const selfTest = new SelfTest({ core, check: ownPageCheck(parts), outboxStuckMs: () => parts.dispatch.untriedMs() });
  const watchers: Watchers = watchersOf(parts, options, selfTest, () => health.problems());
  const health = healthOf(parts, { selfTest, inbound, watchers, version: options.version });
  const life = new Life(parts, options.onNote, () => {
    inbound.refresh();
    watchers.refresh();
  });
  const reloadNow = (): ReturnType<Brain['reload']> => reload(parts, life, options.onNote);
  /** What would keep the process alive after a start that failed. */
  const halt = (): void => {
    inbound.stop();
    parts.network.stop();
    parts.dispatch.stop();
  };
  const begin = async () => {
    parts.network.start();
    parts.pauses.restore(parts.snapshot.meta);
    await loadDefinitions(parts, life, config);
    const gap = await life.resume();
    void life.recall().catch((error: unknown) => core.unsaved(error));
    parts.watch.start();
    life.start();
    selfTest.start();
    new WatcherNews({ ...parts, watchers, meta: parts.snapshot.meta }).start();
    return { gap, unfollow: await followFiles(parts, config.files, reloadNow, options.onReload) };
  };
  const { gap, unfollow } = await begin().catch((error: unknown) => {
    halt();
    throw error;
  });
  const stop = async (): Promise<void> => {
    unfollow();
    halt();
    await life.end();
    await core.store.close();
  };
  const brain = faceOf({ parts, people, watchers, health, life, reloadNow, stop, name });
  return {
    brain,
    config,
    ...defined({ gap }),
    listen: options.listen ?? live.settings.listen,
    listening: (url) => {
      parts.place.url = url;
    },
    unpaired: () => unpairedOf(parts),
    pairedChannels: () =>
      core.registry.channels().map((channel) => ({ ...channel, config: parts.pairings.config(channel) })),
    stop,
  };
};

const watchersOf = (
  { core, reach }: Parts,
  { ping }: StartOptions,
  selfTest: SelfTest,
  problems: () => readonly string[],
): Watchers =>
  new Watchers({
    core,
    ping,
    problems,
    isTried: () => selfTest.standing().at !== undefined,
    resolverFor: (id) => reach.resolverFor(id),
  });

const healthOf = (
  parts: Parts,
  more: {
    readonly selfTest: SelfTest;
    readonly inbound: InboundMail;
    readonly watchers: Watchers;
    readonly version: string;
  },
): Health =>
  new Health(parts.core, {
    lateness: parts.lateness,
    outbox: parts.outbox,
    network: parts.network,
    selfTest: more.selfTest,
    inbound: more.inbound,
    checks: () => ({ total: parts.watch.checks, running: parts.asker.running }),
    isWatched: () => more.watchers.isWatched(),
    version: more.version,
    startedAt: parts.core.clock.now(),
  });

const faceOf = (made: {
  readonly parts: Parts;
  readonly people: People;
  readonly watchers: Watchers;
  readonly health: Health;
  readonly life: Life;
  readonly reloadNow: Brain['reload'];
  readonly stop: () => Promise<void>;
  readonly name: string;
}): Brain => {
  const { parts, life } = made;
  const { core, definitions, secrets, resolver } = parts;
  return brainFace({
    core,
    asker: parts.asker,
    watch: parts.watch,
    hearts: parts.hearts,
    people: made.people,
    objects: new Objects({ core, definitions, secrets, resolver, kindOf, apply: (applied) => life.apply(applied) }),
    standings: new Standings(parts),
    deploys: parts.deploys,
    mutes: parts.mutes,
    hosts: parts.hosts,
    incidents: parts.incidents,
    pause: async (monitor, on, actor) => {
      const applied = await parts.pauses.set(monitor, on, actor);
      if (applied !== undefined) life.apply([applied]);
    },
    watchers: made.watchers,
    channelTests: new ChannelTests({
      core,
      outbox: parts.outbox,
      dispatch: parts.dispatch,
      pairings: parts.pairings,
      kindOf: channelOf,
      resolverFor: (id) => parts.reach.resolverFor(id),
    }),
    listeners: parts.listeners,
    health: () => made.health.figures(),
    reload: made.reloadNow,
    stop: made.stop,
    kindOf,
    name: made.name,
  });
};

const inboundOf = (parts: Parts, people: People, options: StartOptions): InboundMail =>
  new InboundMail({
    core: parts.core,
    kindOf: channelOf,
    pairings: parts.pairings,
    resolverFor: (id) => parts.reach.resolverFor(id),
    actions: {
      acknowledge: (id, actor) => people.acknowledge(id, actor),
      muteIncident: (id, forMs, actor) => people.mute(id, forMs, actor),
      incident: async (id) => parts.incidents.known(id) ?? parts.core.store.incident(id),
      decide: decisions(parts),
      refreshButtons: (id) => parts.tidings.refresh(id),
    },
    onPaired: (channel, who) => {
      parts.dispatch.pump(channel.id);
      options.onNote(`Channel ${channel.name} is paired with ${who}.`);
    },
  });

const unpairedOf = async (parts: Parts): Promise<readonly Unpaired[]> => {
  const waiting = parts.core.registry.channels().filter((channel) => parts.pairings.isWaiting(channel));
  const found = await Promise.all(
    waiting.map(async (channel) => {
      const context = {
        signal: AbortSignal.timeout(IDENTITY_TIMEOUT_MS),
        now: parts.core.clock.now(),
        resolver: parts.reach.resolverFor(channel.id),
      };
      const identity = await channelOf(channel.kind)?.identity?.(channel.config, context);
      if (identity === undefined) return undefined;
      if (identity.ok) return { channel: channel.name, ...identity.value };
      return { channel: channel.name, handle: '', url: '', problem: identity.error.message };
    }),
  );
  return found.filter((one) => one !== undefined);
};
