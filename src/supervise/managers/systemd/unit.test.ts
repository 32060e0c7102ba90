import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { unitEvents } from './compare.ts';
import { readJournalLine } from './journal.ts';
import { momentOf, readUnit, type Unit } from './unit.ts';

const NOW = 1_795_510_100_000;

/** What `systemctl show` prints, with these lines changed. */
const shown = (changes: Readonly<Record<string, string | number>> = {}): Unit => {
  const lines = {
    Id: 'api.service',
    LoadState: 'loaded',
    ActiveState: 'active',
    SubState: 'running',
    Result: 'success',
    MainPID: 4711,
    NRestarts: 0,
    InvocationID: '7b0f6d1e',
    ExecMainPID: 4711,
    ExecMainStartTimestamp: '@1795510000',
    ExecMainExitTimestamp: '',
    ExecMainCode: 0,
    ExecMainStatus: 0,
    MemoryCurrent: '[not set]',
    ExecStart:
      '{ path=/usr/bin/node ; argv[]=/usr/bin/node --enable-source-maps src/server.js ; ignore_errors=no ; start_time=[n/a] ; pid=4711 ; code=(null) ; status=0/0 }',
    ...changes,
  };
  const unit = readUnit(
    Object.entries(lines)
      .map(([key, value]) => `${key}=${value}`)
      .join('\n'),
  );
  assert.ok(unit !== undefined);
  return unit;
};

const told = (before: Unit, after: Unit): object[] =>
  unitEvents(before, after, 'api', NOW)
    .filter(({ type }) => type !== 'seen')
    .map((event) =>
      event.type === 'exited'
        ? { exited: event.code ?? event.signal ?? '?', wanted: event.wanted, uptimeMs: event.uptimeMs }
        : { is: event.type },
    );

/** The main process has ended; systemd waits before it restarts. */
const waiting = {
  ActiveState: 'activating',
  SubState: 'auto-restart',
  MainPID: 0,
  ExecMainExitTimestamp: '@1795510004',
};

describe('what systemctl shows', () => {
  it('is read: state, moments, memory, entry', () => {
    const unit = shown({ MemoryCurrent: 52_428_800 });
    assert.equal(unit.startedAt, 1_795_510_000_000);
    assert.deepEqual([unit.exitedAt, unit.code, unit.memoryBytes], [0, undefined, 52_428_800]);
    assert.equal(unit.entry, 'src/server.js');
    assert.equal(shown({ MemoryCurrent: '18446744073709551615' }).memoryBytes, undefined);
    assert.equal(readUnit('System has not been booted with systemd'), undefined);
  });

  it('has its moments in every form that systemctl writes them', () => {
    assert.equal(momentOf('@1795510000.25'), 1_795_510_000_250);
    assert.equal(momentOf('Tue 2026-11-24 08:46:40 UTC'), Date.UTC(2026, 10, 24, 8, 46, 40));
    for (const none of ['', 'n/a', '@', 'yesterday']) assert.equal(momentOf(none), 0);
  });
});

describe('a unit between two looks', () => {
  it('that failed and will be restarted has ended against our will, with its code or signal', () => {
    const failed = { ...waiting, Result: 'exit-code', ExecMainCode: 1, ExecMainStatus: 3 };
    assert.deepEqual(told(shown(), shown(failed)), [{ exited: 3, wanted: false, uptimeMs: 4_000 }]);
    const killed = { ...waiting, Result: 'signal', ExecMainCode: 2, ExecMainStatus: 9 };
    assert.deepEqual(told(shown(), shown(killed)), [{ exited: 'SIGKILL', wanted: false, uptimeMs: 4_000 }]);
    const watchdog = { ...waiting, Result: 'watchdog', ExecMainCode: 3, ExecMainStatus: 6 };
    assert.deepEqual(told(shown(), shown(watchdog)), [{ exited: 'SIGABRT', wanted: false, uptimeMs: 4_000 }]);
  });

  it('that was killed for memory says so', () => {
    const oom = { ...waiting, Result: 'oom-kill', ExecMainCode: 2, ExecMainStatus: 9 };
    assert.deepEqual(told(shown(), shown(oom)), [
      { exited: 'SIGKILL', wanted: false, uptimeMs: 4_000 },
      { is: 'oom-kill' },
    ]);
  });

  it('that runs anew, counted by systemd, has crashed in between; uncounted, a person restarted it', () => {
    const again = { MainPID: 4800, ExecMainPID: 4800, ExecMainStartTimestamp: '@1795510009' };
    const crashed = told(shown(), shown({ ...again, NRestarts: 1 }));
    assert.deepEqual(crashed, [{ exited: '?', wanted: false, uptimeMs: 9_000 }, { is: 'started' }]);
    const byHand = told(shown({ NRestarts: 2 }), shown(again));
    assert.deepEqual(byHand, [{ exited: '?', wanted: true, uptimeMs: 9_000 }, { is: 'started' }]);
  });

  it('that was stopped is wanted; that hit its start limit is given up', () => {
    const stopped = { ActiveState: 'inactive', SubState: 'dead', MainPID: 0, ExecMainExitTimestamp: '@1795510004' };
    assert.deepEqual(told(shown(), shown({ ...stopped, ExecMainCode: 1 })), [
      { exited: 0, wanted: true, uptimeMs: 4_000 },
    ]);
    const limit = {
      ...stopped,
      ActiveState: 'failed',
      SubState: 'failed',
      Result: 'start-limit-hit',
      ExecMainCode: 1,
      ExecMainStatus: 1,
    };
    assert.deepEqual(told(shown({ ...waiting, NRestarts: 4 }), shown(limit)), [{ is: 'gave-up' }]);
    assert.deepEqual(told(shown(), shown(limit)), [{ exited: 1, wanted: false, uptimeMs: 4_000 }, { is: 'gave-up' }]);
  });

  it('that is the same tells only what is seen', () => {
    assert.deepEqual(told(shown(), shown()), []);
    const [seen] = unitEvents(undefined, shown({ LoadState: 'not-found' }), 'api', NOW);
    assert.deepEqual(seen, { type: 'seen', at: NOW, app: 'api', processes: [] });
  });
});

describe('a line of the journal', () => {
  it('is read as text or bytes, and told apart by who wrote it', () => {
    const own = { MESSAGE: 'Error: boom', __REALTIME_TIMESTAMP: '1795510000123456', _SYSTEMD_UNIT: 'api.service' };
    assert.deepEqual(readJournalLine(JSON.stringify(own)), {
      message: 'Error: boom',
      atMs: 1_795_510_000_123,
      bySystemd: false,
    });
    const bytes = { ...own, MESSAGE: [72, 105, 27] };
    assert.equal(readJournalLine(JSON.stringify(bytes))?.message, 'Hi\u001b');
    assert.equal(readJournalLine(JSON.stringify({ ...own, UNIT: 'api.service' }))?.bySystemd, true);
    for (const line of ['', '-- Logs begin at Tue', '{"MESSAGE":null}', '[]', '"x"', '{"MESSAGE":'])
      assert.equal(readJournalLine(line), undefined);
  });
});
