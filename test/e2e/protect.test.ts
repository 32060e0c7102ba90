import assert from 'node:assert/strict';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openMending, type Mending } from './mending.ts';
import { startProgram } from './program.ts';
import { eventually } from '../fakes/eventually.ts';

const ONLY = ['protect', '.', '--only', 'stale-artifacts'];

const healthy = async (mending: Mending): Promise<void> =>
  void (await eventually('the app to be healthy', async () => (await mending.status()) === 200));

/** 22 December: a stale dist/ appears, and with the next restart the app is down. */
const shadowed = async (mending: Mending): Promise<void> => {
  await healthy(mending);
  await mending.write({ 'dist/db.js': "module.exports = require('./connect')", 'old.tar.gz': 'x' });
  await mending.pm2('restart', 'onai-backend');
  await eventually('the app to be down', async () => (await mending.status()) === undefined);
};

const LOCATION = (mending: Mending): readonly string[] => ['--health', mending.health];

test('22 December: the plan is shown, then done and verified; a second run changes nothing; undo brings all of it back', async (t) => {
  const mending = await openMending(t);
  await shadowed(mending);
  const dry = await mending.dozor(...ONLY, ...LOCATION(mending), '--dry-run');
  assert.match(dry.out, /move dist \(\d+ B\) to the trash/);
  assert.ok((await mending.names()).includes('dist'));
  const done = await mending.dozor(...ONLY, ...LOCATION(mending), '--yes', '--json');
  assert.equal(done.code, 0, done.out + done.error);
  const view = JSON.parse(done.out);
  assert.equal(view.tried.outcome, 'booted');
  assert.equal(view.runs[0].phase, 'done');
  assert.equal(view.health.after.healthy, true);
  assert.equal(view.checklist.find((one: { item: string }) => one.item === 'artifacts').state, 'done');
  assert.deepEqual(await mending.names(), ['ecosystem.config.js', 'env.env', 'src']);
  const again = await mending.dozor(...ONLY, ...LOCATION(mending), '--yes');
  assert.match(again.out, /Nothing to change/);
  const back = await mending.dozor('protect', '.', '--undo', view.runs[0].id, ...LOCATION(mending), '--yes');
  assert.equal(back.code, 0, back.out + back.error);
  assert.deepEqual(await mending.names(), ['dist', 'ecosystem.config.js', 'env.env', 'old.tar.gz', 'src']);
});

test('an undo is refused when something lies in the old place again, and nothing is taken back', async (t) => {
  const mending = await openMending(t);
  await healthy(mending);
  await mending.write({ 'dist/db.js': 'module.exports = {}', 'old.tar.gz': 'x' });
  const done = JSON.parse((await mending.dozor(...ONLY, ...LOCATION(mending), '--yes', '--json')).out);
  await mending.write({ 'dist/db.js': 'module.exports = { fresh: true }' });
  const back = await mending.dozor('protect', '.', '--undo', done.runs[0].id, ...LOCATION(mending), '--yes');
  assert.equal(back.code, 1);
  assert.match(back.out, /dist has been changed since: nothing was taken back/);
  assert.match(await readFile(join(mending.dir, 'dist/db.js'), 'utf8'), /fresh/);
  assert.ok(!(await mending.names()).includes('old.tar.gz'));
});

test('dist/ that the app runs from is the product and stays, whatever is configured', async (t) => {
  const mending = await openMending(t);
  await healthy(mending);
  const server = await readFile(join(mending.dir, 'src/server.js'), 'utf8');
  await mending.write({
    'dist/main.js': server,
    'ecosystem.config.js': "module.exports = { apps: [{ name: 'onai-backend', script: 'dist/main.js' }] };\n",
  });
  await mending.pm2('delete', 'onai-backend');
  await mending.pm2('start', 'ecosystem.config.js');
  await healthy(mending);
  const said = await mending.dozor(...ONLY, ...LOCATION(mending), '--artifact', 'dist/', '--yes');
  assert.equal(said.code, 0, said.out + said.error);
  assert.match(said.out, /dist stays: the app runs from it \(dist\/main\.js\)/);
  assert.ok((await mending.names()).includes('dist'));
});

test('what only the trial boot can show keeps dist/ in place: the entry loads it', async (t) => {
  const mending = await openMending(t);
  await healthy(mending);
  const server = await readFile(join(mending.dir, 'src/server.js'), 'utf8');
  await mending.write({
    'dist/product.js': server,
    'src/server.js': "require(['..', 'dist', 'product'].join('/'));\n",
  });
  await mending.pm2('restart', 'onai-backend');
  await healthy(mending);
  const said = await mending.dozor(...ONLY, ...LOCATION(mending), '--yes');
  assert.equal(said.code, 1, said.out + said.error);
  assert.match(said.out, /the trial boot failed; nothing was changed/);
  assert.match(said.out, /dist/);
  assert.ok((await mending.names()).includes('dist'));
  assert.equal(await mending.status(), 200, 'the running app was not touched');
});

test('what git tracks stays; what was written this moment stays; values of variables are never shown', async (t) => {
  const mending = await openMending(t);
  await healthy(mending);
  await mending.write({ 'dist/db.js': 'module.exports = {}' });
  const now = new Date();
  await writeFile(join(mending.dir, 'fresh.tgz'), 'x');
  await utimes(join(mending.dir, 'fresh.tgz'), now, now);
  const { execFileSync } = await import('node:child_process');
  const git = (...words: readonly string[]) => execFileSync('git', ['-C', mending.dir, ...words], { env: mending.env });
  git('init', '-q');
  git('add', '-f', 'dist');
  const said = await mending.dozor(...ONLY, ...LOCATION(mending), '--dry-run');
  assert.match(said.out, /dist stays: git tracks it|fresh\.tgz stays/);
  assert.ok(!said.out.includes('hunter2'));
  const all = await mending.dozor(...ONLY, ...LOCATION(mending), '--yes', '--json');
  assert.ok((await mending.names()).includes('dist'), all.out);
});

test('killed -9 in the midst, the next run puts it right and says so', async (t) => {
  const mending = await openMending(t);
  await shadowed(mending);
  const words = [...ONLY, ...LOCATION(mending), '--yes'];
  for (const stage of ['Applying …', 'Waiting for the app to be healthy …', 'Trial boot of the planned state …']) {
    await mending.write({ 'dist/db.js': "module.exports = require('./connect')" });
    await mending.pm2('restart', 'onai-backend');
    const program = startProgram(words, { env: mending.env, cwd: mending.dir });
    await program.lines.next((line) => line === stage, { withinMs: 60_000, what: stage });
    program.signal('SIGKILL');
    await program.ended;
    const next = await mending.dozor(...words);
    assert.equal(next.code, 0, next.out + next.error);
    assert.match(next.out + next.error, /Run \w+ had been interrupted: it was (finished|taken back)/, stage);
    assert.deepEqual(await mending.names(), ['ecosystem.config.js', 'env.env', 'src'], stage);
    assert.equal(await mending.status(), 200, stage);
  }
});
