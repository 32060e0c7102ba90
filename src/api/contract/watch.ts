import { z } from 'zod';
import { AnyJson, SpanMs, Time, VerdictName } from './basics.ts';
import { WatcherView } from './people.ts';

/** The watch's own health. */
export const HealthView = z
  .object({
    ok: z.boolean(),
    problems: z.array(z.string()),
    startedAt: Time,
    version: z.string(),
    lateness: z.object({ p50: SpanMs, p99: SpanMs, max: SpanMs }),
    checksTotal: z.int(),
    running: z.int(),
    outboxWaiting: z.int(),
    outboxOldestMs: SpanMs,
    storeFailing: z.boolean(),
    bugs: z.int(),
    selfTest: z.object({ at: Time.optional(), ok: z.boolean(), detail: z.string().optional() }),
    watched: z.boolean().meta({ description: 'Somebody outside watches the watch.' }),
    network: z.object({ state: z.enum(['ok', 'poor', 'bad', 'none']), ok: z.int(), total: z.int() }),
    channelFaults: z.array(z.object({ channel: z.string(), message: z.string() })),
  })
  .meta({ id: 'Health' });

/** All of it at a glance: what `dozor status` prints. */
export const StatusView = z
  .object({
    at: Time,
    verdict: VerdictName.meta({ description: 'The worst of all services.' }),
    services: z.object({
      total: z.int(),
      up: z.int(),
      down: z.int(),
      degraded: z.int(),
      suspect: z.int(),
      blind: z.int(),
      pending: z.int(),
      paused: z.int(),
    }),
    openIncidents: z.int(),
    health: HealthView,
    watchers: z.array(WatcherView),
  })
  .meta({ id: 'Status' });

/** One bucket of history; quantiles over the good checks. */
export const HistoryView = z
  .object({
    from: Time,
    spanMs: SpanMs,
    ok: z.int(),
    bad: z.int(),
    slow: z.int(),
    p50: SpanMs.optional(),
    p95: SpanMs.optional(),
    p99: SpanMs.optional(),
    min: SpanMs.optional(),
    max: SpanMs.optional(),
  })
  .meta({ id: 'HistoryPoint' });

/** Uptime from spans. `ratio` is up over known time; absent when nothing is known. */
export const UptimeView = z
  .object({
    from: Time,
    to: Time,
    periodMs: SpanMs,
    downMs: SpanMs,
    degradedMs: SpanMs,
    blindMs: SpanMs,
    maintenanceMs: SpanMs,
    unknownMs: SpanMs,
    ratio: z.number().min(0).max(1).optional(),
  })
  .meta({ id: 'Uptime' });

/** A sign of life that arrived. */
export const BeatView = z
  .object({ at: Time, kind: z.string(), code: z.int().optional(), body: z.string().optional() })
  .meta({ id: 'Beat' });

/** Something that happened; `seq` counts up and is the `id` of the live stream. */
export const EventView = z
  .object({
    seq: z.int(),
    at: Time,
    type: z.string(),
    serviceId: z.string().optional(),
    incidentId: z.string().optional(),
    data: AnyJson,
  })
  .meta({ id: 'Event' });

/** An API token or a session, without its secret. */
export const TokenView = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(['api', 'session']),
    scope: z.string(),
    createdAt: Time,
    expiresAt: Time.optional(),
    usedAt: Time.optional(),
  })
  .meta({ id: 'Token' });

/** Who did what, from where. */
export const AuditView = z
  .object({
    id: z.string(),
    at: Time,
    actor: z.string(),
    via: z.string(),
    action: z.string(),
    subject: z.string().optional(),
    data: AnyJson.optional(),
  })
  .meta({ id: 'AuditEntry' });

/** One change that reading the file again made. */
export const ConfigChangeView = z
  .object({
    change: z.enum(['added', 'changed', 'retired', 'renamed']),
    kind: z.string(),
    name: z.string(),
    parent: z.string().optional(),
    details: z.array(z.string()),
  })
  .meta({ id: 'ConfigChange' });

export type HealthView = z.output<typeof HealthView>;
export type StatusView = z.output<typeof StatusView>;
export type HistoryView = z.output<typeof HistoryView>;
export type UptimeView = z.output<typeof UptimeView>;
export type EventView = z.output<typeof EventView>;
export type TokenView = z.output<typeof TokenView>;
export type AuditView = z.output<typeof AuditView>;
