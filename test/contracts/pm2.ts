import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ManagerWatch } from '#supervise/manager.ts';
import { pm2 } from '#supervise/managers/pm2.ts';
import { systemClock } from '#engine/system-clock.ts';
import { RealPm2, SECRET } from '../fakes/pm2.ts';
import { play } from '../machines/apps.ts';
import { ProcessRecord } from '../fakes/process-record.ts';
import { DEFAULT_SUPERVISE_RULES } from '#supervise/rules.ts';
import { initialAppState } from '#supervise/state.ts';

/** An app that answers, and does by its path what is asked of it. */
const SERVER = `
require('node:http').createServer((request, response) => {
  response.end(String(process.pid));
}).listen(0);
process.on('message', (what) => {
  if (what === 'throw') setImmediate(() => { throw new TypeError('broken at run time'); });
});
process.on('SIGUSR2', () => process.exit(7));
`;

/** What the machine says to all that was recorded of an app, as `to code` in turn. */
const verdictsOf = (record: ProcessRecord, app: string): string[] => {
  const from = initialAppState(app, record.events[0]?.at ?? 0);
  const { verdicts } = play(record.events, DEFAULT_SUPERVISE_RULES, from);
  return verdicts.map(({ to, reason }) => `${to}${reason === undefined ? '' : ` ${reason.code}`}`);
};

