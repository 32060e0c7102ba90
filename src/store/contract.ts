import type { Json } from '../kernel/json.ts';
import type { EpochMs, Ms } from '../kernel/time.ts';
import type { Alert, Delivery } from '../alert/model.ts';
import type { Incident, TimelineEntry } from '../incident/incident.ts';
import type { CheckResult, CheckSource } from '../monitor/check.ts';
import type { Origin } from '../monitor/model.ts';
import type { Verdict } from '../monitor/verdict.ts';

/** Kinds of things that are defined: by file, command line or screens. */
export type ResourceKind =
  | 'service'
  | 'monitor'
  | 'contact'
  | 'channel'
  | 'policy'
  | 'watcher'
  | 'maintenance'
  | 'host'
  | 'app';

/** A thing as it was defined. `spec` is what the person wrote (secrets as `${…}` references or encrypted), not the resolved form. */
export interface Resource {
  readonly id: string;
  /** Small and never used again; stands for a monitor in its check rows. */
  readonly num: number;
  readonly kind: ResourceKind;
  readonly parentId?: string;
  readonly name: string;
  /** The explicit `id:` of the file. */
  readonly key?: string;
  readonly origin: Origin;
  readonly spec: Json;
  readonly position: number;
  readonly createdAt: EpochMs;
  /** Made on the machine itself (command line over the Unix socket): its targets may be private. */
  readonly trusted?: boolean;
  /** It left the file or was deleted; its history is kept. */
  readonly retiredAt?: EpochMs;
}

/** A check as it is stored. `certificate` is kept where it was first seen, changed, or the check was not good. */
export interface StoredCheck extends CheckResult {
  readonly monitor: number;
  readonly source: CheckSource;
  readonly verdict: Verdict;
}

/** A row of everything that happened, for SSE with resume and `/api/v1/events`. */
export interface StoredEvent {
  /** Counts up; given by the engine, which is one process, from `lastEventSeq`. */
  readonly seq: number;
  readonly at: EpochMs;
  readonly type: string;
  readonly serviceId?: string;
  readonly incidentId?: string;
  readonly data: Json;
}

/** Hashes only: a token's or session's secret is shown once and never stored. */
export interface StoredToken {
  readonly id: string;
  readonly name: string;
  readonly kind: 'api' | 'session' | 'sign-in' | 'join' | 'witness' | 'agent' | 'ack' | 'button';
  readonly hash: string;
  readonly scope: 'viewer' | 'responder' | 'admin' | 'witness' | 'agent' | 'ack';
  readonly createdAt: EpochMs;
  readonly expiresAt?: EpochMs;
  readonly usedAt?: EpochMs;
  readonly data?: Json;
}

/** Who did what, from where. */
export interface AuditEntry {
  readonly id: string;
  readonly at: EpochMs;
  readonly actor: string;
  readonly via: string;
  readonly action: string;
  readonly subject?: string;
  readonly data?: Json;
}

/** One thing to be written. All of one `write` commit together or not at all. */
export type Write =
  | { readonly put: 'resource'; readonly resource: Resource }
  | { readonly put: 'check'; readonly check: StoredCheck }
  /** The machine's state of a monitor (or other subject), so that a restart goes on where it was. */
  | { readonly put: 'state'; readonly subject: string; readonly state: Json }
  | { readonly drop: 'state'; readonly subject: string }
  | { readonly put: 'incident'; readonly incident: Incident }
  | { readonly put: 'timeline'; readonly entry: TimelineEntry }
  | { readonly put: 'alert'; readonly alert: Alert }
  | { readonly put: 'delivery'; readonly delivery: Delivery }
  | {
      readonly put: 'attempt';
      readonly deliveryId: string;
      readonly at: EpochMs;
      readonly tookMs: Ms;
      readonly outcome: string;
      readonly error?: string;
    }
  | { readonly put: 'event'; readonly event: StoredEvent }
  | { readonly put: 'span'; readonly span: StoredSpan }
  | {
      readonly put: 'beat';
      readonly monitor: number;
      readonly at: EpochMs;
      readonly kind: string;
      readonly code?: number;
      readonly body?: string;
      readonly from?: string;
    }
  | { readonly put: 'token'; readonly token: StoredToken }
  | { readonly drop: 'token'; readonly id: string }
  | { readonly put: 'audit'; readonly entry: AuditEntry }
  | { readonly put: 'meta'; readonly key: string; readonly value: Json };

/** A span in which something held: for exact uptime. `blind`, `gap` (Dozor was off; no monitor), `down`, `degraded`, `maintenance`, `paused`. */
export interface StoredSpan {
  readonly id: string;
  readonly kind: 'down' | 'degraded' | 'blind' | 'gap' | 'maintenance' | 'paused';
  /** Absent: all. */
  readonly monitor?: number;
  readonly from: EpochMs;
  readonly to?: EpochMs;
}

/** What the brain needs to go on where it was. */
export interface Snapshot {
  readonly resources: readonly Resource[];
  readonly states: ReadonlyMap<string, Json>;
  readonly openIncidents: readonly Incident[];
  /** Closed in the last `relapseMs`, or something about them is still to be sent. */
  readonly recentIncidents: readonly Incident[];
  /** waiting or sending */
  readonly pendingDeliveries: readonly Delivery[];
  readonly alerts: ReadonlyMap<string, Alert>;
  readonly meta: ReadonlyMap<string, Json>;
  readonly lastEventSeq: number;
}

