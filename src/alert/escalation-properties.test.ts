import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decideEscalation, type Escalation, type EscalationEffect, type EscalationEvent } from './escalation.ts';
import type { Policy } from './model.ts';

const rules = { loudAfterMs: 45_000, fallbackMs: 30_000 };
const T = Date.UTC(2026, 0, 10, 3, 3, 33);
/** Records with an ordinary prototype, as JSON gives them. */
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>;

const channelArb = fc.constantFrom('tg', 'sms', 'call', 'mail', 'hook');
const policyArb: fc.Arbitrary<Policy> = record({
  id: fc.constant('p'),
  name: fc.constant('p'),
  origin: fc.constant('file' as const),
  steps: fc.array(
    record({
      afterMs: fc.integer({ min: 0, max: 600_000 }),
      notify: fc.uniqueArray(channelArb, { minLength: 1 }),
      loud: fc.constantFrom('auto' as const, 'always' as const, 'never' as const),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  repeatEveryMs: fc.integer({ min: 60_000, max: 600_000 }),
  until: fc.constantFrom('acknowledged' as const, 'recovered' as const),
});
const changeArb = fc.oneof(
  record({
    type: fc.constantFrom(
      'tick' as const,
      'acknowledged' as const,
      'unacknowledged' as const,
      'recovered' as const,
      'relapsed' as const,
      'loud-now' as const,
    ),
  }),
  record({ type: fc.constant('recovering' as const), on: fc.boolean() }),
  record({ type: fc.constantFrom('exhausted' as const, 'accepted' as const), channel: channelArb }),
  record({ type: fc.constant('muted' as const), forMs: fc.integer({ min: 1, max: 400_000 }) }),
);
const storyArb = record({
  policy: policyArb,
  loudAtOnce: fc.boolean(),
  severity: fc.constantFrom('critical' as const, 'warning' as const),
  changes: fc.array(fc.tuple(fc.integer({ min: 0, max: 200_000 }), changeArb), { maxLength: 25 }),
});
type Story = typeof storyArb extends fc.Arbitrary<infer S> ? S : never;
type Row = {
  event: EscalationEvent;
  before: Escalation | undefined;
  state: Escalation;
  effects: readonly EscalationEffect[];
};

const run = (story: Story, throughJson: boolean): Row[] => {
  const rows: Row[] = [];
  let at = T;
  let state: Escalation | undefined;
  const step = (event: EscalationEvent): void => {
    const [next, effects] = decideEscalation(state, event, rules);
    rows.push({ event, before: state, state: next, effects });
    state = throughJson ? (JSON.parse(JSON.stringify(next)) as Escalation) : next;
  };
  const { policy: frozen, loudAtOnce, severity } = story;
  step({ type: 'opened', at, incidentId: 'i', policy: frozen, loudAtOnce, severity });
  for (const [later, change] of story.changes) {
    at += later;
    step(change.type === 'muted' ? { type: 'muted', at, until: at + change.forMs } : { ...change, at });
  }
  return rows;
};
const notifies = (row: Row): Extract<EscalationEffect, { do: 'notify' }>[] =>
  row.effects.filter((effect) => effect.do === 'notify');

describe('any escalation', () => {
  it('says nothing once acknowledged or over, but for the silent repeats of a policy until recovered', () => {
    fc.assert(
      fc.property(storyArb, (story) => {
        for (const row of run(story, false)) {
          if (row.state.ended) assert.deepEqual(notifies(row), []);
          if (row.state.acknowledgedAt !== undefined)
            for (const one of notifies(row)) {
              assert.equal(row.state.policy.until, 'recovered');
              assert.equal(one.loud, false);
              assert.equal(one.reason, 'repeat');
            }
        }
      }),
    );
  });

  it('says nothing while checks succeed again or while it is muted', () => {
    fc.assert(
      fc.property(storyArb, (story) => {
        for (const row of run(story, false))
          if (row.state.withheld || row.state.mutedUntil !== undefined) assert.deepEqual(notifies(row), []);
      }),
    );
  });

  it('has a wake whenever it is critical, open and free to speak', () => {
    fc.assert(
      fc.property(storyArb, (story) => {
        for (const { state, effects, event } of run({ ...story, severity: 'critical' }, false)) {
          if (state.ended || state.withheld || state.acknowledgedAt !== undefined) continue;
          const wake = effects.find((effect) => effect.do === 'wake');
          assert.ok(wake !== undefined && wake.at > event.at);
        }
      }),
    );
  });

  it('tells no channel twice by one event and never reuses the number of a notification for a channel', () => {
    fc.assert(
      fc.property(storyArb, (story) => {
        const keys = new Set<string>();
        for (const row of run(story, false)) {
          const channels = notifies(row).flatMap((one) => one.channels);
          assert.equal(new Set(channels).size, channels.length);
          for (const one of notifies(row))
            for (const channel of one.channels) {
              assert.ok(!keys.has(`${one.step}:${channel}`), `${one.step}:${channel} again`);
              keys.add(`${one.step}:${channel}`);
            }
        }
      }),
    );
  });

  it('never makes a sound for a warning unless a step says always', () => {
    fc.assert(
      fc.property(storyArb, (story) => {
        const steps = story.policy.steps.map(
          (step) => ({ ...step, loud: step.loud === 'always' ? 'auto' : step.loud }) as const,
        );
        for (const row of run({ ...story, severity: 'warning', policy: { ...story.policy, steps } }, false))
          for (const one of notifies(row)) assert.equal(one.loud, false);
      }),
    );
  });

  it('has made a sound 45 s after a critical start when nobody intervened and a step may ring', () => {
    fc.assert(
      fc.property(policyArb, (any) => {
        const steps = [{ afterMs: 0, notify: ['tg'], loud: 'auto' as const }, ...any.steps];
        const story = { policy: { ...any, steps }, loudAtOnce: false, severity: 'critical' as const };
        const changes = Array.from(
          { length: 46 },
          () => [1_000, { type: 'tick' as const }] as [number, { type: 'tick' }],
        );
        assert.ok(run({ ...story, changes }, false).some((row) => notifies(row).some((one) => one.loud)));
      }),
    );
  });

  it('does the same after a restart in between as without one', () => {
    fc.assert(
      fc.property(storyArb, (story) => {
        const plain = run(story, false).map(({ state, effects }) => ({ state, effects }));
        const restarted = run(story, true).map(({ state, effects }) => ({ state, effects }));
        assert.deepEqual(restarted, plain);
      }),
    );
  });
});
