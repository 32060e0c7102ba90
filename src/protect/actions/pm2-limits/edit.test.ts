import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { actionContext } from '../../../../test/fakes/action-context.ts';
import { appName, copyConfigs, loadConfig, withoutSettings } from '../../../../test/fakes/pm2-config.ts';
import { editConfig, type Edited } from './edit.ts';
import { openConfig } from './open.ts';

let folder = '';
let judged = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dozor-limits-'));
  judged = join(folder, 'judged');
  await copyConfigs(folder);
  await copyConfigs(judged);
});

after(() => rm(folder, { recursive: true, force: true }));

const ALL = ['api', 'worker', 'second'];

const edit = async (file: string, names: readonly string[], backoff = false): Promise<Edited> => {
  const opened = await openConfig(actionContext({ dir: folder }), join(folder, file));
  if (!opened.ok) return { outcome: 'refused', why: opened.error, apps: [] };
  return editConfig({ ...opened.value, names, backoff });
};

/** By another way than the edit itself: what it evaluates to before and after. */
const judge = async (file: string, names: readonly string[], text: string, keys: readonly string[], env = {}) => {
  const original = await loadConfig(judged, file, await readFile(join(folder, file), 'utf8'), env);
  const edited = await loadConfig(judged, file, text, env);
  const wanted = edited.apps.filter((app) => names.includes(appName(app)));
  assert.ok(wanted.length > 0, 'the apps are still there');
  for (const app of wanted) {
    assert.equal(app['max_restarts'], 3, `${appName(app)} has max_restarts 3`);
    assert.ok([30_000, '30s'].includes(app['min_uptime'] as string), `${appName(app)} has min_uptime 30s`);
  }
  assert.equal(withoutSettings(edited, names, keys), withoutSettings(original, names, keys), 'nothing else changed');
};

const LIMITS = ['max_restarts', 'min_uptime'];
const number = (file: string): number => Number(file.slice(0, 2));
const REFUSED_FOR_ALL = [16, 30, 32, 33, 39];
const REFUSED_FOR_ONE = [5, 15, 16, 30, 32, 33];

test('every form of configuration that can be edited evaluates to 3 and 30s for all apps, and to nothing else', async (t) => {
  for (const file of (await readdir(folder)).filter((name) => /^\d\d-/.test(name)))
    await t.test(file, async () => {
      const edited = await edit(file, ALL);
      if (REFUSED_FOR_ALL.includes(number(file))) return assert.equal(edited.outcome, 'refused');
      assert.ok(edited.outcome === 'edited', JSON.stringify(edited));
      return judge(file, ALL, edited.text, LIMITS, { NOT_SET_ANYWHERE: '1' });
    });
});

test('one app among several is changed alone, or nothing is', async (t) => {
  for (const file of (await readdir(folder)).filter((name) => /^\d\d-/.test(name)))
    await t.test(file, async () => {
      const edited = await edit(file, ['api']);
      if (REFUSED_FOR_ONE.includes(number(file))) return assert.equal(edited.outcome, 'refused');
      assert.ok(edited.outcome === 'edited', JSON.stringify(edited));
      return judge(file, ['api'], edited.text, LIMITS, { NOT_SET_ANYWHERE: '1' });
    });
});

test('an edited configuration is left as it is the next time', async () => {
  for (const file of ['01-classic.config.js', '09-json.config.json', '10-yaml.config.yaml', '26-flow.config.yml']) {
    const first = await edit(file, ALL, true);
    assert.ok(first.outcome === 'edited');
    const opened = await openConfig(actionContext({ dir: judged }), join(judged, file));
    assert.ok(opened.ok);
    await loadConfig(judged, file, first.text);
    const again = await openConfig(actionContext({ dir: judged }), join(judged, file));
    assert.ok(again.ok);
    assert.equal((await editConfig({ ...again.value, names: ALL, backoff: true })).outcome, 'done');
  }
});

test('where no agent stands behind it, a growing pause is set as well, but not over a pause that is there', async () => {
  const edited = await edit('01-classic.config.js', ALL, true);
  assert.ok(edited.outcome === 'edited' && edited.backoff);
  await judge('01-classic.config.js', ALL, edited.text, [...LIMITS, 'exp_backoff_restart_delay']);
  assert.match(edited.text, /\n {6}exp_backoff_restart_delay: 100,\n/);
});

test('a pause that cannot be set for one app alone does not keep its limits from being set', async () => {
  const edited = await edit('20-builder.config.js', ['api'], true);
  assert.ok(edited.outcome === 'edited');
  assert.equal(edited.backoff, false);
});

test('settings that are shared with another app are refused, with an edit that changes both', async () => {
  const edited = await edit('05-factory.config.js', ['api']);
  assert.ok(edited.outcome === 'refused');
  assert.equal(edited.why.says, 'limits.shared');
  assert.equal(edited.why.params['others'], 'worker');
  assert.match(edited.suggestion ?? '', /max_restarts: 3, min_uptime: '30s'/);
});

test('each branch of a configuration that asks for NODE_ENV gets the limits', async () => {
  const edited = await edit('18-environment.config.js', ['api']);
  assert.ok(edited.outcome === 'edited');
  for (const mode of ['production', 'development', ''])
    await judge('18-environment.config.js', ['api'], edited.text, LIMITS, { NODE_ENV: mode });
});

test('comments, quotes, blanks, line ends and the byte-order mark stay as they are', async () => {
  const lines = async (file: string): Promise<readonly [string, string]> => {
    const edited = await edit(file, ALL);
    assert.ok(edited.outcome === 'edited');
    return [await readFile(join(folder, file), 'utf8'), edited.text];
  };
  const [, classic] = await lines('01-classic.config.js');
  assert.ok(classic.startsWith('// production config — do not touch\n'));
  const [old, windows] = await lines('22-windows.config.js');
  assert.equal(windows, old.replace('max_restarts: "15",', 'max_restarts: 3,\r\n\t\t\tmin_uptime: "30s",'));
  const [words, kept] = await lines('12-words.config.js');
  assert.equal(
    kept,
    words
      .replace('max_restarts: 15, // not', 'max_restarts: 3, // not')
      .replace("min_uptime: '5s',\n  }", "min_uptime: '30s',\n  }"),
  );
  const [, first] = await lines('25-comma-first.config.js');
  assert.match(first, /\n {2}, instances: 2 \/\/ two\n {2}, max_restarts: 3\n {2}, min_uptime: '30s'\n {2}}/);
  const [yaml, crlf] = await lines('28-crlf.config.yaml');
  assert.equal(crlf, yaml.replace('max_restarts: 15', 'max_restarts: 3\r\n    min_uptime: 30s'));
});

test('a file that does not evaluate, ends the process or is no JavaScript is refused with the reason', async () => {
  const why = async (file: string): Promise<string> => {
    const edited = await edit(file, ALL);
    assert.ok(edited.outcome === 'refused');
    return `${edited.why.says} ${edited.why.params['why'] ?? ''}`;
  };
  assert.equal(await why('32-endless.config.js'), 'limits.not-evaluated it calls process.exit');
  assert.match(await why('33-broken.config.js'), /^limits\.unreadable Unexpected token \(1:56\)/);
});

test('nothing is written into the folder of the app', async () => {
  const names = await readdir(folder);
  await edit('29-module.config.mjs', ALL);
  await edit('14-imported-spread.config.js', ALL);
  assert.deepEqual(await readdir(folder), names);
});
