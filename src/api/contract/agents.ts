import { z } from 'zod';
import type { HostSignal } from '#host/contract.ts';
import { CAUSES, type CauseId } from '#diagnose/causes.ts';
import type { Clue, Finding } from '#diagnose/finding.ts';
import { REASONS, type Reason, type ReasonCode } from '#monitor/reason.ts';

/** More than that an agent does not send at once. */
const MAX_SIGNALS = 2_000;

const name = z.string().min(1).max(200);
const at = z.int().min(0);
const text = (most: number) => z.string().max(most);
const params = z.record(text(60), z.union([text(2_000), z.number(), z.boolean()]));

const reason = z
  .object({ code: z.string().refine((code) => Object.hasOwn(REASONS, code)), params })
  .transform(({ code, params: seen }): Reason => ({ code: code as ReasonCode, params: seen }));

const SOURCES = [
  'output',
  'exit',
  'manager',
  'file',
  'port',
  'health',
  'disk',
  'memory',
  'kernel',
  'git',
  'environment',
  'network',
  'trial',
] as const satisfies readonly Clue['source'][];

const clue = z.union([
  z.object({ source: z.enum(SOURCES), at: at.optional(), quote: text(4_000) }),
  z.object({ source: z.enum(SOURCES), at: at.optional(), says: text(100), params }),
]);

/** A cause that this brain does not know (yet) is none that it could name. */
const finding = z
  .object({
    cause: text(100),
    params,
    confidence: z.number().min(0).max(1),
    evidence: z.array(clue).max(50),
    action: text(100).optional(),
  })
  .transform((seen) => ({
    ...seen,
    cause: (Object.hasOwn(CAUSES, seen.cause) ? seen.cause : 'unknown') as CauseId,
  }));

const findings = z.array(finding).max(20) as unknown as z.ZodType<readonly Finding[]>;
const appVerdict = z.enum(['pending', 'up', 'degraded', 'down']);
const mount = z.object({
  mount: text(500),
  totalBytes: z.number(),
  freeBytes: z.number(),
  inodesTotal: z.number(),
  inodesFree: z.number(),
  fullInMs: z.number().optional(),
});

const vitals = z.object({
  load: z.tuple([z.number(), z.number(), z.number()]),
  cpus: z.number(),
  memory: z.object({
    totalBytes: z.number(),
    availableBytes: z.number(),
    swapTotalBytes: z.number(),
    swapFreeBytes: z.number(),
  }),
  disks: z.array(mount).max(200),
  clockSkewMs: z.number().optional(),
  processes: z
    .array(
      z.object({
        app: name,
        pid: z.int(),
        status: text(100),
        restarts: z.int(),
        uptimeMs: z.number(),
        memoryBytes: z.number(),
        cpuPercent: z.number(),
        memorySlopeBytesPerHour: z.number().optional(),
        eventLoopDelayMs: z.number().optional(),
      }),
    )
    .max(1_000),
  ports: z
    .array(
      z.object({
        port: z.int(),
        address: text(100),
        pid: z.int().optional(),
        program: text(300).optional(),
      }),
    )
    .max(2_000),
});

const signal = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('app-verdict'),
    at,
    app: name,
    from: appVerdict,
    to: appVerdict,
    reason: reason.optional(),
    lastGoodAt: at.optional(),
    firstBadAt: at.optional(),
    firstGoodAt: at.optional(),
    lasting: z.boolean(),
    afterDeploy: z.boolean(),
    findings,
    managerSays: text(200).optional(),
    port: z.object({ port: z.int(), open: z.boolean() }).optional(),
  }),
  z.object({ type: z.literal('findings'), at, app: name, findings }),
  z.object({
    type: z.literal('process'),
    at,
    app: name,
    what: z.enum([
      'exit',
      'start',
      'gave-up',
      'restart-by-hand',
      'memory-restart',
      'oom-kill',
      'manager-gone',
      'manager-back',
    ]),
    code: z.int().optional(),
    signal: text(50).optional(),
    uptimeMs: z.number().optional(),
    restarts: z.int().optional(),
  }),
  z.object({
    type: z.literal('change'),
    at,
    app: name,
    what: z.enum(['artifact-appeared', 'artifact-gone', 'lock-file', 'env-names', 'git-head', 'entry', 'ecosystem']),
    path: text(1_000),
    detail: text(2_000).optional(),
  }),
  z.object({
    type: z.literal('repair'),
    at,
    app: name,
    phase: z.enum(['proposed', 'starting', 'applied', 'verified', 'failed', 'undone', 'left', 'given-up']),
    action: text(100),
    planId: text(200),
    cause: text(100).optional(),
    plan: text(20_000).optional(),
    inMs: z.number().min(0).optional(),
    error: text(4_000).optional(),
  }),
  z.object({
    type: z.literal('host-trouble'),
    at,
    key: z.string().min(1).max(300),
    on: z.boolean(),
    severity: z.enum(['critical', 'warning']),
    reason,
  }),
  z.object({ type: z.literal('vitals'), at, vitals }),
  z.object({
    type: z.literal('order-done'),
    at,
    orderId: text(100),
    outcome: z.enum(['done', 'failed', 'refused']),
    output: text(100_000),
  }),
]) as unknown as z.ZodType<HostSignal>;

/** A signal as an agent sends it; undefined when this brain does not understand it (an agent of another version). */
export const readSignal = (value: unknown): HostSignal | undefined => {
  const read = signal.safeParse(value);
  return read.success ? read.data : undefined;
};

const greeting = { protocol: z.int(), version: text(100) };

/** What an agent asks: joining, handing over signals, listening for news. */
export const AgentJoinInput = z.object({ ...greeting, token: text(200) });
export const AgentSignalsInput = z.object({
  ...greeting,
  signals: z.array(z.object({ seq: z.int().min(1), signal: z.unknown() })).max(MAX_SIGNALS),
});
export const AgentOrdersInput = z.object({
  ...greeting,
  waitMs: z.number().min(0).max(25_000),
  briefing: text(100).optional(),
});
