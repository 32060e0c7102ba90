import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { AppFacts } from '#diagnose/app-facts.ts';
import { unknown, valueOf } from '#diagnose/known.ts';
import { collectApp } from './app.ts';
import { findStart, type AppToCollect } from './app-start.ts';
import { collectDenied, findUser } from './denied.ts';

const LIMIT_MS = 60_000;
const SECRET = 'hunter2-never-told';

interface Folder {
  readonly dir: string;
  write(files: Readonly<Record<string, string>>, at?: Date): void;
  git(...words: readonly string[]): void;
  facts(more?: Partial<AppToCollect>): Promise<AppFacts>;
}

const openFolder = (test: TestContext): Folder => {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'dozor-collect-')));
  test.after(() => rmSync(dir, { recursive: true, force: true }));
  return {
    dir,
    write: (files, at) => {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(dir, path)), { recursive: true });
        writeFileSync(join(dir, path), text);
        if (at !== undefined) utimesSync(join(dir, path), at, at);
      }
    },
    git: (...words) =>
      void execFileSync(
        'git',
        ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'init.defaultBranch=main', ...words],
        {
          cwd: dir,
          stdio: 'ignore',
        },
      ),
    facts: async (more = {}) => {
      const app = { name: 'api', dir, artifacts: [], ...more };
      const start = await findStart(app, undefined, LIMIT_MS);
      const ports = Promise.resolve(unknown('absent'));
      return (await collectApp({ app, managed: unknown('absent'), start, limit: LIMIT_MS, ports })).facts;
    },
  };
};

const OLD = new Date('2025-12-01T00:00:00Z');

describe('an app that runs from source beside an old build', () => {
  it('shows the build as no part of what runs, older, of another text, and asking for what is gone', async (test) => {
    const folder = openFolder(test);
    folder.write({ 'dist/server.js': "const db = require('./db/connect');\nlisten('old greeting');\n" }, OLD);
    folder.write({
      'package.json': '{"name":"api","scripts":{"start":"tsx src/server.ts","build":"tsc"}}',
      'src/server.ts': "import { db } from './db.ts';\nlisten('new greeting');\n",
      'src/db.ts': 'export const db = 1;\n',
      'deploy.sh': '#!/bin/sh\ngit pull\nnpm run build\npm2 reload api\n',
      '.gitignore': 'dist/\n',
    });
    folder.git('init');
    folder.git('add', '.');
    folder.git('commit', '-m', 'Say hello');
    const facts = await folder.facts();
    const entry = valueOf(facts.entry);
    assert.equal(entry?.file, 'src/server.ts');
    assert.equal(entry?.interpreter, 'tsx');
    assert.equal(entry?.artifact, undefined);
    const [dist] = valueOf(facts.artifacts) ?? [];
    assert.equal(dist?.path, 'dist');
    assert.equal(dist?.holdsEntry, false);
    assert.equal(valueOf(dist?.isTracked), false);
    assert.deepEqual(
      dist?.olderThanSource.map(({ built, source, differs }) => ({ built, source, differs })),
      [{ built: 'dist/server.js', source: 'src/server.ts', differs: true }],
    );
    assert.deepEqual(dist?.brokenImports, [{ file: 'dist/server.js', specifier: './db/connect' }]);
    assert.equal(dist?.madeBy, 'deploy.sh:3: npm run build');
    const git = valueOf(facts.git);
    assert.equal(git?.branch, 'main');
    assert.equal(git?.subject, 'Say hello');
    assert.match(git?.lastMoves[0]?.what ?? '', /commit/);
  });

  it('shows where source leads into the build', async (test) => {
    const folder = openFolder(test);
    folder.write({
      'ecosystem.config.js': "module.exports = { apps: [{ name: 'api', script: './server.js' }] };",
      'server.js': "try { require('./dist/server.js'); } catch { require('./src/server.ts'); }",
      'dist/server.js': '1',
      'src/server.ts': '1',
    });
    const entry = valueOf((await folder.facts()).entry);
    assert.equal(entry?.from, 'ecosystem');
    assert.deepEqual(entry?.leadsInto, [{ from: 'server.js', to: 'dist/server.js', artifact: 'dist' }]);
  });
});

describe('an app that runs its build', () => {
  it('is told apart: the build holds the entry, and a fresh build of the same text is not old', async (test) => {
    const folder = openFolder(test);
    folder.write({ 'src/main.ts': "export const hello: string = 'greeting of all';\n" }, OLD);
    folder.write({
      'package.json': '{"name":"api","main":"dist/main.js","scripts":{"start":"nest start"}}',
      'dist/main.js': '"use strict";\nexports.hello = \'greeting of all\';\n',
    });
    const facts = await folder.facts();
    assert.equal(valueOf(facts.entry)?.artifact, 'dist');
    const [dist] = valueOf(facts.artifacts) ?? [];
    assert.equal(dist?.holdsEntry, true);
    assert.deepEqual(dist?.olderThanSource, []);
  });

  it('is no older than its source by a checkout alone, when its source map has the very text', async (test) => {
    const folder = openFolder(test);
    const source = "export const x = 'some text';\n";
    folder.write(
      { 'dist/a.js': "exports.x = 'some text';\n", 'dist/a.js.map': JSON.stringify({ sourcesContent: [source] }) },
      OLD,
    );
    folder.write({ 'package.json': '{"main":"dist/a.js"}', 'src/a.ts': source });
    const [dist] = valueOf((await folder.facts()).artifacts) ?? [];
    assert.deepEqual(dist?.olderThanSource, []);
  });
});

