import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import fc from 'fast-check';
import { actionContext } from '../../../test/fakes/action-context.ts';
import type { Plan } from '../action.ts';
import { isPlan, type ActionContext, type AppSources } from '../define.ts';
import { assignmentsIn, valuesIn, withVariable } from './sentry-env/env-text.ts';
import { sentryEnv } from './sentry-env.ts';

const DSN = 'https://0123456789abcdef@inbox.example/42';
let dir = '';

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'dozor-sentry-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const put = (name: string, text: string): string => {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
};

const withSdk = (code: AppSources['code'] = []): void => {
  put('package.json', JSON.stringify({ dependencies: { '@sentry/node': '^9.1.0' } }));
  sources = { code, preloaded: false };
};

let sources: AppSources = { code: [], preloaded: false };

const contextOf = (text: string | undefined, over: Partial<ActionContext> = {}): ActionContext => {
  const envFile = join(dir, 'env.env');
  if (text !== undefined) writeFileSync(envFile, text);
  return actionContext({ dir, envFile }, { given: { dsn: DSN }, sources: async () => sources, ...over });
};

const planOf = async (text: string | undefined, over: Partial<ActionContext> = {}): Promise<Plan> => {
  const plan = await sentryEnv.plan(contextOf(text, over));
  assert.ok(isPlan(plan), JSON.stringify(plan));
  return plan;
};

const written = async (text: string, over: Partial<ActionContext> = {}): Promise<string> => {
  const step = (await planOf(text, over)).steps.find((one) => one.do === 'write');
  assert.ok(step?.do === 'write');
  return step.after;
};

test('both variables are changed where they stand: quotes, comments, export, order and line ends stay', async () => {
  withSdk();
  const before =
    '\u{FEFF}# production\r\nA=1\r\nexport SENTRY_ENABLED="false" # off since June\r\n\r\nB=\'x # y\'\r\nSENTRY_DSN=\r\nC=3';
  assert.equal(
    await written(before),
    `\u{FEFF}# production\r\nA=1\r\nexport SENTRY_ENABLED="true" # off since June\r\n\r\nB='x # y'\r\nSENTRY_DSN=${DSN}\r\nC=3`,
  );
});

test('what is missing is added, in the way in which the file is written', async () => {
  withSdk();
  assert.equal(await written('A=1'), `A=1\nSENTRY_DSN=${DSN}\nSENTRY_ENABLED=true\n`);
  assert.equal(
    await written("export A='1'\n"),
    `export A='1'\nexport SENTRY_DSN='${DSN}'\nexport SENTRY_ENABLED='true'\n`,
  );
  assert.equal(await written('SENTRY_ENABLED=false\nA=1\n'), `SENTRY_ENABLED=true\nSENTRY_DSN=${DSN}\nA=1\n`);
});

test('a line that is commented out stays, and the variable follows it', async () => {
  withSdk();
  assert.equal(
    await written('# SENTRY_ENABLED=true\nA=1\nSENTRY_DSN=x\n'),
    `# SENTRY_ENABLED=true\nSENTRY_ENABLED=true\nA=1\nSENTRY_DSN=${DSN}\n`,
  );
});

test('each of several assignments of one variable is changed', async () => {
  withSdk();
  assert.equal(
    await written(`SENTRY_ENABLED=false\nSENTRY_DSN='${DSN}'\nSENTRY_ENABLED=0\n`),
    `SENTRY_ENABLED=true\nSENTRY_DSN='${DSN}'\nSENTRY_ENABLED=true\n`,
  );
});

test('a name inside a value of several lines is no assignment', async () => {
  withSdk();
  const key = 'A=1\nB=2\nKEY="first\nSENTRY_ENABLED=false\nlast"\n';
  assert.equal(await written(key), `${key}SENTRY_DSN=${DSN}\nSENTRY_ENABLED=true\n`);
});

test('the DSN that is there is kept; one that is commented out is taken, and that is said', async () => {
  withSdk();
  const given = { given: {} };
  assert.equal(await written(`SENTRY_DSN=${DSN}\n`, given), `SENTRY_DSN=${DSN}\nSENTRY_ENABLED=true\n`);
  const plan = await planOf(`#SENTRY_DSN=${DSN}\n`, given);
  assert.ok(plan.notes.some(({ says }) => says === 'sentry.from-comment'));
});

test('without a DSN, or with one that is none, nothing is done and no value is told', async () => {
  withSdk();
  const none = await sentryEnv.plan(contextOf('A=secret\n', { given: {} }));
  assert.ok(!isPlan(none) && none.because === 'refused' && none.says === 'sentry.no-dsn');
  const bad = await sentryEnv.plan(contextOf('A=secret\n', { given: { dsn: 'hunter2' } }));
  assert.ok(!isPlan(bad) && bad.says === 'sentry.bad-dsn');
  assert.ok(!JSON.stringify([none, bad]).match(/secret|hunter2/));
});

