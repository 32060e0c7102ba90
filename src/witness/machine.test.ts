import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { WITNESS_RULES } from '#config/witness-rules.ts';
import { MINUTE, SECOND } from '#kernel/time.ts';
import type { Judgement } from './judgement.ts';
import {
  beginning,
  decideWitness,
  resumed,
  type Pace,
  type WitnessEffect,
  type WitnessEvent,
  type WitnessState,
} from './machine.ts';

const PACE: Pace = { ...WITNESS_RULES, everyMs: 10 * SECOND };
const CLEAR: Judgement = { sight: 'clear', controls: { ok: 3, total: 3 }, services: [] };
const BLIND: Judgement = { sight: 'blind', controls: { ok: 0, total: 3 }, services: [] };

/** Asks every 10 s like a sentry, ticks when it is asked to, answers a wish to judge a second later. */
const play = (
  state: WitnessState,
  world: {
    from: number;
    to: number;
    answers: (at: number) => boolean;
    judge: (at: number) => Judgement;
    problems?: readonly string[];
  },
) => {
  const told: { at: number; effect: Extract<WitnessEffect, { do: 'tell' }> }[] = [];
  let now = state;
  let wakeAt = Number.POSITIVE_INFINITY;
  let judgeAt = Number.POSITIVE_INFINITY;
  const feed = (event: WitnessEvent): void => {
    const [next, effects] = decideWitness(now, event, PACE);
    now = next;
    for (const effect of effects) {
      if (effect.do === 'wake') wakeAt = effect.at;
      else if (effect.do === 'judge') judgeAt = event.at + SECOND;
      else told.push({ at: event.at, effect });
    }
  };
  for (let at = world.from; at <= world.to; at += SECOND) {
    if ((at - world.from) % PACE.everyMs === 0)
      feed(world.answers(at) ? { type: 'answered', at, problems: world.problems ?? [] } : { type: 'unanswered', at });
    if (at >= wakeAt) {
      wakeAt = Number.POSITIVE_INFINITY;
      feed({ type: 'tick', at });
    }
    if (at >= judgeAt) {
      judgeAt = Number.POSITIVE_INFINITY;
      feed({ type: 'judged', at, judgement: world.judge(at) });
    }
  }
  return { told, state: now };
};

describe('what a witness decides', () => {
  it('tells of silence 60 to 75 s after the last sign, with when that was', () => {
    const { told } = play(beginning(0), {
      from: 0,
      to: 5 * MINUTE,
      answers: (at) => at <= 100_000,
      judge: () => CLEAR,
    });
    assert.equal(told.length, 1);
    assert.ok(told[0]!.at - 100_000 >= 60_000 && told[0]!.at - 100_000 <= 75_000, String(told[0]!.at));
    assert.deepEqual(told[0]!.effect, { do: 'tell', news: 'silent', since: 100_000, times: 1, judgement: CLEAR });
  });

  it('tells again every 30 minutes until the brain is back, and then that it is', () => {
    const back = 95 * MINUTE;
    const { told, state } = play(beginning(0), {
      from: 0,
      to: 100 * MINUTE,
      answers: (at) => at === 0 || at >= back,
      judge: () => CLEAR,
    });
    assert.deepEqual(
      told.map(({ effect }) => (effect.news === 'silent' ? effect.times : effect.news)),
      [1, 2, 3, 4, 'back'],
    );
    assert.deepEqual(told.at(-1)?.effect, { do: 'tell', news: 'back', since: 0, to: back });
    assert.equal(state.silence, undefined);
  });

  it('says nothing while its own network is down, and counts silence anew afterwards', () => {
    const sight = 10 * MINUTE;
    const { told } = play(beginning(0), {
      from: 0,
      to: 12 * MINUTE,
      answers: (at) => at === 0,
      judge: (at) => (at < sight ? BLIND : CLEAR),
    });
    assert.equal(told.length, 1);
    assert.ok(told[0]!.at >= sight, String(told[0]!.at));
  });

  it('says nothing of a brain that answers again within a minute', () => {
    const { told } = play(beginning(0), {
      from: 0,
      to: 10 * MINUTE,
      answers: (at) => at % 60_000 === 0,
      judge: () => CLEAR,
    });
    assert.deepEqual(told, []);
  });

  it('tells once of a brain that answers but is not well for more than 5 minutes', () => {
    const world = { from: 0, to: 60 * MINUTE, answers: () => true, judge: () => CLEAR };
    const { told } = play(beginning(0), { ...world, problems: ['the store cannot be written'] });
    assert.deepEqual(told, [
      { at: 5 * MINUTE, effect: { do: 'tell', news: 'unwell', since: 0, problems: ['the store cannot be written'] } },
    ]);
    assert.deepEqual(play(beginning(0), world).told, []);
  });

  it('goes on after a restart where it was, but holds nothing against the brain that nobody saw', () => {
    const { state } = play(beginning(0), { from: 0, to: 2 * MINUTE, answers: (at) => at === 0, judge: () => CLEAR });
    const soon = resumed(state, 2 * MINUTE, 3 * MINUTE, PACE);
    assert.deepEqual(
      play(soon, { from: 3 * MINUTE, to: 9 * MINUTE, answers: () => false, judge: () => CLEAR }).told,
      [],
    );
    const heard: WitnessState = { ...beginning(0), heardAt: MINUTE };
    const late = resumed(heard, MINUTE, 60 * MINUTE, PACE);
    const { told } = play(late, { from: 60 * MINUTE, to: 63 * MINUTE, answers: () => false, judge: () => CLEAR });
    assert.equal(told.length, 1);
    assert.equal(told[0]!.effect.news === 'silent' && told[0]!.effect.since, 60 * MINUTE);
  });

  it('whatever happens, tells of silence only after a minute without a sign and of an end only after a silence', () => {
    const steps = fc.array(
      fc.record({
        afterMs: fc.integer({ min: 1, max: 90_000 }),
        kind: fc.constantFrom('answered', 'unanswered', 'tick', 'clear', 'blind'),
      }),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(steps, (course) => {
        let state = beginning(0);
        let at = 0;
        let lastSign = 0;
        let silent = false;
        for (const { afterMs, kind } of course) {
          at += afterMs;
          const event: WitnessEvent =
            kind === 'answered'
              ? { type: 'answered', at, problems: [] }
              : kind === 'unanswered' || kind === 'tick'
                ? { type: kind, at }
                : { type: 'judged', at, judgement: kind === 'clear' ? CLEAR : BLIND };
          const asked = decideWitness(state, event, PACE);
          // a judgement comes only when it was asked for
          if (event.type === 'judged' && state.judgeAfter <= at) continue;
          state = asked[0];
          for (const effect of asked[1]) {
            if (effect.do === 'judge') assert.ok(silent || at - lastSign >= PACE.silentAfterMs);
            if (effect.do !== 'tell') continue;
            assert.equal(effect.news === 'back', silent && event.type === 'answered');
            silent = effect.news !== 'back';
          }
          if (event.type === 'answered') lastSign = at;
        }
      }),
    );
  });
});
