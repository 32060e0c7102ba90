import { z } from 'zod';
import type { Json } from '#kernel/json.ts';

/** A moment, ISO 8601 in UTC. */
export const Time = z.iso.datetime({ precision: 3 }).meta({ example: '2025-12-22T03:03:12.000Z' });
/** A span in whole or fractional milliseconds. */
export const SpanMs = z.number().min(0);

/** Any JSON value (a body that was parsed holds nothing else). */
export const AnyJson = z.unknown() as unknown as z.ZodType<Json, Json>;

/** What the watch holds to be true. */
export const VerdictName = z.enum(['pending', 'up', 'suspect', 'down', 'degraded', 'blind']).meta({ id: 'Verdict' });
/** How bad it is for people. */
export const SeverityName = z.enum(['critical', 'warning', 'info']).meta({ id: 'Severity' });
/** Where a thing was defined. */
export const OriginName = z.enum(['file', 'cli', 'stored']).meta({ id: 'Origin' });
/** Which file and line define a thing; such things are read-only here. */
export const Place = z.object({ file: z.string(), line: z.int(), column: z.int().optional() }).meta({ id: 'Place' });

/** Why something is not good: a stable code, what was seen, and both in words (in the asked language). */
export const ReasonView = z
  .object({
    code: z.string(),
    params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    text: z.string(),
  })
  .meta({ id: 'Reason' });

/** Who did something, and from where. */
export const ActorView = z
  .object({ name: z.string(), via: z.enum(['telegram', 'link', 'cli', 'api', 'screen', 'self']) })
  .meta({ id: 'Actor' });

/** The result of one asking. */
export const CheckView = z
  .object({
    startedAt: Time,
    tookMs: SpanMs,
    class: z.enum(['ok', 'hard', 'soft']),
    source: z.enum(['full', 'pulse', 'recheck', 'now']).optional(),
    verdict: VerdictName.optional(),
    reason: ReasonView.optional(),
    warning: ReasonView.optional(),
    phases: z.object({
      dns: SpanMs.optional(),
      tcp: SpanMs.optional(),
      tls: SpanMs.optional(),
      ttfb: SpanMs.optional(),
      body: SpanMs.optional(),
    }),
    ip: z.string().optional(),
    status: z.int().optional(),
    certificate: z
      .object({
        subject: z.string(),
        issuer: z.string(),
        validFrom: Time,
        validTo: Time,
        fingerprint256: z.string(),
        names: z.array(z.string()),
      })
      .optional(),
    detail: z.string().optional(),
  })
  .meta({ id: 'Check' });

/** A monitor as it is defined and as it stands. `beatPath` (a heartbeat's URL, which is a secret) is shown to responders and admins. */
export const MonitorView = z
  .object({
    id: z.string(),
    name: z.string(),
    serviceId: z.string(),
    service: z.string(),
    kind: z.string(),
    origin: OriginName,
    severity: SeverityName,
    everyMs: SpanMs,
    timeoutMs: SpanMs,
    pulse: z.object({ everyMs: SpanMs, path: z.string().optional() }).optional(),
    verdict: VerdictName,
    since: Time,
    paused: z.boolean(),
    inMaintenance: z.boolean(),
    lastCheck: CheckView.optional(),
    nextAt: Time.optional(),
    beatPath: z.string().optional(),
  })
  .meta({ id: 'Monitor' });

/** A service: the worst of its monitors. */
export const ServiceView = z
  .object({
    id: z.string(),
    name: z.string(),
    origin: OriginName,
    verdict: VerdictName,
    since: Time,
    paused: z.boolean(),
    inMaintenance: z.boolean(),
    muted: z.boolean(),
    mutedUntil: Time.optional(),
    policy: z.string().optional(),
    dependsOn: z.array(z.string()),
    incidentId: z.string().optional(),
    monitors: z.array(MonitorView),
  })
  .meta({ id: 'Service' });

/** RFC 9457's problem, `application/problem+json`. */
export const ProblemView = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().meta({ description: 'Stable; branch on this.' }),
    detail: z.string(),
    hint: z.string().optional().meta({ description: 'What to do next.' }),
    places: z
      .array(
        z.object({
          path: z.string(),
          message: z.string(),
          hint: z.string().optional(),
          file: z.string().optional(),
          line: z.int().optional(),
          column: z.int().optional(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Problem' });

/** What is asked of a list: how many, and from which cursor on. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(500).optional().meta({ description: '`next` of the page before' }),
});

/** The same for what is defined, of which there is seldom much: one page is nearly always all. */
export const DefinedQuery = PageQuery.extend({ limit: z.coerce.number().int().min(1).max(5_000).default(1_000) });

/** A page of a list; `next` is absent on the last one. */
export const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().optional() });

export type VerdictName = z.output<typeof VerdictName>;
export type ReasonView = z.output<typeof ReasonView>;
export type CheckView = z.output<typeof CheckView>;
export type MonitorView = z.output<typeof MonitorView>;
export type ServiceView = z.output<typeof ServiceView>;
export type ProblemView = z.output<typeof ProblemView>;
