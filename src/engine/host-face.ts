import type { EpochMs, Ms } from '../kernel/time.ts';
import type { App, Host } from '../config/contract.ts';
import type {
  AppVerdict,
  HostBriefing,
  HostVitals,
  IssuedOrder,
  NumberedSignal,
  Order,
  Uplink,
} from '../host/contract.ts';
import type { Actor } from '../incident/incident.ts';
import type { Scene } from '../incident/scene.ts';
import type { Service, Severity } from '../monitor/model.ts';
import type { Reason } from '../monitor/reason.ts';

/** Whether an agent looks inside a host: never heard of yet, heard of lately, or not any more. */
export type AgentState = 'waiting' | 'connected' | 'gone';

/** A trouble of a machine that lasts. */
export interface HostTrouble {
  readonly key: string;
  readonly severity: Severity;
  readonly reason: Reason;
  readonly since: EpochMs;
}

/** How a host stands. */
export interface HostStanding {
  readonly host: Host;
  readonly agent: AgentState;
  readonly lastSeenAt?: EpochMs;
  readonly version?: string;
  readonly vitals?: HostVitals;
  readonly vitalsAt?: EpochMs;
  readonly troubles: readonly HostTrouble[];
  readonly apps: readonly App[];
}

/** How an app stands in the eyes of its agent. */
export interface AppStanding {
  readonly app: App;
  readonly service?: Service;
  readonly host?: Host;
  readonly agent: AgentState;
  /** What the agent said last; with an agent that is gone it is not known to be so any more. */
  readonly verdict: AppVerdict;
  readonly since: EpochMs;
  readonly reason?: Reason;
  readonly inMaintenance: boolean;
  readonly scene: Scene;
  readonly processes: HostVitals['processes'];
  readonly incidentId?: string;
}

/** What became of an order. */
export interface OrderStanding {
  readonly id: string;
  readonly hostId: string;
  readonly appId: string;
  readonly at: EpochMs;
  readonly by: Actor;
  readonly order: Order;
  readonly phase: 'waiting' | 'handed' | 'done' | 'failed' | 'refused' | 'expired';
  readonly handedAt?: EpochMs;
  readonly endedAt?: EpochMs;
  readonly output?: string;
}

/** An order without the app, which is named apart. */
export type Wish = Order extends infer One ? (One extends Order ? Omit<One, 'app'> : never) : never;

/** What is new for an agent: orders that it has not answered yet, and the briefing when it is another one than it has. */
export interface AgentNews {
  readonly orders: readonly IssuedOrder[];
  readonly briefing?: HostBriefing;
}

/** The brain's side of hosts and apps. */
export interface HostFace {
  hosts(): readonly HostStanding[];
  /** @throws Fault NOT_FOUND */
  host(idOrName: string): HostStanding;
  apps(): readonly AppStanding[];
  /** @throws Fault NOT_FOUND */
  app(idOrName: string): AppStanding;
  /** An agent gave a sign of life. @throws Fault NOT_FOUND */
  agentSeen(hostId: string, agent: { readonly version: string }): void;
  /**
   * Takes an agent's signals in; what is known already is dropped. Resolves with the highest number of this host that is durable here, which may lie
   * above what was sent: a spool that began anew counts on from there. @throws Fault NOT_FOUND, STORE_UNAVAILABLE
   */
  handSignals(hostId: string, batch: readonly NumberedSignal[]): Promise<number>;
  /** Waits for news up to `waitMs`, or until aborted. `briefing` is the revision that the agent has. @throws Fault NOT_FOUND */
  agentNews(
    hostId: string,
    more: { readonly waitMs: Ms; readonly briefing?: string; readonly signal?: AbortSignal },
  ): Promise<AgentNews>;
  /** What the agent of a host is to watch. @throws Fault NOT_FOUND */
  briefing(hostId: string): HostBriefing;
  /** The way of an agent within this process. @throws Fault NOT_FOUND */
  uplink(hostId: string, agent: { readonly version: string }): Uplink;
  /** The agent of a host is not to be heard any more (its key was revoked). @throws Fault NOT_FOUND */
  forgetAgent(hostId: string, actor: Actor): Promise<void>;
  /** Asks the agent of an app for something of the closed list; audited. @throws Fault NOT_FOUND, CONFLICT (no agent), STORE_UNAVAILABLE */
  order(app: string, wish: Wish, actor: Actor): Promise<OrderStanding>;
  /** @throws Fault NOT_FOUND */
  orderOf(id: string): OrderStanding;
}
