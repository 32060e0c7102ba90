import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '../fakes/eventually.ts';
import { openMending, type Mending } from './mending.ts';
import { startProgram } from './program.ts';

const healthy = async (mending: Mending): Promise<void> =>
  void (await eventually('the app to be healthy', async () => (await mending.status()) === 200));

const rollback = async (mending: Mending, ...words: readonly string[]) =>
  mending.dozor('rollback', 'onai-backend', '--health', mending.health, ...words);

const deployBroken = async (mending: Mending): Promise<void> => {
  await mending.write({
    'src/server.js': "throw new Error('a bad deploy');",
    'src/fresh.js': '',
    'env.env': 'DATABASE_URL=postgres://elsewhere\n',
    'node_modules/dep/index.js': 'module.exports = 2;',
    'package-lock.json': '{"version":2}',
    'uploads/new.txt': 'of a user',
  });
  await mending.pm2('restart', 'onai-backend');
  await eventually('the app to be down', async () => (await mending.status()) === undefined);
};

const open = async (t: Parameters<typeof openMending>[0]): Promise<Mending> => {
  const mending = await openMending(t);
  await mending.write({
    'node_modules/dep/old.js': '',
    'package-lock.json': '{"version":1}',
    'uploads/a.txt': 'a',
    'src/app.db': 'd',
  });
  await healthy(mending);
  const kept = await rollback(mending, '--keep-now');
  assert.equal(kept.code, 0, kept.out + kept.error);
  return mending;
};

const assertBack = async (mending: Mending): Promise<void> => {
  assert.equal(await mending.status(), 200);
  assert.match(await readFile(join(mending.dir, 'env.env'), 'utf8'), /hunter2/);
  assert.equal(await readFile(join(mending.dir, 'package-lock.json'), 'utf8'), '{"version":1}');
  assert.equal(await readFile(join(mending.dir, 'node_modules/dep/old.js'), 'utf8'), '');
  assert.equal(await readFile(join(mending.dir, 'uploads/new.txt'), 'utf8'), 'of a user');
  await assert.rejects(readFile(join(mending.dir, 'src/fresh.js')), /ENOENT/);
};

test('after a bad deploy the last healthy tree comes back: code, variables, packages; data stays', async (t) => {
  const mending = await open(t);
  await deployBroken(mending);
  await mending.write({ 'src/app.db': 'written since' });
  const said = await rollback(mending, '--yes');
  assert.equal(said.code, 0, said.out + said.error);
  await assertBack(mending);
  assert.equal(await readFile(join(mending.dir, 'src/app.db'), 'utf8'), 'written since');
  const again = await rollback(mending, '--yes');
  assert.match(again.out, /already as the kept tree/);
});

test('the same tree is kept once; an ill one is not kept at all', async (t) => {
  const mending = await open(t);
  assert.match((await rollback(mending, '--keep-now')).out, /Kept already/);
  await deployBroken(mending);
  const said = await rollback(mending, '--keep-now');
  assert.equal(said.code, 1);
  assert.match(said.out, /not healthy/);
  assert.equal(JSON.parse((await rollback(mending, '--list', '--json')).out).trees.length, 1);
});

test('killed -9 in the midst of a rollback, the next call ends with the kept tree or what was there, whole', async (t) => {
  const mending = await open(t);
  await deployBroken(mending);
  const words = ['rollback', 'onai-backend', '--health', mending.health, '--yes'];
  const program = startProgram(words, { env: mending.env, cwd: mending.dir });
  await program.lines.next((line) => line === 'Applying …', { withinMs: 60_000, what: 'the first step' });
  program.signal('SIGKILL');
  await program.ended;
  const next = await mending.dozor(...words);
  assert.equal(next.code, 0, next.out + next.error);
  await assertBack(mending);
});
