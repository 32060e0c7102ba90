import { z } from 'zod';
import type { Brain, MonitorStanding } from '#engine/brain.ts';
import { defined } from '#kernel/defined.ts';
import { Fault } from '#kernel/fault.ts';
import type { Json } from '#kernel/json.ts';
import { DAY, HOUR, MINUTE, parseSpan, type EpochMs } from '#kernel/time.ts';
import { CheckView, MonitorView, PageQuery, pageOf } from '../contract/basics.ts';
import { TryInput } from '../contract/inputs.ts';
import { BeatView, HistoryView, UptimeView } from '../contract/watch.ts';
import { mapPage, storeQuery } from '../page-list.ts';
import { defineRoute, type Route } from '../route.ts';
import { checkView, time } from '../views/basics.ts';
import { monitorView } from '../views/standing.ts';
import { showingFor } from './definitions.ts';

const CHECK_TIMEOUT = 120_000;
const MAX_BUCKETS = 5_000;

const moment = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const Period = z.object({ from: moment.optional(), to: moment.optional() });

const view = (brain: Brain, standing: MonitorStanding, asked: Parameters<typeof showingFor>[0]) =>
  monitorView(standing, brain.service(standing.monitor.serviceId).service.name, showingFor(asked));

const period = (
  asked: { readonly from?: EpochMs | undefined; readonly to?: EpochMs | undefined },
  now: EpochMs,
  span: number,
): { readonly from: EpochMs; readonly to: EpochMs } => {
  const to = asked.to ?? now;
  const from = asked.from ?? to - span;
  if (from >= to) throw new Fault('INPUT_INVALID', '"from" must lie before "to".');
  return { from, to };
};

const pauseRoute = (verb: 'pause' | 'resume'): Route =>
  defineRoute({
    method: 'post',
    path: `/monitors/{id}/${verb}`,
    scope: 'responder',
    tag: 'monitors',
    summary: verb === 'pause' ? 'Asks no more until resumed' : 'Asks again',
    result: MonitorView,
    run: async (asked) => {
      const standing = await asked.world.brain.pause(asked.id, verb === 'pause', asked.caller.actor);
      return view(asked.world.brain, standing, asked);
    },
  });

const checkNow = defineRoute({
  method: 'post',
  path: '/monitors/{id}/check-now',
  scope: 'responder',
  tag: 'monitors',
  summary: 'Asks now; the result counts as evidence',
  result: CheckView,
  timeoutMs: CHECK_TIMEOUT,
  run: async ({ world, id, locale }) => checkView(await world.brain.checkNow(id), locale),
});

const tryCheck = defineRoute({
  method: 'post',
  path: '/monitors/try',
  scope: 'admin',
  tag: 'monitors',
  summary: 'Asks once with a definition that is not saved',
  body: TryInput,
  result: CheckView,
  timeoutMs: CHECK_TIMEOUT,
  run: async ({ world, caller, body, locale }) =>
    checkView(await world.brain.tryCheck(body.spec as Json, caller.trusted), locale),
});

const checks = defineRoute({
  method: 'get',
  path: '/monitors/{id}/checks',
  scope: 'viewer',
  tag: 'monitors',
  summary: 'Checks, newest first',
  query: PageQuery.extend({ ...Period.shape, onlyBad: z.stringbool().optional() }),
  result: pageOf(CheckView),
  run: async ({ world, id, query, locale }) => {
    const page = await world.brain.store.checks({
      ...storeQuery({ ...query }),
      monitor: world.brain.monitor(id).monitor.num,
    });
    return mapPage(page, (check) => checkView(check, locale));
  },
});

const span = z
  .string()
  .max(20)
  .default('1h')
  .transform((text, context) => {
    const value = parseSpan(text) ?? 0;
    if (value >= MINUTE && value % MINUTE === 0) return value;
    context.addIssue({ code: 'custom', message: 'must be whole minutes, as 5m, 1h or 1d' });
    return z.NEVER;
  });

const history = defineRoute({
  method: 'get',
  path: '/monitors/{id}/history',
  scope: 'viewer',
  tag: 'monitors',
  summary: 'Counts and latency quantiles in buckets of `span` (default: a day in hours)',
  query: Period.extend({ span }),
  result: z.object({ items: z.array(HistoryView) }),
  run: async ({ world, id, query }) => {
    const monitor = world.brain.monitor(id).monitor.num;
    const { from, to } = period(query, world.clock.now(), DAY);
    if ((to - from) / query.span > MAX_BUCKETS)
      throw new Fault('INPUT_INVALID', `That is more than ${MAX_BUCKETS} buckets.`, 'Ask for a larger span.');
    const points = await world.brain.store.history({ monitor, from, to, spanMs: query.span });
    return { items: points.map((point) => ({ ...point, from: time(point.from) })) };
  },
});

const uptime = defineRoute({
  method: 'get',
  path: '/monitors/{id}/uptime',
  scope: 'viewer',
  tag: 'monitors',
  summary: 'Exact uptime from spans (default: the last 24 hours); what is not known counts as neither',
  query: Period,
  result: UptimeView,
  run: async ({ world, id, query }) => {
    const monitor = world.brain.monitor(id).monitor.num;
    const { from, to } = period(query, world.clock.now(), 24 * HOUR);
    const figures = await world.brain.store.uptime({ monitors: [monitor], from, to });
    const known = figures.periodMs - figures.blindMs - figures.unknownMs - figures.maintenanceMs;
    const ratio = known > 0 ? { ratio: Math.min(1, Math.max(0, 1 - figures.downMs / known)) } : {};
    return { from: time(from), to: time(to), ...figures, ...ratio };
  },
});

const beats = defineRoute({
  method: 'get',
  path: '/monitors/{id}/beats',
  scope: 'viewer',
  tag: 'monitors',
  summary: 'Signs of life of a heartbeat monitor, newest first',
  query: PageQuery,
  result: pageOf(BeatView),
  run: async ({ world, id, query }) => {
    const monitor = world.brain.monitor(id).monitor.num;
    const page = await world.brain.store.beats({ ...storeQuery({ ...query }), monitor });
    return mapPage(page, (beat) => defined({ at: time(beat.at), kind: beat.kind, code: beat.code, body: beat.body }));
  },
});

/** What monitors can do besides being defined. */
export const monitorRoutes: readonly Route[] = [
  pauseRoute('pause'),
  pauseRoute('resume'),
  checkNow,
  tryCheck,
  checks,
  history,
  uptime,
  beats,
];