/** What the client to PM2's sockets relies on, of a real PM2 of this major version. */
export const pm2Contract = (major: number): void => {
  describe(`PM2 ${major}, the real one`, { concurrency: false }, () => {
    const real = new RealPm2(major);
    const records: ProcessRecord[] = [];
    let watch: ManagerWatch;

    const open = (): ManagerWatch =>
      pm2.open({ clock: systemClock, home: real.dir, pm2Home: real.home, path: process.env['PATH'] ?? '' });
    const follow = (app: string): ProcessRecord => {
      const record = new ProcessRecord(watch, app);
      records.push(record);
      return record;
    };

    before(async () => {
      await real.cli('ping');
      watch = open();
    });
    after(async () => {
      await watch.stop();
      await real[Symbol.asyncDispose]();
    });

    it('tells each exit of a crash loop with code, words and exception, and that it is given up; whatever the name', async () => {
      const name = `it's a "bad" name`;
      const record = follow(name);
      const script = real.script('boot.js', `console.error('about to fail'); throw new Error('no way to start');`);
      await real.start({ name, script, max_restarts: 3, min_uptime: '30s' });
      await record.first('gave-up');
      const exits = record.all('exited');
      assert.deepEqual(
        exits.map(({ code, signal, wanted }) => ({ code, signal, wanted })),
        Array.from({ length: 3 }, () => ({ code: 1, signal: undefined, wanted: false })),
      );
      assert.ok(
        exits.every(({ process, uptimeMs, at }) => process.startedAt > 0 && at - process.startedAt === uptimeMs),
      );
      assert.equal(new Set(record.all('started').map(({ process }) => process.startedAt)).size, 3);
      assert.match((await record.first('exception')).text, /^Error: no way to start\n {4}at /);
      const last = exits.at(-1)?.process;
      const words = await watch.words({ name }, { process: last?.id ?? '', startedAt: last?.startedAt ?? 0 });
      assert.match(words, /^about to fail\nError: no way to start\n/);
      assert.equal(words.match(/about to fail/g)?.length, 1, 'of this run only');
      await record.first('seen', ({ processes }) => processes[0]?.status === 'errored');
      assert.equal(watch.entryOf({ name }), script);
      assert.deepEqual(verdictsOf(record, name), ['down app.crash-loop', 'down app.gave-up']);
    });

    it('tells exit codes and signals, though PM2 mixes them up', async () => {
      const record = follow('signals');
      await real.start({ name: 'signals', script: real.script('signals.js', SERVER) });
      const ends: (readonly [NodeJS.Signals, object])[] = [
        ['SIGKILL', { code: undefined, signal: 'SIGKILL' }],
        ['SIGTERM', { code: undefined, signal: 'SIGTERM' }],
        ['SIGUSR2', { code: 7, signal: undefined }],
      ];
      for (const [sent, expected] of ends) {
        const seen = await record.first('seen', ({ processes }) => (processes[0]?.pid ?? 0) > 0, record.mark);
        const pid = seen.processes[0]?.pid ?? 0;
        const { mark } = record;
        process.kill(pid, sent);
        const { code, signal, wanted, process: ended } = await record.first('exited', undefined, mark);
        assert.deepEqual({ code, signal }, expected);
        assert.equal(wanted, false);
        assert.equal(ended.pid, pid);
        await record.first('started', undefined, mark);
      }
    });

    it('tells what people do from crashes: restart, reload, stop, start, delete', async () => {
      const record = follow('by hand');
      await real.start({ name: 'by hand', script: real.script('by-hand.js', SERVER) });
      for (const deed of ['restart', 'reload', 'restart', 'stop', 'start', 'restart', 'delete']) {
        const { mark } = record;
        await real.cli(deed, 'by hand');
        if (deed !== 'start') {
          const exit = await record.first('exited', undefined, mark);
          assert.equal(exit.wanted, true, deed);
        }
        if (deed === 'stop') await record.first('seen', ({ processes }) => processes[0]?.status === 'stopped', mark);
        else if (deed !== 'delete') await record.first('seen', ({ processes }) => (processes[0]?.pid ?? 0) > 0, mark);
      }
      await record.first(
        'seen',
        ({ processes }) => processes.length === 0,
        record.events.findLastIndex((event) => event.type === 'exited'),
      );
      assert.ok(!verdictsOf(record, 'by hand').some((verdict) => verdict.startsWith('down')));
    });

    it('tells reload and scaling of a cluster from the crash of a worker', async () => {
      const record = follow('cluster');
      await real.start({
        name: 'cluster',
        script: real.script('cluster.js', SERVER),
        instances: 2,
        exec_mode: 'cluster',
      });
      await record.first('seen', ({ processes }) => processes.filter(({ pid }) => pid > 0).length === 2);
      let { mark } = record;
      await real.cli('reload', 'cluster');
      await record.first(
        'seen',
        ({ processes }) => processes.length === 2 && processes.every(({ restarts }) => restarts === 1),
        mark,
      );
      assert.deepEqual(
        record.all('exited', mark).map(({ wanted, why }) => [wanted, why]),
        [
          [true, 'reload'],
          [true, 'reload'],
        ],
      );
      ({ mark } = record);
      await real.cli('scale', 'cluster', '3');
      await record.first('seen', ({ processes }) => processes.length === 3, mark);
      await real.cli('scale', 'cluster', '1');
      const one = await record.first(
        'seen',
        ({ processes }) => processes.length === 1 && (processes[0]?.pid ?? 0) > 0,
        mark,
      );
      assert.ok(record.all('exited', mark).every(({ wanted }) => wanted));
      ({ mark } = record);
      process.kill(one.processes[0]?.pid ?? 0, 'SIGKILL');
      const crash = await record.first('exited', undefined, mark);
      assert.deepEqual([crash.wanted, crash.signal, crash.process.mode], [false, 'SIGKILL', 'cluster']);
      assert.ok(!verdictsOf(record, 'cluster').some((verdict) => verdict.startsWith('down')));
    });

    it('tells restarts by the memory limit and by cron as what they are', async () => {
      const memory = follow('memory');
      const cron = follow('cron');
      const hungry = `${SERVER}\nconst kept = [];\nfor (let i = 0; i < 60; i++) kept.push(Buffer.alloc(2e6, 1));\nsetInterval(() => kept.length, 1e6);`;
      await real.start(
        { name: 'memory', script: real.script('memory.js', hungry), max_memory_restart: '100M' },
        { name: 'cron', script: real.script('cron.js', SERVER), cron_restart: '*/2 * * * * *' },
      );
      const limit = await memory.first('exited');
      assert.deepEqual([limit.wanted, limit.why], [true, 'memory-limit']);
      const clock = await cron.first('exited');
      assert.deepEqual([clock.wanted, clock.why], [true, 'cron']);
      await real.cli('delete', 'memory', 'cron');
      assert.ok(!verdictsOf(cron, 'cron').some((verdict) => verdict.startsWith('d')));
    });

    it('tells the exception of a zombie, which PM2 keeps online', async () => {
      const record = follow('zombie');
      const script = real.script('zombie.js', `Promise.reject(new Error('connect ECONNREFUSED 127.0.0.1:5432'));`);
      await real.start({ name: 'zombie', script });
      assert.match((await record.first('exception')).text, /ECONNREFUSED/);
      await record.first('seen', ({ processes }) => processes[0]?.status === 'online', record.mark);
      assert.deepEqual(record.all('exited'), []);
    });

    it('tells that it is given up, though "waiting restart" overwrites it', async () => {
      const record = follow('backoff');
      const script = real.script('backoff.js', `throw new Error('again');`);
      await real.start({ name: 'backoff', script, max_restarts: 2, min_uptime: '30s', exp_backoff_restart_delay: 100 });
      await record.first('gave-up');
      const { mark } = record;
      const { processes } = await record.first('seen', undefined, mark);
      assert.deepEqual([processes[0]?.status, processes[0]?.pid], ['waiting restart', 0]);
      assert.deepEqual(verdictsOf(record, 'backoff').at(-1), 'down app.gave-up');
    });

    it('takes an end that the settings call one for an end', async () => {
      const record = follow('job');
      await real.start({
        name: 'job',
        script: real.script('job.js', 'setTimeout(() => {}, 10);'),
        autorestart: false,
        pmx: false,
      });
      const exit = await record.first('exited');
      assert.deepEqual([exit.code, exit.wanted, exit.why], [0, true, 'finished']);
    });

    it('restarts, stops and starts one process when it is told to', async () => {
      const record = follow('acted');
      await real.start({ name: 'acted', script: real.script('acted.js', SERVER) });
      const first = await record.first('seen', ({ processes }) => (processes[0]?.pid ?? 0) > 0);
      const id = first.processes[0]?.id ?? '';
      for (const deed of ['restart', 'stop', 'start'] as const) {
        const { mark } = record;
        assert.deepEqual(await watch.act(deed, id), { ok: true, value: undefined });
        if (deed !== 'stop') await record.first('started', undefined, mark);
        if (deed !== 'start') assert.equal((await record.first('exited', undefined, mark)).wanted, true);
      }
      const refused = await watch.act('restart', '4711');
      assert.equal(refused.ok, false);
    });

    it('reads its files where the sockets are closed to us', async () => {
      const name = 'closed';
      await real.start({ name, script: real.script('closed.js', SERVER) });
      const pid = await real.pid(name);
      const sockets = ['pub.sock', 'rpc.sock'].map((file) => join(real.home, file));
      for (const socket of sockets) chmodSync(socket, 0o700);
      chmodSync(real.dir, 0o755);
      const mine = process.geteuid?.();
      // root may connect to every socket
      if (mine === 0) process.seteuid?.(65_534);
      else for (const socket of sockets) chmodSync(socket, 0o000);
      const other = open();
      try {
        const record = new ProcessRecord(other, name);
        const seen = await record.first('seen', ({ processes }) => processes.length === 1);
        assert.equal(other.standing().via, 'read');
        assert.match(other.standing().because ?? '', /EACCES/);
        assert.equal(seen.processes[0]?.pid, pid);
        const { mark } = record;
        if (mine === 0) process.seteuid?.(0);
        process.kill(pid, 'SIGKILL');
        if (mine === 0) process.seteuid?.(65_534);
        const exit = await record.first('exited', undefined, mark);
        assert.deepEqual([exit.signal, exit.wanted], ['SIGKILL', false]);
        await record.first('started', undefined, mark);
      } finally {
        if (mine === 0) process.seteuid?.(0);
        for (const socket of sockets) chmodSync(socket, 0o775);
        await other.stop();
      }
    });

    it('tells that the daemon was killed, and that it is back with its list', async () => {
      const record = follow('resurrected');
      await real.start({ name: 'resurrected', script: real.script('resurrected.js', SERVER) });
      await real.cli('save');
      let { mark } = record;
      process.kill(real.daemon(), 'SIGKILL');
      const gone = await record.first('manager', ({ running }) => !running, mark);
      assert.equal(gone.wanted, undefined);
      ({ mark } = record);
      await real.cli('resurrect');
      await record.first('manager', ({ running }) => running, mark);
      await record.first('seen', ({ processes }) => (processes[0]?.pid ?? 0) > 0, mark);
      assert.equal(watch.standing().via, 'told');
    });

    it('tells that a person has ended the daemon', async () => {
      const record = follow('ended');
      await real.start({ name: 'ended', script: real.script('ended.js', SERVER) });
      const { mark } = record;
      await real.cli('kill');
      const gone = await record.first('manager', ({ running }) => !running, mark);
      assert.equal(gone.wanted, true);
      assert.equal(watch.standing().via, 'gone');
      assert.ok(!verdictsOf(record, 'ended').some((verdict) => verdict.startsWith('down')));
    });

    it('never lets a value of the environment out', () => {
      const everything = JSON.stringify(records.map(({ events }) => events));
      assert.ok(everything.length > 10_000);
      assert.ok(!everything.includes(SECRET));
      assert.ok(!everything.includes('DOZOR_TEST_SECRET'));
    });
  });
};
