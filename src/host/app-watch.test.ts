import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { diagnose } from '#diagnose/rules/index.ts';
import type { Finding } from '#diagnose/finding.ts';
import type { ProcessEvent, ProcessState } from '#supervise/model.ts';
import { fakeClock } from '../../test/fakes/clock.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { fakeHands } from '../../test/fakes/hands.ts';
import { AppWatch, type AppWatchOptions } from './app-watch.ts';
import type { AppSpec, HostSignal } from './contract.ts';

const START = 1_800_000_000_000;
const APP: AppSpec = { name: 'api', service: 'API', manager: 'pm2', artifacts: ['dist/'], repair: 'auto' };
const WORDS = `Error: Cannot find module './db/connect'
Require stack:
- /srv/app/dist/server.js
- /srv/app/dist/index.js
    at Module._resolveFilename (node:internal/modules/cjs/loader:1225:15)
    at require (node:internal/modules/helpers:177:18)
    at Object.<anonymous> (/srv/app/dist/server.js:3:12) {
  code: 'MODULE_NOT_FOUND',
  requireStack: [ '/srv/app/dist/server.js', '/srv/app/dist/index.js' ]
}`;
const STALE: Finding = {
  cause: 'stale-artifact',
  params: { path: 'dist' },
  confidence: 0.97,
  evidence: [],
  action: 'stale-artifacts',
};

const setUp = (more: Partial<AppSpec> = {}, memory = new Map<string, string>()) => {
  const clock = fakeClock(START);
  const hands = fakeHands();
  const told: HostSignal[] = [];
  let emit: (event: ProcessEvent) => void = () => undefined;
  let facts: readonly Finding[] = [];
  let words = WORDS;
  const killed = new Set<number>();
  const options: AppWatchOptions = {
    app: { ...APP, ...more },
    clock,
    hands,
    source: {
      follow: (_app, onEvent) => {
        emit = onEvent;
        return () => undefined;
      },
      words: async () => words,
      entryOf: () => undefined,
      stop: async () => undefined,
    },
    diagnoser: {
      atOnce: (crash) => diagnose(crash),
      thoroughly: async () => facts,
      wasKilledForMemory: async (pid) => killed.has(pid),
    },
    memory: {
      recall: <T>(key: string) => (memory.has(key) ? (JSON.parse(memory.get(key) ?? '') as T) : undefined),
      remember: (key, value) => void memory.set(key, JSON.stringify(value)),
    },
    tell: (signal) => void told.push(signal),
    onBug: (error) => {
      throw error;
    },
  };
  const watch = new AppWatch(options);
  watch.start();
  const process = (fields: Partial<ProcessState> = {}): ProcessState => ({
    id: '0',
    app: 'api',
    pid: 100,
    status: 'online',
    restarts: 0,
    startedAt: clock.now(),
    ...fields,
  });
  const types = (): readonly string[] =>
    told.map((one) => (one.type === 'repair' ? `repair ${one.phase}` : one.type === 'process' ? one.what : one.type));
  return {
    watch,
    clock,
    hands,
    told,
    types,
    process,
    killed,
    memory,
    say: (text: string) => {
      words = text;
    },
    know: (...findings: readonly Finding[]) => {
      facts = findings;
    },
    emit: (event: ProcessEvent) => emit(event),
    verdicts: () => told.filter((one) => one.type === 'app-verdict'),
  };
};

/** Up for ten minutes, then dead at the first start of the stale build. */
const crash = (on: ReturnType<typeof setUp>): void => {
  const { emit, clock, process } = on;
  emit({ type: 'seen', at: clock.now(), app: 'api', processes: [process({ startedAt: START - 600_000 })] });
  clock.advance(1_000);
  const old = process({ startedAt: START - 600_000 });
  emit({ type: 'exited', at: clock.now(), process: old, uptimeMs: 601_000, wanted: true, why: 'by-hand' });
  const begun = process({ pid: 101 });
  emit({ type: 'started', at: clock.now(), process: begun });
  clock.advance(900);
  emit({ type: 'exited', at: clock.now(), process: { ...begun, restarts: 1 }, code: 1, uptimeMs: 900, wanted: false });
};

