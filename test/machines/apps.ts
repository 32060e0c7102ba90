import type { ProcessEvent, ProcessState } from '#supervise/model.ts';
import { decide } from '#supervise/decide.ts';
import { DEFAULT_SUPERVISE_RULES, type SuperviseRules } from '#supervise/rules.ts';
import { initialAppState, type AppState, type SuperviseEffect } from '#supervise/state.ts';

/** The moment at which the courses begin. */
export const START = 1_800_000_000_000;

export type VerdictEffect = Extract<SuperviseEffect, { do: 'verdict' }>;

/** A process of the app `api`. */
export const process = (state: Partial<ProcessState> = {}): ProcessState => ({
  id: '0',
  app: 'api',
  pid: 100,
  status: 'online',
  restarts: 0,
  startedAt: START,
  ...state,
});

/** What the machine does over a course of events: the last state and every effect. */
export const play = (
  events: readonly ProcessEvent[],
  rules: SuperviseRules = DEFAULT_SUPERVISE_RULES,
  from: AppState = initialAppState('api', START),
): {
  readonly state: AppState;
  readonly effects: readonly SuperviseEffect[];
  readonly verdicts: readonly VerdictEffect[];
} => {
  let state = from;
  const effects: SuperviseEffect[] = [];
  for (const event of events) {
    const [next, more] = decide(state, event, rules);
    state = next;
    effects.push(...more);
  }
  return { state, effects, verdicts: effects.filter((effect) => effect.do === 'verdict') };
};

/** How an app behaves under its manager. */
export interface Behaviour {
  /** How long each run lasts before it crashes; the last value goes on for ever. Infinity: it stays. */
  readonly lastsMs: readonly number[];
  /** From the start of a run until it answers. */
  readonly bootMs: number;
  /** From an exit to the next start. */
  readonly delayMs: (exits: number) => number;
  /** Whether there are health checks (every 5 s). */
  readonly health: boolean;
  readonly forMs: number;
  /** After so many exits the manager gives up: with `errored`, or with "waiting restart" overwriting it. */
  readonly givesUpAfter?: number;
  readonly givesUpAs?: 'errored' | 'waiting restart';
}

/** The manager's side of an app's life, as events in their order: starts, exits, looks every 10 s, health every 5 s, a tick each second. */
export const life = (behaviour: Behaviour): ProcessEvent[] => {
  const events: ProcessEvent[] = [];
  const end = START + behaviour.forMs;
  let at = START;
  let exits = 0;
  const spans: { readonly from: number; readonly to: number; readonly restarts: number; readonly status: string }[] =
    [];
  while (at < end) {
    const lasts = behaviour.lastsMs[Math.min(exits, behaviour.lastsMs.length - 1)] ?? Infinity;
    const run = process({ startedAt: at, restarts: exits, status: 'launching', pid: 0 });
    events.push({ type: 'started', at, process: run });
    spans.push({ from: at, to: Math.min(at + lasts, end), restarts: exits, status: 'online' });
    if (at + lasts >= end) break;
    const exitAt = at + lasts;
    exits++;
    events.push({
      type: 'exited',
      at: exitAt,
      process: { ...run, status: 'stopped' },
      code: 1,
      uptimeMs: lasts,
      wanted: false,
    });
    if (exits === behaviour.givesUpAfter) {
      const status = behaviour.givesUpAs ?? 'errored';
      events.push({ type: 'gave-up', at: exitAt, process: { ...run, status: 'errored' } });
      spans.push({ from: exitAt, to: end, restarts: exits - 1, status });
      break;
    }
    const next = exitAt + behaviour.delayMs(exits);
    spans.push({ from: exitAt, to: next, restarts: exits - 1, status: next > exitAt ? 'waiting restart' : 'online' });
    at = next;
  }
  let startedAt = START;
  for (let moment = START + 1_000; moment <= end; moment += 1_000) {
    const span = spans.findLast((one) => one.from <= moment && moment < one.to) ?? spans.at(-1);
    if (span?.status === 'online') startedAt = span.from;
    const running = span?.status === 'online';
    events.push({ type: 'tick', at: moment });
    if ((moment - START) % 10_000 === 0 && span !== undefined) {
      const seen = process({ startedAt, restarts: span.restarts, status: span.status, pid: running ? 100 : 0 });
      events.push({ type: 'seen', at: moment, app: 'api', processes: [seen] });
    }
    if (behaviour.health && (moment - START) % 5_000 === 0)
      events.push({ type: 'health', at: moment, app: 'api', ok: running && moment - startedAt >= behaviour.bootMs });
  }
  return events.toSorted((one, other) => one.at - other.at);
};
