import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Fault } from '#kernel/fault.ts';
import { fakeTerminal } from '../../test/fakes/terminal.ts';
import { installPlan, type InstallOptions, type Machine } from './install-plan.ts';
import { doStep, stepText } from './install-steps.ts';

let root = '';
const OPTIONS: InstallOptions = { user: 'root', ping: true };

before(() => {
  root = mkdtempSync(join(tmpdir(), 'dozor-install-'));
});

after(() => rmSync(root, { recursive: true, force: true }));

const machine = (changes: Partial<Machine> = {}): Machine => ({
  hasSystemd: true,
  runsSystemd: false,
  isRoot: true,
  node: process.execPath,
  program: join(import.meta.dirname, '../../bin/dozor.js'),
  pingIsOpen: true,
  hasUser: () => true,
  ...changes,
});

const refused = (code: string, message: RegExp) => (error: unknown) =>
  error instanceof Fault && error.code === code && message.test(error.message);

test('a plan names everything that it would change, in order', () => {
  const steps = installPlan(
    ['https://api.example.com'],
    { ...OPTIONS, user: 'root' },
    machine({ hasUser: () => false }),
    fakeTerminal(),
  );
  assert.deepEqual(
    steps.map((step) =>
      step.do === 'run' ? step.command.join(' ') : step.do === 'user' ? `user ${step.name}` : step.path,
    ),
    [
      'user root',
      '/etc/dozor',
      '/var/lib/dozor',
      ...(existsSync('/etc/dozor/env') ? [] : ['/etc/dozor/env']),
      '/etc/systemd/system/dozor.service',
      'systemctl daemon-reload',
      'systemctl enable dozor.service',
      'systemctl restart dozor.service',
    ],
  );
});

test('secrets that the configuration names go to a file of root, and are not shown in the plan', () => {
  const config = join(root, 'dozor.yaml');
  writeFileSync(config, 'contacts: [{ password: "${SMSC_PASSWORD}" }]');
  const env = { SMSC_PASSWORD: 'hush', TELEGRAM_BOT_TOKEN: '1:a', HOME: '/root' };
  const steps = installPlan([], { ...OPTIONS, config, root }, machine(), fakeTerminal(env));
  const file = steps.find((step) => step.do === 'file' && step.path.endsWith('/env'));
  assert.ok(file?.do === 'file');
  assert.equal(file.text, 'TELEGRAM_BOT_TOKEN="1:a"\nSMSC_PASSWORD="hush"\n');
  assert.equal(file.mode, 0o600);
  assert.doesNotMatch(steps.map(stepText).join(''), /hush/);
});

test('a file of secrets that is there is left as it is', () => {
  const env = join(root, 'etc/dozor/env');
  for (const step of installPlan([], { ...OPTIONS, root }, machine(), fakeTerminal())) doStep(step, machine());
  writeFileSync(env, 'A="1"\n');
  const steps = installPlan([], { ...OPTIONS, root }, machine(), fakeTerminal());
  assert.ok(!steps.some((step) => step.do === 'file' && step.path === env));
});

test('below another root the unit is written whole and enabled', () => {
  for (const step of installPlan(['https://a.example'], { ...OPTIONS, root }, machine(), fakeTerminal()))
    doStep(step, machine());
  const unit = join(root, 'etc/systemd/system/dozor.service');
  assert.match(readFileSync(unit, 'utf8'), /^ExecStart=.* up https:\/\/a\.example --data \/var\/lib\/dozor$/m);
  assert.ok(lstatSync(join(root, 'etc/systemd/system/multi-user.target.wants/dozor.service')).isSymbolicLink());
  assert.equal(statSync(join(root, 'etc/dozor/env')).mode & 0o777, 0o600);
});

test('without a running systemd it says what could not be started', () => {
  const start = { do: 'run', command: ['systemctl', 'restart', 'dozor.service'], needsSystemd: true } as const;
  assert.match(
    doStep(start, { runsSystemd: false }) ?? '',
    /systemd does not run here: systemctl restart dozor\.service/,
  );
});

test('a machine that cannot run it is refused before anything is changed', () => {
  const plan = (changes: Partial<Machine>, options = OPTIONS) =>
    installPlan([], options, machine(changes), fakeTerminal());
  assert.throws(() => plan({ hasSystemd: false }), refused('MACHINE_LACKS', /no systemd/));
  assert.throws(
    () => plan({ program: '/root/.npm/_npx/1/node_modules/dozor/bin/dozor.js' }),
    refused('MACHINE_LACKS', /npx/),
  );
  assert.throws(() => plan({}, { ...OPTIONS, config: '/nowhere/dozor.yaml' }), refused('CONFIG_UNREADABLE', /nowhere/));
});

test('a program that its user could not read is refused', () => {
  const hidden = join(root, 'hidden.yaml');
  writeFileSync(hidden, '');
  chmodSync(hidden, 0o600);
  assert.throws(
    () => installPlan([], { ...OPTIONS, user: 'nobody', config: hidden }, machine(), fakeTerminal()),
    refused('MACHINE_LACKS', /nobody could not read/),
  );
});

test('a witness is installed once it has joined, by its own file and folder', () => {
  const data = join(root, 'joined');
  const options: InstallOptions = { ...OPTIONS, witness: true, data };
  const plan = () => installPlan([], options, machine(), fakeTerminal());
  assert.throws(plan, refused('NOT_FOUND', /has joined no Dozor yet/));
  mkdirSync(data);
  writeFileSync(join(data, 'witness.json'), '{}');
  const unit = plan().find((step) => step.do === 'file' && step.path.endsWith('/dozor-witness.service'));
  assert.ok(unit?.do === 'file');
  assert.match(unit.text, new RegExp(`^ExecStart=.* witness --data ${data}$`, 'm'));
  assert.throws(
    () => installPlan(['https://api.example.com'], options, machine(), fakeTerminal()),
    refused('USAGE', /watches no URLs/),
  );
});

test('nothing that would begin a line of its own gets into a unit, and no option into useradd', () => {
  const hostile: readonly [readonly string[], InstallOptions][] = [
    [['https://api.example/\nExecStartPre=/bin/sh'], OPTIONS],
    [[], { ...OPTIONS, data: '/srv/a\nUser=root' }],
    [[], { ...OPTIONS, listen: '127.0.0.1:1\r' }],
    [[], { ...OPTIONS, user: '--help' }],
    [[], { ...OPTIONS, user: 'root\nExecStartPre=/bin/sh' }],
  ];
  for (const [urls, options] of hostile)
    assert.throws(
      () => installPlan(urls, options, machine(), fakeTerminal()),
      (error: unknown) => error instanceof Fault && error.code === 'USAGE',
      JSON.stringify([urls, options]),
    );
});
