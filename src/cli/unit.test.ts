import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { environmentLines, execWord, pathWord, unitFile, unitName, type UnitPlan } from './unit.ts';

const PLAN: UnitPlan = {
  role: 'brain',
  user: 'root',
  node: process.execPath,
  program: '/opt/dozor/bin/dozor.js',
  words: ['up', '--config', '/etc/dozor/dozor.yaml'],
  dataDir: '/var/lib/dozor',
  environmentFile: '/etc/dozor/env',
  readsHome: false,
  pingNeedsCapability: false,
};

/** What systemd itself says against a unit; empty when nothing. */
const verify = (plan: UnitPlan): string => {
  const folder = mkdtempSync(join(tmpdir(), 'dozor-unit-'));
  const file = join(folder, unitName(plan.role));
  writeFileSync(file, unitFile(plan));
  try {
    return execFileSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    return (error as { stderr: string }).stderr;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

test('systemd finds nothing wrong with the units of brain and witness', () => {
  assert.equal(verify(PLAN), '');
  assert.equal(verify({ ...PLAN, role: 'witness', words: ['witness'], pingNeedsCapability: true }), '');
});

test('paths with spaces, percent signs, quotes and dollars are taken as they are', () => {
  const folder = mkdtempSync(join(tmpdir(), 'do zor 100% "$x" '));
  try {
    const dataDir = join(folder, 'da ta%n');
    mkdirSync(dataDir);
    const plan = { ...PLAN, program: join(folder, 'dozor.js'), dataDir, words: ['up', '--data', dataDir] };
    assert.equal(verify(plan), '');
    assert.match(unitFile(plan), /ReadWritePaths=".*100%% .*da ta%%n"/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('systemd would say so if something were wrong', () => {
  assert.match(verify({ ...PLAN, node: '/nowhere/node' }), /nowhere/);
  assert.notEqual(verify({ ...PLAN, dataDir: 'relative' }), '');
});

test('a unit is started again whatever it ends with, at boot, without rights', () => {
  const text = unitFile(PLAN);
  for (const line of [
    'Restart=always',
    'WantedBy=multi-user.target',
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'PrivateTmp=yes',
    'AmbientCapabilities=',
    'MemoryMax=512M',
    'StartLimitIntervalSec=0',
  ])
    assert.ok(text.split('\n').includes(line), line);
});

test('only ping where the kernel keeps it to root brings a capability, and that one alone', () => {
  const text = unitFile({ ...PLAN, pingNeedsCapability: true });
  assert.match(text, /^CapabilityBoundingSet=CAP_NET_RAW$/m);
  assert.match(text, /^AmbientCapabilities=CAP_NET_RAW$/m);
});

/** What systemd makes of a word of ExecStart again: quotes, backslashes, `$$` and `%%`. */
const unescaped = (word: string): string =>
  (word.startsWith('"') ? word.slice(1, -1).replaceAll(/\\(.)/g, '$1') : word)
    .replaceAll('$$', '$')
    .replaceAll('%%', '%');

test('any word survives its escaping', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1 }).filter((text) => !/[\n\r\0]/.test(text)),
      (text) => {
        assert.equal(unescaped(execWord(text)), text);
        assert.match(pathWord(text), /^(".*"|[\w./:=@,+%-]+)$/s);
      },
    ),
  );
});

test('secrets are written so that systemd reads them back; line breaks cannot be written', () => {
  assert.equal(
    environmentLines({ A: 'plain', B: 'q"u\\o$te`', C: 'two\nlines' }),
    'A="plain"\nB="q\\"u\\\\o\\$te\\`"\n',
  );
});
