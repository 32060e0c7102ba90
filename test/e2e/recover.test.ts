import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '../fakes/eventually.ts';
import { openMending, type Mending } from './mending.ts';
import { startProgram } from './program.ts';

const recoverWords = (mending: Mending): readonly string[] => [
  'recover',
  'onai-backend',
  '--health',
  mending.health,
  '--yes',
];

const broken = async (mending: Mending): Promise<void> => {
  await eventually('the app to be healthy', async () => (await mending.status()) === 200);
  await mending.write({ 'dist/db.js': "module.exports = require('./connect')" });
  await mending.pm2('restart', 'onai-backend');
  await eventually('the app to be down', async () => (await mending.status()) === undefined);
};

test('a shadowed app comes back, and its list is saved; a healthy one is left alone', async (t) => {
  const mending = await openMending(t);
  await broken(mending);
  const said = await mending.dozor(...recoverWords(mending));
  assert.equal(said.code, 0, said.out + said.error);
  assert.equal(await mending.status(), 200);
  assert.deepEqual(await mending.names(), ['ecosystem.config.js', 'env.env', 'src']);
  assert.match(await readFile(join(mending.home, '.pm2/dump.pm2'), 'utf8'), /"name": ?"onai-backend"/);
  const again = await mending.dozor(...recoverWords(mending));
  assert.equal(again.code, 0);
  assert.match(again.out, /It is well/);
});

test('an app that somebody deleted from the list is started from its ecosystem file', async (t) => {
  const mending = await openMending(t);
  await mending.pm2('delete', 'onai-backend');
  const said = await mending.dozor(...recoverWords(mending), '--dir', mending.dir);
  assert.equal(said.code, 0, said.out + said.error);
  assert.equal(await mending.status(), 200);
});

test('what recovery cannot mend ends with exit 1 and its cause; nothing was changed', async (t) => {
  const mending = await openMending(t);
  await broken(mending);
  await mending.write({ 'src/server.js': "require('express')" });
  const said = await mending.dozor(...recoverWords(mending), '--json');
  assert.equal(said.code, 1, said.out + said.error);
  const view = JSON.parse(said.out);
  assert.equal(view.findings[0].cause, 'package-missing');
  assert.equal(view.run.phase, 'undone');
  assert.ok((await mending.names()).includes('dist'));
});

test('killed -9 in the midst, the next call brings the app back', async (t) => {
  const mending = await openMending(t);
  await broken(mending);
  const program = startProgram(recoverWords(mending), { env: mending.env, cwd: mending.dir });
  await program.lines.next((line) => line === 'Applying …', { withinMs: 60_000, what: 'the first step' });
  program.signal('SIGKILL');
  await program.ended;
  const next = await mending.dozor(...recoverWords(mending), '--dir', mending.dir);
  assert.equal(next.code, 0, next.out + next.error);
  assert.equal(await mending.status(), 200);
  assert.deepEqual(await mending.names(), ['ecosystem.config.js', 'env.env', 'src']);
});
