import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { life, play, process, START, type Behaviour } from '../../test/machines/apps.ts';
import { decide } from './decide.ts';
import type { ProcessEvent } from './model.ts';
import { DEFAULT_SUPERVISE_RULES } from './rules.ts';
import { initialAppState, type AppState } from './state.ts';

const RULES = DEFAULT_SUPERVISE_RULES;
const APP = 'api';

const id = fc.constantFrom('0', '1');
const why = fc.constantFrom(
  'by-hand' as const,
  'reload' as const,
  'scaled' as const,
  'cron' as const,
  'memory-limit' as const,
);

/** Anything that a manager may tell, in any order, with starts and counters that need not fit. */
const anyEvent = fc
  .record({
    type: fc.constantFrom<ProcessEvent['type']>(
      ...(['started', 'exited', 'exception', 'gave-up', 'oom-kill', 'seen'] as const),
      ...(['manager', 'health', 'diagnosed', 'deploy', 'tick'] as const),
    ),
    wait: fc.integer({ min: 0, max: 90_000 }),
    id,
    back: fc.integer({ min: 0, max: 120_000 }),
    restarts: fc.integer({ min: 0, max: 50 }),
    status: fc.constantFrom('online', 'errored', 'stopped', 'waiting restart', 'launching', 'failed', 'active'),
    yes: fc.boolean(),
    why,
  })
  .map(({ wait, ...one }) => (before: number): ProcessEvent => {
    const at = before + wait;
    const { yes, back, restarts, status } = one;
    const state = process({ id: one.id, startedAt: at - back, restarts, status, pid: yes ? 100 : 0 });
    const wanted = yes ? { wanted: true, why: one.why } : { wanted: false };
    const all: Readonly<Record<ProcessEvent['type'], ProcessEvent>> = {
      started: { type: 'started', at, process: state },
      exited: { type: 'exited', at, process: state, uptimeMs: back, code: 1, ...wanted },
      exception: { type: 'exception', at, process: state, text: 'Error' },
      'gave-up': { type: 'gave-up', at, process: state },
      'oom-kill': { type: 'oom-kill', at, app: APP, pid: 100 },
      seen: { type: 'seen', at, app: APP, processes: yes ? [state] : [] },
      manager: { type: 'manager', at, app: APP, running: yes, ...(restarts % 3 === 0 ? { wanted: true } : {}) },
      health: { type: 'health', at, app: APP, ok: yes, port: { port: 3000, open: yes } },
      diagnosed: { type: 'diagnosed', at, app: APP, cause: 'module-file-missing', confidence: 0.9, lasting: yes },
      deploy: { type: 'deploy', at, app: APP },
      tick: { type: 'tick', at },
    };
    return all[one.type];
  });

const courses = fc.array(anyEvent, { minLength: 1, maxLength: 80 }).map((makers) => {
  let at = START;
  return makers.map((make) => {
    const event = make(at);
    ({ at } = event);
    return event;
  });
});

const freeze = (value: unknown): void => {
  if (typeof value !== 'object' || value === null) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) freeze(inner);
};

/** Could this event speak against the app at all? */
const speaksAgainst = (event: ProcessEvent): boolean => {
  if (event.type === 'exited') return !event.wanted || event.why === 'memory-limit';
  if (event.type === 'health') return !event.ok;
  if (event.type === 'manager') return !event.running;
  return ['seen', 'exception', 'gave-up', 'oom-kill'].includes(event.type);
};

/** The same without a counter that would tell of exits which nobody saw. */
const uncounted = (event: ProcessEvent): ProcessEvent =>
  'process' in event ? { ...event, process: { ...event.process, restarts: 0 } } : event;

