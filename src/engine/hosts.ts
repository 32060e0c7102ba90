import { defined } from '../kernel/defined.ts';
import { Fault } from '../kernel/fault.ts';
import type { Json } from '../kernel/json.ts';
import { MINUTE, type EpochMs, type Ms } from '../kernel/time.ts';
import type { App, Host } from '../config/contract.ts';
import type { HostSignal, HostVitals, NumberedSignal } from '../host/contract.ts';
import { HELPFUL, Orders } from './orders.ts';
import { Agents } from './agents.ts';
import { Apps, type AppsWorld } from './apps.ts';
import type { Core, Turn } from './core.ts';
import type { OrderStanding } from './host-face.ts';
import { HostTroubles, type KeptTrouble } from './host-troubles.ts';
import type { Incidents } from './incidents.ts';
import type { Actor, Incident } from '../incident/incident.ts';

/** What is known of a host; kept in the store. */
export interface HostState {
  /** The highest number that its agent's signals were taken in up to. */
  readonly acked: number;
  readonly troubles: readonly KeptTrouble[];
}

/** The latest figures of a host. */
export interface SeenVitals {
  readonly at: EpochMs;
  readonly vitals: HostVitals;
}

/** Figures come every few seconds; they are no evidence, so that the store gets them now and then. */
const KEEP_VITALS_EVERY_MS: Ms = MINUTE;
const EMPTY: HostState = { acked: 0, troubles: [] };

const subject = (hostId: string): string => `host:${hostId}`;
const vitalsSubject = (hostId: string): string => `vitals:${hostId}`;

/** Every host: takes in what its agent tells, each signal once, and saves it with what it leads to. */
export class Hosts {
  readonly apps: Apps;
  readonly orders: Orders;
  readonly agents: Agents;
  readonly #core: Core;
  readonly #incidents: Incidents;
  readonly #troubles: HostTroubles;
  readonly #states = new Map<string, HostState>();
  readonly #vitals = new Map<string, SeenVitals & { readonly keptAt: EpochMs }>();
  readonly #strangers = new Set<string>();

