import { MINUTE, SECOND, type EpochMs, type Ms } from '../kernel/time.ts';
import type { Watcher } from '../config/contract.ts';
import type { Json } from '../kernel/json.ts';
import type { NameResolver } from '../monitor/kind.ts';
import type { OwnNetworkLoop } from '../network/own-network.ts';
import type { Core } from './core.ts';
import type { Watchers } from './deadman.ts';
import type { Pairings } from './pairings.ts';
import type { Tidings } from './tidings.ts';
import type { Watch } from './watch.ts';

/** A witness that missed so many of its reports is told of: 3 minutes at the usual 10 s. */
const MISSED_REPORTS = 18;
/** One that was told of is back when its last report is no older than this many. */
const FRESH_REPORTS = 4;
const LOOK_MS: Ms = 10 * SECOND;
/** A newcomer gets this long to set a watcher up before being told that there is none. */
const FIRST_LOOK_MS: Ms = MINUTE;
const UNWATCHED_TOLD = 'unwatched-told';

/** What is kept of a witness: its last sign, and whether its silence was told. */
interface Noted {
  readonly heardAt: EpochMs;
  readonly told: boolean;
}

const NOTHING_NOTED: Noted = { heardAt: 0, told: false };

const metaKey = (watcherId: string): string => `watcher:${watcherId}`;

/** Tells, silently, that nobody watches the watch: once ever where no watcher is, and whenever a witness falls silent and is back. */
export class WatcherNews {
  readonly #core: Core;
  readonly #watchers: Watchers;
  readonly #tidings: Tidings;
  readonly #network: OwnNetworkLoop;
  readonly #resolver: NameResolver;
  readonly #watch: Watch;
  readonly #pairings: Pairings;
  readonly #noted = new Map<string, Noted>();
  #unwatchedTold: boolean;
  #lookedForHome: EpochMs;
  /** Silence before this moment may have been our own: the start, or the end of our own blindness. */
  #fairFrom: EpochMs;

  constructor(parts: {
    readonly core: Core;
    readonly watchers: Watchers;
    readonly tidings: Tidings;
    readonly network: OwnNetworkLoop;
    readonly resolver: NameResolver;
    readonly watch: Watch;
    readonly pairings: Pairings;
    readonly meta: ReadonlyMap<string, Json>;
  }) {
    this.#core = parts.core;
    this.#watchers = parts.watchers;
    this.#tidings = parts.tidings;
    this.#network = parts.network;
    this.#resolver = parts.resolver;
    this.#watch = parts.watch;
    this.#pairings = parts.pairings;
    this.#fairFrom = this.#core.clock.now();
    this.#lookedForHome = this.#fairFrom;
    this.#unwatchedTold = parts.meta.get(UNWATCHED_TOLD) === true;
    for (const [key, value] of parts.meta)
      if (key.startsWith('watcher:')) this.#noted.set(key.slice('watcher:'.length), value as unknown as Noted);
  }

  /** Looks again and again. */
  start(): void {
    const look = (): void => {
      this.#look()
        .catch((error: unknown) => this.#core.bug('watchers', error))
        .finally(() => this.#core.deadlines.set('watcher-news', this.#core.clock.now() + this.#pause(), look));
    };
    this.#core.deadlines.set('watcher-news', this.#core.clock.now() + this.#pause(), look);
  }

  #pause(): Ms {
    return Math.min(LOOK_MS, ...this.#core.registry.watchers().map(({ everyMs }) => everyMs));
  }

  async #look(): Promise<void> {
    const now = this.#core.clock.now();
    const { ok, total } = this.#network.latest('beyond');
    if (total > 0 && ok * 2 < total) this.#fairFrom = now;
    const watchers = this.#core.registry.watchers();
    for (const watcher of watchers) if (watcher.kind === 'witness') await this.#lookAt(watcher, now);
    const isDue = !this.#unwatchedTold && watchers.length === 0 && now - this.#lookedForHome >= FIRST_LOOK_MS;
    if (isDue) await this.#tellUnwatched(now);
  }

  async #lookAt(watcher: Watcher, now: EpochMs): Promise<void> {
    const noted = this.#noted.get(watcher.id) ?? NOTHING_NOTED;
    const heardAt = this.#watchers.heardAt(watcher.id);
    const last = heardAt ?? noted.heardAt;
    if (last === 0) return;
    const isSilent = now - Math.max(last, this.#fairFrom) > MISSED_REPORTS * watcher.everyMs;
    const answers = heardAt !== undefined && now - heardAt <= FRESH_REPORTS * watcher.everyMs;
    const isNews = noted.told ? answers : isSilent;
    if (isNews) await this.#note(watcher, { heardAt: last, told: !noted.told }, true);
    else if (last - noted.heardAt >= MINUTE) await this.#note(watcher, { ...noted, heardAt: last }, false);
  }

  async #note(watcher: Watcher, noted: Noted, isNews: boolean): Promise<void> {
    this.#noted.set(watcher.id, noted);
    const turn = this.#core.turn();
    turn.write({ put: 'meta', key: metaKey(watcher.id), value: noted as unknown as Json });
    if (isNews) {
      this.#tidings.notes.broadcast(turn, {
        kind: 'unwatched',
        severity: noted.told ? 'warning' : 'info',
        failures: [],
        from: this.#core.clock.toWall(noted.heardAt),
        textParams: { watcher: watcher.name },
        ...(noted.told ? {} : { textKey: 'watcher.back' }),
      });
      turn.event('watcher', { name: watcher.name, state: noted.told ? 'silent' : 'answers' });
    }
    await turn.commit();
  }

  async #tellUnwatched(now: EpochMs): Promise<void> {
    this.#lookedForHome = now;
    const mayTell = this.#core.registry.channels().some((channel) => !this.#pairings.isWaiting(channel));
    if (!mayTell || !(await this.#watchesOwnMachine())) return;
    this.#unwatchedTold = true;
    const turn = this.#core.turn().write({ put: 'meta', key: UNWATCHED_TOLD, value: true });
    this.#tidings.notes.broadcast(turn, { kind: 'unwatched', severity: 'warning', failures: [] });
    await turn.commit();
  }

  async #watchesOwnMachine(): Promise<boolean> {
    for (const { target } of this.#watch.all()) if (await this.#isOwn(target.host)) return true;
    return false;
  }

  async #isOwn(host: string | undefined): Promise<boolean> {
    if (host === undefined) return false;
    const abort = new AbortController();
    const stop = this.#core.clock.after(5 * SECOND, () => abort.abort());
    // a name that does not resolve now is asked again a minute later
    const addresses = await this.#resolver.addresses(host, 0, abort.signal).catch(() => []);
    stop();
    return addresses.some((address) => ['loopback', 'own'].includes(this.#network.routeTo(address)));
  }
}
