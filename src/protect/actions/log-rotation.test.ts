import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { actionContext } from '../../../test/fakes/action-context.ts';
import { pm2Of } from '../../../test/fakes/pm2-access.ts';
import { isPlan } from '../define.ts';
import { covers, ruleFor, ruleName } from './log-rotation/rule.ts';
import { logRotationUnder } from './log-rotation.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'dozor-logs-'));
  put('logs/api out.log', 'words\n');
  put('logs/api-error.log', 'words\n');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const put = (name: string, text: string): string => {
  const path = join(dir, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
};

const contextOf = (root: boolean) =>
  actionContext(
    { dir },
    {
      root,
      pm2: pm2Of(join(dir, 'pm2'), [
        { outFile: join(dir, 'logs/api out.log'), errorFile: join(dir, 'logs/api-error.log') },
      ]),
    },
  );

test('with root and logrotate a rule is written for both logs, and then all is done', async () => {
  put('machine/usr/sbin/logrotate', '');
  const action = logRotationUnder(join(dir, 'machine'));
  const plan = await action.plan(contextOf(true));
  assert.ok(isPlan(plan));
  const [step] = plan.steps;
  assert.ok(step?.do === 'write' && step.mode === 0o644);
  assert.equal(step.path, join(dir, 'machine/etc/logrotate.d/dozor-api'));
  assert.match(
    step.after,
    /^".*\/api out\.log"\n\/.*\/api-error\.log \{\n {4}su \w+ \w+\n[\s\S]*copytruncate\n[\s\S]*\n\}\n$/,
  );
  put('machine/etc/logrotate.d/dozor-api', step.after);
  assert.equal((await action.check(contextOf(true))).state, 'done');
  const again = await action.plan(contextOf(true));
  assert.ok(!isPlan(again) && again.because === 'done');
});

test('without root or without logrotate the rule is printed', async () => {
  const bare = await logRotationUnder(join(dir, 'machine')).plan(contextOf(true));
  assert.ok(isPlan(bare) && bare.steps[0]?.do === 'patch' && bare.steps[0].why.says === 'logs.not-installed');
  put('machine/usr/sbin/logrotate', '');
  const user = await logRotationUnder(join(dir, 'machine')).plan(contextOf(false));
  assert.ok(isPlan(user) && user.steps[0]?.do === 'patch' && user.steps[0].why.says === 'logs.needs-root');
});

test("PM2's own module, or a rule that covers the files by its pattern, is enough", async () => {
  const action = logRotationUnder(join(dir, 'machine'));
  assert.equal((await action.check(contextOf(true))).state, 'open');
  put('machine/etc/logrotate.d/pm2', `# ${dir}/x/*.log\n${dir}/logs/*.log {\n  weekly\n}\n`);
  assert.deepEqual((await action.check(contextOf(true))).params['by'], 'logrotate');
  put('pm2/modules/pm2-logrotate/package.json', '{}');
  assert.deepEqual((await action.check(contextOf(true))).params['by'], 'pm2-logrotate');
});

test('a pattern covers its own folder only, and a comment covers nothing', () => {
  const rule = ruleFor(['/srv/a b/out.log'], { user: 'app', group: 'app' });
  assert.ok(covers([rule], '/srv/a b/out.log'));
  assert.ok(covers(['/srv/*/out.log /x/y.log {\n}\n'], '/srv/app/out.log'));
  assert.ok(!covers(['/srv/*.log {\n}\n', '# /srv/app/out.log {\n'], '/srv/app/out.log'));
  assert.equal(ruleName('my api.v2'), 'dozor-my-api-v2');
});

test('an app without log files has nothing to rotate', async () => {
  rmSync(join(dir, 'logs'), { recursive: true });
  assert.equal((await logRotationUnder('').check(contextOf(true))).state, 'not-here');
});
