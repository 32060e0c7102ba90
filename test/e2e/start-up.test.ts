import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { startTarget } from '../fakes/target.ts';
import { openStage } from './harness.ts';
import { runProgram } from './program.ts';
import { configuration, service } from './settings.ts';

test('a name that the file and the screens both define is a clash with exit code 3, and nothing is lost', async (t) => {
  const stage = openStage(t);
  const target = await stage.keep(startTarget());
  const brain = await stage.brain({ config: configuration({}) });
  const made = await brain.api('POST', '/services', { name: 'API' });
  assert.equal(made.status, 201);
  await brain.stop();
  writeFileSync(brain.config, stringify(configuration({ services: [service('API', target.url)] })));
  const clash = await runProgram(['up', '--config', brain.config, '--data', brain.data, '--listen', '127.0.0.1:0']);
  assert.equal(clash.code, 3, clash.error);
  assert.match(clash.error, /"?API"?/);
  writeFileSync(brain.config, stringify(configuration({})));
  const again = await brain.again();
  assert.equal((await again.api('GET', '/services')).body.items[0].name, 'API');
});

test('a port that another program has taken is named, with exit code 5', async (t) => {
  const stage = openStage(t);
  const other = createServer().listen(0, '127.0.0.1');
  t.after(() => other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const said = await runProgram(['up', '--data', join(stage.dir, 'data'), '--listen', `127.0.0.1:${port}`], {
    cwd: stage.dir,
  });
  assert.equal(said.code, 5, said.error);
  assert.match(said.error, new RegExp(`^dozor: [^\\n]*127\\.0\\.0\\.1:${port}`));
});

test('what a kill -9 left behind does not keep the next one from starting', async (t) => {
  const stage = openStage(t);
  const target = await stage.keep(startTarget());
  const brain = await stage.brain({ config: configuration({ services: [service('API', target.url)] }) });
  await brain.line(/up +API /);
  await brain.kill();
  const again = await brain.again();
  assert.equal((await again.api('GET', '/status')).status, 200);
});

test('a secret that the file names and nobody has set is told with its line', async (t) => {
  const stage = openStage(t);
  const file = join(stage.dir, 'dozor.yaml');
  writeFileSync(
    file,
    'contacts:\n  - name: me\n    channels:\n      - { name: tg, kind: telegram, botToken: "${NOT_SET_HERE}", chatId: 1 }\n',
  );
  const said = await runProgram(['up', '--data', join(stage.dir, 'data')], { cwd: stage.dir });
  assert.equal(said.code, 3, said.error);
  assert.match(said.error, /dozor\.yaml:4:\d+ .*NOT_SET_HERE/);
});

test('check can not tell, exit code 2, when neither the target nor the own network answers', async () => {
  const wrap = ['unshare', '--map-root-user', '--net'];
  const said = await runProgram(['check', 'http://192.0.2.77/', '--timeout', '500ms'], { wrap });
  assert.equal(said.code, 2, said.error + said.out);
});
