import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Clock } from '#kernel/clock.ts';
import { hedge } from './hedge.ts';

/** A clock whose timers fire when the test says so. */
const handClock = (): Clock & { readonly timers: (() => void)[] } => {
  const timers: (() => void)[] = [];
  return {
    timers,
    now: () => 0,
    monotonic: () => 0,
    after: (_span, call) => {
      timers.push(call);
      return () => {
        const at = timers.indexOf(call);
        if (at >= 0) timers.splice(at, 1);
      };
    },
  };
};

const failed = (code: string): Error => Object.assign(new Error(code), { code });

describe('a hedged question', () => {
  it('is put once when it is answered in time', async () => {
    const clock = handClock();
    assert.equal(await hedge([async () => 'one', async () => 'two'], 10, clock), 'one');
    assert.deepEqual(clock.timers, []);
  });

  it('takes the first answer, a slow one to the first asking too', async () => {
    const clock = handClock();
    const first = Promise.withResolvers<string>();
    const asked: string[] = [];
    const ask = (name: string, answer: Promise<string>) => () => {
      asked.push(name);
      return answer;
    };
    const answer = hedge([ask('a', first.promise), ask('b', new Promise(() => undefined))], 10, clock);
    clock.timers.shift()?.();
    assert.deepEqual(asked, ['a', 'b']);
    first.resolve('late');
    assert.equal(await answer, 'late');
  });

  it('fails at once with what is no silence, and with silence only when all were met with it', async () => {
    const clock = handClock();
    const refuse = (code: string) => () => Promise.reject(failed(code));
    await assert.rejects(hedge([refuse('ENOTFOUND'), refuse('ETIMEOUT')], 10, clock), { code: 'ENOTFOUND' });
    assert.deepEqual(clock.timers, []);
    const other = handClock();
    const silent = hedge([refuse('ETIMEOUT'), refuse('ETIMEOUT')], 10, other);
    await Promise.resolve();
    other.timers.shift()?.();
    await assert.rejects(silent, { code: 'ETIMEOUT' });
  });
});
