import { isLastingCause } from '../diagnose/causes.ts';
import type { Finding } from '../diagnose/finding.ts';
import type { Clock, Stop } from '../kernel/clock.ts';
import { defined } from '../kernel/defined.ts';
import { SECOND, type EpochMs, type Ms } from '../kernel/time.ts';
import { decideHost, QUIET_HOST, type HostState } from '../supervise/host-trouble.ts';
import type { SuperviseRules } from '../supervise/rules.ts';
import { AppWatch, type Memory } from './app-watch.ts';
import type { AppSpec, HostBriefing, HostSignal, HostVitals, IssuedOrder, Order, Uplink } from './contract.ts';
import { Courier } from './courier.ts';
import { Ear } from './ear.ts';
import type { Carried, Hands } from './hands.ts';
import { Orders, type OrdersOptions } from './orders.ts';
import type { Diagnoser, ProcessSource, VitalsSource } from './sources.ts';
import type { Spool } from './spool.ts';

const VITALS_MS: Ms = 15 * SECOND;
const FIRST_VITALS_MS: Ms = 2 * SECOND;
/** An app that is being repaired is not let go of; it is tried again after so long. */
const BUSY_MS: Ms = 1 * SECOND;

/** The ways to the apps of a host: to see, to find out, to act. */
export interface Reach {
  readonly source: ProcessSource;
  readonly hands: Hands;
  readonly diagnoser: Diagnoser;
}

/** What an agent is made of. */
export interface AgentOptions {
  readonly spool: Spool;
  readonly uplink: Uplink;
  readonly clock: Clock;
  /** The way to the apps; made anew when PM2's home changes. */
  readonly reach: (briefing: HostBriefing) => Reach;
  readonly vitals: VitalsSource;
  /** The agent's clock minus the brain's, where that is known. */
  readonly clockSkew?: () => Ms | undefined;
  readonly rules?: SuperviseRules;
  readonly random: () => number;
  readonly onNote: (line: string) => void;
  readonly onBug: (error: unknown) => void;
}

/** The agent of a host: watches the apps of its briefing, tells the brain, carries out its orders, and goes on alone while it is away. */
export class Agent {
  readonly #options: AgentOptions;
  readonly #courier: Courier;
  readonly #ear: Ear;
  readonly #orders: Orders;
  readonly #memory: Memory;
  readonly #watches = new Map<string, AppWatch>();
  #briefing: HostBriefing | undefined;
  #reach: Reach | undefined;
  #host: HostState;
  #stopVitals: Stop = () => undefined;
  #stopRetry: Stop = () => undefined;
  #isStopped = false;

