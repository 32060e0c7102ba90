import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import type { Finding } from '#diagnose/finding.ts';
import { err } from '#kernel/result.ts';
import type { RepairState } from '#protect/repair-model.ts';
import { fakeClock } from '../../test/fakes/clock.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { fakeHands } from '../../test/fakes/hands.ts';
import type { AppSpec, HostSignal } from './contract.ts';
import { Repairs } from './repairs.ts';

const APP: AppSpec = { name: 'api', service: 'API', manager: 'pm2', artifacts: ['dist/'], repair: 'auto' };
const STALE: Finding = {
  cause: 'stale-artifact',
  params: {},
  confidence: 0.95,
  evidence: [],
  action: 'stale-artifacts',
};

const setUp = (more: { readonly app?: Partial<AppSpec>; readonly kept?: RepairState } = {}) => {
  const clock = fakeClock(1_800_000_000_000);
  const hands = fakeHands();
  const told: HostSignal[] = [];
  const kept: RepairState[] = [];
  const repairs = new Repairs({
    app: { ...APP, ...more.app },
    clock,
    hands,
    kept: more.kept,
    keep: (state) => void kept.push(state),
    tell: (signal) => void told.push(signal),
    onBug: (error) => {
      throw error;
    },
  });
  repairs.start();
  const phases = (): readonly string[] => told.map((one) => (one.type === 'repair' ? one.phase : one.type));
  const step = async (what: string): Promise<unknown> => eventually(what, () => phases().includes(what));
  return { clock, hands, told, kept, repairs, phases, step };
};

describe('the repairs of an app, done', () => {
  it('goes from the finding to the verified repair, telling each step', async () => {
    const { repairs, clock, hands, phases, step, told } = setUp();
    repairs.feed({ type: 'verdict', isDown: true });
    repairs.diagnosed([STALE]);
    await step('proposed');
    assert.equal(told[0]?.type === 'repair' && told[0].inMs, 10_000);
    clock.advance(10_000);
    repairs.feed({ type: 'tick' });
    await step('verified');
    assert.deepEqual(phases(), ['proposed', 'starting', 'applied', 'verified']);
    assert.deepEqual(hands.done, ['plan api stale-artifacts', 'apply api p1']);
  });

  it('writes down that it begins before it begins, and takes it up after its death', async () => {
    const first = setUp();
    first.repairs.feed({ type: 'verdict', isDown: true });
    first.repairs.diagnosed([STALE]);
    await first.step('proposed');
    first.clock.advance(10_000);
    first.hands.apply = async () => {
      assert.equal(first.kept.at(-1)?.phase, 'applying');
      return new Promise(() => undefined);
    };
    first.repairs.feed({ type: 'tick' });
    const second = setUp(first.kept.at(-1) === undefined ? {} : { kept: first.kept.at(-1) as RepairState });
    await second.step('verified');
    assert.deepEqual(second.hands.done, ['resume api p1']);
  });

  it('answers an order when it has come to its end, and refuses one about a plan that is over', async () => {
    const { repairs, step, hands } = setUp({ app: { repair: 'ask' } });
    repairs.feed({ type: 'verdict', isDown: true });
    repairs.diagnosed([STALE]);
    await step('proposed');
    assert.equal((await repairs.order('repair', 'p0')).outcome, 'refused');
    assert.deepEqual(await repairs.order('repair', 'p1'), { outcome: 'done', output: 'verified' });
    assert.equal((await repairs.order('leave', 'p1')).outcome, 'refused');
    assert.deepEqual(await repairs.order('undo', 'p1'), { outcome: 'done', output: 'undone' });
    assert.deepEqual(hands.done.slice(1), ['apply api p1', 'undo api p1']);
  });

  it('tells a failed repair as failed, whatever broke', async () => {
    const { repairs, step, hands, phases } = setUp({ app: { repair: 'ask' } });
    repairs.feed({ type: 'verdict', isDown: true });
    repairs.diagnosed([STALE]);
    await step('proposed');
    hands.ends = { outcome: 'failed', error: 'no room' };
    assert.deepEqual(await repairs.order('repair', 'p1'), { outcome: 'failed', output: 'no room' });
    assert.deepEqual(phases(), ['proposed', 'starting', 'applied', 'failed', 'given-up']);
  });

  it('calls a person when there is nothing that it could do', async () => {
    const { repairs, step, hands, told } = setUp();
    hands.plans = err('refused: git tracks dist/');
    repairs.feed({ type: 'verdict', isDown: true });
    repairs.diagnosed([STALE]);
    await step('given-up');
    assert.equal(told[0]?.type === 'repair' && told[0].error, 'refused: git tracks dist/');
  });

  it('starts an app again as soon as the database answers', async () => {
    const { repairs, clock, hands } = setUp();
    const probe = createServer();
    await new Promise<void>((resolve) => void probe.listen(0, '127.0.0.1', resolve));
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => void probe.close(resolve));
    const away: Finding = {
      cause: 'dependency-unreachable',
      params: { host: '127.0.0.1', port },
      confidence: 0.9,
      evidence: [],
    };
    repairs.feed({ type: 'verdict', isDown: true });
    repairs.diagnosed([away]);
    repairs.feed({ type: 'gave-up' });
    const turn = async (): Promise<void> => {
      clock.advance(5_000);
      repairs.feed({ type: 'tick' });
      await new Promise((resolve) => setTimeout(resolve, 20));
    };
    await turn();
    await turn();
    assert.deepEqual(hands.done, []);
    const database = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => void database.listen(port, '127.0.0.1', resolve));
    await eventually('the start', async () => {
      await turn();
      return hands.done.includes('start api');
    });
    database.close();
  });
});