describe('the watch over an app', () => {
  const watches: AppWatch[] = [];
  const begin = (...args: Parameters<typeof setUp>) => {
    const on = setUp(...args);
    watches.push(on.watch);
    return on;
  };
  after(() => {
    for (const watch of watches) watch.stop();
  });

  it('tells the verdict with its cause from the words alone, then the findings of the facts', async () => {
    const on = begin();
    on.know(STALE);
    crash(on);
    const down = await eventually('the verdict', () => on.verdicts().find(({ to }) => to === 'down'));
    assert.equal(down.findings[0]?.cause, 'stale-artifact');
    assert.equal(down.lasting, true);
    assert.equal(down.reason?.code, 'app.boot-crash');
    await eventually('the findings', () => on.told.some((one) => one.type === 'findings'));
    assert.ok(on.types().indexOf('app-verdict') < on.types().indexOf('findings'));
    assert.deepEqual(on.types().slice(0, 4), ['app-verdict', 'restart-by-hand', 'start', 'exit']);
  });

  it('waits for words that are a little behind the death', async () => {
    const on = begin();
    on.say('');
    crash(on);
    await eventually('the watch to wait', async () => {
      on.clock.advance(60);
      on.say(WORDS);
      return on.verdicts().find(({ to }) => to === 'down');
    });
    assert.equal(on.verdicts().at(-1)?.findings[0]?.cause, 'stale-artifact');
  });

  it('proposes what a trial proved, does it, and says that it is verified', async () => {
    const on = begin();
    on.know(STALE);
    crash(on);
    await eventually('the proposal', () => on.types().includes('repair proposed'));
    on.clock.advance(11_000);
    await eventually('the repair', () => on.types().includes('repair verified'));
    assert.deepEqual(
      on.hands.done.filter((one) => !one.startsWith('keep')),
      ['plan api stale-artifacts', 'apply api p1'],
    );
  });

  it('starts what its manager has given up when the cause passes and the database answers', async () => {
    const database = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => void database.listen(0, '127.0.0.1', resolve));
    const { port } = database.address() as AddressInfo;
    const on = begin({ repair: 'ask' });
    on.say(`Error: connect ECONNREFUSED 127.0.0.1:${port}
    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16) {
  errno: -111,
  code: 'ECONNREFUSED',
  syscall: 'connect',
  address: '127.0.0.1',
  port: ${port}
}`);
    crash(on);
    const given = on.process({ pid: 0, status: 'errored', restarts: 3, startedAt: START + 1_000 });
    on.emit({ type: 'gave-up', at: on.clock.now(), process: given });
    await eventually('the start', async () => {
      on.clock.advance(100);
      return on.hands.done.includes('start api');
    });
    database.close();
    assert.ok(on.types().indexOf('gave-up') < on.types().indexOf('repair starting'));
    assert.equal(on.verdicts().at(-1)?.lasting, false);
  });

  it('asks the kernel about a death without words', async () => {
    const on = begin();
    on.killed.add(101);
    on.say('');
    crash(on);
    await eventually('the kill', () => on.types().includes('oom-kill'));
  });

  it('remembers its verdict over a restart, and says nothing twice', async () => {
    const first = begin();
    crash(first);
    await eventually('the verdict', () => first.verdicts().find(({ to }) => to === 'down'));
    first.watch.stop();
    const second = begin({}, first.memory);
    const same = second.process({ pid: 0, status: 'errored', restarts: 3 });
    second.emit({ type: 'seen', at: second.clock.now() + 5_000, app: 'api', processes: [same] });
    assert.deepEqual(
      second.verdicts().filter(({ from, to }) => from !== to),
      [],
    );
  });

  it('tells changes of its files', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'dozor-app-'));
    const on = begin({ dir });
    await eventually('the first look', () => on.memory.has('files:api'));
    mkdirSync(join(dir, 'dist'));
    await eventually('the change', () => {
      on.clock.advance(50);
      return on.types().includes('change');
    });
    on.watch.stop();
    rmSync(dir, { recursive: true });
  });

  it('thins the noise of a loop', () => {
    const on = begin();
    for (let count = 0; count < 500; count += 1) {
      const one = on.process({ restarts: count });
      on.emit({ type: 'started', at: on.clock.now(), process: one });
      on.clock.advance(200);
      on.emit({ type: 'exited', at: on.clock.now(), process: one, code: 1, uptimeMs: 200, wanted: false });
    }
    const noise = on.types().filter((type) => type === 'start' || type === 'exit');
    assert.ok(noise.length >= 20 && noise.length < 60, String(noise.length));
  });
});