  constructor(
    parts: Pick<AppsWorld, 'core' | 'incidents' | 'lastChange'> & {
      /** An agent has been silent for long, or is back after that: people who are told nothing otherwise are told. */
      readonly onSilent: (turn: Turn, host: Host, since: EpochMs, back: boolean) => void;
      /** Can Dozor itself not see out? */
      readonly isBlind: () => boolean;
    },
  ) {
    this.#core = parts.core;
    this.#incidents = parts.incidents;
    this.#troubles = new HostTroubles(parts.core, parts.incidents);
    this.orders = new Orders(parts.core, (turn, order) => this.#ordered(turn, order));
    this.agents = new Agents(parts.core, {
      changed: (turn, host, gone, since) => this.#agentChanged(turn, host, gone, since),
      silent: parts.onSilent,
      isBlind: parts.isBlind,
    });
    this.apps = new Apps({
      core: parts.core,
      incidents: parts.incidents,
      lastChange: parts.lastChange,
      isBlind: (app) => this.isGone(app),
      askedBy: (appId, planId) => this.orders.askedBy(appId, planId),
      underWay: (appId) => this.orders.underWay(appId),
    });
  }

  /** Takes over what a former run knew. */
  restore(states: ReadonlyMap<string, Json>): void {
    for (const host of this.#core.registry.hosts()) {
      const kept = states.get(subject(host.id));
      if (kept !== undefined) this.#states.set(host.id, kept as unknown as HostState);
      const seen = states.get(vitalsSubject(host.id)) as unknown as SeenVitals | undefined;
      if (seen !== undefined) this.#vitals.set(host.id, { ...seen, keptAt: seen.at });
    }
    this.orders.restore(states);
    this.agents.restore(states);
    this.apps.restore(states);
  }

  troubles(hostId: string): readonly KeptTrouble[] {
    return this.#state(hostId).troubles;
  }

  vitals(hostId: string): SeenVitals | undefined {
    return this.#vitals.get(hostId);
  }

  /** Does the app run on a host inside which nobody looks any more? */
  isGone(app: App): boolean {
    const host = this.#core.registry.hostOf(app);
    return host !== undefined && this.agents.stateOf(host.id) === 'gone';
  }

  /** The host of an incident's service whose agent is silent, and since when; undefined when somebody looks inside. */
  silentFor({ serviceId }: Incident): { readonly host: string; readonly since: EpochMs } | undefined {
    for (const host of serviceId === undefined ? [] : this.hostsOf(serviceId)) {
      const seen = this.agents.lastSeen(host.id);
      if (seen !== undefined && this.agents.stateOf(host.id) === 'gone') return { host: host.name, since: seen.at };
    }
    return undefined;
  }

  /** The hosts that a service's apps run on. */
  hostsOf(serviceId: string): readonly Host[] {
    const { registry } = this.#core;
    const hosts = registry.appsOf(serviceId).flatMap((app) => registry.hostOf(app) ?? []);
    return [...new Map(hosts.map((host) => [host.id, host])).values()];
  }

  /**
   * Takes signals in; what is known already is dropped. Resolves with the highest number that is durable. @throws Fault NOT_FOUND, STORE_UNAVAILABLE
   */
  async hand(hostId: string, batch: readonly NumberedSignal[]): Promise<number> {
    const host = this.#core.registry.find('host', hostId);
    const turn = this.#core.turn();
    this.agents.seen(turn, host);
    const known = this.#state(host.id).acked;
    const fresh = batch.filter(({ seq }) => seq > known).toSorted((a, b) => a.seq - b.seq);
    for (const { signal } of fresh) this.#take(turn, host, signal);
    const acked = fresh.at(-1)?.seq ?? known;
    // Written even when nothing is new: whoever asks again must not be told that it is durable while the first time is still being saved.
    this.#keep(turn, host.id, { ...this.#state(host.id), acked });
    const saved = await turn.commit();
    if (saved.saved) return acked;
    throw new Fault(
      'STORE_UNAVAILABLE',
      `The signals were heard but could not be saved: ${saved.error}`,
      'Free space on the disk of Dozor.',
    );
  }

  /** Its agent is not to be heard any more: nobody misses it. */
  async forgetAgent(hostId: string, by: Actor): Promise<void> {
    const host = this.#core.registry.find('host', hostId);
    const turn = this.#core.turn();
    if (this.agents.stateOf(hostId) === 'gone') this.#agentChanged(turn, host, false, this.#wall());
    this.agents.retire(turn, hostId);
    this.apps.settleAll(turn);
    turn.event('agent', { hostId, host: host.name, gone: true });
    turn.write({
      put: 'audit',
      entry: {
        id: this.#core.newId(),
        at: this.#wall(),
        actor: by.name,
        via: by.via,
        action: 'host.agent.remove',
        subject: host.name,
      },
    });
    await turn.commit();
  }

  /** The configuration changed: what left it is told of no more, and each agent hears what is to be watched now. */
  applied(): void {
    const { registry } = this.#core;
    const turn = this.#core.turn();
    const hosts = new Set(registry.hosts().map(({ id }) => id));
    for (const incident of this.#incidents.open())
      for (const { monitorId, part } of incident.involved) {
        const serviceId = incident.serviceId ?? '';
        const carries = registry.appsOf(serviceId).some(({ id }) => id === monitorId);
        if (part === 'app' && !carries) this.apps.leave(turn, monitorId, serviceId);
      }
    for (const [hostId, state] of this.#states) {
      if (hosts.has(hostId)) continue;
      this.#troubles.retire(turn, hostId, state.troubles);
      this.agents.retire(turn, hostId);
      this.#states.delete(hostId);
      this.#vitals.delete(hostId);
      turn.write({ drop: 'state', subject: subject(hostId) }, { drop: 'state', subject: vitalsSubject(hostId) });
    }
    this.apps.settleAll(turn);
    void turn.commit();
    for (const hostId of hosts) this.orders.wake(hostId);
  }

  /** A window of maintenance began or ended. */
  settle(): void {
    if (this.#core.registry.apps().length === 0) return;
    const turn = this.#core.turn();
    this.apps.settleAll(turn);
    void turn.commit();
  }

  stop(): void {
    this.orders.stop();
  }

  #take(turn: Turn, host: Host, signal: HostSignal): void {
    switch (signal.type) {
      case 'vitals':
        this.#vitalsCame(turn, host, signal);
        return;
      case 'host-trouble': {
        const state = this.#state(host.id);
        const troubles = this.#troubles.take(turn, host, state.troubles, signal);
        this.#states.set(host.id, { ...state, troubles });
        turn.event('host-trouble', { hostId: host.id, key: signal.key, on: signal.on, severity: signal.severity });
        return;
      }
      case 'order-done':
        this.orders.ended(turn, host.id, signal);
        return;
      default: {
        const app = this.#core.registry.appsOn(host.id).find(({ name }) => name === signal.app);
        if (app === undefined) this.#stranger(host, signal.app);
        else this.apps.take(turn, app, signal);
      }
    }
  }

  /** The agent still watches what has left the configuration: it will hear of it. */
  #stranger(host: Host, app: string): void {
    const key = `${host.id} ${app}`;
    if (this.#strangers.has(key) || this.#strangers.size > 1_000) return;
    this.#strangers.add(key);
    this.#core.log.warn(`The agent on ${host.name} tells of an app "${app.slice(0, 100)}" that is not defined there.`);
  }

  #vitalsCame(turn: Turn, host: Host, { at, vitals }: Extract<HostSignal, { type: 'vitals' }>): void {
    const before = this.#vitals.get(host.id);
    if (before !== undefined && before.at > at) return;
    const isDue = before === undefined || at - before.keptAt >= KEEP_VITALS_EVERY_MS;
    this.#vitals.set(host.id, { at, vitals, keptAt: isDue ? at : before.keptAt });
    if (isDue) turn.write({ put: 'state', subject: vitalsSubject(host.id), state: { at, vitals } as unknown as Json });
  }

  /** Services on the host that nobody asks from outside: the agent was all that anybody saw of them. */
  #seenByAgentAlone(host: Host): readonly string[] {
    const { registry } = this.#core;
    return [...this.#servicesOn(host)].filter((id) => registry.monitorsOf(id).every(({ paused }) => paused));
  }

  #servicesOn(host: Host): ReadonlySet<string> {
    const { registry } = this.#core;
    return new Set(registry.appsOn(host.id).flatMap((app) => registry.serviceOf(app)?.id ?? []));
  }

