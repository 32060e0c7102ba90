import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { COMMANDS } from '#cli/commands.ts';
import { FAULTS } from '#kernel/fault.ts';

const ROOT = join(import.meta.dirname, '..');
const text = (name: string): string => readFileSync(join(ROOT, name), 'utf8');

/** The rows of a document's tables, as cells without their marks. */
const rows = (name: string): readonly (readonly string[])[] =>
  text(name)
    .split('\n')
    .filter((line) => /^\|(?! ?-)/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    );

test('docs/exit-codes.md has every fault with its exit code and HTTP status, and no other', () => {
  const documented = rows('docs/exit-codes.md')
    .filter(([, code = '']) => /^[A-Z_]+$/.test(code))
    .map(([exit, code, status]) => [code, Number(exit), Number(status)]);
  const real = Object.entries(FAULTS).map(([code, { exit, status }]) => [code, exit, status]);
  assert.deepEqual(documented, real);
});

test('docs/dependencies.md has every direct dependency with a reason, and no other', () => {
  const manifest = JSON.parse(text('package.json')) as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >;
  const documented = rows('docs/dependencies.md').filter(([name]) => name !== 'Package');
  assert.deepEqual(
    documented.map(([name]) => name),
    [...Object.keys(manifest.dependencies).toSorted(), ...Object.keys(manifest.devDependencies).toSorted()],
  );
  for (const [name, reason = ''] of documented) assert.ok(reason.length > 10, `${name ?? ''} has no reason`);
});

test('every link of the documents leads to a file', () => {
  for (const name of ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'docs/index.md']) {
    const folder = join(ROOT, name, '..');
    for (const [, target = ''] of text(name).matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g))
      assert.ok(existsSync(join(folder, target)), `${name} links to ${target}`);
  }
});

test('every command has a row in the guide', () => {
  const guide = text('docs/commands.md');
  for (const { name } of COMMANDS) assert.match(guide, new RegExp(`\\| \`dozor ${name}\\b`), name);
});

test('ARCHITECTURE.md has a line for every room', () => {
  const map = text('ARCHITECTURE.md');
  for (const { name } of readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((one) => one.isDirectory()))
    assert.ok(map.includes(`src/${name}/`), name);
});
