import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { unifiedDiff, withoutValues } from './diff.ts';

test('a change is shown with three lines around it, a second one far away apart', () => {
  const before = Array.from({ length: 20 }, (_, at) => `line ${at}\n`).join('');
  const after = before.replace('line 2\n', 'line two\n').replace('line 15\n', '');
  assert.equal(
    unifiedDiff('a.txt', before, after),
    '--- a.txt\n+++ a.txt\n@@ -1,6 +1,6 @@\n line 0\n line 1\n-line 2\n+line two\n line 3\n line 4\n line 5\n' +
      '@@ -13,7 +13,6 @@\n line 12\n line 13\n line 14\n-line 15\n line 16\n line 17\n line 18\n',
  );
});

test('a file that is made comes from nothing; what does not change has no diff', () => {
  assert.equal(unifiedDiff('a.txt', undefined, 'x\n'), '--- /dev/null\n+++ a.txt\n@@ -0,0 +1,1 @@\n+x\n');
  assert.equal(unifiedDiff('a.txt', 'x\n', 'x\n'), '');
});

test('the diff of a file of variables names them and keeps their values to itself', () => {
  const before = 'A=1\nDB=postgres://u:p@h\n';
  const shown = withoutValues(
    unifiedDiff('.env', before, `${before}SENTRY_ENABLED=true\nSENTRY_DSN="https://k@s/1"\n`),
  );
  assert.equal(shown.split('@@\n')[1], ' A=•••\n DB=•••\n+SENTRY_ENABLED=true\n+SENTRY_DSN=•••\n');
});

test('git applies every diff, and gets the new text', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dozor-diff-'));
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 14 });
  try {
    fc.assert(
      fc.property(lines, lines, (one, other) => {
        const [before, after] = [`${one.join('\n')}\n`, `${other.join('\n')}\n`];
        const diff = unifiedDiff('f', before, after);
        writeFileSync(join(folder, 'f'), before);
        if (diff !== '') execFileSync('git', ['apply', '-p0', '-'], { cwd: folder, input: diff, stdio: 'pipe' });
        assert.equal(readFileSync(join(folder, 'f'), 'utf8'), after);
      }),
      { numRuns: 40 },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
