import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../fakes/eventually.ts';
import { startSshd } from '../fakes/sshd.ts';
import { openMending } from './mending.ts';

test('an app on another machine is diagnosed over ssh, and nothing is changed there', async (t) => {
  const mending = await openMending(t);
  const sshd = await startSshd({ env: mending.env });
  t.after(async () => sshd.close());
  const { port, configFile = '' } = sshd.target;
  const far = ['--ssh', `root@127.0.0.1:${port}`, '--ssh-config', configFile];
  await eventually('the app to be healthy', async () => (await mending.status()) === 200);
  await mending.write({ 'dist/db.js': "module.exports = require('./connect')" });
  await mending.pm2('restart', 'onai-backend');
  await eventually('the app to be down', async () => (await mending.status()) === undefined);
  const names = await mending.names();
  const said = await mending.dozor('diagnose', 'onai-backend', ...far, '--json');
  const found = JSON.parse(said.out) as { readonly findings: readonly { readonly cause: string }[] };
  assert.equal(found.findings[0]?.cause, 'stale-artifact', said.out + said.error);
  assert.ok(!said.out.includes('hunter2'), 'no value of the env file leaves the host');
  assert.deepEqual(await mending.names(), names);
});
