import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { actionContext } from '../../../test/fakes/action-context.ts';
import { pm2Of } from '../../../test/fakes/pm2-access.ts';
import { isPlan, type ActionContext } from '../define.ts';
import { startupCommand } from './boot-start/startup.ts';
import { bootStart } from './boot-start.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'dozor-boot-'));
  writeFileSync(join(dir, 'server.js'), '');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const save = (list: unknown): void =>
  writeFileSync(join(dir, 'dump.pm2'), typeof list === 'string' ? list : JSON.stringify(list));

const contextOf = (over: Partial<ActionContext> = {}): ActionContext =>
  actionContext({ dir }, { pm2: pm2Of(dir, [{ cwd: dir, script: join(dir, 'server.js') }]), ...over });

const started = { bootedBy: async () => 'pm2-root.service' };
const right = () => [{ name: 'api', pm_exec_path: join(dir, 'server.js'), pm_cwd: dir, env: { SECRET: 'hunter2' } }];

test('saved with the right path and started at boot is done', async () => {
  save(right());
  assert.equal((await bootStart.check(contextOf(started))).state, 'done');
  const plan = await bootStart.plan(contextOf(started));
  assert.ok(!isPlan(plan) && plan.because === 'done');
});

test('each way in which the saved list fails the app is told, and pm2 save is planned', async () => {
  const says = async (): Promise<string> => {
    const plan = await bootStart.plan(contextOf(started));
    assert.ok(isPlan(plan));
    assert.deepEqual(
      plan.steps.map((step) => step.do === 'run' && step.argv),
      [['/usr/bin/pm2', 'save']],
    );
    const standing = await bootStart.check(contextOf(started));
    assert.ok(!JSON.stringify([plan, standing]).includes('hunter2'));
    return standing.says;
  };
  assert.equal(await says(), 'boot.saved-no-list');
  save('[{"name":"a');
  assert.equal(await says(), 'boot.saved-broken');
  save([]);
  assert.equal(await says(), 'boot.saved-missing');
  save([{ ...right()[0], pm_exec_path: join(dir, 'dist/gone.js') }]);
  assert.equal(await says(), 'boot.saved-gone');
  save([{ ...right()[0], pm_cwd: '/elsewhere' }]);
  assert.equal(await says(), 'boot.saved-other-path');
});

test('an app that does not run is not saved: it would be lost from the list', async () => {
  const plan = await bootStart.plan(contextOf({ ...started, pm2: pm2Of(dir, []) }));
  assert.ok(!isPlan(plan) && plan.because === 'refused' && plan.says === 'boot.not-running');
});

test('where nothing starts PM2 at boot, the command for it is printed in exact words', async () => {
  save(right());
  const plan = await bootStart.plan(contextOf());
  assert.ok(isPlan(plan));
  assert.deepEqual(
    plan.steps.map((step) => step.do),
    ['patch'],
  );
  assert.equal((await bootStart.check(contextOf())).says, 'boot.not-started');
  const pm2 = pm2Of("/home/o'neil/.pm2", []);
  const context = contextOf({ root: false, node: '/opt/my node/bin/node', home: "/home/o'neil" });
  assert.match(
    startupCommand(context, pm2, 'systemd'),
    /^sudo env PM2_HOME='\/home\/o'\\''neil\/\.pm2' PATH="\$PATH":'\/opt\/my node\/bin' \/usr\/bin\/pm2 startup systemd -u \S+ --hp '\/home\/o'\\''neil'$/,
  );
  assert.match(startupCommand(context, pm2, undefined), /@reboot PM2_HOME=.* \/usr\/bin\/pm2 resurrect/);
});

test('an app that another manager runs is none of its business', async () => {
  const context = contextOf();
  const other = { ...context, app: { ...context.app, manager: 'systemd' as const } };
  assert.equal((await bootStart.check(other)).state, 'not-here');
});
