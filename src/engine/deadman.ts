import { defined } from '../kernel/defined.ts';
import { SECOND, type EpochMs, type Ms } from '../kernel/time.ts';
import type { Watcher } from '../config/contract.ts';
import type { NameResolver } from '../monitor/kind.ts';
import type { WatcherStanding } from './brain.ts';
import type { Core } from './core.ts';

/** A ping that has no answer after so long has failed. */
const PING_TIMEOUT_MS: Ms = 10 * SECOND;
/** Three missed reports are silence: 35 s at the usual 10 s. */
const MISSED_REPORTS = 3.5;

/** How soon it is looked again whether the self-test has run for the first time. */
const LOOK_AGAIN_MS: Ms = SECOND / 2;

/** Sends one ping; resolves with undefined when it was taken, else with why not. */
export type Ping = (url: string, signal: AbortSignal, resolver: NameResolver) => Promise<string | undefined>;

interface Heard {
  readonly at: EpochMs;
  readonly problem?: string;
}

/**
 * Who watches the watch: dead-man's URLs that are pinged only while the watch is well, and witnesses that report in. What nobody has answered
 * for is red.
 */
export class Watchers {
  readonly #core: Core;
  readonly #ping: Ping;
  readonly #resolverFor: (watcherId: string) => NameResolver;
  readonly #problems: () => readonly string[];
  readonly #isTried: () => boolean;
  readonly #heard = new Map<string, Heard>();
  readonly #told = new Map<string, WatcherStanding['state']>();

  constructor(parts: {
    readonly core: Core;
    readonly ping: Ping;
    readonly resolverFor: (watcherId: string) => NameResolver;
    /** What is wrong with the watch; while there is anything, no ping goes out. */
    readonly problems: () => readonly string[];
    /** Has the whole path been tried since the start? Before that nothing says that the watch is well: it may die again at once. */
    readonly isTried: () => boolean;
  }) {
    this.#core = parts.core;
    this.#ping = parts.ping;
    this.#resolverFor = parts.resolverFor;
    this.#problems = parts.problems;
    this.#isTried = parts.isTried;
  }

  /** Pings what is defined now, from now on. */
  refresh(): void {
    for (const watcher of this.#core.registry.watchers()) {
      const key = `deadman ${watcher.id}`;
      if (watcher.kind === 'deadman' && this.#core.deadlines.at(key) === undefined)
        this.#schedule(watcher.id, this.#core.clock.now());
    }
  }

  /** A witness reported in. */
  witnessed(watcherId: string): void {
    this.#heard.set(watcherId, { at: this.#core.clock.now() });
    this.#notice(watcherId);
  }

  /** When a watcher last gave a sign since the start, in the watch's time; undefined before the first. */
  heardAt(watcherId: string): EpochMs | undefined {
    return this.#heard.get(watcherId)?.at;
  }

  standings(): readonly WatcherStanding[] {
    return this.#core.registry.watchers().map((watcher) => this.#standing(watcher));
  }

  /** Does anybody outside watch the watch right now? */
  isWatched(): boolean {
    return this.standings().some(({ state }) => state === 'answers');
  }

  #standing(watcher: Watcher): WatcherStanding {
    const heard = this.#heard.get(watcher.id);
    if (heard === undefined) return { watcher, state: 'waiting' };
    const at = this.#core.clock.toWall(heard.at);
    if (heard.problem !== undefined) return { watcher, state: 'failing', lastAt: at, detail: heard.problem };
    const limit = watcher.kind === 'witness' ? MISSED_REPORTS * watcher.everyMs : 2 * watcher.everyMs + PING_TIMEOUT_MS;
    return { watcher, state: this.#core.clock.now() - heard.at > limit ? 'silent' : 'answers', lastAt: at };
  }

  #schedule(watcherId: string, at: EpochMs): void {
    this.#core.deadlines.set(`deadman ${watcherId}`, at, (dueAt) => {
      const watcher = this.#core.registry.watchers().find(({ id }) => id === watcherId);
      if (watcher?.url === undefined) return;
      if (!this.#isTried()) {
        this.#schedule(watcherId, this.#core.clock.now() + LOOK_AGAIN_MS);
        return;
      }
      this.#schedule(watcherId, Math.max(dueAt + watcher.everyMs, this.#core.clock.now()));
      this.#send(watcher, watcher.url).catch((error: unknown) => this.#core.bug('deadman', error));
    });
  }

  async #send(watcher: Watcher, url: string): Promise<void> {
    const problems = this.#problems();
    const problem = problems.length > 0 ? `held back: ${problems.join('; ')}` : await this.#ask(watcher.id, url);
    this.#heard.set(watcher.id, { at: this.#core.clock.now(), ...defined({ problem }) });
    this.#notice(watcher.id);
  }

  async #ask(watcherId: string, url: string): Promise<string | undefined> {
    const abort = new AbortController();
    const stop = this.#core.clock.after(PING_TIMEOUT_MS, () => abort.abort());
    try {
      return await this.#ping(url, abort.signal, this.#resolverFor(watcherId));
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      stop();
    }
  }

  /** A change of a watcher's standing is an event of its own. */
  #notice(watcherId: string): void {
    const standing = this.standings().find(({ watcher }) => watcher.id === watcherId);
    if (standing === undefined || this.#told.get(watcherId) === standing.state) return;
    this.#told.set(watcherId, standing.state);
    const turn = this.#core.turn();
    turn.event('watcher', {
      name: standing.watcher.name,
      state: standing.state,
      ...defined({ detail: standing.detail }),
    });
    void turn.commit();
  }
}
