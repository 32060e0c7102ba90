import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { processEnvironment } from '#config/environment.ts';
import { bootTrial, type Trial } from './boot.ts';
import { NO_CHANGES } from './scratch.ts';

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const lay = (files: Readonly<Record<string, string>>): string => {
  const root = mkdtempSync(join(tmpdir(), 'dozor-trial-test-'));
  folders.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, 'api', path)), { recursive: true });
    writeFileSync(join(root, 'api', path), text);
  }
  return join(root, 'api');
};

const trialOf = (dir: string, script: string, more: Partial<Trial> = {}): Trial => ({
  dir,
  launch: { script, cwd: dir, args: [], interpreter: 'node', nodeArgs: [], env: new Map() },
  changes: NO_CHANGES,
  node: process.execPath,
  env: { PATH: ENV['PATH'], HOME: '/nowhere' },
  health: 'http://127.0.0.1:3000/health',
  ...more,
});

const SERVER = `
const http = require('http');
const port = process.env.FIXED ? Number(process.env.FIXED) : Number(process.env.PORT || 3000);
http.createServer((request, response) => {
  response.statusCode = request.url === '/health' ? Number(process.env.STATUS || 200) : 404;
  response.end('{}');
}).listen(port, () => process.send && process.send('ready'));
`;

const isClean = (dir: string): void => {
  assert.deepEqual(readdirSync(join(dir, '..')), ['api'], 'nothing is left beside the app');
  const marked = spawnSync('grep', ['-sl', `DOZOR_TRIAL_ID=${join(dir, '..')}`, '-r', '/proc', '--include=environ'], {
    encoding: 'utf8',
  });
  assert.equal(marked.stdout, '');
};

test('an app that reads its port from PORT boots on a private one, and nothing is left of it', async () => {
  const dir = lay({ 'server.js': SERVER });
  const outcome = await bootTrial(trialOf(dir, 'server.js'));
  assert.equal(outcome.outcome, 'booted', JSON.stringify(outcome));
  assert.equal(outcome.outcome === 'booted' && outcome.status, 200);
  assert.deepEqual(readdirSync(join(dir, '..')), ['api']);
});

test('an app with a port in its code boots while the running one holds that port', async () => {
  const live = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => live.once('listening', resolve));
  const { port } = live.address() as AddressInfo;
  const dir = lay({ 'server.js': SERVER });
  const { launch } = trialOf(dir, 'server.js');
  const fixed = { ...launch, env: new Map([['FIXED', String(port)]]) };
  const outcome = await bootTrial(trialOf(dir, 'server.js', { launch: fixed, port }));
  live.close();
  assert.equal(outcome.outcome === 'booted' && outcome.askedPort, port, JSON.stringify(outcome));
});

test('an ES module beside packages above it, shared sources and a link boots as it would in its place', async () => {
  const dir = lay({
    'src/main.mjs':
      "import { answer } from 'dep'; import { more } from '../../shared/more.mjs'; import http from 'node:http';\nhttp.createServer((q, r) => r.end(answer + more)).listen(8080);",
  });
  const root = join(dir, '..');
  mkdirSync(join(root, 'node_modules/dep'), { recursive: true });
  mkdirSync(join(root, 'shared'));
  writeFileSync(join(root, 'node_modules/dep/package.json'), '{"name":"dep","type":"module","exports":"./i.js"}');
  writeFileSync(join(root, 'node_modules/dep/i.js'), 'export const answer = "a";');
  writeFileSync(join(root, 'shared/more.mjs'), 'export const more = "b";');
  symlinkSync(join(dir, 'src'), join(dir, 'alias'));
  const outcome = await bootTrial(trialOf(dir, 'alias/main.mjs'));
  assert.equal(outcome.outcome, 'booted', JSON.stringify(outcome));
});

const ENV = processEnvironment();

