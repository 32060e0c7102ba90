import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, utimesSync, writeFileSync, closeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, test } from 'node:test';
import { isPlan, type ActionContext } from '../define.ts';
import { matchArtifacts } from './stale-artifacts/glob.ts';
import { staleArtifacts } from './stale-artifacts.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const hourAgo = new Date(Date.now() - 3_600_000);

const lay = (paths: readonly string[]): string => {
  const dir = mkdtempSync(join(tmpdir(), 'dozor-stale-'));
  folders.push(dir);
  for (const path of paths) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), 'x');
    for (let one = join(dir, path); one !== dir; one = dirname(one)) utimesSync(one, hourAgo, hourAgo);
  }
  return dir;
};

const contextOf = (dir: string, artifacts: readonly string[], more: Partial<ActionContext> = {}): ActionContext => ({
  app: { name: 'api', manager: 'pm2', dir, artifacts },
  protected: [],
  agent: false,
  sources: async () => ({ code: [], preloaded: false }),
  bootedBy: async () => undefined,
  node: process.execPath,
  env: {},
  home: join(dir, '..'),
  root: false,
  now: Date.now(),
  signal: new AbortController().signal,
  given: {},
  look: async (argv) => {
    const [program = '', ...words] = argv;
    try {
      return { code: 0, stdout: execFileSync(program, words, { encoding: 'utf8', stdio: 'pipe' }), stderr: '' };
    } catch (error) {
      const { status, stderr } = error as { readonly status: number; readonly stderr: string };
      return { code: status, stdout: '', stderr };
    }
  },
  ...more,
});

/** What would go, and why the rest stays. */
const judged = async (context: ActionContext) => {
  const outcome = await staleArtifacts.plan(context);
  if (!isPlan(outcome)) return { goes: [], stays: [outcome.says] };
  const goes = outcome.steps.flatMap((step) =>
    step.do === 'trash' ? [step.path.slice(context.app.dir.length + 1)] : [],
  );
  return { goes, stays: outcome.notes.map(({ says }) => says) };
};

test('patterns reach what they name, never packages, git, or out of the folder', async () => {
  const dir = lay(['dist/a.js', 'a.tar.gz', 'b.tgz', 'sub/dist/b.js', 'node_modules/x/dist/c.js', '.git/dist/d']);
  assert.deepEqual(await matchArtifacts(dir, 'dist/'), ['dist']);
  assert.deepEqual(await matchArtifacts(dir, './*.{tar.gz,tgz}'), ['a.tar.gz', 'b.tgz']);
  assert.deepEqual([...(await matchArtifacts(dir, '**/dist'))].sort(), ['dist', 'sub/dist']);
  for (const unsafe of ['/etc', '../x', 'a/../../b', '*', '**', '.', ''])
    assert.deepEqual(await matchArtifacts(dir, unsafe), [], unsafe);
});

test('what lies about goes; where nothing is configured, what the incident left behind', async () => {
  const dir = lay(['dist/a.js', 'old.tar.gz', 'src/server.ts']);
  assert.deepEqual(await judged(contextOf(dir, [])), { goes: ['dist', 'old.tar.gz'], stays: [] });
});

test('what the app runs from stays, and what its start command names', async () => {
  const dir = lay(['dist/main.js', 'build/register.js']);
  const entry = {
    from: 'manager',
    chain: [],
    exists: true,
    interpreter: 'node',
    nodeOptions: ['--import', './build/register.js'],
    cwd: dir,
    file: 'dist/main.js',
    leadsInto: [],
  } as const;
  const outcome = await staleArtifacts.plan(contextOf(dir, ['dist/', 'build/'], { entry }));
  assert.deepEqual(!isPlan(outcome) && outcome.because, 'done');
});

test('links, parts of the app, and what git tracks stay', async () => {
  const dir = lay(['real/a.js', 'tracked/a.js', 'src/a.ts']);
  symlinkSync(join(dir, 'real'), join(dir, 'dist'));
  execFileSync('git', ['-C', dir, 'init', '-q']);
  execFileSync('git', ['-C', dir, 'add', 'tracked']);
  assert.deepEqual((await judged(contextOf(dir, ['dist']))).stays, ['artifacts.link']);
  assert.deepEqual((await judged(contextOf(dir, ['tracked/']))).stays, ['artifacts.tracked']);
  assert.deepEqual((await judged(contextOf(dir, ['src/']))).stays, ['artifacts.own']);
});

test('what somebody has open, or wrote a moment ago, stays', async () => {
  const dir = lay(['dist/a.js', 'fresh/a.js']);
  const now = new Date();
  utimesSync(join(dir, 'fresh/a.js'), now, now);
  const file = openSync(join(dir, 'dist/a.js'), 'r');
  try {
    assert.deepEqual((await judged(contextOf(dir, ['dist']))).stays, ['artifacts.open']);
  } finally {
    closeSync(file);
  }
  assert.deepEqual(await judged(contextOf(dir, ['dist', 'fresh'])), { goes: ['dist'], stays: ['artifacts.fresh'] });
});
