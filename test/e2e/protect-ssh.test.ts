import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../fakes/eventually.ts';
import { startSshd } from '../fakes/sshd.ts';
import { openMending } from './mending.ts';

test('protect, undo, recover and rollback do the same on another machine over ssh', async (t) => {
  const mending = await openMending(t);
  const sshd = await startSshd({ env: mending.env });
  t.after(async () => sshd.close());
  const { port, configFile = '' } = sshd.target;
  const far = ['--ssh', `root@127.0.0.1:${port}`, '--ssh-config', configFile, '--health', mending.health];
  await eventually('the app to be healthy', async () => (await mending.status()) === 200);
  const kept = await mending.dozor('rollback', 'onai-backend', ...far, '--keep-now');
  assert.equal(kept.code, 0, kept.out + kept.error);

  await mending.write({ 'dist/db.js': "module.exports = require('./connect')" });
  await mending.pm2('restart', 'onai-backend');
  await eventually('the app to be down', async () => (await mending.status()) === undefined);
  const words = ['protect', mending.dir, ...far, '--only', 'stale-artifacts', '--yes'];
  const done = await mending.dozor(...words, '--json');
  assert.equal(done.code, 0, done.out + done.error);
  const view = JSON.parse(done.out);
  assert.equal(view.tried.outcome, 'booted');
  assert.equal(await mending.status(), 200);
  const undone = await mending.dozor('protect', mending.dir, ...far, '--undo', view.runs[0].id, '--yes');
  assert.equal(undone.code, 0, undone.out + undone.error);
  assert.ok((await mending.names()).includes('dist'));

  const recovered = await mending.dozor('recover', 'onai-backend', ...far, '--yes');
  assert.equal(recovered.code, 0, recovered.out + recovered.error);
  assert.equal(await mending.status(), 200);

  await mending.write({ 'src/server.js': "throw new Error('a bad deploy');" });
  await mending.pm2('restart', 'onai-backend');
  const back = await mending.dozor('rollback', 'onai-backend', ...far, '--yes');
  assert.equal(back.code, 0, back.out + back.error);
  assert.equal(await mending.status(), 200);
});
