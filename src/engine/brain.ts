import type { Clock, Stop } from '../kernel/clock.ts';
import type { Json } from '../kernel/json.ts';
import type { EpochMs, Ms } from '../kernel/time.ts';
import type { Channel, Contact, Policy } from '../alert/model.ts';
import type { ConfigChange, Settings, Watcher } from '../config/contract.ts';
import type { Actor, Incident } from '../incident/incident.ts';
import type { CheckResult } from '../monitor/check.ts';
import type { MaintenanceWindow, Monitor, Service } from '../monitor/model.ts';
import type { Verdict } from '../monitor/verdict.ts';
import type { Resource, ResourceKind, Store, StoredEvent } from '../store/contract.ts';
import type { HostFace } from './host-face.ts';

/** How a monitor stands now. */
export interface MonitorStanding {
  readonly monitor: Monitor;
  readonly verdict: Verdict;
  readonly since: EpochMs;
  readonly inMaintenance: boolean;
  readonly last?: CheckResult;
  readonly nextAt?: EpochMs;
  /** For heartbeats: the URL's path, without the host. */
  readonly beatPath?: string;
}

/** How a service stands: the worst of its monitors and apps. */
export interface ServiceStanding {
  readonly service: Service;
  readonly verdict: Verdict;
  readonly since: EpochMs;
  readonly paused: boolean;
  readonly inMaintenance: boolean;
  readonly muted: boolean;
  readonly incidentId?: string;
  readonly monitors: readonly MonitorStanding[];
  /** Names of the apps that carry it; their verdicts count like those of monitors. */
  readonly apps: readonly string[];
}

/** Whether somebody outside watches the watch. */
export interface WatcherStanding {
  readonly watcher: Watcher;
  /** `waiting`: never heard of yet; `answers`: within its time; `silent`: not any more; `failing`: the ping is refused or held back. */
  readonly state: 'waiting' | 'answers' | 'silent' | 'failing';
  readonly lastAt?: EpochMs;
  readonly detail?: string;
}

/** The watch's own health, for `/ready`, `/metrics`, `status` and the dead-man's switch. */
export interface SelfHealth {
  readonly ok: boolean;
  /** What is wrong, as short sentences in English; empty when all is well. */
  readonly problems: readonly string[];
  readonly startedAt: EpochMs;
  readonly version: string;
  /** How late checks started in the last minute. */
  readonly lateness: { readonly p50: Ms; readonly p99: Ms; readonly max: Ms };
  readonly checksTotal: number;
  readonly running: number;
  readonly outboxWaiting: number;
  readonly outboxOldestMs: Ms;
  readonly storeFailing: boolean;
  readonly bugs: number;
  readonly selfTest: { readonly at?: EpochMs; readonly ok: boolean; readonly detail?: string };
  readonly watched: boolean;
  readonly network: { readonly state: 'ok' | 'poor' | 'bad' | 'none'; readonly ok: number; readonly total: number };
  readonly channelFaults: readonly { readonly channel: string; readonly message: string }[];
}

/** How a test message fared, for `dozor channels test`. */
export interface ChannelTest {
  readonly channel: string;
  readonly accepted: boolean;
  readonly tookMs: Ms;
  readonly attempts: number;
  readonly error?: string;
  readonly permanent?: boolean;
  readonly balance?: { readonly amount: number; readonly currency?: string };
}

/**
 * The brain as its faces (API, CLI, witness link) see it: one function a use-case. Everything that changes something is committed before the
 * promise resolves. Faults: NOT_FOUND, CONFLICT, READ_ONLY (defined by the file: hint names file and line), INPUT_INVALID, TARGET_PRIVATE.
 */
export interface Brain extends HostFace {
  readonly clock: Clock;
  readonly store: Store;
  settings(): Settings;
  health(): SelfHealth;
  services(): readonly ServiceStanding[];
  service(idOrName: string): ServiceStanding;
  monitor(idOrName: string): MonitorStanding;
  contacts(): readonly Contact[];
  channels(): readonly Channel[];
  policies(): readonly Policy[];
  maintenance(): readonly MaintenanceWindow[];
  watchers(): readonly WatcherStanding[];
  /** The name behind the id of anything that is or was defined. */
  nameOf(id: string): string | undefined;
  /** The definition behind an object, for editing and for `defined in dozor.yaml:12`. */
  resource(
    kind: ResourceKind,
    idOrName: string,
  ): Resource & { readonly place?: { readonly file: string; readonly line: number } };
  /** `trusted`: from the command line, so private targets are allowed. */
  create(
    kind: ResourceKind,
    input: { readonly name: string; readonly parent?: string; readonly spec: Json },
    actor: Actor,
    trusted: boolean,
  ): Promise<Resource>;
  update(kind: ResourceKind, idOrName: string, spec: Json, actor: Actor, trusted: boolean): Promise<Resource>;
  remove(kind: ResourceKind, idOrName: string, actor: Actor): Promise<void>;
  pause(monitor: string, on: boolean, actor: Actor): Promise<MonitorStanding>;
  checkNow(monitor: string): Promise<CheckResult>;
  /** Asks once with a monitor's spec that is not saved. */
  tryCheck(spec: Json, trusted: boolean): Promise<CheckResult>;
  acknowledge(incident: string, actor: Actor): Promise<Incident>;
  note(incident: string, text: string, actor: Actor): Promise<Incident>;
  muteIncident(incident: string, forMs: Ms, actor: Actor): Promise<Incident>;
  muteService(service: string, forMs: Ms, actor: Actor): Promise<Service>;
  resolve(incident: string, actor: Actor): Promise<Incident>;
  /** An announced deploy of a service (or of all): its own blip is forgiven for `graceMs`. */
  announceDeploy(
    input: { readonly service?: string; readonly version?: string; readonly by?: string; readonly graceMs?: Ms },
    actor: Actor,
  ): Promise<{ readonly services: readonly string[] }>;
  /** A sign of life. `key` as in `/beat/<key>`. @throws Fault NOT_FOUND for an unknown key. */
  beat(
    key: string,
    kind: 'start' | 'success' | 'fail' | 'exit',
    more: { readonly code?: number; readonly body?: string; readonly from?: string },
  ): Promise<void>;
  testChannel(name: string, actor: Actor): Promise<ChannelTest>;
  /** Reads the file again; a bad file changes nothing (Fault CONFIG_INVALID). */
  reload(): Promise<readonly ConfigChange[]>;
  /** Live events after `afterSeq`, first the stored ones; the listener must not throw. */
  subscribe(listener: (event: StoredEvent) => void): Stop;
  /** A joined witness reports in; answers what it needs for when the brain is silent. */
  witnessSeen(witness: {
    readonly watcherId: string;
    readonly version: string;
    readonly from: string;
  }): WitnessBriefing;
  stop(): Promise<void>;
}

/** What a witness keeps for when the brain is silent. */
export interface WitnessBriefing {
  readonly brain: {
    readonly name: string;
    readonly startedAt: EpochMs;
    readonly healthy: boolean;
    readonly problems: readonly string[];
  };
  /** Plain HTTP(S) questions only; TCP targets as host and port. No secrets. */
  readonly services: readonly {
    readonly name: string;
    readonly url?: string;
    readonly host?: string;
    readonly port?: number;
  }[];
  readonly locale: 'en' | 'ru';
  /** How often the brain wants to be asked. */
  readonly everyMs?: Ms;
}
