import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openStage } from './harness.ts';
import { runProgram, startProgram } from './program.ts';

let target: Server;
let url = '';

before(async () => {
  target = createServer((_request, response) => response.end('all well'));
  await once(target.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(target.address() as AddressInfo).port}/health`;
});

after(() => target.close());

test('every command that asks answers from a running brain, for people and for programs', async (t) => {
  const brain = await openStage(t).brain({ urls: [url] });
  await brain.line(/● up/);
  for (const words of [
    ['status'],
    ['services'],
    ['monitors'],
    ['incidents'],
    ['channels'],
    ['watchers'],
    ['maintenance'],
    ['token'],
  ]) {
    const people = await brain.dozor(...words);
    assert.equal(people.code, 0, `${words.join(' ')}: ${people.error}`);
    assert.notEqual(people.out, '', words.join(' '));
    const programs = await brain.dozor(...words, '--json');
    assert.doesNotThrow(() => JSON.parse(programs.out) as unknown, words.join(' '));
  }
});

test('what the command line changes is changed, and --dry-run changes nothing', async (t) => {
  const brain = await openStage(t).brain({ urls: [url] });
  await brain.line(/● up/);
  await brain.api('POST', '/services', { name: 'stored', spec: {} });
  await brain.api('POST', '/monitors', { name: 'probe', service: 'stored', spec: { kind: 'http', url } });
  const paused = async (): Promise<boolean> => {
    const { items } = JSON.parse((await brain.dozor('monitors', '--json')).out) as {
      items: { name: string; paused: boolean }[];
    };
    return items.find(({ name }) => name === 'probe')?.paused === true;
  };
  assert.equal((await brain.dozor('monitors', 'pause', 'probe', '--dry-run')).out, 'Would pause stored / probe.\n');
  assert.equal(await paused(), false);
  assert.equal((await brain.dozor('monitors', 'pause', 'probe')).error, '');
  assert.equal(await paused(), true);
  assert.equal((await brain.dozor('monitors', 'resume', 'probe')).error, '');
  assert.equal(await paused(), false);
  assert.match((await brain.dozor('monitors', 'check', 'health')).out, /^● up\n/);
  assert.match((await brain.dozor('deploys', 'announce', '--release', '41')).out, /^Announced for 127\.0\.0\.1/);
  const added = await brain.dozor('maintenance', 'add', 'move', '--for', '30m');
  assert.equal(added.code, 0, added.error);
  assert.match((await brain.dozor('maintenance')).out, /^move .* 30 min/);
  assert.equal((await brain.dozor('maintenance', 'remove', 'move')).code, 0);
  assert.equal((await brain.dozor('incidents', 'show', 'ZZZZ')).code, 11);
});

test('a token made here opens the brain from elsewhere, as far as its scope reaches, until it is revoked', async (t) => {
  const brain = await openStage(t).brain({ urls: [url] });
  const made = JSON.parse((await brain.dozor('token', 'create', 'laptop', '--scope', 'viewer', '--json')).out) as {
    id: string;
    secret: string;
  };
  const env = { DOZOR_URL: brain.url, DOZOR_TOKEN: made.secret };
  assert.equal((await runProgram(['status'], { env })).code, 0);
  assert.equal((await runProgram(['monitors', 'pause', 'health'], { env })).code, 10);
  assert.equal((await brain.dozor('token', 'revoke', made.id)).code, 0);
  assert.equal((await runProgram(['status'], { env })).code, 10);
});

test('sign-in prints a link to the page', async (t) => {
  const brain = await openStage(t).brain({ urls: [url] });
  assert.match((await brain.dozor('sign-in')).out, /^http:\/\/127\.0\.0\.1:\d+\/sign-in#\S+\n$/);
});

test('a backup made while the brain runs comes back with what it knew', async (t) => {
  const stage = openStage(t);
  const brain = await stage.brain({ urls: [url] });
  await brain.line(/● up/);
  const file = join(stage.dir, 'backup.db');
  const backup = await brain.dozor('backup', file, '--with-key');
  assert.equal(backup.code, 0, backup.error);
  assert.ok(existsSync(`${file}.key`));
  assert.equal((await brain.dozor('restore', file, '--yes')).code, 4, 'not while the brain runs');
  await brain.stop();
  const other = join(stage.dir, 'other');
  assert.equal((await runProgram(['restore', file, '--data', other, '--yes'])).code, 0);
  assert.equal(readFileSync(join(other, 'secret.key'), 'utf8'), readFileSync(`${file}.key`, 'utf8'));
  const again = await stage.brain({ data: other });
  assert.equal((JSON.parse((await again.dozor('services', '--json')).out) as { items: object[] }).items.length, 1);
});

test('what keeps it from starting is a sentence with an exit code of its own', async (t) => {
  const stage = openStage(t);
  const brain = await stage.brain({ urls: [url] });
  const second = await runProgram(['up', url, '--data', brain.data, '--listen', '127.0.0.1:0']);
  assert.equal(second.code, 4, second.error);
  assert.match(second.error, new RegExp(String(brain.program.pid)));
  const port = new URL(brain.url).port;
  const taken = await runProgram(['up', url, '--data', join(stage.dir, 'second'), '--listen', `127.0.0.1:${port}`]);
  assert.equal(taken.code, 5, taken.error);
  writeFileSync(join(stage.dir, 'file'), '');
  const unwritable = await runProgram([
    'up',
    url,
    '--data',
    join(stage.dir, 'file', 'data'),
    '--listen',
    '127.0.0.1:0',
  ]);
  assert.equal(unwritable.code, 6, unwritable.error);
  writeFileSync(join(stage.dir, 'bad.yaml'), 'services: 5\n');
  const bad = await runProgram(['up', '--config', join(stage.dir, 'bad.yaml'), '--data', join(stage.dir, 'third')]);
  assert.equal(bad.code, 3);
  assert.match(bad.error, /bad\.yaml:1:11/);
  mkdirSync(join(stage.dir, 'broken'));
  writeFileSync(
    join(stage.dir, 'broken/dozor.db'),
    'this is no database, but long enough to look like one'.repeat(100),
  );
  const broken = await runProgram(['up', url, '--data', join(stage.dir, 'broken'), '--listen', '127.0.0.1:0']);
  assert.equal(broken.code, 8, broken.error);
  for (const { error } of [second, taken, unwritable, bad, broken]) assert.doesNotMatch(error, /\n {4}at /, 'no stack');
});

test('SIGTERM and SIGINT end it cleanly, with exit code 0', async (t) => {
  const stage = openStage(t);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const program = startProgram(['up', url, '--data', join(stage.dir, signal), '--listen', '127.0.0.1:0']);
    await program.lines.next((line) => line.startsWith('Listening on'), { what: 'it to listen' });
    program.signal(signal);
    assert.deepEqual(await program.ended, { code: 0, signal: null }, program.output());
    assert.match(program.out(), /Stopped\. While Dozor is off, nobody watches\.\n$/);
  }
});

test('check says up and down by its exit code', async () => {
  assert.equal((await runProgram(['check', url])).code, 0);
  assert.equal((await runProgram(['check', url, '--keyword', 'absent'])).code, 1);
  const json = await runProgram(['check', 'http://127.0.0.1:9/', '--json']);
  assert.equal(json.code, 1);
  assert.equal((JSON.parse(json.out) as { outcome: string }).outcome, 'down');
});
