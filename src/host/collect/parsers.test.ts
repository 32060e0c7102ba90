import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseMounts } from './disks.ts';
import { readLaunch, splitWords } from './launch.ts';
import { parseMemory } from './memory.ts';
import { parseKernelRecord, parseOomLine } from './oom.ts';
import { parsePm2Log } from './pm2-files.ts';
import { parseAddress, parseSockets } from './ports.ts';
import { parseStat } from './processes.ts';
import { readStartCommand } from './start-command.ts';

describe('the kernel tells', () => {
  it('a process whose name holds brackets and spaces', () => {
    const rest = Array.from({ length: 40 }, (_, at) => String(at + 4)).join(' ');
    const found = parseStat(`42 (a) b (c)) S 7 ${rest}`, 1_000_000);
    assert.equal(found?.pid, 42);
    assert.equal(found?.program, 'a) b (c)');
    assert.equal(found?.parent, 7);
    assert.equal(parseStat('nonsense', 0), undefined);
  });

  it('addresses of both kinds, also IPv4 within IPv6', () => {
    assert.equal(parseAddress('0100007F'), '127.0.0.1');
    assert.equal(parseAddress('00000000000000000000000001000000'), '::1');
    assert.equal(parseAddress('00000000000000000000000000000000'), '::');
    assert.equal(parseAddress('0000000000000000FFFF00000100007F'), '127.0.0.1');
  });

  it('listening sockets among connections', () => {
    const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 5501 1 0 100 0 0 10 0
   1: 0100007F:0BB8 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 5502 1 0 20 4 30 10 -1`;
    assert.deepEqual(parseSockets(table), [{ port: 3000, address: '127.0.0.1', inode: '5501' }]);
  });

  it('memory, also where a kernel does not say what is available', () => {
    assert.deepEqual(parseMemory('MemTotal: 100 kB\nMemAvailable: 40 kB\nSwapTotal: 8 kB\nSwapFree: 2 kB\n'), {
      totalBytes: 102_400,
      availableBytes: 40_960,
      swapTotalBytes: 8_192,
      swapFreeBytes: 2_048,
    });
    assert.equal(parseMemory('MemTotal: 100 kB\nMemFree: 10 kB\nCached: 20 kB\n')?.availableBytes, 30_720);
    assert.equal(parseMemory(''), undefined);
  });

  it('mounts: real ones, each device once, blanks in names, read-only told', () => {
    const mounts = parseMounts(`22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
23 22 0:5 / /proc rw - proc proc rw
24 22 8:2 / /data\\040disk ro,relatime - xfs /dev/sdb rw
25 22 8:1 /var /srv/bind rw - ext4 /dev/sda1 rw
26 22 0:44 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw
27 22 0:45 / /run/user/0 rw - tmpfs tmpfs rw
28 22 0:46 / /tmp rw - tmpfs tmpfs rw`);
    assert.deepEqual(
      mounts.map(({ mount, isReadOnly }) => [mount, isReadOnly]),
      [
        ['/', false],
        ['/data disk', true],
        ['/tmp', false],
      ],
    );
  });

  it('whom it killed for memory, in all its wordings', () => {
    const group =
      'Memory cgroup out of memory: Killed process 812 (node) total-vm:1GB, anon-rss:204800kB, file-rss:1024kB, shmem-rss:0kB';
    assert.deepEqual(parseOomLine(group), { pid: 812, program: 'node', isGroupLimit: true, rssBytes: 205_824 * 1_024 });
    assert.equal(parseOomLine('Out of memory: Kill process 9 (MainThread) score 900 or sacrifice child')?.pid, 9);
    assert.equal(parseOomLine('Out of memory (oom_kill_allocating_task): Killed process 11 (a b)')?.program, 'a b');
    assert.equal(parseOomLine('node[1]: segfault'), undefined);
    assert.equal(parseKernelRecord(`3,100,5000000,-;${group}`, 1_000_000)?.at, 1_005_000);
  });
});

describe('PM2 tells', () => {
  const log = `2025-12-22T08:03:05: PM2 log: App [api:0] online
2025-12-22T08:03:12: PM2 log: App [api:0] exited with code [1] via signal [SIGINT]
2025-12-22T08:03:12: PM2 log: App [other:1] exited with code [1] via signal [SIGINT]
2025-12-22T08:03:20: PM2 log: App [api:0] exited with code [0] via signal [SIGKILL]
2025-12-22T08:03:21: PM2 log: Script /srv/api.js had too many unstable restarts (3). Stopped. "errored"
nonsense`;

  it('ends with their code, or their signal where there was one, of the one app', () => {
    const { exits, starts, gaveUpAt } = parsePm2Log(log, 'api', '/srv/api.js');
    assert.deepEqual(
      exits.map(({ code, signal }) => ({ code, signal })),
      [
        { code: 1, signal: undefined },
        { code: undefined, signal: 'SIGKILL' },
      ],
    );
    assert.equal(starts.length, 1);
    assert.equal(gaveUpAt, Date.parse('2025-12-22T08:03:21'));
  });

  it('that it gave up only while nothing was started since', () => {
    const later = `${log}\n2025-12-22T09:00:00: PM2 log: App [api:0] online`;
    assert.equal(parsePm2Log(later, 'api', '/srv/api.js').gaveUpAt, undefined);
  });

  it('how an app is started, in its own record and in an ecosystem file', () => {
    const record = {
      name: 'api',
      pm_exec_path: '/srv/api/server.js',
      pm_cwd: '/srv/api',
      node_args: ['--import', 'tsx'],
      exec_mode: 'cluster_mode',
      max_memory_restart: 314_572_800,
    };
    const fromRecord = readLaunch(record, 'manager', '/');
    assert.equal(fromRecord?.mode, 'cluster');
    assert.equal(fromRecord?.maxMemoryBytes, 314_572_800);
    const written = readLaunch(
      { script: 'npm start', max_memory_restart: '300M', min_uptime: '30s', env_file: '.env' },
      'ecosystem',
      '/srv/api',
    );
    assert.deepEqual([written?.script, ...(written?.args ?? [])], ['npm', 'start']);
    assert.equal(written?.maxMemoryBytes, 314_572_800);
    assert.equal(written?.minUptimeMs, 30_000);
    assert.equal(written?.envFile, '/srv/api/.env');
    assert.equal(readLaunch({ name: 'x' }, 'ecosystem', '/'), undefined);
    assert.equal(readLaunch('text', 'ecosystem', '/'), undefined);
  });
});

describe('a start command comes down to', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['node dist/server.js', 'file', 'dist/server.js'],
    ['NODE_ENV=production node --enable-source-maps -r dotenv/config ./server', 'file', './server'],
    ['cross-env A=1 B="x y" tsx watch src/index.ts', 'file', 'src/index.ts'],
    ['npm run build && node dist/main', 'file', 'dist/main'],
    ['dotenv -e env.env -- ts-node -P tsconfig.json src/main.ts', 'file', 'src/main.ts'],
    ['node --import tsx src/server.ts', 'file', 'src/server.ts'],
    ['nest start', 'framework', 'dist/main.js'],
    ['pnpm start:prod', 'script', 'start:prod'],
    ['npm run -s serve', 'script', 'serve'],
    ['/usr/local/bin/node index.js | pino-pretty', 'file', 'index.js'],
    ['exec nice -n 5 node app.js', 'file', 'app.js'],
  ];
  for (const [line, runs, what] of cases)
    it(`${what}: ${line}`, () => {
      const step = readStartCommand(line);
      assert.equal(step?.runs, runs);
      assert.equal(step !== undefined && ('script' in step ? step.script : step.file), what);
    });

  it('nothing, for what is no start of Node; and never throws', () => {
    assert.equal(readStartCommand('python app.py'), undefined);
    fc.assert(fc.property(fc.string(), (line) => void readStartCommand(line)));
    fc.assert(fc.property(fc.string(), (line) => splitWords(line).every((word) => typeof word === 'string')));
  });
});
