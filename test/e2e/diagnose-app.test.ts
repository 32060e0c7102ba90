import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import type { Diagnosis } from '#diagnose/diagnosis.ts';
import type { WordedFinding } from '#diagnose/finding.ts';
import { valueOf } from '#diagnose/known.ts';
import { ecosystem, freePort, openPm2Stage, server, type Pm2App } from './pm2-apps.ts';

type Told = Omit<Diagnosis, 'findings'> & { readonly findings: readonly WordedFinding[] };

const SECRET = 'hunter2-never-told';

describe('dozor diagnose, on apps under a real PM2', () => {
  const stage = openPm2Stage({ after });
  const apps = new Map<string, Pm2App>();
  const holder = createServer();
  const app = (name: string): Pm2App => apps.get(name) as Pm2App;
  const open = async (name: string, files: (port: number) => Readonly<Record<string, string>>): Promise<void> => {
    const made = await stage.app(name, files);
    apps.set(name, made);
    if (name === 'taken') await new Promise<void>((resolve) => void holder.listen(made.port, '127.0.0.1', resolve));
    await stage.start(made);
  };
  const diagnosed = async (
    name: string,
    ...more: readonly string[]
  ): Promise<{ readonly told: Told; readonly code: number | null; readonly out: string }> => {
    const { out, error, code } = await stage.dozor(app(name), 'diagnose', name, '--json', ...more);
    assert.notEqual(out, '', error);
    return { told: JSON.parse(out) as Told, code, out };
  };

  before(async () => {
    const away = await freePort();
    await open('well', (port) => ({
      'server.js': server(port),
      'ecosystem.config.js': ecosystem('well', 'server.js'),
    }));
    await open('shadowed', (port) => ({
      'package.json': '{"name":"shadowed","scripts":{"build":"tsc"}}',
      'server.js':
        "const { existsSync } = require('node:fs');\nrequire(existsSync(__dirname + '/dist/server.js') ? './dist/server.js' : './src/server.js');\n",
      'src/server.js': server(port),
      'dist/server.js': "const db = require('./db/connect');\n",
      'ecosystem.config.js': ecosystem('shadowed', 'server.js'),
    }));
    await open('taken', (port) => ({
      'server.js': server(port),
      'ecosystem.config.js': ecosystem('taken', 'server.js'),
    }));
    await open('lacking', () => ({
      'package.json': '{"name":"lacking","dependencies":{"left-pad-of-nobody":"1"}}',
      'server.js': "require('left-pad-of-nobody');\n",
      'ecosystem.config.js': ecosystem('lacking', 'server.js'),
    }));
    await open('unset', () => ({
      'server.js': 'const key = process.env.JWT_SECRET;\nconsole.log(key.length);\n',
      'env.env': `DATABASE_URL=postgres://user:${SECRET}@127.0.0.1:1/app\n`,
      'ecosystem.config.js': ecosystem('unset', 'server.js', { API_TOKEN: SECRET }),
    }));
    await open('alone', () => ({
      'server.js': `require('node:net').connect(${away}, '127.0.0.1');\n`,
      'ecosystem.config.js': ecosystem('alone', 'server.js', { REDIS_URL: `redis://:${SECRET}@127.0.0.1:${away}` }),
    }));
    for (const name of apps.keys())
      if (name !== 'well')
        await stage.said('pm2.log', new RegExp(`/${name}/server\\.js had too many unstable restarts`));
  });
  after(() => holder.close());

  it('an app that is well: up, would start again, no cause is claimed', async () => {
    const { told, code } = await diagnosed('well');
    assert.equal(told.standing, 'up');
    assert.equal(told.next.outcome, 'starts');
    assert.deepEqual(told.findings, []);
    assert.equal(code, 0);
    const manager = valueOf(told.facts.app?.manager);
    assert.equal(manager?.seenBy, 'socket');
    assert.deepEqual(manager.isSaved, { known: true, value: false });
    assert.equal(manager.bootStart.known, false);
  });

  it('22 December: an old dist/ shadows the source', async () => {
    const { told, code } = await diagnosed('shadowed');
    assert.equal(told.standing, 'down');
    assert.equal(code, 1);
    const [first] = told.findings;
    assert.equal(first?.cause, 'stale-artifact');
    assert.ok(first.confidence >= 0.9);
    assert.equal(first.action, 'stale-artifacts');
    assert.ok(
      first.evidence.some(
        ({ text }) => text.includes('server.js loads dist/server.js') || text.includes('dist/ is no part of it'),
      ),
    );
    assert.equal(told.next.outcome, 'fails');
  });

  it('a port that somebody else holds, by name', async () => {
    const { told } = await diagnosed('taken');
    assert.equal(told.findings[0]?.cause, 'port-in-use');
    assert.match(told.findings[0].title, new RegExp(`pid ${process.pid}`));
  });

  it('a package that is not installed', async () => {
    const { told } = await diagnosed('lacking');
    assert.equal(told.findings[0]?.cause, 'package-missing');
    assert.match(told.findings[0].title, /left-pad-of-nobody/);
  });

  it('a variable that nothing sets; no value is told, in no form', async () => {
    const { told, out } = await diagnosed('unset');
    assert.equal(told.findings[0]?.cause, 'env-missing');
    assert.match(told.findings[0].title, /JWT_SECRET/);
    const text = await stage.dozor(app('unset'), 'diagnose', 'unset', '--locale', 'ru');
    assert.match(text.out, /JWT_SECRET/);
    assert.ok(!out.includes(SECRET) && !text.out.includes(SECRET));
  });

  it('a server that does not answer, asked from here', async () => {
    const { told, out } = await diagnosed('alone');
    assert.equal(told.findings[0]?.cause, 'dependency-unreachable');
    assert.ok(told.findings[0].evidence.some(({ source }) => source === 'network'));
    assert.ok(!out.includes(SECRET));
  });

  it('an app that is up, but whose next start would fail', async () => {
    const one = app('well');
    one.write({ 'server.js': 'const broken = {;\n' });
    const { told, code } = await diagnosed('well');
    assert.equal(told.standing, 'up');
    assert.equal(told.next.outcome, 'fails');
    assert.equal(told.next.outcome === 'fails' && told.next.findings[0]?.cause, 'syntax-error');
    assert.equal(code, 1);
    const { out } = await stage.dozor(one, 'diagnose', 'well');
    assert.match(out, /It is up now, but its next start would fail/);
    one.write({ 'server.js': server(one.port) });
  });

  it('for a person: last lines, facts, causes, in both languages', async () => {
    const english = await stage.dozor(app('shadowed'), 'diagnose', 'shadowed');
    for (const word of [
      'shadowed · down',
      'Cannot find module',
      'PM2 says: errored',
      'dist/ is here',
      'NOT in the saved list',
      'would fail: exit code 1',
    ])
      assert.ok(english.out.includes(word), `${word} in:\n${english.out}`);
    const russian = await stage.dozor(app('shadowed'), 'diagnose', 'shadowed', '--locale', 'ru');
    for (const word of ['не работает', 'PM2 показывает: errored', 'dist/ на месте', 'не удастся'])
      assert.ok(russian.out.includes(word), `${word} in:\n${russian.out}`);
  });

  it('means the app of the folder it is called in, and asks where it cannot tell', async () => {
    const here = await stage.dozor(app('lacking'), 'diagnose', '--json');
    assert.equal((JSON.parse(here.out) as Told).app, 'lacking');
    const nowhere = await stage.dozor(undefined, 'diagnose');
    assert.equal(nowhere.code, 2);
    assert.match(nowhere.error, /Which app\? .*well/);
    const unknown = await stage.dozor(undefined, 'diagnose', 'nobody');
    assert.equal(unknown.code, 11);
    assert.match(unknown.error, /PM2 has: .*well/);
  });

  it('does without PM2: a folder is enough', async () => {
    const { out } = await stage.dozor(
      undefined,
      'diagnose',
      '--dir',
      app('shadowed').dir,
      '--pm2-home',
      '/nonexistent',
      '--json',
      '--no-trial',
    );
    const told = JSON.parse(out) as Told;
    assert.equal(told.next.outcome, 'not-known');
    assert.equal(valueOf(told.facts.app?.artifacts)?.[0]?.path, 'dist');
  });
});
