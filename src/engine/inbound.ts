import { catalog, type Catalog } from '../i18n/catalog.ts';
import { HOUR, type Ms } from '../kernel/time.ts';
import type { ChannelKind, Inbound } from '../alert/channel.ts';
import type { Channel } from '../alert/model.ts';
import { hashSecret, isSecretShaped } from '../auth/secret-text.ts';
import type { Actor, Incident } from '../incident/incident.ts';
import type { NameResolver } from '../monitor/kind.ts';
import type { StoredToken } from '../store/contract.ts';
import type { Core } from './core.ts';
import type { Pairings } from './pairings.ts';

/** How long a tap on "mute" mutes. */
export const MUTE_MS: Ms = HOUR;

/** So many taps are remembered until the store knows them. */
const MOST_SPENT = 1_000;

/** What a tap may do. */
export interface TapActions {
  acknowledge(incidentId: string, actor: Actor): Promise<Incident>;
  muteIncident(incidentId: string, forMs: Ms, actor: Actor): Promise<Incident>;
  incident(incidentId: string): Promise<Incident | undefined>;
  /** Asks the agent of an app to repair it as proposed, or not to; resolves with what to answer. */
  decide(tap: Decision, actor: Actor): Promise<string>;
  /** Sends the message's buttons anew. */
  refreshButtons(incidentId: string): Promise<void>;
}

/** Yes or no to a repair that was proposed. */
export interface Decision {
  readonly do: 'repair' | 'leave';
  readonly appId: string;
  readonly planId: string;
}

interface ButtonData {
  readonly incidentId: string;
  readonly action: string;
  readonly channelId: string;
  readonly appId?: string;
  readonly planId?: string;
}

const decisionIn = ({ action, appId, planId }: ButtonData): Decision | undefined =>
  (action === 'repair' || action === 'leave') && appId !== undefined && planId !== undefined
    ? { do: action, appId, planId }
    : undefined;

/** Listens on channels that people answer on: pairs whoever writes /start first, takes taps of those who are allowed. One poller a bot. */
export class InboundMail {
  readonly #core: Core;
  readonly #kindOf: (kind: string) => ChannelKind | undefined;
  readonly #pairings: Pairings;
  readonly #actions: TapActions;
  readonly #onPaired: (channel: Channel, name: string) => void;
  readonly #resolverFor: (channelId: string) => NameResolver;
  readonly #spent = new Set<string>();
  readonly #pollers = new Map<string, AbortController>();
  readonly #faults = new Map<string, { readonly channel: string; readonly message: string }>();

  constructor(parts: {
    readonly core: Core;
    readonly kindOf: (kind: string) => ChannelKind | undefined;
    readonly pairings: Pairings;
    readonly resolverFor: (channelId: string) => NameResolver;
    readonly actions: TapActions;
    readonly onPaired: (channel: Channel, name: string) => void;
  }) {
    this.#core = parts.core;
    this.#kindOf = parts.kindOf;
    this.#pairings = parts.pairings;
    this.#resolverFor = parts.resolverFor;
    this.#actions = parts.actions;
    this.#onPaired = parts.onPaired;
  }

