import { z } from 'zod';
import { formatSpan, SECOND, type Ms } from '#kernel/time.ts';
import { span } from '#monitor/fields.ts';
import type { MonitorKind } from '#monitor/kind.ts';
import { severityField } from './fields.ts';

/** The pulse when nothing is said of it. */
const DEFAULT_PULSE_MS: Ms = 10 * SECOND;
const PULSE_FROM_MS: Ms = 30 * SECOND;
const SHORTEST_MS: Ms = 100;

/** The pulse that a monitor has when its definition names none (DESIGN § 6): undefined is off. */
export const pulseByDefault = (kind: MonitorKind, everyMs: Ms): Ms | undefined =>
  kind.defaults.pulse && everyMs >= PULSE_FROM_MS ? DEFAULT_PULSE_MS : undefined;

const every = (): z.ZodType<Ms, string> => span({ min: SHORTEST_MS });

const pulseField = (): z.ZodType =>
  z
    .union([
      z.literal('off'),
      every(),
      z.strictObject({
        every: every().prefault(formatSpan(DEFAULT_PULSE_MS)),
        path: z.string().startsWith('/', 'must begin with /').optional().describe('Another path for the small check.'),
      }),
    ])
    .describe('The small check in between: a span, "off", or { every, path }.');

const activeFields = (kind: MonitorKind): Record<string, z.ZodType> => ({
  every: every().prefault(formatSpan(kind.defaults.everyMs)).describe('From one full check to the next.'),
  pulse: pulseField().optional(),
  timeout: span({ min: 10 })
    .prefault(formatSpan(kind.defaults.timeoutMs))
    .describe('An answer must be there within this time.'),
});

/** The keys that monitors of this kind share with all others; a kind that owns a key keeps its own. */
const commonMonitorFields = (kind: MonitorKind): Record<string, z.ZodType> => {
  const shared: Record<string, z.ZodType> = {
    ...(kind.passive ? {} : activeFields(kind)),
    severity: severityField().optional(),
    paused: z.boolean().default(false).describe('Nothing is asked while it is true.'),
  };
  return Object.fromEntries(Object.entries(shared).filter(([key]) => !Object.hasOwn(kind.config.shape, key)));
};

const sharedKeys = new Map<MonitorKind, ReadonlySet<string>>();

/** The names of those keys. */
export const commonMonitorKeys = (kind: MonitorKind): ReadonlySet<string> => {
  const known = sharedKeys.get(kind) ?? new Set(Object.keys(commonMonitorFields(kind)));
  sharedKeys.set(kind, known);
  return known;
};

/** The definition of a monitor of one kind as it is stored: without its name. */
export const monitorSpec = (kind: MonitorKind): z.ZodObject =>
  kind.config.safeExtend(commonMonitorFields(kind)).strict();

/** The same as it is written in the file, with its name. */
export const monitorOption = (kind: MonitorKind, named: Record<string, z.ZodType>): z.ZodObject =>
  kind.config.safeExtend({ ...commonMonitorFields(kind), ...named }).strict();

/** A union over kinds by their `kind`; with a single kind just that. */
export const unionByKind = (options: readonly z.ZodObject[]): z.ZodType =>
  z.discriminatedUnion('kind', options as unknown as Parameters<typeof z.discriminatedUnion>[1]);

/** A service without name, id and monitors. */
export const serviceShape = {
  policy: z.string().optional().describe('The policy by its name; the policy "default" when absent.'),
  dependsOn: z.array(z.string()).default([]).describe('Services that this one cannot work without, by their names.'),
  severity: severityField().optional(),
};

/** A maintenance window without name and id. */
export const oneOfCronAndAt = (window: { cron?: string | undefined; at?: unknown }, context: z.RefinementCtx): void => {
  if ((window.cron === undefined) !== (window.at === undefined)) return;
  const message =
    window.cron === undefined
      ? 'needs a time: "cron" (again and again) or "at" (once)'
      : 'has both "cron" and "at"; one of them must go';
  context.addIssue({ code: 'custom', message });
};
