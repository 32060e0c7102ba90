import fc from 'fast-check';
import { reason } from '#monitor/reason.ts';
import type { MonitorEvent } from '#monitor/verdict.ts';

type Check = Extract<MonitorEvent, { type: 'check' }>;

const WHY = {
  hard: ['tcp.refused', 'http.status', 'tls.expired'],
  soft: ['http.timeout', 'dns.timeout', 'watch.cannot-ask'],
} as const;

const question = fc.constantFrom('full' as const, 'full' as const, 'pulse' as const);
const network = fc.constantFrom(
  'ok' as const,
  'ok' as const,
  'ok' as const,
  'poor' as const,
  'bad' as const,
  'none' as const,
);
const source = fc.constantFrom('full' as const, 'pulse' as const, 'recheck' as const, 'now' as const);
const after = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 5_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: -3_000, max: 300_000 }) },
);

const warning = fc.option(
  fc.oneof(
    fc.constant(reason('http.slow', { tookMs: 3_000, limitMs: 2_000 })),
    fc.integer({ min: 0, max: 30 }).map((days) => reason('tls.expires-soon', { days, threshold: days > 7 ? 21 : 7 })),
  ),
  { nil: undefined, freq: 3 },
);

const good = fc.record({ took: fc.integer({ min: 1, max: 5_000 }), question, network, source, warning }).map((one) => ({
  type: 'check' as const,
  class: 'ok' as const,
  ...one,
}));

const bad = fc.constantFrom('hard' as const, 'soft' as const).chain((cls) =>
  fc
    .record({
      took: fc.integer({ min: 1, max: 5_000 }),
      question,
      network,
      source,
      code: fc.constantFrom(...WHY[cls]),
    })
    .map(({ code, ...one }) => ({ type: 'check' as const, class: cls, ...one, reason: reason(code) })),
);

const other = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 2, 6, 6, 6).map((ok) => ({ type: 'controls' as const, ok, total: 6 })) },
  { weight: 1, arbitrary: fc.constant({ type: 'controls' as const, ok: 0, total: 0 }) },
  { weight: 4, arbitrary: fc.constant({ type: 'tick' as const }) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(undefined, 5_000)
      .map((graceMs) => ({ type: 'deploy' as const, ...(graceMs === undefined ? {} : { graceMs }) })),
  },
  { weight: 1, arbitrary: fc.boolean().map((on) => ({ type: 'maintenance' as const, on })) },
  { weight: 1, arbitrary: fc.boolean().map((on) => ({ type: 'pause' as const, on })) },
);

/** One event of a course; bad checks come in runs often enough that verdicts are reached. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ after, event: good }) },
  { weight: 8, arbitrary: fc.record({ after, event: bad }) },
  { weight: 8, arbitrary: fc.record({ after, event: other }) },
  {
    weight: 1,
    arbitrary: fc.record({
      after,
      event: fc.integer({ min: 0, max: 100_000 }).map((off) => ({ type: 'resumed' as const, off })),
    }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

const timed = ({ event }: Step, at: number): MonitorEvent => {
  if (event.type === 'resumed') return { type: 'resumed', at, from: at - event.off };
  if (event.type !== 'check') return { ...event, at };
  const { took, ...rest } = event;
  const check = { ...rest, at, startedAt: at - took };
  if ('warning' in check && check.warning === undefined) {
    const { warning: _none, ...plain } = check;
    return plain satisfies Check;
  }
  return check as Check;
};

/** Courses of events as an engine could feed them, also with a clock that goes back a little. */
export const courses: fc.Arbitrary<readonly MonitorEvent[]> = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: step.map((one) => [one]) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(step, fc.integer({ min: 2, max: 12 }))
          .map(([one, times]) => Array.from({ length: times }, () => one)),
      },
    ),
    { maxLength: 80 },
  )
  .map((runs) => {
    let at = 1_000_000;
    return runs.flat().map((one) => {
      at += one.after;
      return timed(one, at);
    });
  });