describe('the machine of an app, over any course of events', () => {
  it('goes on just the same from a state that was stored and read back, and changes nothing that it was given', () => {
    fc.assert(
      fc.property(courses, (events) => {
        let state = initialAppState(APP, START);
        for (const event of events) {
          freeze(state);
          const outcome = decide(state, event, RULES);
          assert.deepEqual(decide(JSON.parse(JSON.stringify(state)) as AppState, event, RULES), outcome);
          [state] = outcome;
          assert.ok(JSON.stringify(state).length < 12_000);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('tells each change once, from what was told before, with its moments in order', () => {
    fc.assert(
      fc.property(courses, (events) => {
        let told = 'pending';
        let at = START;
        for (const effect of play(events).verdicts) {
          const { lastGoodAt = 0, firstBadAt = effect.at, firstGoodAt = 0 } = effect;
          assert.equal(effect.from, told);
          assert.ok(effect.at >= at);
          if (effect.from === effect.to) assert.ok(effect.to === 'down' || effect.to === 'degraded');
          assert.equal(effect.reason !== undefined, effect.to === 'down' || effect.to === 'degraded');
          assert.ok(
            lastGoodAt <= firstBadAt && firstBadAt <= effect.at && firstGoodAt <= effect.at,
            JSON.stringify(effect),
          );
          told = effect.to;
          ({ at } = effect);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('never says down or degraded without anything that speaks against the app', () => {
    fc.assert(
      fc.property(courses, (events) => {
        const good = events.filter((event) => !speaksAgainst(event)).map((event) => uncounted(event));
        const { verdicts } = play(good);
        assert.ok(verdicts.every(({ to }) => to === 'up' || to === 'pending'));
      }),
      { numRuns: 300 },
    );
  });

  it('reaches every verdict in these courses', () => {
    const reached = new Set<string>();
    for (const events of fc.sample(courses, { numRuns: 300, seed: 7 }))
      for (const { to } of play(events).verdicts) reached.add(to);
    assert.deepEqual([...reached].toSorted(), ['degraded', 'down', 'pending', 'up']);
  });
});

/** Restarts, reloads and resets by hand of two processes, told or missed, with looks in between. */
const deeds = fc.array(
  fc.record({
    wait: fc.integer({ min: 100, max: 60_000 }),
    id,
    deed: fc.constantFrom('by-hand', 'reload', 'cron', 'reset', 'look', 'missed'),
    gap: fc.integer({ min: 0, max: 2_000 }),
  }),
  { maxLength: 60 },
);

const told = (course: Parameters<Parameters<typeof deeds.map>[0]>[0]): ProcessEvent[] => {
  const slots = new Map(['0', '1'].map((one) => [one, { startedAt: START, restarts: 7, handledAt: START }]));
  const look = (at: number): ProcessEvent => {
    const processes = [...slots].map(([one, slot]) => process({ id: one, ...slot }));
    return { type: 'seen', at, app: APP, processes };
  };
  let at = START;
  const events = [look(at)];
  for (const { wait, id: which, deed, gap } of course) {
    at += wait;
    const slot = slots.get(which) ?? { startedAt: START, restarts: 0, handledAt: START };
    if (deed === 'look') events.push(look(at));
    else if (deed === 'reset') slots.set(which, { ...slot, restarts: 0, handledAt: at });
    else {
      const next = { startedAt: at + gap, restarts: slot.restarts + 1, handledAt: at };
      const ended = process({ id: which, ...slot, status: 'stopping' });
      slots.set(which, next);
      if (deed !== 'missed') {
        events.push({ type: 'exited', at, process: ended, uptimeMs: at - slot.startedAt, wanted: true, why: deed });
        events.push({ type: 'started', at: at + gap, process: process({ id: which, ...next }) });
      }
      at += gap;
    }
  }
  return events;
};

describe('what people do', () => {
  it('never alerts, in any interleaving, seen or missed', () => {
    fc.assert(
      fc.property(deeds, (course) => {
        const { verdicts } = play(told(course));
        assert.ok(verdicts.every(({ to }) => to === 'up' || to === 'pending'));
      }),
      { numRuns: 500 },
    );
  });
});

describe('a loop', () => {
  const thirdExit = (crashAfter: number, delay: number): number => 3 * crashAfter + 2 * delay;
  const downAt = (behaviour: Behaviour): number | undefined =>
    play(life(behaviour)).verdicts.find(({ to }) => to === 'down')?.at;

  it('is always found by its third exit, whatever it takes to crash (0.1 to 40 s), with health checks and without', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 40_000 }),
        fc.integer({ min: 0, max: 15_000 }),
        fc.boolean(),
        (crashAfter, delay, health) => {
          const forMs = thirdExit(crashAfter, delay) + 5_000;
          const at = downAt({ lastsMs: [crashAfter], bootMs: 1_500, delayMs: () => delay, health, forMs });
          assert.ok(at !== undefined && at <= START + thirdExit(crashAfter, delay));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('that was up first and crashes later is found as fast', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 80_000, max: 900_000 }),
        fc.integer({ min: 100, max: 40_000 }),
        (up, crashAfter) => {
          const forMs = up + thirdExit(crashAfter, 100) + 1_000;
          const at = downAt({ lastsMs: [up, crashAfter], bootMs: 1_000, delayMs: () => 100, health: true, forMs });
          assert.ok(at !== undefined && at <= START + up + thirdExit(crashAfter, 100));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('with exponential backoff is found long before the backoff reaches its cap', () => {
    const delayMs = (exits: number): number => Math.min(15_000, 100 * 1.5 ** (exits - 1));
    const at = downAt({ lastsMs: [300], bootMs: 1_000, delayMs, health: false, forMs: 120_000 });
    assert.equal(at, START + 300 * 3 + 100 + 150);
  });

  it('that its manager gives up is down at once, and stays so while the manager says "waiting restart"', () => {
    for (const givesUpAs of ['errored', 'waiting restart'] as const)
      for (const givesUpAfter of [1, 2, 3]) {
        const runs = { lastsMs: [200], bootMs: 1_000, delayMs: () => 100, health: false, forMs: 400_000 };
        const { verdicts, state } = play(life({ ...runs, givesUpAfter, givesUpAs }));
        assert.equal(verdicts[0]?.at, START + 200 * givesUpAfter + 100 * (givesUpAfter - 1));
        assert.equal(state.verdict, 'down');
        assert.equal(state.lasting, true);
      }
  });

  it('does not come and go: once found, it is down as long as it lasts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 500, max: 40_000 }), fc.boolean(), (crashAfter, health) => {
        const runs = { lastsMs: [crashAfter], bootMs: 1_000, delayMs: () => 200, health, forMs: 600_000 };
        const { verdicts } = play(life(runs));
        const down = verdicts.findIndex(({ to }) => to === 'down');
        assert.ok(down >= 0);
        assert.ok(verdicts.slice(down).every(({ to }) => to === 'down'));
      }),
      { numRuns: 30 },
    );
  });

  it('that ends is told up, once, when it has been stable', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 40_000 }), fc.boolean(), (crashAfter, health) => {
        const lastsMs = [crashAfter, crashAfter, crashAfter, crashAfter, Infinity];
        const { verdicts } = play(life({ lastsMs, bootMs: 1_000, delayMs: () => 200, health, forMs: 600_000 }));
        assert.equal(verdicts.at(-1)?.to, 'up');
        assert.equal(verdicts.filter(({ from, to }) => from === 'down' && to === 'up').length, 1);
      }),
      { numRuns: 30 },
    );
  });
});
