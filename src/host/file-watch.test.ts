import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '#engine/system-clock.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { FileWatch, type KeptSnapshot } from './file-watch.ts';
import { namesIn, type FileChange, type WatchedFiles } from './watched-files.ts';

describe('the watch over the files of an app', () => {
  let root: string;
  let count = 0;
  const watches: FileWatch[] = [];
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'dozor-files-'));
  });
  after(() => {
    for (const watch of watches) watch.stop();
    rmSync(root, { recursive: true, force: true });
  });

  const folder = (): string => {
    const dir = join(root, `app ${(count += 1)}`);
    mkdirSync(dir);
    return dir;
  };
  const follow = async (watched: WatchedFiles, kept?: KeptSnapshot) => {
    const changes: FileChange[] = [];
    const saved: KeptSnapshot[] = [];
    const watch = new FileWatch({
      watched,
      clock: systemClock,
      kept,
      keep: (one) => void saved.push(one),
      onChange: (change) => void changes.push(change),
      onBug: (error) => {
        throw error;
      },
    });
    watches.push(watch);
    await watch.start();
    const next = async (what: FileChange['what']) =>
      eventually(`the change ${what}`, () => changes.find((one) => one.what === what));
    return { changes, saved, watch, next };
  };

  it('tells that dist/ is back, and when, and that it is gone', async () => {
    const dir = folder();
    const { next, changes } = await follow({ dir, artifacts: ['dist/', '*.tar.gz'] });
    const began = Date.now();
    mkdirSync(join(dir, 'dist'));
    const change = await next('artifact-appeared');
    assert.equal(change.path, 'dist');
    assert.ok(change.at >= began - 1_000 && change.at <= Date.now());
    writeFileSync(join(dir, 'old release.tar.gz'), '');
    await eventually('the archive', () => changes.find(({ path }) => path === 'old release.tar.gz'));
    rmSync(join(dir, 'dist'), { recursive: true });
    assert.equal((await next('artifact-gone')).path, 'dist');
  });

  it('takes an artifact that was moved in, with old times inside, for one that came now', async () => {
    const dir = folder();
    const aside = folder();
    mkdirSync(join(aside, 'dist'));
    const { next } = await follow({ dir, artifacts: ['dist'] });
    const began = Date.now();
    renameSync(join(aside, 'dist'), join(dir, 'dist'));
    const { at } = await next('artifact-appeared');
    assert.ok(at >= began - 1_000, `${at - began}`);
  });

  it('tells what changed while it was away', async () => {
    const dir = folder();
    const watched = { dir, artifacts: ['dist'], envFile: 'env.env' };
    writeFileSync(join(dir, 'env.env'), 'A=1\nB=2\n');
    const first = await follow(watched);
    first.watch.stop();
    mkdirSync(join(dir, 'dist'));
    writeFileSync(join(dir, 'env.env'), 'A=secret\nC=3\n');
    const { changes } = await follow(watched, first.saved.at(-1));
    const said = changes.map(({ what, path, detail = '' }) => `${what} ${path} ${detail}`.trim());
    assert.deepEqual(new Set(said), new Set(['artifact-appeared dist', 'env-names env.env −B +C']));
  });

  it('says nothing when only values of the environment changed', async () => {
    const dir = folder();
    writeFileSync(join(dir, '.env'), 'A=1\n');
    const { changes, watch } = await follow({ dir, artifacts: [], envFile: '.env' });
    writeFileSync(join(dir, '.env'), 'A=2\n');
    await watch.look();
    await watch.look();
    assert.deepEqual(changes, []);
  });

  it('tells of a new commit, of lock file, entry and ecosystem file', async () => {
    const dir = folder();
    const git = (...words: readonly string[]): void =>
      void execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...words], {
        cwd: dir,
        stdio: 'pipe',
      });
    git('init', '-q');
    git('commit', '-q', '--allow-empty', '-m', 'one');
    mkdirSync(join(dir, 'src'));
    writeFileSync(join(dir, 'src/server.js'), '1');
    const { next, changes } = await follow({
      dir,
      artifacts: [],
      ecosystem: 'ecosystem.config.cjs',
      entry: 'src/server.js',
    });
    git('commit', '-q', '--allow-empty', '-m', 'two');
    assert.match((await next('git-head')).detail ?? '', /^[0-9a-f]{12} → [0-9a-f]{12}$/);
    writeFileSync(join(dir, 'src/server.js'), 'changed');
    assert.equal((await next('entry')).path, 'src/server.js');
    writeFileSync(join(dir, 'package-lock.json'), '{}');
    assert.equal((await next('lock-file')).path, 'package-lock.json');
    writeFileSync(join(dir, 'ecosystem.config.cjs'), '');
    assert.equal((await next('ecosystem')).detail, 'new');
    assert.equal(changes.filter(({ what }) => what === 'git-head').length, 1);
  });

  it('never leaves the folder of the app, whatever the globs say', async () => {
    const dir = folder();
    const { changes, watch } = await follow({ dir, artifacts: ['../*', '/etc/*', '../app 1'] });
    folder();
    await watch.look();
    assert.deepEqual(changes, []);
  });

  it('reads names of an environment file in all their forms', () => {
    const text = 'A=1\nexport B = 2\n# C=3\n  D.e="x\\ny"\nA=again\nnot a line\r\nF=\r\n';
    assert.deepEqual(namesIn(text), ['A', 'B', 'D.e', 'F']);
  });
});
