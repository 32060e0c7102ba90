import type { Alert, Delivery } from '#alert/model.ts';
import type { Incident, TimelineEntry } from '#incident/incident.ts';
import { Fault } from '#kernel/fault.ts';
import type {
  AuditEntry,
  Page,
  PageQuery,
  Store,
  StoredCheck,
  StoredEvent,
  StoredToken,
  Write,
} from '#store/contract.ts';

/** What a memory store holds, for tests to fill and look at. */
interface MemoryData {
  readonly tokens: Map<string, StoredToken>;
  readonly incidents: Map<string, Incident>;
  readonly timeline: TimelineEntry[];
  readonly alerts: (Alert & { readonly deliveries: readonly Delivery[] })[];
  readonly events: StoredEvent[];
  readonly audit: AuditEntry[];
  readonly checks: StoredCheck[];
  readonly beats: { readonly monitor: number; readonly at: number; readonly kind: string; readonly body?: string }[];
  /** Makes writing fail as on a full disk. */
  full: boolean;
}

/** A store in memory for the tests of what stands on it; only what faces and auth use. */
export interface MemoryStore extends Store {
  readonly data: MemoryData;
}

/** Newest first, with the offset as cursor. */
const paged = <T>(rows: readonly T[], query: PageQuery): Page<T> => {
  const start = query.cursor === undefined ? 0 : Number(query.cursor);
  if (!Number.isInteger(start)) throw new Fault('INPUT_INVALID', 'The cursor is not known (any more).');
  const items = rows.toReversed().slice(start, start + query.limit);
  return start + query.limit < rows.length ? { items, next: String(start + query.limit) } : { items };
};

const apply = (data: MemoryData, write: Write): void => {
  if ('drop' in write) {
    if (write.drop === 'token') data.tokens.delete(write.id);
    return;
  }
  if (write.put === 'token') data.tokens.set(write.token.id, write.token);
  if (write.put === 'audit') data.audit.push(write.entry);
  if (write.put === 'incident') data.incidents.set(write.incident.id, write.incident);
};

const none = (): never => {
  throw new Error('the memory store does not do this');
};

/** An empty memory store. */
export const memoryStore = (): MemoryStore => {
  const data: MemoryData = {
    tokens: new Map(),
    incidents: new Map(),
    timeline: [],
    alerts: [],
    events: [],
    audit: [],
    checks: [],
    beats: [],
    full: false,
  };
  return {
    data,
    async write(writes) {
      if (data.full) throw new Fault('STORE_UNAVAILABLE', 'No space is left on the disk.');
      for (const one of writes) apply(data, one);
    },
    load: none,
    checks: async (query) =>
      paged(
        data.checks.filter((one) => one.monitor === query.monitor && (query.onlyBad !== true || one.class !== 'ok')),
        query,
      ),
    history: async (query) => [
      {
        from: query.from,
        spanMs: query.spanMs,
        ok: 10,
        bad: 1,
        slow: 0,
        p50: 80,
        p95: 120,
        p99: 150,
        min: 60,
        max: 200,
      },
    ],
    uptime: async ({ from, to }) => ({
      periodMs: to - from,
      downMs: 60_000,
      degradedMs: 0,
      blindMs: 0,
      maintenanceMs: 0,
      unknownMs: 0,
    }),
    spans: async () => [],
    incidents: async (query) =>
      paged(
        [...data.incidents.values()].filter(
          (one) =>
            (query.state === undefined || one.state === query.state) &&
            (query.serviceId === undefined || one.serviceId === query.serviceId),
        ),
        query,
      ),
    incident: async (id) => data.incidents.get(id) ?? [...data.incidents.values()].find((one) => one.code === id),
    timeline: async (query) =>
      paged(
        data.timeline.filter((one) => one.incidentId === query.incidentId),
        query,
      ),
    alerts: async (query) =>
      paged(
        data.alerts.filter((one) => query.incidentId === undefined || one.incidentId === query.incidentId),
        query,
      ),
    deliveries: none,
    acceptedFor: none,
    sentSince: none,
    events: async ({ afterSeq, limit }) => data.events.filter((one) => one.seq > afterSeq).slice(0, limit),
    beats: async (query) =>
      paged(
        data.beats.filter((one) => one.monitor === query.monitor),
        query,
      ),
    tokens: async (kind) => [...data.tokens.values()].filter((one) => kind === undefined || one.kind === kind),
    tokenByHash: async (hash) => [...data.tokens.values()].find((one) => one.hash === hash),
    audit: async (query) => paged(data.audit, query),
    backup: none,
    tend: none,
    health: () => ({
      bytes: 1_000,
      quotaBytes: 1e9,
      freeBytes: 2e9,
      lastCommitMs: 3,
      commits: 5,
      failures: 0,
      failing: false,
    }),
    close: async () => undefined,
  };
};
