import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readLogLine } from './log-line.ts';

describe("a line of PM2's log", () => {
  it('is read with and without its date, whatever the name of the app', () => {
    const process = { app: 'api', id: 0, old: false };
    const names = [`it's a "bad" name`, 'a:1] exited with code [0]', '[x]', 'имя', 'a id:7'];
    assert.deepEqual(readLogLine('2026-01-02T03:04:05: PM2 log: App [api:0] online\n'), { says: 'online', ...process });
    assert.deepEqual(readLogLine('App [api:0] starting in -fork mode-'), { says: 'starting', ...process });
    for (const app of names) {
      const exit = { says: 'exited', app, id: 12, old: false, code: 1, signal: 'SIGKILL' };
      assert.deepEqual(readLogLine(`App [${app}:12] exited with code [1] via signal [SIGKILL]`), exit);
      assert.deepEqual(readLogLine(`Stopping app:${app} id:3`), { says: 'stopping', app, id: 3, old: false });
    }
  });

  it("tells the old processes of a cluster's reload", () => {
    assert.deepEqual(readLogLine('Stopping app:api id:_old_3'), { says: 'stopping', app: 'api', id: 3, old: true });
  });

  it('tells the memory limit, cron, giving up, and the daemon', () => {
    const limit = '[PM2][WORKER] Process 4 restarted because it exceeds --max-memory-restart value (current_memory=1)';
    assert.deepEqual(readLogLine(limit), { says: 'memory-limit', id: 4 });
    assert.deepEqual(readLogLine('[PM2] Deregistering a cron job on: 5'), { says: 'cron', id: 5 });
    const overlimit = 'Script /srv/a b/x.js had too many unstable restarts (3). Stopped. "errored"';
    assert.deepEqual(readLogLine(overlimit), { says: 'overlimit' });
    assert.deepEqual(readLogLine('PM2 successfully stopped'), { says: 'daemon-stopped' });
  });

  it('is nothing when it is anything else', () => {
    for (const line of [
      '',
      'pid=1 msg=process killed',
      '-reload- New worker listening',
      'App name:a id:1 disconnected',
    ])
      assert.equal(readLogLine(line), undefined);
  });
});