  #agentChanged(turn: Turn, host: Host, gone: boolean, since: EpochMs): void {
    turn.event('agent', { hostId: host.id, host: host.name, gone });
    for (const serviceId of this.#seenByAgentAlone(host)) {
      if (gone) this.#troubles.unseen(turn, host, serviceId, since);
      else this.#troubles.seenAgain(turn, host, serviceId);
    }
    const at = this.#wall();
    for (const serviceId of this.#servicesOn(host))
      this.#incidents.feed(turn, serviceId, { type: 'agent', at, hostId: host.id, gone });
    this.apps.settleAll(turn);
  }

  #ordered(turn: Turn, order: OrderStanding): void {
    const app = this.#core.registry.apps().find(({ id }) => id === order.appId);
    if (app === undefined || order.phase === 'waiting' || order.phase === 'handed') return;
    const { phase: outcome, by, output } = order;
    const what = order.order.do;
    const action = 'planId' in order.order ? this.apps.of(app).scene.repair?.action : undefined;
    const help =
      outcome === 'done' && HELPFUL.has(what)
        ? { at: order.at, do: what as 'recover', by, ...defined({ action }) }
        : undefined;
    const sign = { type: 'order', appId: app.id, do: what, by, outcome, ...defined({ output }) } as const;
    this.apps.ordered(turn, app, sign, help);
  }

  #wall(): EpochMs {
    return this.#core.clock.toWall(this.#core.clock.now());
  }

  #state(hostId: string): HostState {
    return this.#states.get(hostId) ?? EMPTY;
  }

  #keep(turn: Turn, hostId: string, state: HostState): void {
    this.#states.set(hostId, state);
    turn.write({ put: 'state', subject: subject(hostId), state: state as unknown as Json });
  }
}
