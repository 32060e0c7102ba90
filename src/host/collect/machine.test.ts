import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { known, unknown, valueOf } from '#diagnose/known.ts';
import { collectPm2Boot } from './boot-start.ts';
import { collectClockSkew } from './clock.ts';
import { runCommand } from './command.ts';
import { within } from './deadline.ts';
import { askPort } from './dependencies.ts';
import { readTail } from './files.ts';
import { collectHealth, withOwner } from './health.ts';
import { collectLargest } from './largest.ts';
import { collectMachine } from './machine.ts';
import { collectPorts } from './ports.ts';
import { familyOf, isAlive, listProcesses } from './processes.ts';
import { createVitalsPoll } from './vitals.ts';

const LIMIT_MS = 60_000;

const never = new AbortController().signal;

const listen = async (test: TestContext, onConnection?: Parameters<typeof createServer>[1]): Promise<number> => {
  const server: Server = createServer(onConnection);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  test.after(() => server.close());
  return (server.address() as AddressInfo).port;
};

const openFolder = (test: TestContext): string => {
  const dir = mkdtempSync(join(tmpdir(), 'dozor-machine-'));
  test.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};

describe('a deadline', () => {
  it('tells what does not come as late, and ends its work', async () => {
    let ended = false;
    const found = await within(5, async (signal) => {
      signal.addEventListener('abort', () => {
        ended = true;
      });
      return new Promise(() => undefined);
    });
    assert.deepEqual(found, unknown('late', '5 ms'));
    assert.equal(ended, true);
  });

  it('tells what the system refuses, and lets bugs through', async () => {
    const refused = Object.assign(new Error('no'), { code: 'EACCES' });
    assert.deepEqual(await within(LIMIT_MS, async () => Promise.reject(refused)), unknown('denied', 'EACCES'));
    await assert.rejects(
      within(LIMIT_MS, async () => Promise.reject(new TypeError('a bug'))),
      /a bug/,
    );
  });

  it('ends a command', async () => {
    assert.deepEqual(await runCommand('sleep', ['100'], { signal: AbortSignal.timeout(20) }), unknown('late'));
    assert.deepEqual(await runCommand('no-such-program', [], { signal: never }), unknown('absent', 'no such program'));
  });
});

describe('a machine', () => {
  it('shows load, memory, disks, and who listens on a port', async (test) => {
    const port = await listen(test);
    const facts = await collectMachine({ limit: LIMIT_MS });
    assert.ok((valueOf(facts.memory)?.totalBytes ?? 0) > 0);
    assert.ok((valueOf(facts.load)?.cpus ?? 0) > 0);
    assert.ok((valueOf(facts.disks) ?? []).some(({ mount, totalBytes }) => mount === '/' && totalBytes > 0));
    const own = valueOf(facts.ports)?.find((one) => one.port === port);
    assert.equal(own?.pid, process.pid);
    assert.equal(own?.address, '127.0.0.1');
  });

  it('shows processes with their families', async () => {
    const all = await listProcesses();
    const own = all.find(({ pid }) => pid === process.pid);
    assert.ok((own?.rssBytes ?? 0) > 1_000_000);
    assert.ok(familyOf(process.ppid, all).has(process.pid));
    assert.equal(await isAlive(process.pid), true);
    assert.equal(await isAlive(0), false);
  });

  it('tells what does not fit the deadline as not known', async () => {
    const facts = await collectMachine({ limit: 1, askTime: async () => new Promise(() => undefined) });
    assert.deepEqual(facts.clockSkewMs.known, false);
    assert.equal(typeof facts.hostname, 'string');
  });

  it('names the largest folders: the deepest that stand for the rest', async (test) => {
    const dir = openFolder(test);
    mkdirSync(join(dir, 'var/log/app'), { recursive: true });
    mkdirSync(join(dir, 'srv'));
    writeFileSync(join(dir, 'var/log/app/big.log'), Buffer.alloc(2_000_000, 1));
    writeFileSync(join(dir, 'srv/small.txt'), Buffer.alloc(400_000, 1));
    symlinkSync('/', join(dir, 'everything'));
    const found = valueOf(await collectLargest(dir, never, 'bytes', [])) ?? [];
    assert.deepEqual(
      found.map(({ path, files }) => [path, files]),
      [
        [join(dir, 'var/log/app'), 1],
        [join(dir, 'srv'), 1],
      ],
    );
  });

  it('tells how wrong its clock is by one who answers', async () => {
    const found = await collectClockSkew(async () => Date.now() - 90_000, never);
    assert.ok(Math.abs((valueOf(found) ?? 0) - 90_000) < 2_000);
    assert.equal((await collectClockSkew(undefined, never)).known, false);
  });
});