  constructor(options: AgentOptions) {
    this.#options = options;
    const { spool, uplink, clock, random, onNote } = options;
    this.#memory = {
      recall: (key) => spool.recall(key),
      remember: (key, value) => this.#remember(key, value),
    };
    this.#briefing = spool.recall<HostBriefing>('briefing');
    this.#host = spool.recall<HostState>('host') ?? QUIET_HOST;
    this.#courier = new Courier({
      spool,
      uplink,
      clock,
      random,
      onChange: (away) =>
        onNote(away === undefined ? 'The brain is back.' : `The brain is away, going on alone: ${away.why}`),
    });
    this.#ear = new Ear({ uplink, clock, random, onNews: (news) => this.#heard(news) });
    this.#orders = new Orders({
      now: () => clock.now(),
      carryOut: async (order) => this.#carryOut(order),
      tell: (signal) => this.tell(signal),
      kept: spool.recall<OrdersOptions['kept']>('orders') ?? [],
      keep: (kept) => this.#remember('orders', kept),
    });
  }

  /** The briefing's revision that the agent works by. */
  get revision(): string | undefined {
    return this.#briefing?.revision;
  }

  /** What is watched now, for the line that says so. */
  get apps(): readonly AppSpec[] {
    return [...this.#watches.values()].map(({ app }) => app);
  }

  /** Since when the brain is away; undefined while it is there. */
  get awaySince(): EpochMs | undefined {
    return this.#courier.away?.since;
  }

  start(): void {
    if (this.#briefing !== undefined) this.#apply(this.#briefing);
    this.#courier.start();
    this.#ear.start();
    this.#stopVitals = this.#options.clock.after(FIRST_VITALS_MS, () => void this.#lookAtVitals(), 'idle');
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopVitals();
    this.#stopRetry();
    for (const watch of this.#watches.values()) watch.stop();
    await Promise.all([this.#reach?.source.stop(), this.#ear.stop(), this.#courier.stop()]);
  }

  /** Takes a signal into the spool and sends it on its way. */
  tell(signal: HostSignal): void {
    this.#options.spool.put(signal);
    this.#courier.nudge();
  }

  /** A disk that takes nothing must not end the watch: what is only remembered is remembered later. */
  #remember(key: string, value: unknown): void {
    try {
      this.#options.spool.remember(key, value);
    } catch (error) {
      this.#options.onBug(error);
    }
  }

  #heard({ orders, briefing }: { readonly orders: readonly IssuedOrder[]; readonly briefing?: HostBriefing }): void {
    this.#courier.nudge('back');
    if (briefing !== undefined) {
      this.#remember('briefing', briefing);
      this.#apply(briefing);
    }
    void this.#orders.take(orders).catch(this.#options.onBug);
  }

  /** Follows what the briefing says; an app that stays as it was is not touched. */
  #apply(briefing: HostBriefing): void {
    this.#stopRetry();
    const isElsewhere = this.#reach !== undefined && wayOf(this.#briefing) !== wayOf(briefing);
    const wanted = new Map(briefing.apps.map((app) => [app.name, JSON.stringify(app)]));
    const leaving = [...this.#watches].filter(
      ([name, watch]) => isElsewhere || wanted.get(name) !== JSON.stringify(watch.app),
    );
    if (leaving.some(([, watch]) => watch.isBusy)) {
      this.#stopRetry = this.#options.clock.after(BUSY_MS, () => this.#apply(briefing), 'idle');
      return;
    }
    for (const [name, watch] of leaving) {
      watch.stop();
      this.#watches.delete(name);
    }
    this.#reachFor(briefing, isElsewhere);
    this.#briefing = briefing;
    for (const app of briefing.apps) if (!this.#watches.has(app.name)) this.#watch(app);
  }

  #reachFor(briefing: HostBriefing, isElsewhere: boolean): void {
    if (this.#reach !== undefined && !isElsewhere) return;
    void this.#reach?.source.stop().catch(this.#options.onBug);
    this.#reach = this.#options.reach(briefing);
  }

  #watch(app: AppSpec): void {
    if (this.#reach === undefined || this.#isStopped) return;
    const { clock, rules, onBug } = this.#options;
    const watch = new AppWatch({
      app,
      clock,
      ...this.#reach,
      memory: this.#memory,
      tell: (signal) => this.tell(signal),
      onBug,
      ...defined({ rules }),
    });
    this.#watches.set(app.name, watch);
    watch.start();
  }

  async #lookAtVitals(): Promise<void> {
    const { clock, vitals, clockSkew, onBug } = this.#options;
    try {
      const processes = [...this.#watches.values()].flatMap((watch) => watch.processes);
      const seen = await vitals.look(processes);
      if (this.#isStopped) return;
      const told = { ...seen, ...defined({ clockSkewMs: clockSkew?.() }) };
      this.tell({ type: 'vitals', at: clock.now(), vitals: told });
      this.#judgeHost(told);
    } catch (error) {
      onBug(error);
    }
    if (!this.#isStopped) this.#stopVitals = clock.after(VITALS_MS, () => void this.#lookAtVitals(), 'idle');
  }

  #judgeHost({ memory, disks, clockSkewMs }: HostVitals): void {
    const at = this.#options.clock.now();
    const [state, told] = decideHost(this.#host, { at, memory, disks, ...defined({ clockSkewMs }) });
    if (told.length > 0) this.#remember('host', state);
    this.#host = state;
    for (const { do: _do, ...trouble } of told) this.tell({ type: 'host-trouble', ...trouble });
  }

  async #carryOut({ order }: IssuedOrder): Promise<Carried> {
    const watch = this.#watches.get(order.app);
    if (watch === undefined || this.#reach === undefined)
      return { outcome: 'refused', output: `This host has no app ${order.app}.` };
    return carried(order, watch, this.#reach.hands);
  }
}

/** Carries an order of the closed list out. */
const carried = async (order: Order, watch: AppWatch, hands: Hands): Promise<Carried> => {
  switch (order.do) {
    case 'repair':
    case 'leave':
    case 'undo':
      return watch.order(order.do, order.planId);
    case 'recover':
      return hands.recover(watch.app);
    case 'rollback':
      return hands.rollback(watch.app, order.to);
    case 'protect':
      return hands.protect(watch.app, order.only, order.apply);
    case 'diagnose':
      return { outcome: 'done', output: summed(await watch.diagnose()) };
    default:
      order satisfies never;
      // A newer brain may know more.
      return { outcome: 'refused', output: 'This agent does not know how to do that.' };
  }
};

/** What the ways to the apps depend on. */
const wayOf = (briefing: HostBriefing | undefined): string => JSON.stringify([briefing?.pm2Home, briefing?.locale]);

/** Findings in a line each, by their stable names: whoever shows them has the words, from the signal of the same moment. */
const summed = (findings: readonly Finding[]): string =>
  findings.length === 0
    ? 'Nothing was found.'
    : findings
        .map(({ cause, confidence }) => `${cause} ${confidence.toFixed(2)}${isLastingCause(cause) ? ' (lasting)' : ''}`)
        .join('\n');
