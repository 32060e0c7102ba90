import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { systemClock } from '#engine/system-clock.ts';
import { ProcessRecord } from '../../../../test/fakes/process-record.ts';
import { systemd } from '../systemd.ts';

/** A systemctl and a journalctl that read files, on a PATH of their own: systemd itself does not run where tests run. */
const dir = mkdtempSync(join(tmpdir(), 'dozor-systemd-'));
const journal = join(dir, 'journal');
const calls = join(dir, 'calls');

const program = (name: string, text: string): void =>
  writeFileSync(join(dir, name), `#!/bin/sh\necho "${name} $*" >> '${calls}'\n${text}\n`, { mode: 0o755 });

program(
  'systemctl',
  `case "$1" in show) /bin/cat '${dir}/unit';; restart) exit 0;; *) echo "Access denied" >&2; exit 4;; esac`,
);
program(
  'journalctl',
  `case "$*" in *-f*) exec /usr/bin/tail -n 0 -F '${journal}' 2>/dev/null;; *) /bin/cat '${journal}';; esac`,
);
writeFileSync(journal, '');

const unit = (lines: readonly string[]): void => {
  writeFileSync(join(dir, 'unit.new'), ['Id=api.service', 'LoadState=loaded', ...lines].join('\n'));
  renameSync(join(dir, 'unit.new'), join(dir, 'unit'));
};

const start = Math.floor(Date.now() / 1_000) - 5;
const running = [
  'ActiveState=active',
  'SubState=running',
  'MainPID=71',
  'ExecMainPID=71',
  `ExecMainStartTimestamp=@${start}`,
];

after(() => rmSync(dir, { recursive: true, force: true }));

describe('systemd under watch', () => {
  it('is looked at when the journal tells of the unit, and hands out the words of the last run', async () => {
    unit([...running, 'Result=success', 'ExecMainCode=0', 'NRestarts=0']);
    const watch = systemd.open({ clock: systemClock, home: dir, path: dir, lookEveryMs: 600_000 });
    try {
      const record = new ProcessRecord(watch, 'api');
      await record.first('seen', ({ processes }) => processes[0]?.pid === 71);
      assert.deepEqual(watch.standing(), { via: 'told' });
      unit([
        'ActiveState=activating',
        'SubState=auto-restart',
        'MainPID=0',
        'ExecMainPID=71',
        'Result=exit-code',
        'NRestarts=1',
        `ExecMainStartTimestamp=@${start}`,
        `ExecMainExitTimestamp=@${start + 3}`,
        'ExecMainCode=1',
        'ExecMainStatus=1',
      ]);
      const at = (start + 2) * 1_000_000;
      const line = (fields: object): string => `${JSON.stringify({ __REALTIME_TIMESTAMP: String(at), ...fields })}\n`;
      const told = [
        line({ MESSAGE: 'Error: boom' }),
        line({ MESSAGE: 'Main process exited', UNIT: 'api.service' }),
      ].join('');
      // the follower may not have opened the file yet
      const timer = setInterval(() => appendFileSync(journal, told), 100);
      try {
        const exit = await record.first('exited');
        assert.deepEqual([exit.code, exit.wanted, exit.uptimeMs], [1, false, 3_000]);
      } finally {
        clearInterval(timer);
      }
      assert.match(await watch.words({ name: 'api' }, { startedAt: start * 1_000 }), /^Error: boom/);
      assert.doesNotMatch(await watch.words({ name: 'api' }, {}), /Main process exited/);
    } finally {
      await watch.stop();
    }
  });

  it('acts on a unit by words of their own, and says why it did not', async () => {
    const watch = systemd.open({ clock: systemClock, home: dir, path: dir });
    assert.deepEqual(await watch.act('restart', '-x; y'), { ok: true, value: undefined });
    assert.match(readFileSync(calls, 'utf8'), /^systemctl restart -- -x; y\.service$/m);
    assert.deepEqual(await watch.act('stop', 'api'), { ok: false, error: { says: 'Access denied' } });
    await watch.stop();
  });

  it('is gone where there is none', async () => {
    const watch = systemd.open({ clock: systemClock, home: dir, path: join(dir, 'nowhere') });
    try {
      const record = new ProcessRecord(watch, 'api');
      assert.equal((await record.first('manager')).running, false);
      assert.equal(watch.standing().via, 'gone');
      assert.equal(await watch.words({ name: 'api' }, {}), '');
    } finally {
      await watch.stop();
    }
  });
});
