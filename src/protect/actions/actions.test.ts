import assert from 'node:assert/strict';
import { readdirSync, readFileSync, mkdtempSync, rmSync, writeFileSync, globSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { catalog } from '#i18n/catalog.ts';
import { actionContext } from '../../../test/fakes/action-context.ts';
import { pm2Of } from '../../../test/fakes/pm2-access.ts';
import { isPlan, type ActionContext } from '../define.ts';
import type { Said } from '../action.ts';
import { ACTIONS, actionOf } from './index.ts';

const LOCALES = ['en', 'ru'] as const;

const words = (said: Said): readonly string[] =>
  LOCALES.map((locale) => {
    const says = catalog(locale).protect.says as Readonly<Record<string, (params: Said['params']) => string>>;
    const phrase = says[said.says];
    assert.ok(phrase !== undefined, `${said.says} is in the catalog of ${locale}`);
    return phrase(said.params);
  });

const withFolder = async (use: (dir: string) => Promise<void>): Promise<void> => {
  const dir = mkdtempSync(join(tmpdir(), 'dozor-action-'));
  try {
    await use(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};

/** Folders and surroundings in which every action has to find its way. */
const SCENES: Readonly<Record<string, (dir: string) => ActionContext>> = {
  'an empty folder': (dir) => actionContext({ dir }),
  'an app of systemd': (dir) => actionContext({ dir, manager: 'systemd' }),
  'broken files': (dir) => {
    for (const name of ['package.json', 'ecosystem.config.js', 'ecosystem.config.yaml', '.env', 'Makefile'])
      writeFileSync(join(dir, name), Buffer.from([0xff, 0xfe, 0x00, 0x7b, 0x0a, 0x22]));
    return actionContext({ dir, envFile: join(dir, '.env') }, { pm2: pm2Of(dir, [{}]) });
  },
  'a name that is none for a shell': (dir) => {
    const name = `-rf "$(id)"; ' api`;
    return actionContext({ dir, name }, { pm2: pm2Of(dir, [{ name, cwd: dir, script: join(dir, 'a b.js') }]) });
  },
};

for (const action of ACTIONS) {
  test(`${action.id} is found by its id, lies in a file of that name and has titles in both languages`, () => {
    assert.equal(actionOf(action.id), action);
    assert.ok(readdirSync(import.meta.dirname).includes(`${action.id}.ts`));
    for (const locale of LOCALES) assert.ok(action.title[locale].length > 2);
    assert.equal(ACTIONS.filter(({ id }) => id === action.id).length, 1);
  });

  for (const [name, lay] of Object.entries(SCENES))
    test(`${action.id} plans and checks ${name} without throwing or changing anything, in words of both languages`, async () =>
      withFolder(async (dir) => {
        const context = lay(dir);
        const before = readdirSync(dir).map((one) => [one, readFileSync(join(dir, one), 'latin1')]);
        const plan = await action.plan(context);
        const standing = await action.check(context);
        assert.deepEqual(
          readdirSync(dir).map((one) => [one, readFileSync(join(dir, one), 'latin1')]),
          before,
        );
        assert.equal(plan.action, action.id);
        assert.equal(plan.app, context.app.name);
        const said = isPlan(plan)
          ? [...plan.notes, ...plan.steps.flatMap((step) => (step.do === 'patch' ? [step.why] : []))]
          : [plan];
        for (const one of [...said, standing])
          for (const text of words(one)) assert.ok(!/undefined|NaN/.test(text), text);
      }));
}

test('every sentence of an action is one that the catalogs have, and none of these is without use', () => {
  const source = globSync('**/*.ts', { cwd: import.meta.dirname })
    .filter((name) => !name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
    .join('\n');
  const known = Object.keys(catalog('en').protect.says);
  const prefixes = [...source.matchAll(/`([a-z]+\.[a-z-]*)\$\{/g)].map(([, prefix]) => prefix ?? '');
  const rooms = /^(?:limits|sentry|boot|logs|deploy)\./;
  for (const key of known.filter((one) => rooms.test(one)))
    assert.ok(source.includes(`'${key}'`) || prefixes.some((prefix) => key.startsWith(prefix)), `${key} is used`);
  const used = [...source.matchAll(/'((?:limits|sentry|boot|logs|deploy)\.[a-z-]+)'/g)].map(([, key]) => key ?? '');
  for (const key of used) assert.ok(known.includes(key), `${key} is known`);
});
