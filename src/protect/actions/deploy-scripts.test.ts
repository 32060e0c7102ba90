import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { actionContext } from '../../../test/fakes/action-context.ts';
import { isPlan } from '../define.ts';
import { buildsIn, withoutBuild } from './deploy-scripts/build-words.ts';
import { findBuilds } from './deploy-scripts/places.ts';
import { deployScripts } from './deploy-scripts.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'dozor-deploy-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const put = (name: string, text: string): void => {
  mkdirSync(dirname(join(dir, name)), { recursive: true });
  writeFileSync(join(dir, name), text);
};

test('commands that make code are told from those that only look or have the word in them', () => {
  for (const line of [
    'npm run build',
    '  npm --prefix backend run build:prod',
    'yarn build',
    'pnpm run build',
    'npx tsc -p .',
    'NODE_ENV=production npm run build',
    'cd /srv && ./node_modules/.bin/tsc',
    'git pull; nest build; pm2 restart api',
    'ssh root@host "cd /srv && npm ci && npm run build && pm2 reload api"',
  ])
    assert.ok(buildsIn(line), line);
  for (const line of [
    '# npm run build',
    'npx tsc --noEmit',
    'echo npm run build',
    'npm run test',
    'npm ci',
    'docker build .',
    'tsc --version',
    'npm run rebuild-index',
  ])
    assert.ok(!buildsIn(line), line);
});

test('a line loses its build and keeps all else, quotes of a remote command too', () => {
  assert.equal(
    withoutBuild('git pull && npm ci && npm run build && pm2 restart api'),
    'git pull && npm ci && pm2 restart api',
  );
  assert.equal(withoutBuild('npm ci && npm run build'), 'npm ci');
  assert.equal(withoutBuild('  npm run build'), undefined);
  assert.equal(withoutBuild('ssh h "npm ci && npm run build"'), 'ssh h "npm ci"');
  assert.equal(withoutBuild("ssh h 'cd /srv; yarn build; pm2 reload api'"), "ssh h 'cd /srv; pm2 reload api'");
});

test('a script that deploys gets a patch without its build; one that only builds elsewhere stays', async () => {
  put('.git/HEAD', 'ref: refs/heads/main\n');
  put('backend/deploy.sh', '#!/bin/sh\nset -e\ngit pull\nnpm ci\nnpm run build\npm2 restart api\n');
  put('scripts/check.sh', '#!/bin/sh\nnpm run build\nnpm test\n');
  put('Dockerfile', 'RUN npm run build\n');
  const context = actionContext({ dir: join(dir, 'backend') });
  const plan = await deployScripts.plan(context);
  assert.ok(isPlan(plan));
  assert.deepEqual(
    plan.steps.map((step) => (step.do === 'patch' ? step.patch : step.do)),
    ['--- deploy.sh\n+++ deploy.sh\n@@ -2,5 +2,4 @@\n set -e\n git pull\n npm ci\n-npm run build\n pm2 restart api\n'],
  );
  assert.equal((await deployScripts.check(context)).params['places'], 'deploy.sh:5');
});

test('what runs on the server by its nature counts in package.json, the script "build" itself does not', () => {
  const manifest =
    '{\n  "scripts": {\n    "build": "tsc",\n    "prestart": "npm run build",\n    "deploy": "git pull && npm run build && pm2 reload api",\n    "test": "npm run build && node --test"\n  }\n}\n';
  const { places, after } = findBuilds('/app/package.json', manifest);
  assert.deepEqual(
    places.map(({ line }) => line),
    [4, 5],
  );
  assert.deepEqual(JSON.parse(after), {
    scripts: {
      build: 'tsc',
      prestart: 'true',
      deploy: 'git pull && pm2 reload api',
      test: 'npm run build && node --test',
    },
  });
});

test('a workflow may build on its own machine, not over SSH on the server', () => {
  const workflow = [
    'jobs:',
    '  ci:',
    '    steps:',
    '      - run: npm run build',
    '      - name: deploy',
    '        uses: appleboy/ssh-action@v1',
    '        with:',
    '          host: h',
    '          script: |',
    '            cd /srv',
    '            npm run build',
    '            pm2 reload api',
    '      - run: npm run build',
    '      - run: ssh h "cd /srv && npm run build && pm2 reload api"',
    '',
  ].join('\n');
  const { places, after } = findBuilds('/app/.github/workflows/deploy.yml', workflow);
  assert.deepEqual(
    places.map(({ line }) => line),
    [11, 14],
  );
  assert.match(after, /ssh h "cd \/srv && pm2 reload api"/);
  assert.equal(after.split('npm run build').length - 1, 2);
});

test('the deploy part of an ecosystem file counts', () => {
  const text =
    "module.exports = { deploy: { production: {\n  'post-deploy': 'npm install && npm run build && pm2 reload ecosystem.config.js',\n} } };\n";
  assert.match(findBuilds('/app/ecosystem.config.js', text).after, /'npm install && pm2 reload ecosystem\.config\.js'/);
});

test('where what is built is what runs, the build is not taken away: the places are told', async () => {
  put('deploy.sh', 'git pull\nnpm run build\npm2 restart api\n');
  const entry = {
    from: 'manager' as const,
    chain: [],
    file: 'dist/main.js',
    exists: true,
    interpreter: 'node',
    nodeOptions: [],
    cwd: dir,
    artifact: 'dist',
    leadsInto: [],
  };
  const plan = await deployScripts.plan(actionContext({ dir }, { entry }));
  assert.ok(!isPlan(plan) && plan.because === 'refused' && plan.says === 'deploy.built-in-place');
});

test('without scripts there is nothing to say', async () => {
  assert.equal((await deployScripts.check(actionContext({ dir }))).state, 'not-here');
});
