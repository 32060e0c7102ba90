import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { fakeTerminal, type FakeTerminal } from '../../test/fakes/terminal.ts';
import type { WordedFinding } from '#diagnose/finding.ts';
import { readCrashFile } from './crash-file.ts';
import { run } from './run.ts';

let folder = '';

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'dozor-diagnose-'));
});

after(() => rmSync(folder, { recursive: true, force: true }));

const saved = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return name;
};

const asked = async (...words: readonly string[]): Promise<FakeTerminal & { readonly code: number }> => {
  const terminal = fakeTerminal({}, folder);
  const code = await run(['diagnose', ...words], terminal);
  return { ...terminal, code };
};

const findingsOf = ({ written }: FakeTerminal): readonly WordedFinding[] =>
  (JSON.parse(written.out) as { readonly findings: readonly WordedFinding[] }).findings;

const MISSING =
  "Error: Cannot find module 'express'\nRequire stack:\n- /srv/app/index.js\n    at x (/srv/app/index.js:1:1)\n";

test('a saved output is judged: as JSON, in English and in Russian', async () => {
  const file = saved('missing.txt', MISSING);
  const [first] = findingsOf(await asked('--from', file, '--exit', '1', '--json'));
  assert.deepEqual(Object.keys(first ?? {}), ['cause', 'title', 'confidence', 'evidence', 'remedy']);
  assert.equal(first?.cause, 'package-missing');
  assert.ok(first.confidence >= 0.8);
  assert.match((await asked('--from', file)).written.out, /express is not installed[^]*Do: npm ci/);
  assert.match(
    (await asked('--from', file, '--locale', 'ru')).written.out,
    /express не установлен[^]*Что делать: npm ci/,
  );
});

test('exit code and signal are evidence; none means that there is none', async () => {
  const file = saved('empty.txt', '');
  const cause = async (...words: readonly string[]): Promise<string | undefined> =>
    findingsOf(await asked('--from', file, '--json', ...words))[0]?.cause;
  assert.equal(await cause('--exit', '1'), 'silent-exit');
  assert.equal(await cause('--exit', '13'), 'unsettled-await');
  assert.equal(await cause('--exit', '139'), 'native-crash');
  assert.equal(await cause('--signal', 'SIGTERM', '--exit', 'none'), 'killed-by-signal');
  assert.equal(await cause('--signal', 'none', '--exit', '0'), 'clean-exit');
});

test('a wrong value or file is named, with what to do', async () => {
  const file = saved('one.txt', MISSING);
  for (const [words, code, said] of [
    [['--from', file, '--exit', 'one'], 2, /one is no exit code/],
    [['--from', file, '--signal', 'a b'], 2, /a b is no signal/],
    [['--from', file, '--locale', 'fr'], 2, /no language fr[^]*en, ru/],
    [['--from', 'nothing.txt'], 12, /cannot be read[^]*standard input/],
    [['--from', '.'], 12, /cannot be read/],
  ] as const) {
    const answer = await asked(...words);
    assert.equal(answer.code, code, words.join(' '));
    assert.match(answer.written.error, said);
  }
});

test('of a large log, and of a large input, the end is read', async () => {
  const text = `${'x'.repeat(99)}\n`.repeat(40_000) + MISSING;
  const file = saved('large.log', text);
  const path = join(folder, file);
  const fromFile = await readCrashFile(path);
  assert.ok(fromFile.length <= 2_000_000 && fromFile.endsWith(MISSING));
  const parts = Array.from({ length: Math.ceil(text.length / 65_536) }, (_none, at) =>
    Buffer.from(text.slice(at * 65_536, (at + 1) * 65_536)),
  );
  assert.equal(await readCrashFile('-', Readable.from(parts)), fromFile);
});
