import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Clock } from '#kernel/clock.ts';
import { watchFiles, type FileWatch } from './watch.ts';

/** A clock whose timers ring at once, but in a later turn: the watch settles without waiting. */
const clock: Clock = {
  now: () => 0,
  monotonic: () => 0,
  after: (_span, call) => {
    const timer = setTimeout(call, 5);
    return () => clearTimeout(timer);
  },
};

const open: FileWatch[] = [];
after(() => {
  for (const watching of open) watching.stop();
});

const watched = async (
  ...names: string[]
): Promise<{ dir: string; changed: () => Promise<void>; calls: () => number; watching: FileWatch }> => {
  const dir = mkdtempSync(join(tmpdir(), 'dozor-watch-'));
  for (const name of names) writeFileSync(join(dir, name), 'a');
  let calls = 0;
  let tell: (() => void) | undefined;
  const watching = await watchFiles(
    names.map((name) => join(dir, name)),
    clock,
    () => {
      calls += 1;
      tell?.();
    },
  );
  open.push(watching);
  const changed = async (): Promise<void> => {
    const before = calls;
    await new Promise<void>((done) => {
      tell = done;
      if (calls > before) done();
    });
  };
  return { dir, changed, calls: () => calls, watching };
};

test('a file that is written, replaced, removed and made again is told each time', async () => {
  const { dir, changed } = await watched('dozor.yaml');
  const file = join(dir, 'dozor.yaml');
  const steps: readonly (() => void)[] = [
    () => writeFileSync(file, 'b'),
    () => {
      writeFileSync(`${file}.new`, 'c');
      renameSync(`${file}.new`, file);
    },
    () => rmSync(file),
    () => writeFileSync(file, 'd'),
  ];
  for (const step of steps) {
    const told = changed();
    step();
    await told;
  }
});

test('a link that is swapped to another folder is told, as containers do it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'dozor-watch-'));
  for (const name of ['one', 'two']) {
    mkdirSync(join(dir, name));
    writeFileSync(join(dir, name, 'dozor.yaml'), name);
  }
  symlinkSync('one', join(dir, 'now'));
  await new Promise<void>((done) => {
    void watchFiles([join(dir, 'now', 'dozor.yaml')], clock, done).then((watching) => {
      open.push(watching);
      symlinkSync('two', join(dir, 'next'));
      renameSync(join(dir, 'next'), join(dir, 'now'));
    });
  });
});

test('what is written with the same content, or beside the files, is not told', async () => {
  const { dir, changed, calls } = await watched('dozor.yaml', 'secret');
  writeFileSync(join(dir, 'other'), 'x');
  writeFileSync(join(dir, 'dozor.yaml'), 'a');
  const told = changed();
  writeFileSync(join(dir, 'secret'), 'b');
  await told;
  assert.equal(calls(), 1);
});

test('after following other files the former are let go', async () => {
  const { dir, changed, calls, watching } = await watched('dozor.yaml');
  writeFileSync(join(dir, 'more'), 'x');
  await watching.follow([join(dir, 'more')]);
  writeFileSync(join(dir, 'dozor.yaml'), 'b');
  const told = changed();
  writeFileSync(join(dir, 'more'), 'y');
  await told;
  assert.equal(calls(), 1);
});
