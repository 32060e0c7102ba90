import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { actionContext } from '../../../test/fakes/action-context.ts';
import { copyConfigs } from '../../../test/fakes/pm2-config.ts';
import { pm2Of } from '../../../test/fakes/pm2-access.ts';
import type { Plan, Step } from '../action.ts';
import { isPlan, type ActionContext, type Pm2Record } from '../define.ts';
import { pm2Limits } from './pm2-limits.ts';

let dir = '';
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'dozor-limits-'));
  await copyConfigs(dir);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const RIGHT = "module.exports = { apps: [{ name: 'api', script: 'a.js', max_restarts: 3, min_uptime: '30s' }] };\n";

const contextOf = (file: string, over: Partial<ActionContext> = {}): ActionContext =>
  actionContext({ dir, ecosystem: join(dir, file) }, over);

const planOf = async (file: string, over: Partial<ActionContext> = {}): Promise<Plan> => {
  const plan = await pm2Limits.plan(contextOf(file, over));
  assert.ok(isPlan(plan), JSON.stringify(plan));
  return plan;
};

const running = (record: Partial<Pm2Record> = {}, command?: readonly string[]) => ({
  pm2: pm2Of(dir, [{ maxRestarts: 15, minUptimeMs: 5000, ...record }], command),
});

const commands = (steps: readonly Step[]): readonly (readonly string[])[] =>
  steps.flatMap((step) => (step.do === 'run' ? [step.argv] : []));

const put = (name: string, text: string): void => writeFileSync(join(dir, name), text);

test('the file is written, then reloaded for this app alone, then the list is saved; the gap is said before', async () => {
  const plan = await planOf('01-classic.config.js', running());
  const file = join(dir, '01-classic.config.js');
  assert.deepEqual(
    plan.steps.map((step) => step.do),
    ['write', 'run', 'run'],
  );
  assert.deepEqual(commands(plan.steps), [
    ['/usr/bin/pm2', 'reload', file, '--only=api'],
    ['/usr/bin/pm2', 'save'],
  ]);
  assert.ok(plan.touchesApp && plan.needsTrial);
  assert.deepEqual(
    plan.notes.map(({ says }) => says),
    ['limits.gap', 'limits.saves-list'],
  );
});

test('a file that is right is brought into a daemon that has other limits, and saved where the list has others', async () => {
  put('right.config.js', RIGHT);
  assert.deepEqual(
    commands((await planOf('right.config.js', running())).steps).map(([, word]) => word),
    ['reload', 'save'],
  );
  assert.equal((await pm2Limits.check(contextOf('right.config.js', running()))).says, 'limits.open-live');
  const live = running({ maxRestarts: 3, minUptimeMs: 30_000, mode: 'cluster' });
  const saves = await planOf('right.config.js', live);
  assert.deepEqual(commands(saves.steps), [['/usr/bin/pm2', 'save']]);
  assert.equal(saves.touchesApp, false);
  put('dump.pm2', JSON.stringify([{ name: 'api', max_restarts: 3, min_uptime: 30_000 }]));
  const done = await pm2Limits.plan(contextOf('right.config.js', live));
  assert.ok(!isPlan(done) && done.because === 'done');
  assert.equal((await pm2Limits.check(contextOf('right.config.js', live))).state, 'done');
});

test('what comes from another file is not written: a patch that was proved right is printed', async () => {
  const plan = await planOf('16-imported-whole.config.js');
  const [step] = plan.steps;
  assert.ok(step?.do === 'patch' && plan.steps.length === 1 && !plan.touchesApp);
  assert.equal(step.why.says, 'limits.computed');
  assert.match(
    step.patch,
    /\+ {2}if \(app\.name === "api"\) Object\.assign\(app, \{ max_restarts: 3, min_uptime: '30s' \}\);/,
  );
});

test('where no addition proves right either, the settings themselves are printed', async () => {
  const [step] = (await planOf('30-frozen.config.js')).steps;
  assert.ok(step?.do === 'patch');
  assert.equal(step.patch, "max_restarts: 3,\nmin_uptime: '30s',\n");
});

test('what is shared with an app that is not protected is a patch; with one that is, it is changed and said', async () => {
  const [alone] = (await planOf('05-factory.config.js')).steps;
  assert.ok(alone?.do === 'patch' && alone.why.says === 'limits.shared');
  const both = await planOf('05-factory.config.js', { protected: ['api', 'worker'] });
  assert.equal(both.steps[0]?.do, 'write');
  assert.ok(both.notes.some(({ says, params }) => says === 'limits.also' && params['others'] === 'worker'));
});

test('secrets that stand in the file are not in the patch', async () => {
  put(
    'secret.config.js',
    "const list = JSON.parse(JSON.stringify(require('./app-list.json')));\nconst env = { DB_PASSWORD: 'hunter2' };\nmodule.exports = { apps: list, env };\n",
  );
  const [step] = (await planOf('secret.config.js')).steps;
  assert.ok(step?.do === 'patch' && !step.patch.includes('hunter2'));
});

test('the file that has the app is found by its usual names, in the folder and above', async () => {
  put('ecosystem.config.cjs', RIGHT.replace("'api'", "'other'"));
  put('process.json', '{ "apps": [{ "name": "api", "script": "a.js" }] }');
  const plan = await pm2Limits.plan(actionContext({ dir: join(dir, 'backend') }));
  assert.ok(isPlan(plan));
  assert.ok(plan.steps[0]?.do === 'write' && plan.steps[0].path === join(dir, 'process.json'));
});

test('an app that was started without a file gets one to look at, without its environment', async () => {
  const bare = mkdtempSync(join(tmpdir(), 'dozor-bare-'));
  try {
    const pm2 = pm2Of(bare, [{ script: '/srv/a b.js', cwd: '/srv', args: ['--port', '1'], mode: 'cluster' }]);
    const plan = await pm2Limits.plan(actionContext({ dir: bare }, { pm2 }));
    assert.ok(isPlan(plan) && plan.steps[0]?.do === 'patch');
    assert.match(
      plan.steps[0].patch,
      /\+ {6}script: "\/srv\/a b\.js",\n[\s\S]*args: \["--port","1"\][\s\S]*exec_mode: "cluster"/,
    );
    const none = await pm2Limits.plan(actionContext({ dir: bare }));
    assert.ok(!isPlan(none) && none.because === 'not-here');
  } finally {
    rmSync(bare, { recursive: true });
  }
});

test('a name that PM2 cannot say, and a PM2 that is not found, are left to a person', async () => {
  put('odd.config.js', RIGHT.replace("'api'", "'my api'").replace('3,', '15,'));
  const context = actionContext(
    { dir, name: 'my api', ecosystem: join(dir, 'odd.config.js') },
    { pm2: pm2Of(dir, [{ name: 'my api' }]) },
  );
  const odd = await pm2Limits.plan(context);
  assert.ok(isPlan(odd) && commands(odd.steps).length === 0);
  assert.deepEqual(
    odd.notes.map(({ says }) => says),
    ['limits.odd-name'],
  );
  const { pm2 } = running();
  const bare = await planOf('01-classic.config.js', { pm2: { home: pm2.home, records: () => pm2.records() } });
  assert.deepEqual(
    bare.notes.map(({ says }) => says),
    ['limits.no-command'],
  );
});

test('without an agent the reason for the growing pause is printed with it', async () => {
  const plan = await planOf('01-classic.config.js', { agent: false });
  assert.ok(plan.notes.some(({ says }) => says === 'limits.backoff'));
  assert.ok(plan.steps[0]?.do === 'write' && plan.steps[0].after.includes('exp_backoff_restart_delay: 100'));
});
