import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { startEngine, watchedBy, type TestEngine } from '../../test/fakes/engine.ts';
import type { CheckResult, CheckSource } from '../monitor/check.ts';
import { reason } from '../monitor/reason.ts';
import { SECOND } from '../kernel/time.ts';

/** A monitor whose scheduled checks find silence and whose re-checks never end; which were begun. */
const hanging = async (context: TestContext, isBusy: boolean): Promise<readonly CheckSource[]> => {
  const engine = await startEngine(context, { config: watchedBy({ api: 'http://127.0.0.1:1/' }) });
  const { asker, core, watch } = engine.parts;
  const begun: CheckSource[] = [];
  Object.defineProperty(asker, 'isBusy', { value: isBusy });
  asker.ask = ({ source }) => {
    begun.push(source);
    if (source === 'recheck') return new Promise(() => undefined);
    const result = { startedAt: core.clock.now(), tookMs: 1, class: 'soft', phases: {} } as const;
    return Promise.resolve<CheckResult>({ ...result, reason: reason('tcp.timeout') });
  };
  watch.start();
  await seconds(engine, 15);
  return begun;
};

const seconds = async ({ clock }: TestEngine, count: number): Promise<void> => {
  for (let left = count; left > 0; left -= 1) {
    clock.advance(SECOND);
    await setImmediate();
  }
};

describe('the watch in a crowd', () => {
  it('lets re-checks overlap, but not when so many are under way that others would have to wait', async (context) => {
    const rechecks = (begun: readonly CheckSource[]): number => begun.filter((source) => source === 'recheck').length;
    assert.ok(rechecks(await hanging(context, false)) >= 4);
    assert.equal(rechecks(await hanging(context, true)), 1);
  });

  it('lives on when judging an answer throws', async (context) => {
    const engine = await startEngine(context, { config: watchedBy({ api: 'http://127.0.0.1:1/' }) });
    const { asker, watch } = engine.parts;
    let count = 0;
    asker.ask = () => {
      count += 1;
      return Promise.resolve(undefined as unknown as CheckResult);
    };
    watch.start();
    await seconds(engine, 30);
    assert.ok(count >= 3);
    assert.ok(engine.bugs.every((bug) => bug.startsWith('watch of api-web')));
    assert.equal(engine.bugs.length, count);
  });
});
