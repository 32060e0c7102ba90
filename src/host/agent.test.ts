import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ProcessEvent } from '#supervise/model.ts';
import { fakeClock } from '../../test/fakes/clock.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { fakeHands } from '../../test/fakes/hands.ts';
import { Agent } from './agent.ts';
import type { AppSpec, HostBriefing, HostSignal, HostVitals, IssuedOrder, NumberedSignal, Order } from './contract.ts';
import { Spool } from './spool.ts';

const START = 1_800_000_000_000;
const app = (name: string, more: Partial<AppSpec> = {}): AppSpec => ({
  name,
  service: 'API',
  manager: 'pm2',
  artifacts: [],
  repair: 'ask',
  ...more,
});
const briefing = (revision: string, ...apps: readonly AppSpec[]): HostBriefing => ({ revision, host: 'vps', apps });

/** A brain in memory: it is there or away, keeps what it gets, and says what it is told to say. */
const fakeBrain = () => {
  const taken: NumberedSignal[] = [];
  let highest = 0;
  let waiting: (() => void) | undefined;
  let news: { orders: readonly IssuedOrder[]; briefing?: HostBriefing }[] = [];
  const brain = {
    taken,
    isAway: false,
    signals: (): readonly HostSignal[] => taken.map(({ signal }) => signal),
    say: (orders: readonly IssuedOrder[], told?: HostBriefing): void => {
      news.push({ orders, ...(told === undefined ? {} : { briefing: told }) });
      waiting?.();
    },
    uplink: {
      hand: async (batch: readonly NumberedSignal[]): Promise<number> => {
        if (brain.isAway) throw new Error('away');
        for (const one of batch) {
          if (one.seq <= highest) continue;
          highest = one.seq;
          taken.push(one);
        }
        return highest;
      },
      listen: async (signal: AbortSignal) => {
        if (brain.isAway) throw new Error('away');
        if (news.length === 0)
          await new Promise<void>((resolve) => {
            waiting = resolve;
            signal.addEventListener('abort', () => resolve());
          });
        const [first = { orders: [] }, ...rest] = news;
        news = rest;
        return first;
      },
    },
  };
  return brain;
};