test('the code says which word switches it on', async () => {
  withSdk([{ path: join(dir, 'a.js'), text: "if (process.env.SENTRY_ENABLED === '1') Sentry.init({})" }]);
  assert.match(await written('A=1\n'), /SENTRY_ENABLED=1\n/);
});

test('a second run changes nothing, and the check says how the SDK stands', async () => {
  const path = join(dir, 'index.js');
  const text = `SENTRY_ENABLED=true\nSENTRY_DSN=${DSN}\n`;
  const standing = async (code: string) => (await sentryEnv.check(contextOf(text, withCode(code)))).says;
  const withCode = (code: string): Partial<ActionContext> => {
    withSdk([{ path, text: code }]);
    return {};
  };
  assert.equal(
    await standing("const Sentry = require('@sentry/node');\nSentry.init({});\nconst e = require('express');"),
    'sentry.done',
  );
  assert.equal(
    await standing("const e = require('express');\nconst Sentry = require('@sentry/node');\nSentry.init({});"),
    'sentry.sdk-late',
  );
  assert.equal(
    await standing("import * as Sentry from '@sentry/node';\nimport e from 'express';\nSentry.init({});"),
    'sentry.sdk-late',
  );
  assert.equal(await standing("// Sentry.init()\nconst e = require('express');"), 'sentry.sdk-not-started');
  withCode("const Sentry = require('@sentry/node');\nSentry.init({});");
  const again = await sentryEnv.plan(contextOf(text));
  assert.ok(!isPlan(again) && again.because === 'done');
});

test('an app without an SDK gets a patch with the file to add and the line that loads it first', async () => {
  put('package.json', '{}');
  sources = {
    code: [{ path: join(dir, 'src/server.ts'), text: "import 'dotenv/config';\nimport express from 'express';\n" }],
    preloaded: false,
  };
  const patch = (await planOf('A=1\n')).steps.find((one) => one.do === 'patch');
  assert.ok(patch?.do === 'patch' && patch.why.says === 'sentry.patch-absent');
  assert.match(patch.patch, /\+\+\+ src\/instrument\.ts\n[\s\S]*\+Sentry\.init\(/);
  assert.match(patch.patch, / import 'dotenv\/config';\n\+import '\.\/instrument\.ts';\n import express/);
});

test('a file of its own that is loaded first counts as first, also before the entry', async () => {
  const text = `SENTRY_ENABLED=true\nSENTRY_DSN=${DSN}\n`;
  withSdk([
    {
      path: join(dir, 'server.js'),
      text: "require('dotenv').config();\nrequire('./instrument');\nrequire('express');",
    },
    { path: join(dir, 'instrument.js'), text: "const Sentry = require('@sentry/node');\nSentry.init({});" },
  ]);
  assert.equal((await sentryEnv.check(contextOf(text))).state, 'done');
  sources = { preloaded: true, code: [...sources.code].reverse() };
  assert.equal((await sentryEnv.check(contextOf(text))).state, 'done');
});

test('whatever the file is, setting a variable changes its value and nothing else', () => {
  const name = fc.constantFrom('A', 'SENTRY_ENABLED', 'SENTRY_DSN', 'LONG_NAME');
  const value = fc.constantFrom('', '1', '"x y"', "'#'", '"two\nlines"', 'a=b', '`t`', '"open', 'x # note');
  const line = fc.oneof(
    fc
      .tuple(fc.constantFrom('', 'export ', '# ', '  '), name, fc.constantFrom('=', ' = '), value)
      .map((all) => all.join('')),
    fc.constantFrom('', '# words', 'no assignment'),
  );
  const file = fc.tuple(fc.array(line, { maxLength: 8 }), fc.constantFrom('\n', '\r\n'), fc.boolean());
  fc.assert(
    fc.property(file, ([lines, eol, ends]) => {
      const text = lines.join(eol) + (ends ? eol : '');
      const made = withVariable(text, 'SENTRY_ENABLED', 'true', 'SENTRY_DSN');
      const [before, after] = [new Map(valuesIn(text)), new Map(valuesIn(made))];
      assert.equal(after.get('SENTRY_ENABLED'), 'true');
      before.delete('SENTRY_ENABLED');
      after.delete('SENTRY_ENABLED');
      assert.deepEqual([...after], [...before]);
      assert.equal(withVariable(made, 'SENTRY_ENABLED', 'true', 'SENTRY_DSN'), made);
      const comments = (all: string): readonly string[] =>
        assignmentsIn(all)
          .filter(({ commented }) => commented)
          .map(({ value: one }) => one);
      assert.deepEqual(comments(made), comments(text));
    }),
    { numRuns: 500 },
  );
});
