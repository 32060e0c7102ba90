import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { reason } from '../monitor/reason.ts';
import { CALM, decideStorm, withStorm, type StormBoard, type StormEffect, type StormEvent } from './storm.ts';

const RULES = { suspects: 3, holdMs: 5_000, services: 3, windowMs: 60_000 };

const opened = (at: number, id: number, inDoubt: number, host = 'vps-1'): StormEvent => ({
  type: 'opened',
  at,
  inDoubt,
  casualty: { incidentId: `i${id}`, serviceId: `s${id}`, host, reason: reason('tcp.refused') },
});

const run = (events: readonly StormEvent[]): { board: StormBoard; effects: readonly StormEffect[] } => {
  let board = CALM;
  const effects: StormEffect[] = [];
  for (const event of events) {
    const [next, done] = decideStorm(board, event, RULES);
    board = next;
    effects.push(...done);
    for (const effect of done) {
      if (effect.do === 'open-storm') board = withStorm(board, { ...effect, stormId: 'storm', openedAt: effect.at });
    }
  }
  return { board, effects };
};

const kinds = (effects: readonly StormEffect[]): readonly string[] => effects.map((effect) => effect.do);

describe('a storm', () => {
  it('is none when a single service is hurt: it is told at once', () => {
    assert.deepEqual(kinds(run([opened(0, 1, 1)]).effects), ['tell-alone']);
  });

  it('holds the first message back for a moment while many are in doubt', () => {
    assert.deepEqual(kinds(run([opened(0, 1, 50)]).effects), ['wake']);
  });

  it('makes one conversation of those that share a host', () => {
    const { effects } = run([
      opened(0, 1, 50),
      opened(1_000, 2, 50),
      opened(4_000, 3, 50),
      { type: 'tick', at: 5_000 },
    ]);
    const storm = effects.find((effect) => effect.do === 'open-storm');
    assert.deepEqual(storm?.do === 'open-storm' ? [storm.members, storm.host, storm.commonCause.code] : [], [
      ['i1', 'i2', 'i3'],
      'vps-1',
      'tcp.refused',
    ]);
    assert.ok(!kinds(effects).includes('tell-alone'));
  });

  it('takes those in that follow, without a word', () => {
    const { effects } = run([
      opened(0, 1, 9),
      opened(1, 2, 9),
      opened(2, 3, 9),
      { type: 'tick', at: 5_002 },
      opened(20_000, 4, 9),
    ]);
    assert.deepEqual(kinds(effects).slice(-1), ['join-storm']);
  });

  const three = [opened(0, 1, 9), opened(1, 2, 9), opened(2, 3, 9), { type: 'tick', at: 5_002 }] as const;

  it('takes nobody in long after the last one joined: the same words hours later are other news', () => {
    const soon = opened(60_000, 4, 1);
    assert.deepEqual(kinds(run([...three, soon, opened(115_000, 5, 1)]).effects).slice(-1), ['join-storm']);
    assert.deepEqual(kinds(run([...three, soon, opened(3_600_000, 5, 1)]).effects).slice(-1), ['tell-alone']);
  });

  it('of warnings takes in no outage', () => {
    const graded = (event: StormEvent, severity: 'warning' | 'critical'): StormEvent =>
      event.type === 'opened' ? { ...event, casualty: { ...event.casualty, severity } } : event;
    const warnings = three.map((event) => graded(event, 'warning'));
    const after = (severity: 'warning' | 'critical'): readonly string[] =>
      kinds(run([...warnings, graded(opened(20_000, 4, 1), severity)]).effects).slice(-1);
    assert.deepEqual(after('warning'), ['join-storm']);
    assert.deepEqual(after('critical'), ['tell-alone']);
  });

  it('forgets nobody whose message is held, however long nothing happened', () => {
    const { effects } = run([opened(0, 1, 9), opened(90_000, 2, 1, 'vps-2'), { type: 'tick', at: 90_001 }]);
    const alone = effects.flatMap((effect) => (effect.do === 'tell-alone' ? [effect.incidentId] : []));
    assert.deepEqual(alone, ['i2', 'i1']);
  });

  it('lets those go their own way that share nothing', () => {
    const other = (at: number, id: number): StormEvent => ({
      type: 'opened',
      at,
      inDoubt: 9,
      casualty: { incidentId: `i${id}`, serviceId: `s${id}`, host: `h${id}` },
    });
    const { effects } = run([other(0, 1), other(0, 2), other(0, 3), { type: 'tick', at: 5_000 }]);
    assert.equal(kinds(effects).filter((kind) => kind === 'tell-alone').length, 3);
  });

  it('ends when the last of its members is well', () => {
    const closed = (id: number): StormEvent => ({ type: 'closed', at: 90_000 + id, incidentId: `i${id}` });
    const { effects, board } = run([
      opened(0, 1, 9),
      opened(1, 2, 9),
      opened(2, 3, 9),
      { type: 'tick', at: 5_002 },
      closed(1),
      closed(2),
      closed(3),
    ]);
    assert.equal(kinds(effects).filter((kind) => kind === 'end-storm').length, 1);
    assert.deepEqual(board.storms, []);
  });

  it('never loses a casualty: each is told alone or within a storm once the hold is over', () => {
    const story = fc.array(
      fc.record({
        pause: fc.integer({ min: 0, max: 20_000 }),
        host: fc.constantFrom('a', 'b', 'c'),
        inDoubt: fc.integer({ min: 1, max: 6 }),
      }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(story, (steps) => {
        let at = 0;
        const events: StormEvent[] = [];
        for (const [index, { pause, host, inDoubt }] of steps.entries()) {
          at += pause;
          events.push({ type: 'tick', at }, opened(at, index, inDoubt, host));
        }
        const { effects } = run([...events, { type: 'tick', at: at + RULES.holdMs }]);
        const told = effects.flatMap((effect) => {
          if (effect.do === 'tell-alone' || effect.do === 'join-storm') return [effect.incidentId];
          return effect.do === 'open-storm' ? effect.members : [];
        });
        for (const index of steps.keys()) assert.ok(told.includes(`i${index}`), `i${index}`);
      }),
    );
  });
});