describe('an agent', () => {
  let dir: string;
  let count = 0;
  const closing: (() => Promise<void>)[] = [];
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'dozor-agent-'));
  });
  after(async () => {
    await Promise.all(closing.map((close) => close()));
    rmSync(dir, { recursive: true, force: true });
  });

  const setUp = (file = join(dir, `${(count += 1)}.db`)) => {
    const clock = fakeClock(START);
    const brain = fakeBrain();
    const hands = fakeHands();
    const spool = new Spool(file, START);
    const followed = new Map<string, (event: ProcessEvent) => void>();
    const homes: (string | undefined)[] = [];
    const notes: string[] = [];
    const vitals: HostVitals = {
      load: [1, 1, 1],
      cpus: 2,
      memory: { totalBytes: 4e9, availableBytes: 2e9, swapTotalBytes: 0, swapFreeBytes: 0 },
      disks: [{ mount: '/', totalBytes: 1e9, freeBytes: 1e6, inodesTotal: 1_000, inodesFree: 900 }],
      processes: [],
      ports: [],
    };
    const agent = new Agent({
      spool,
      uplink: brain.uplink,
      clock,
      reach: ({ pm2Home }) => {
        homes.push(pm2Home);
        return {
          hands,
          source: {
            follow: ({ name }, onEvent) => {
              followed.set(name, onEvent);
              return () => void followed.delete(name);
            },
            words: async () => '',
            entryOf: () => undefined,
            stop: async () => undefined,
          },
          diagnoser: {
            atOnce: () => [],
            thoroughly: async () => [{ cause: 'disk-full', params: {}, confidence: 0.9, evidence: [] }],
            wasKilledForMemory: async () => false,
          },
        };
      },
      vitals: { look: async () => vitals },
      clockSkew: () => 90_000,
      random: () => 0.5,
      onNote: (line) => void notes.push(line),
      onBug: (error) => {
        throw error;
      },
    });
    let isStopped = false;
    const stop = async (): Promise<void> => {
      if (isStopped) return;
      isStopped = true;
      await agent.stop();
      spool.close();
    };
    closing.push(stop);
    const passes = async <T>(what: string, probe: () => T | undefined | false): Promise<T> =>
      eventually(what, () => {
        clock.advance(250);
        return probe();
      });
    return { agent, clock, brain, hands, spool, followed, homes, notes, stop, file, passes };
  };
  const order = (id: string, wish: Order): IssuedOrder => ({
    id,
    at: START,
    by: { name: 'A', via: 'telegram' },
    order: wish,
  });

  it('watches what its briefing says, follows its changes, and knows it without a brain after a restart', async () => {
    const on = setUp();
    on.agent.start();
    on.brain.say([], briefing('r1', app('api'), app('worker')));
    await on.passes('both', () => on.followed.size === 2);
    const before = on.followed.get('api');
    on.brain.say([], briefing('r2', app('api'), app('bot')));
    await on.passes('the bot', () => on.followed.has('bot'));
    assert.deepEqual([...on.followed.keys()], ['api', 'bot']);
    assert.equal(on.followed.get('api'), before, 'what did not change is not touched');
    assert.equal(on.agent.revision, 'r2');
    await on.stop();
    const again = setUp(on.file);
    again.brain.isAway = true;
    again.agent.start();
    assert.deepEqual([...again.followed.keys()], ['api', 'bot']);
  });

  it('goes to another home of PM2 when it is told to', async () => {
    const on = setUp();
    on.agent.start();
    on.brain.say([], briefing('r1', app('api')));
    await on.passes('the first', () => on.homes.length === 1);
    on.brain.say([], { ...briefing('r2', app('api')), pm2Home: '/srv/pm2' });
    await on.passes('the second', () => on.homes.length === 2);
    assert.deepEqual(on.homes, [undefined, '/srv/pm2']);
    assert.equal(on.followed.size, 1);
  });

  it('keeps everything while the brain is away, hands it over in order when it is back, and says both', async () => {
    const on = setUp();
    on.brain.isAway = true;
    on.agent.start();
    for (let at = 1; at <= 3; at += 1) {
      on.agent.tell({ type: 'process', at, app: 'api', what: 'exit' });
      on.clock.advance(10_000);
    }
    await on.passes('the note', () => on.notes.some((line) => line.startsWith('The brain is away')));
    on.brain.isAway = false;
    await on.passes('all', () => on.brain.signals().filter(({ type }) => type === 'process').length === 3);
    assert.deepEqual(
      on.brain.signals().flatMap((one) => (one.type === 'process' ? [one.at] : [])),
      [1, 2, 3],
    );
    await on.passes('the other note', () => on.notes.includes('The brain is back.'));
  });

  it('tells vitals with how wrong its clock is', async () => {
    const on = setUp();
    on.agent.start();
    const vitals = await on.passes('vitals', () => on.brain.signals().find((one) => one.type === 'vitals'));
    assert.equal(vitals.type === 'vitals' && vitals.vitals.clockSkewMs, 90_000);
  });

  it('tells that the disk is full, and that its clock is wrong once that lasts', async () => {
    const on = setUp();
    on.agent.start();
    const keys = (): readonly string[] =>
      on.brain.signals().flatMap((one) => (one.type === 'host-trouble' ? [`${one.key} ${one.severity}`] : []));
    await on.passes('the clock', () => keys().includes('clock warning'));
    assert.deepEqual(keys(), ['disk / critical', 'clock warning']);
  });

  it('carries out each order of the closed list and answers it', async () => {
    const on = setUp();
    on.agent.start();
    on.brain.say([], briefing('r1', app('api')));
    await on.passes('the app', () => on.followed.size === 1);
    on.brain.say([
      order('o1', { do: 'recover', app: 'api' }),
      order('o2', { do: 'rollback', app: 'api', to: 'k7' }),
      order('o3', { do: 'protect', app: 'api', only: ['pm2-limits'], apply: true }),
      order('o4', { do: 'diagnose', app: 'api' }),
      order('o5', { do: 'repair', app: 'api', planId: 'p0' }),
      order('o6', { do: 'recover', app: 'other' }),
      order('o7', { do: 'format-disk', app: 'api' } as unknown as Order),
    ]);
    const answers = await on.passes('seven answers', () => {
      const found = on.brain.signals().filter((one) => one.type === 'order-done');
      return found.length === 7 ? found : undefined;
    });
    assert.deepEqual(on.hands.done, ['recover api', 'rollback api k7', 'protect api pm2-limits apply']);
    assert.deepEqual(
      new Map(answers.map((one) => [one.orderId, one.outcome])),
      new Map([
        ['o1', 'done'],
        ['o2', 'done'],
        ['o3', 'done'],
        ['o4', 'done'],
        ['o5', 'refused'],
        ['o6', 'refused'],
        ['o7', 'refused'],
      ]),
    );
    assert.match(answers.find((one) => one.orderId === 'o4')?.output ?? '', /^disk-full 0\.90/);
  });
});
