import { z } from 'zod';
import { FindingView, RepairView } from './hosts.ts';
import { ActorView, ReasonView, SeverityName, SpanMs, Time, VerdictName } from './basics.ts';

const EvidenceView = z.object({
  at: Time,
  reason: ReasonView.optional(),
  source: z.enum(['full', 'pulse', 'recheck', 'now']).optional(),
});

/** A moment known to lie between two pieces of evidence; `from` is absent when there was none before. */
const BracketView = z.object({ from: EvidenceView.optional(), to: EvidenceView }).meta({ id: 'Bracket' });

/** A span in which a service is hurt. */
export const IncidentView = z
  .object({
    id: z.string(),
    code: z.string().meta({ description: 'Four letters for links and SMS; accepted wherever an id is.' }),
    kind: z.enum(['service', 'storm', 'watch', 'host']),
    serviceId: z.string().optional(),
    service: z.string().optional(),
    parentId: z.string().optional(),
    severity: SeverityName,
    state: z.enum(['open', 'closed']),
    start: BracketView,
    detectedAt: Time,
    alertedAt: Time.optional(),
    acknowledged: z.object({ at: Time, by: ActorView }).optional(),
    mutedUntil: Time.optional(),
    end: BracketView.optional(),
    closedAt: Time.optional(),
    closedBy: ActorView.optional(),
    down: z
      .object({ leastMs: SpanMs, mostMs: SpanMs, certain: z.boolean() })
      .optional()
      .meta({ description: 'Once it ended: how long it was down, within the bounds of the evidence.' }),
    involved: z.array(
      z.object({
        monitorId: z
          .string()
          .meta({ description: "The monitor's or app's id; a host's trouble is `<host id>/<key>`." }),
        monitor: z.string().optional(),
        part: z.enum(['app', 'host']).optional().meta({ description: 'Absent: a monitor.' }),
        verdict: VerdictName,
        severity: SeverityName,
        since: Time,
        reason: ReasonView.optional(),
        bad: z.int(),
        asked: z.int(),
        recovering: z.boolean(),
        controls: z.object({ ok: z.int(), total: z.int() }).optional(),
      }),
    ),
    reason: ReasonView.optional(),
    findings: z
      .array(FindingView.extend({ app: z.string() }))
      .optional()
      .meta({ description: 'What the agents found, best first.' }),
    repair: RepairView.extend({ app: z.string() }).optional(),
    help: z
      .object({ at: Time, do: z.string(), action: z.string().optional(), by: ActorView.optional() })
      .optional()
      .meta({ description: 'What was done last to bring it back.' }),
    relapses: z.int(),
    toldLate: z.boolean(),
    maintenance: z.boolean(),
    flapping: z.boolean(),
    lastChange: z.object({ at: Time, what: z.string() }).optional(),
    storm: z
      .object({
        serviceIds: z.array(z.string()),
        services: z.array(z.string()),
        commonCause: ReasonView,
        of: z.int(),
        host: z.string().optional(),
      })
      .optional(),
  })
  .meta({ id: 'Incident' });

/** One row of a timeline; `data.type` tells what happened, `text` says it in words. */
export const TimelineView = z
  .object({
    id: z.string(),
    incidentId: z.string(),
    at: Time,
    source: z.enum(['check', 'host', 'alert', 'person', 'deploy', 'watch']),
    text: z.string(),
    data: z.looseObject({ type: z.string() }),
  })
  .meta({ id: 'TimelineEntry' });

/** One alert to one channel, and what became of it. */
export const DeliveryView = z
  .object({
    id: z.string(),
    channel: z.string(),
    loud: z.boolean(),
    status: z.enum(['waiting', 'sending', 'accepted', 'failed', 'dropped', 'merged']),
    attempts: z.int(),
    createdAt: Time,
    dueAt: Time,
    acceptedAt: Time.optional(),
    error: z.string().optional(),
    receipt: z.enum(['pending', 'delivered', 'undelivered']).optional(),
  })
  .meta({ id: 'Delivery' });

/** What had to reach a person. */
export const AlertView = z
  .object({
    id: z.string(),
    incidentId: z.string().optional(),
    kind: z.enum([
      'down',
      'degraded',
      'update',
      'recovered',
      'unseen',
      'storm',
      'blind',
      'unwatched',
      'gap',
      'test',
      'reminder',
      'digest',
    ]),
    severity: SeverityName,
    transition: z.int(),
    createdAt: Time,
    service: z.string().optional(),
    deliveries: z.array(DeliveryView),
  })
  .meta({ id: 'Alert' });

export type IncidentView = z.output<typeof IncidentView>;
export type TimelineView = z.output<typeof TimelineView>;
export type DeliveryView = z.output<typeof DeliveryView>;
export type AlertView = z.output<typeof AlertView>;
