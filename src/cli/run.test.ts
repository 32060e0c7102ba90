import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fakeTerminal } from '../../test/fakes/terminal.ts';
import { COMMANDS } from './commands.ts';
import { run, withDefaultCommand } from './run.ts';

let folder = '';

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'dozor-run-'));
});

after(() => rmSync(folder, { recursive: true, force: true }));

test('a URL, an option or nothing at all means up; help and version stay what they are', () => {
  assert.deepEqual(withDefaultCommand([]), ['up']);
  assert.deepEqual(withDefaultCommand(['https://a.example', 'https://b.example']), [
    'up',
    'https://a.example',
    'https://b.example',
  ]);
  assert.deepEqual(withDefaultCommand(['--config', 'x.yaml']), ['up', '--config', 'x.yaml']);
  for (const word of ['127.0.0.1:7001', 'localhost:3000/health', '[::1]:80', 'api.example.com', 'api.example.com/x'])
    assert.deepEqual(withDefaultCommand([word]), ['up', word]);
  for (const word of ['--help', '-h', '--version', '-V', 'status', 'nonsense', 'dozor.yaml'])
    assert.deepEqual(withDefaultCommand([word]), [word]);
});

test('help names every command, and loads none of them', async () => {
  const terminal = fakeTerminal();
  assert.equal(await run(['--help'], terminal), 0);
  for (const { name, summary } of COMMANDS)
    assert.ok(terminal.written.out.includes(`  ${name} `) && terminal.written.out.includes(summary), name);
});

test('every command has help of its own, with --json wherever it asks or acts', async () => {
  for (const { name } of COMMANDS) {
    const terminal = fakeTerminal();
    assert.equal(await run([name, '--help'], terminal), 0, name);
    assert.match(terminal.written.out, new RegExp(`^Usage: dozor ${name}`), name);
  }
});

test('a mistyped command or option is wrong usage, and what was meant is named', async () => {
  for (const [words, meant] of [
    [['stats'], 'status'],
    [['version', '--jsn'], '--json'],
    [['incidents', 'lst', '--limit', '1'], 'list'],
  ] as const) {
    const terminal = fakeTerminal();
    assert.equal(await run(words, terminal), 2, words.join(' '));
    assert.match(terminal.written.error, new RegExp(`Did you mean ${meant}\\?`));
    assert.equal(terminal.written.out, '');
  }
});

test('wrong usage is JSON for programs', async () => {
  const terminal = fakeTerminal();
  assert.equal(await run(['status', '--jsn', '--json'], terminal), 2);
  const { error } = JSON.parse(terminal.written.error) as { error: { code: string; message: string; hint: string } };
  assert.deepEqual(error, { code: 'USAGE', message: "unknown option '--jsn'", hint: '(Did you mean --json?)' });
});

test('the help of every subcommand says what it does', async () => {
  for (const words of [
    ['incidents', 'ack'],
    ['token', 'create'],
    ['config', 'explain'],
  ]) {
    const terminal = fakeTerminal();
    assert.equal(await run([...words, '--help'], terminal), 0);
    assert.match(terminal.written.out, /^Usage: .*\n\n[A-Z].*\.\n/, words.join(' '));
  }
});

test('a file that is not there is named, with what a command that only reads it can be given', async () => {
  const terminal = fakeTerminal({}, folder);
  assert.equal(await run(['config', 'check', 'nope.yaml'], terminal), 3);
  assert.match(terminal.written.error, /nope\.yaml is not there\n {2}Name the file: dozor config check FILE/);
});

test('a fault ends with its exit code; for programs it is JSON', async () => {
  const env = { DOZOR_DATA: join(folder, 'none') };
  const people = fakeTerminal(env);
  assert.equal(await run(['status'], people), 9);
  assert.match(people.written.error, /^dozor: No brain answers at .*none\/dozor\.sock/);
  const programs = fakeTerminal(env);
  assert.equal(await run(['status', '--json'], programs), 9);
  assert.equal((JSON.parse(programs.written.error) as { error: { code: string } }).error.code, 'BRAIN_UNREACHABLE');
});

test('config check finds all mistakes at once, with line and column, and exits 3', async () => {
  writeFileSync(join(folder, 'bad.yaml'), 'locale: fr\nservices:\n  - nam: x\n');
  const terminal = fakeTerminal({}, folder);
  assert.equal(await run(['config', 'check', 'bad.yaml'], terminal), 3);
  assert.match(terminal.written.error, /bad\.yaml:1:9 locale/);
  assert.match(terminal.written.error, /bad\.yaml:3:5/);
});

test('config check says what a good file defines', async () => {
  writeFileSync(
    join(folder, 'dozor.yaml'),
    'services:\n  - name: api\n    monitors:\n      - { name: health, kind: http, url: "http://127.0.0.1:1/" }\n',
  );
  const terminal = fakeTerminal({}, folder);
  assert.equal(await run(['config', 'check'], terminal), 0, terminal.written.error);
  assert.match(terminal.written.out, /dozor\.yaml is right: 1 service, 1 monitor/);
});

test('what would change the machine asks first, and refuses where nobody can be asked', async () => {
  const backup = join(folder, 'backup.db');
  writeFileSync(backup, 'no database');
  const terminal = fakeTerminal({}, folder);
  assert.equal(await run(['restore', backup], terminal), 8);
  assert.match(terminal.written.error, /no usable backup/);
});
