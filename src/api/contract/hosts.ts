import { z } from 'zod';
import { ActorView, OriginName, ReasonView, SeverityName, SpanMs, Time, VerdictName } from './basics.ts';

/** Whether an agent looks inside a host. */
const AgentStateName = z.enum(['waiting', 'connected', 'gone']).meta({
  id: 'AgentState',
  description: 'waiting: never heard of yet; gone: silent, though it was there.',
});

/** A ranked cause with its evidence, in words (in the asked language). */
export const FindingView = z
  .object({
    cause: z.string().meta({ description: 'Stable; branch on this.' }),
    title: z.string(),
    confidence: z.number().min(0).max(1),
    evidence: z.array(z.object({ text: z.string(), source: z.string(), at: Time.optional() })),
    remedy: z.string(),
    action: z.string().optional(),
  })
  .meta({ id: 'Finding' });

/** A process as its manager and the system show it. */
export const ProcessView = z
  .object({
    app: z.string(),
    pid: z.int(),
    status: z.string().meta({ description: "The manager's own word; not trusted." }),
    restarts: z.int(),
    uptimeMs: SpanMs,
    memoryBytes: z.number(),
    cpuPercent: z.number(),
    memorySlopeBytesPerHour: z.number().optional(),
    eventLoopDelayMs: z.number().optional(),
  })
  .meta({ id: 'Process' });

/** The latest figures of a machine. */
export const VitalsView = z
  .object({
    at: Time,
    load: z.array(z.number()),
    cpus: z.number(),
    memory: z.object({
      totalBytes: z.number(),
      availableBytes: z.number(),
      swapTotalBytes: z.number(),
      swapFreeBytes: z.number(),
    }),
    disks: z.array(
      z.object({
        mount: z.string(),
        totalBytes: z.number(),
        freeBytes: z.number(),
        inodesTotal: z.number(),
        inodesFree: z.number(),
        fullInMs: z.number().optional(),
      }),
    ),
    clockSkewMs: z.number().optional(),
    processes: z.array(ProcessView),
    ports: z.array(
      z.object({ port: z.int(), address: z.string(), pid: z.int().optional(), program: z.string().optional() }),
    ),
  })
  .meta({ id: 'Vitals' });

/** A host and its agent. */
export const HostView = z
  .object({
    id: z.string(),
    name: z.string(),
    origin: OriginName,
    local: z.boolean(),
    ssh: z.string().optional(),
    agent: AgentStateName,
    lastSeenAt: Time.optional(),
    version: z.string().optional(),
    apps: z.array(z.string()),
    troubles: z.array(z.object({ key: z.string(), severity: SeverityName, reason: ReasonView, since: Time })),
    vitals: VitalsView.optional(),
  })
  .meta({ id: 'Host' });

/** How a repair stands. */
export const RepairView = z
  .object({
    at: Time,
    phase: z.enum(['proposed', 'starting', 'applied', 'verified', 'failed', 'undone', 'left', 'given-up']),
    action: z.string(),
    planId: z.string(),
    plan: z.string().optional(),
    cause: z.string().optional(),
    startsAt: Time.optional().meta({ description: 'It begins by itself then.' }),
    error: z.string().optional(),
    by: ActorView.optional(),
  })
  .meta({ id: 'Repair' });

/** What changed on an app's disk; names, never values. */
const ChangeView = z.object({ at: Time, what: z.string(), path: z.string(), detail: z.string().optional() });

/** An app as its agent sees it. */
export const AppView = z
  .object({
    id: z.string(),
    name: z.string(),
    origin: OriginName,
    service: z.string().optional(),
    host: z.string().optional(),
    manager: z.enum(['pm2', 'systemd', 'gate']),
    dir: z.string().optional(),
    repairs: z.enum(['off', 'ask', 'auto']),
    agent: AgentStateName,
    verdict: VerdictName.meta({
      description: 'What the agent said last; with an agent that is gone it may not be so any more.',
    }),
    since: Time,
    reason: ReasonView.optional(),
    inMaintenance: z.boolean(),
    incidentId: z.string().optional(),
    findings: z.array(FindingView),
    managerSays: z.string().optional(),
    port: z.object({ port: z.int(), open: z.boolean() }).optional(),
    exits: z
      .object({
        count: z.int(),
        firstAt: Time,
        lastAt: Time,
        code: z.int().optional(),
        signal: z.string().optional(),
      })
      .optional(),
    changes: z.array(ChangeView),
    repair: RepairView.optional(),
    processes: z.array(ProcessView),
  })
  .meta({ id: 'App' });

/** What is asked of an agent: a closed list. Without `planId` it is the plan that is proposed now. */
export const AppActionInput = z
  .strictObject({
    do: z.enum(['repair', 'leave', 'undo', 'recover', 'rollback', 'protect', 'diagnose']),
    planId: z.string().min(1).max(200).optional(),
    to: z.string().min(1).max(200).optional().meta({ description: 'rollback: the tree to return to.' }),
    only: z.array(z.string().min(1).max(100)).max(50).optional().meta({ description: 'protect: these actions only.' }),
    apply: z.boolean().optional().meta({ description: 'protect: true changes things; else the plan is shown.' }),
  })
  .meta({ id: 'AppActionInput' });

/** What became of an order. */
export const OrderView = z
  .object({
    id: z.string(),
    app: z.string(),
    do: z.string(),
    at: Time,
    by: ActorView,
    phase: z.enum(['waiting', 'handed', 'done', 'failed', 'refused', 'expired']),
    endedAt: Time.optional(),
    output: z.string().optional(),
  })
  .meta({ id: 'Order' });

export type HostView = z.output<typeof HostView>;
export type AppView = z.output<typeof AppView>;
export type OrderView = z.output<typeof OrderView>;
export type AppActionInput = z.output<typeof AppActionInput>;