/** A page of a list, newest first; `next` is the cursor of the following page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** What is asked of a list. */
export interface PageQuery {
  readonly limit: number;
  readonly cursor?: string;
}

/** One bucket of a monitor's history. */
export interface HistoryPoint {
  readonly from: EpochMs;
  readonly spanMs: Ms;
  readonly ok: number;
  readonly bad: number;
  readonly slow: number;
  /** Latency quantiles over the ok checks, from the mergeable sketch (1 % relative error). */
  readonly p50?: Ms;
  readonly p95?: Ms;
  readonly p99?: Ms;
  readonly min?: Ms;
  readonly max?: Ms;
}

/**
 * Exact uptime from spans, never from counting checks. All in ms of the asked period. For one monitor, where spans overlap: maintenance,
 * then paused, blind or gap, down, degraded. For several, at each moment: down when any is, then degraded, blind, up, maintenance.
 */
export interface UptimeFigures {
  readonly periodMs: Ms;
  readonly downMs: Ms;
  readonly degradedMs: Ms;
  readonly blindMs: Ms;
  readonly maintenanceMs: Ms;
  /** Paused, or before the monitor existed, or after it was retired: not counted as known. */
  readonly unknownMs: Ms;
}

/** How full things are, for /metrics, the quota and `status`. */
export interface StoreHealth {
  readonly bytes: number;
  readonly quotaBytes: number;
  readonly freeBytes: number;
  readonly lastCommitMs: Ms;
  readonly commits: number;
  readonly failures: number;
  readonly failing: boolean;
  /** The machine's disk is nearly full: ok checks are not stored; failures, states, incidents and alerts are. */
  readonly yielding?: boolean;
  /** What is wrong, as a sentence in English; absent when all is well. */
  readonly problem?: string;
}

/**
 * The store. One writer owns it; heavy reads run beside it. Every method rejects with Fault `STORE_UNAVAILABLE` (disk full, I/O error)
 * or `STORE_BROKEN`; anything else is a bug.
 */
export interface Store {
  /**
   * Commits all of `writes` in one transaction together with whatever else is queued; resolves after it is durable. A batch closes
   * after 100 ms at most, at once when `urgent`.
   */
  write(writes: readonly Write[], options?: { readonly urgent?: boolean }): Promise<void>;
  load(relapseMs: Ms, now: EpochMs): Promise<Snapshot>;
  checks(
    query: PageQuery & {
      readonly monitor: number;
      readonly from?: EpochMs;
      readonly to?: EpochMs;
      readonly onlyBad?: boolean;
    },
  ): Promise<Page<StoredCheck>>;
  /**
   * Buckets of `spanMs` (a minute, an hour or a day, or any multiple) from `from` on, taken from the coarsest roll-up that is exact for them.
   * Oldest first; buckets without a check are left out. A `from` that is no whole hour is taken down to a whole day, hour or minute, the largest
   * that `spanMs` is made of.
   */
  history(query: {
    readonly monitor: number;
    readonly from: EpochMs;
    readonly to: EpochMs;
    readonly spanMs: Ms;
  }): Promise<readonly HistoryPoint[]>;
  uptime(query: {
    readonly monitors: readonly number[];
    readonly from: EpochMs;
    readonly to: EpochMs;
  }): Promise<UptimeFigures>;
  spans(query: {
    readonly monitors?: readonly number[];
    readonly from: EpochMs;
    readonly to: EpochMs;
  }): Promise<readonly StoredSpan[]>;
  incidents(
    query: PageQuery & { readonly serviceId?: string; readonly state?: 'open' | 'closed' },
  ): Promise<Page<Incident>>;
  /** By id or by code. */
  incident(idOrCode: string): Promise<Incident | undefined>;
  timeline(query: PageQuery & { readonly incidentId: string }): Promise<Page<TimelineEntry>>;
  alerts(
    query: PageQuery & { readonly incidentId?: string },
  ): Promise<Page<Alert & { readonly deliveries: readonly Delivery[] }>>;
  deliveries(
    query: PageQuery & { readonly channelId?: string; readonly status?: Delivery['status'] },
  ): Promise<Page<Delivery>>;
  /** Accepted deliveries of the incident, oldest first: where a recovery has to go, which messages to edit. */
  acceptedFor(incidentId: string): Promise<readonly Delivery[]>;
  /** Accepted deliveries (parts) of a channel since a moment: for caps. */
  sentSince(channelId: string, since: EpochMs): Promise<{ readonly messages: number; readonly cost: number }>;
  events(query: { readonly afterSeq: number; readonly limit: number }): Promise<readonly StoredEvent[]>;
  beats(
    query: PageQuery & { readonly monitor: number },
  ): Promise<Page<{ readonly at: EpochMs; readonly kind: string; readonly code?: number; readonly body?: string }>>;
  tokens(kind?: StoredToken['kind']): Promise<readonly StoredToken[]>;
  tokenByHash(hash: string): Promise<StoredToken | undefined>;
  audit(query: PageQuery): Promise<Page<AuditEntry>>;
  /** An online copy, verified (integrity check, counts) before it takes its name. Never leaves half a file under `file`. */
  backup(file: string): Promise<{ readonly bytes: number }>;
  /** Rolls up, forgets what is older than the retention, keeps to the quota. Called by the engine every minute. */
  tend(now: EpochMs): Promise<void>;
  health(): StoreHealth;
  close(): Promise<void>;
}