describe('the surroundings of an app', () => {
  it('tell names that nothing sets, and never a value', async (test) => {
    const folder = openFolder(test);
    folder.write({
      'package.json': '{"scripts":{"start":"node --env-file=env.env server.js"}}',
      'server.js': "use(process.env.DATABASE_URL, process.env.JWT_SECRET, process.env.TIER ?? 'free');\n",
      'env.env': `DATABASE_URL=postgres://user:${SECRET}@127.0.0.1:1/app\nOTHER=${SECRET}\n`,
      '.env.example': 'DATABASE_URL=\nJWT_SECRET=\n',
    });
    const facts = await folder.facts();
    const env = valueOf(facts.environment);
    assert.equal(env?.file, 'env.env');
    assert.deepEqual(env?.missing, [{ name: 'JWT_SECRET', file: 'server.js', line: 1 }]);
    assert.deepEqual(env?.missingOfExample, ['JWT_SECRET']);
    const [database] = valueOf(facts.dependencies) ?? [];
    assert.deepEqual(
      { ...database, tookMs: 0 },
      {
        name: 'DATABASE_URL',
        kind: 'postgres',
        host: '127.0.0.1',
        port: 1,
        answers: false,
        tookMs: 0,
        error: 'ECONNREFUSED',
      },
    );
    assert.ok(!JSON.stringify(facts).includes(SECRET), 'no value of the environment in the facts');
  });

  it('tell what is asked for and not installed, half installed, or of another version', async (test) => {
    const folder = openFolder(test);
    folder.write({
      'package.json': '{"dependencies":{"here":"1","gone":"1","half":"1"}}',
      'package-lock.json':
        '{"packages":{"":{},"node_modules/here":{"version":"1.2.0"},"node_modules/tool":{"version":"9.0.0","dev":true}}}',
      'node_modules/.package-lock.json': '{"packages":{"node_modules/here":{"version":"1.1.0"}}}',
      'node_modules/here/package.json': '{"version":"1.1.0"}',
      'node_modules/half/readme.md': 'cut off',
    });
    const packages = valueOf((await folder.facts()).packages);
    assert.deepEqual(packages?.missing, ['gone']);
    assert.deepEqual(packages?.broken, ['half']);
    assert.deepEqual(packages?.differing, [{ name: 'here', wanted: '1.2.0', found: '1.1.0' }]);
  });

  it('tell broken files in words, not by throwing', async (test) => {
    const folder = openFolder(test);
    folder.write({
      'package.json': '{ "name": ',
      'package-lock.json': '<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> other\n',
      'ecosystem.config.js': 'module.exports = {',
      'tsconfig.json': 'not json',
    });
    const facts = await folder.facts();
    const packages = valueOf(facts.packages);
    assert.match(packages?.manifestProblem ?? '', /JSON/);
    assert.equal(packages?.lockProblem, 'conflict markers');
    assert.equal(facts.git.known, false);
  });

  it('tell which Node is wanted', async (test) => {
    const folder = openFolder(test);
    folder.write({ 'package.json': '{"engines":{"node":">=18"}}', '.nvmrc': 'lts/jod\n' });
    assert.deepEqual(
      valueOf((await folder.facts()).node)?.wanted.map(({ from, range }) => [from, range]),
      [
        ['package.json engines', '>=18'],
        ['.nvmrc', '22'],
      ],
    );
  });

  it('tell what another user may not read or write', async (test) => {
    const folder = openFolder(test);
    folder.write({ 'env.env': 'A=1', 'open.txt': '1', 'logs/a.log': '' });
    execFileSync('chmod', ['600', join(folder.dir, 'env.env')]);
    execFileSync('chmod', ['755', folder.dir, join(folder.dir, 'logs')]);
    const nobody = await findUser('nobody');
    const needed = [
      { path: join(folder.dir, 'env.env'), needs: 'read', mustExist: false },
      { path: join(folder.dir, 'open.txt'), needs: 'read', mustExist: false },
      { path: join(folder.dir, 'logs'), needs: 'write', mustExist: false },
      { path: join(folder.dir, 'absent'), needs: 'read', mustExist: true },
    ] as const;
    assert.deepEqual(
      (await collectDenied(folder.dir, needed, nobody)).map(({ path, why }) => [path, why]),
      [
        ['env.env', 'rights'],
        ['logs', 'rights'],
        ['absent', 'missing'],
      ],
    );
  });
});