test('what would be gone is not there in the trial, and the original is not touched', async () => {
  const dir = lay({
    'server.js': `try { require('./dist/old.js') } catch {}\n${SERVER}`,
    'dist/old.js': 'process.exit(3)',
  });
  const now = await bootTrial(trialOf(dir, 'server.js'));
  assert.deepEqual([now.outcome, now.outcome === 'failed' && now.code], ['failed', 3]);
  const changes = { ...NO_CHANGES, gone: [join(dir, 'dist')] };
  const planned = await bootTrial(trialOf(dir, 'server.js', { changes }));
  assert.equal(planned.outcome, 'booted', JSON.stringify(planned));
  assert.equal(readFileSync(join(dir, 'dist/old.js'), 'utf8'), 'process.exit(3)');
});

test('what the app writes in a trial does not reach its own files', async () => {
  const dir = lay({ 'server.js': `require('fs').appendFileSync('data.db', 'trial');\n${SERVER}`, 'data.db': 'live' });
  const outcome = await bootTrial(trialOf(dir, 'server.js'));
  assert.equal(outcome.outcome, 'booted');
  assert.equal(readFileSync(join(dir, 'data.db'), 'utf8'), 'live');
});

test('a crash is told with its output and code; a process that it left behind is ended as well', async () => {
  const dir = lay({
    'server.js': `require('child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 600000)'], { detached: true, stdio: 'ignore' });\nrequire('./gone.js')`,
  });
  const outcome = await bootTrial(trialOf(dir, 'server.js'));
  assert.equal(outcome.outcome, 'failed');
  assert.ok(
    outcome.outcome === 'failed' && outcome.code === 1 && outcome.output.includes("Cannot find module './gone.js'"),
  );
  isClean(dir);
});

test('an app that listens with bad health has failed with its status; one that never listens is silent', async () => {
  const dir = lay({ 'server.js': SERVER, 'idle.js': 'setTimeout(() => {}, 600000)' });
  const { launch } = trialOf(dir, 'server.js');
  const ill = { ...launch, env: new Map([['STATUS', '503']]) };
  const outcome = await bootTrial(trialOf(dir, 'server.js', { launch: ill, timeoutMs: 3_000 }));
  assert.deepEqual([outcome.outcome, outcome.outcome === 'failed' && outcome.how], ['failed', 'unhealthy']);
  assert.equal(outcome.outcome === 'failed' && outcome.status, 503);
  const idle = await bootTrial(trialOf(dir, 'idle.js', { timeoutMs: 1_500 }));
  assert.deepEqual([idle.outcome, idle.outcome === 'failed' && idle.how], ['failed', 'silent']);
});

test('an app of another runtime whose port is taken could not be tried, which is no failure', async () => {
  const dir = lay({ 'server.sh': 'echo "Error: listen EADDRINUSE: address already in use :::3000" >&2; exit 1' });
  const { launch } = trialOf(dir, 'server.sh');
  const outcome = await bootTrial(trialOf(dir, 'server.sh', { launch: { ...launch, interpreter: 'sh' } }));
  assert.deepEqual(
    [outcome.outcome, outcome.outcome === 'not-triable' && outcome.why],
    ['not-triable', 'another-port'],
  );
});

test('too much memory ends the trial, not the machine', async () => {
  const dir = lay({ 'server.js': 'const all = []; setInterval(() => all.push(Buffer.alloc(20e6, 1)), 10)' });
  const outcome = await bootTrial(trialOf(dir, 'server.js', { maxBytes: 250e6 }));
  assert.deepEqual(
    [outcome.outcome, outcome.outcome === 'not-triable' && outcome.why],
    ['not-triable', 'too-much-memory'],
  );
});

test('a script of the package is started by npm as the manager would', async () => {
  const dir = lay({ 'package.json': '{"scripts":{"start":"node server.js"}}', 'server.js': SERVER });
  const { launch } = trialOf(dir, 'npm');
  const outcome = await bootTrial(trialOf(dir, 'npm', { launch: { ...launch, args: ['start'] } }));
  assert.equal(outcome.outcome, 'booted', JSON.stringify(outcome));
  assert.deepEqual(readdirSync(join(dir, '..')), ['api']);
});
