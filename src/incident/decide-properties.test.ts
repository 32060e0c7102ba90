import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decide } from './decide.ts';
import type { IncidentEvent, VerdictEvent, Ward } from './events.ts';
import type { Scene } from './scene.ts';
import { news, PERSON, RULES, verdict } from '../../test/fakes/incident-events.ts';

const anyScene: fc.Arbitrary<Scene> = fc.record({
  appId: fc.constantFrom('a1', 'a2'),
  findings: fc.constantFrom(
    [],
    [{ cause: 'stale-artifact' as const, params: {}, confidence: 0.9, evidence: [] }],
    [{ cause: 'dependency-unreachable' as const, params: {}, confidence: 0.9, evidence: [] }],
    [{ cause: 'unknown' as const, params: {}, confidence: 0.2, evidence: [] }],
  ),
  changes: fc.constant([]),
});

const anyOfApp = (at: number): fc.Arbitrary<IncidentEvent> =>
  fc
    .record({
      monitorId: fc.constantFrom('a1', 'a2'),
      to: fc.constantFrom('down', 'degraded', 'up'),
      lasting: fc.boolean(),
      scene: anyScene,
    })
    .map(({ to, scene, ...more }) =>
      verdict(at, to as VerdictEvent['to'], { ...more, part: 'app', scenes: [{ ...scene, appId: more.monitorId }] }),
    );

const anyEvent = (at: number): fc.Arbitrary<IncidentEvent> =>
  fc.oneof(
    fc
      .record({
        monitorId: fc.constantFrom('m1', 'm2', 'm3'),
        to: fc.constantFrom('down', 'degraded', 'up', 'suspect', 'blind'),
        lasting: fc.boolean(),
      })
      .map(({ to, ...more }) => verdict(at, to as VerdictEvent['to'], more)),
    fc.record({
      type: fc.constant('recovering' as const),
      at: fc.constant(at),
      monitorId: fc.constantFrom('m1', 'm2'),
      on: fc.boolean(),
    }),
    anyOfApp(at),
    fc.record({
      type: fc.constant('scene' as const),
      at: fc.constant(at),
      scene: anyScene,
      signs: fc.constant([]),
      needsPerson: fc.boolean(),
      quiet: fc.boolean(),
    }),
    fc.record({
      type: fc.constant('agent' as const),
      at: fc.constant(at),
      hostId: fc.constant('h1'),
      gone: fc.boolean(),
    }),
    fc.constant({ type: 'acknowledge' as const, at, by: PERSON }),
    fc.constant({ type: 'resolve' as const, at, by: PERSON }),
    fc.constant({ type: 'mute' as const, at, by: PERSON, until: at + 1_000 }),
    fc.constant({ type: 'note' as const, at, by: PERSON, text: 'seen' }),
    fc.constant({ type: 'withdrawn' as const, at, monitorId: 'm1' }),
    fc.constant({ type: 'update' as const, at, monitorId: 'm1', kind: 'flapping' as const }),
  );

const anyStory = fc.array(fc.integer({ min: 1, max: 400_000 }), { maxLength: 25 }).chain((pauses) => {
  let at = 1_000_000;
  return fc.tuple(...pauses.map((pause) => anyEvent((at += pause))));
});

describe('the machine of incidents', () => {
  it('gives the same whether or not its state went through JSON in between', () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        let kept: Ward = {};
        let copied: Ward = {};
        for (const event of story) {
          const [next, effects] = decide(kept, event, RULES);
          const [other, same] = decide(JSON.parse(JSON.stringify(copied)) as Ward, event, RULES);
          assert.deepEqual(JSON.stringify(same), JSON.stringify(effects));
          kept = next;
          copied = other;
        }
      }),
    );
  });

  it('tells of an end only after it told of a beginning, and never leaves a hurt monitor in a closed incident', () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        let ward: Ward = {};
        let isTold = false;
        for (const event of story) {
          const [next, effects] = decide(ward, event, RULES);
          ward = next;
          for (const one of news(effects)) {
            if (one === 'opened' || one === 'relapsed') isTold = true;
            if (one === 'recovered') {
              assert.ok(isTold);
              isTold = false;
            }
          }
          assert.equal(ward.open?.state ?? 'open', 'open');
          assert.equal(ward.last?.state ?? 'closed', 'closed');
          assert.equal(isTold, ward.open !== undefined);
        }
      }),
    );
  });

  it('has one incident open at most, which ends only when all of its parts are well or somebody ends it', () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        let ward: Ward = {};
        for (const event of story) {
          const before = ward.open;
          const [next] = decide(ward, event, RULES);
          ward = next;
          if (before === undefined || ward.open?.id === before.id) continue;
          assert.equal(ward.open, undefined, 'no other one takes its place');
          const isByHand = event.type === 'resolve';
          const isHurt = ward.last?.involved.some((part) => part.verdict === 'down' || part.verdict === 'degraded');
          assert.ok(isByHand || isHurt !== true);
        }
      }),
    );
  });

  it('wakes people once it is sure that an app will not start again, and never takes that back while it is down', () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        let ward: Ward = {};
        for (const event of story) {
          const before = ward.open;
          const [next] = decide(ward, event, RULES);
          ward = next;
          if (before?.loudAtOnce === true && ward.open?.id === before.id && ward.open.severity === before.severity)
            assert.equal(ward.open.loudAtOnce, true);
        }
      }),
    );
  });

  it('saves every incident that it speaks of in the same step', () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        let ward: Ward = {};
        for (const event of story) {
          const [next, effects] = decide(ward, event, RULES);
          ward = next;
          const saved = new Set(effects.flatMap((effect) => (effect.do === 'save' ? [effect.incident.id] : [])));
          for (const effect of effects)
            if (effect.do === 'tell' || effect.do === 'converse') assert.ok(saved.has(effect.incident.id));
        }
      }),
    );
  });
});