  /** Faults of set-up that pollers report: another program polls the same bot. */
  faults(): readonly { readonly channel: string; readonly message: string }[] {
    return [...this.#faults.values()];
  }

  /** Starts a poller for each bot that channels use now, and ends those that none uses. */
  refresh(): void {
    const wanted = new Map<string, Channel>();
    for (const channel of this.#core.registry.channels()) {
      const key = this.#kindOf(channel.kind)?.pollerKey?.(channel.config);
      if (key !== undefined && !wanted.has(key)) wanted.set(key, channel);
    }
    for (const [key, abort] of this.#pollers) {
      if (wanted.has(key)) continue;
      abort.abort();
      this.#pollers.delete(key);
      this.#faults.delete(key);
    }
    for (const [key, channel] of wanted) if (!this.#pollers.has(key)) this.#start(key, channel);
  }

  stop(): void {
    for (const abort of this.#pollers.values()) abort.abort();
    this.#pollers.clear();
  }

  #start(key: string, channel: Channel): void {
    const kind = this.#kindOf(channel.kind);
    if (kind?.poll === undefined) return;
    const abort = new AbortController();
    this.#pollers.set(key, abort);
    const onFault = (message: string | undefined): void => {
      if (message === undefined) this.#faults.delete(key);
      else this.#faults.set(key, { channel: channel.name, message });
    };
    const onInbound = (inbound: Inbound): void => {
      this.#take(key, inbound).catch((error: unknown) => this.#core.bug('inbound', error));
    };
    const resolver = this.#resolverFor(channel.id);
    kind.poll(channel.config, onInbound, onFault, abort.signal, resolver).catch((error: unknown) => {
      if (!abort.signal.aborted) this.#core.bug(`poller of ${channel.name}`, error);
    });
  }

  async #take(key: string, inbound: Inbound): Promise<void> {
    if (inbound.type === 'start') await this.#pair(key, inbound);
    else if (inbound.type === 'button') await this.#tap(key, inbound);
  }

  #channelsOf(key: string): readonly Channel[] {
    return this.#core.registry
      .channels()
      .filter((channel) => this.#kindOf(channel.kind)?.pollerKey?.(channel.config) === key);
  }

  async #pair(key: string, inbound: Inbound): Promise<void> {
    const words = this.#words();
    for (const channel of this.#channelsOf(key)) {
      const kind = this.#kindOf(channel.kind);
      const config = this.#pairings.config(channel);
      if (kind?.pair?.(config, inbound) === undefined || kind.mayPair?.(config, inbound) === false) continue;
      await this.#pairings.pair(channel, inbound);
      this.#onPaired(channel, inbound.userName);
      await inbound.answer(words.paired(channel.name));
      return;
    }
    const known = this.#channelsOf(key).some((channel) => this.#mayAnswer(channel, inbound));
    await inbound.answer(known ? words.alreadyPaired : words.notAllowed(inbound.userId));
  }

  #mayAnswer(channel: Channel, inbound: Inbound): boolean {
    return this.#kindOf(channel.kind)?.mayAnswer?.(this.#pairings.config(channel), inbound) ?? false;
  }

  async #tap(key: string, inbound: Inbound): Promise<void> {
    const words = this.#words();
    const theirs = this.#channelsOf(key).filter((channel) => this.#mayAnswer(channel, inbound));
    const token = isSecretShaped(inbound.text)
      ? await this.#core.store.tokenByHash(hashSecret(inbound.text))
      : undefined;
    const data = token?.kind === 'button' ? (token.data as unknown as ButtonData) : undefined;
    // two contacts may share a bot: a button answers only those to whom it was sent
    const isMeant = theirs.some(({ id }) => data === undefined || id === data.channelId);
    if (!isMeant) await inbound.answer(words.notAllowed(inbound.userId));
    else if (token === undefined || data === undefined) await inbound.answer(words.buttonUnknown);
    else await this.#tapped(token, data, inbound);
  }

  async #tapped(token: StoredToken, data: ButtonData, inbound: Inbound): Promise<void> {
    const words = this.#words();
    const incident = await this.#actions.incident(data.incidentId);
    if (incident?.state !== 'open') await inbound.answer(words.incidentOver);
    else if (data.action === 'acknowledge' && incident.acknowledged !== undefined)
      await inbound.answer(words.acknowledgedBefore(incident.acknowledged.by.name));
    else if (this.#isUsedUp(token)) {
      await this.#actions.refreshButtons(data.incidentId);
      await inbound.answer(words.buttonOld);
    } else await this.#act(token, data, inbound);
  }

  async #act(token: StoredToken, data: ButtonData, inbound: Inbound): Promise<void> {
    const words = this.#words();
    const actor: Actor = { name: inbound.userName, via: 'telegram' };
    this.#spend(token.id);
    await this.#core
      .turn()
      .write({ put: 'token', token: { ...token, usedAt: this.#core.clock.now() } })
      .commit();
    const decision = decisionIn(data);
    if (decision !== undefined) {
      await inbound.answer(await this.#actions.decide(decision, actor));
      return;
    }
    if (data.action === 'mute') {
      await this.#actions.muteIncident(data.incidentId, MUTE_MS, actor);
      await inbound.answer(words.muted);
      return;
    }
    await this.#actions.acknowledge(data.incidentId, actor);
    await inbound.answer(words.acknowledged);
  }

  /** Two taps at once are one: the second finds the button spent before the first is saved. */
  #spend(tokenId: string): void {
    this.#spent.add(tokenId);
    const [oldest] = this.#spent;
    if (this.#spent.size > MOST_SPENT && oldest !== undefined) this.#spent.delete(oldest);
  }

  #isUsedUp({ id, usedAt, expiresAt = Infinity }: StoredToken): boolean {
    return this.#spent.has(id) || usedAt !== undefined || expiresAt < this.#core.clock.now();
  }

  #words(): Catalog['answers'] {
    return catalog(this.#core.settings().locale).answers;
  }
}