describe('an answer from inside', () => {
  it('is told for a port: open, refused, or whose it is', async (test) => {
    const port = await listen(test);
    const open = valueOf(await collectHealth({ url: undefined, port, limit: LIMIT_MS, signal: never }));
    assert.equal(open?.isOpen, true);
    const ports = valueOf(await collectPorts()) ?? [];
    assert.ok(open !== undefined);
    assert.match(withOwner(open, ports, new Set([1])).foreignOwner ?? '', new RegExp(`\\(${process.pid}\\)`));
    assert.equal(withOwner(open, ports, new Set([process.pid])).foreignOwner, undefined);
    assert.equal((await askPort('127.0.0.1', 1, LIMIT_MS, never)).error, 'ECONNREFUSED');
  });

  it('is told for a health address: its status, or that nothing comes', async (test) => {
    const port = await listen(test, (socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 503 Nope\r\nContent-Length: 0\r\n\r\n'));
    });
    const sick = valueOf(
      await collectHealth({ url: `http://127.0.0.1:${port}/health`, port: undefined, limit: LIMIT_MS, signal: never }),
    );
    assert.equal(sick?.status, 503);
    const silent = await listen(test, () => undefined);
    const hung = valueOf(
      await collectHealth({
        url: `http://127.0.0.1:${silent}/`,
        port: undefined,
        limit: 50,
        signal: AbortSignal.timeout(50),
      }),
    );
    assert.equal(hung?.error, 'ETIMEDOUT');
    assert.equal(hung?.isOpen, true);
  });
});

describe('a log', () => {
  it('is read from its end, whole lines; a pipe is never waited for', async (test) => {
    const dir = openFolder(test);
    writeFileSync(join(dir, 'a.log'), `${'x'.repeat(100)}\nlast but one\nlast\n`);
    assert.equal(await readTail(join(dir, 'a.log'), 30), 'last but one\nlast\n');
    execFileSync('mkfifo', [join(dir, 'pipe')]);
    assert.equal(await readTail(join(dir, 'pipe'), 30), undefined);
  });
});

describe('what starts PM2 at boot', () => {
  const unit = (home: string): string =>
    `[Service]\nEnvironment=PM2_HOME=${home}\nExecStart=/usr/lib/node_modules/pm2/bin/pm2 resurrect\n`;

  it('is a unit that is enabled and means this very folder', async (test) => {
    const root = openFolder(test);
    const units = join(root, 'etc/systemd/system');
    mkdirSync(join(units, 'multi-user.target.wants'), { recursive: true });
    writeFileSync(join(units, 'pm2-root.service'), unit('/root/.pm2'));
    assert.equal((await collectPm2Boot('/root/.pm2', root)).known, false);
    symlinkSync('../pm2-root.service', join(units, 'multi-user.target.wants/pm2-root.service'));
    assert.deepEqual(await collectPm2Boot('/root/.pm2', root), known('pm2-root.service'));
    assert.equal((await collectPm2Boot('/home/deploy/.pm2', root)).known, false);
  });

  it('is a line of a crontab, not one that is commented out', async (test) => {
    const root = openFolder(test);
    mkdirSync(join(root, 'var/spool/cron/crontabs'), { recursive: true });
    const tab = join(root, 'var/spool/cron/crontabs/deploy');
    writeFileSync(tab, '# @reboot pm2 resurrect\n');
    assert.equal((await collectPm2Boot('/home/deploy/.pm2', root)).known, false);
    writeFileSync(tab, '@reboot /usr/bin/pm2 resurrect\n');
    assert.deepEqual(await collectPm2Boot('/home/deploy/.pm2', root), known('/var/spool/cron/crontabs/deploy'));
  });
});

describe('the poll of an agent', () => {
  it('follows memory of an app, tells its slope once it has settled, and forgets who is gone', async () => {
    let now = Date.now();
    const poll = createVitalsPoll(() => now);
    const app = { id: '0', app: 'api', pid: process.pid, status: 'online', restarts: 2, startedAt: 0 };
    const held: Buffer[] = [];
    const slopes: (number | undefined)[] = [];
    for (let minute = 0; minute < 20; minute += 1) {
      held.push(Buffer.alloc(4_000_000, 1));
      const [found] = (await poll.look([app])).processes;
      slopes.push(found?.memorySlopeBytesPerHour);
      now += 60_000;
    }
    assert.equal(slopes[0], undefined);
    assert.ok((slopes.at(-1) ?? 0) > 100_000_000, `${slopes.at(-1)} bytes an hour, ${held.length} buffers held`);
    const gone = (await poll.look([{ ...app, pid: 0, status: 'errored' }])).processes[0];
    assert.deepEqual([gone?.memoryBytes, gone?.status], [0, 'errored']);
  });

  it('learns the owner of a port that is new', async (test) => {
    const poll = createVitalsPoll();
    await poll.look([]);
    const port = await listen(test);
    const { ports } = await poll.look([]);
    assert.equal(ports.find((one) => one.port === port)?.pid, process.pid);
  });
});
