import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { dependenciesIn } from './dependencies.ts';
import { parseEnvFile } from './env-file.ts';
import { requiredUses, usesIn } from './env-names.ts';
import { parseMoves, parseStatus } from './git.ts';
import { relativeImports } from './imports.ts';
import { parseExecStart, parseShow } from './systemd-managed.ts';
import { isBelow, isInRange } from './version-range.ts';

describe('names of the environment', () => {
  it('are read from an env file as dotenv does', () => {
    const values = parseEnvFile(`# note
A=1
export B = two words # note
C="quoted # no note\\nnext"
D='single'
EMPTY=
E="over
two lines"
not a line`);
    assert.deepEqual(
      [...values],
      [
        ['A', '1'],
        ['B', 'two words'],
        ['C', 'quoted # no note\nnext'],
        ['D', 'single'],
        ['EMPTY', ''],
        ['E', 'over\ntwo lines'],
      ],
    );
  });

  const code = `
const url = process.env.DATABASE_URL;
const port = process.env.PORT_HTTP ?? 3000;
const key = process.env['JWT_SECRET'];
if (!process.env.SENTRY_DSN) console.log('no sentry');
const { REDIS_URL, CACHE = 'x' } = process.env;
// process.env.COMMENTED
const level = process.env.TIER || 'info';
`;

  it('are found in code, with those that have a default told apart', () => {
    const uses = new Map(usesIn(code).map(({ name, isOptional }) => [name, isOptional]));
    assert.deepEqual(Object.fromEntries(uses), {
      DATABASE_URL: false,
      PORT_HTTP: true,
      JWT_SECRET: false,
      SENTRY_DSN: true,
      REDIS_URL: false,
      CACHE: true,
      TIER: true,
    });
  });

  it('are needed only where no use anywhere guards them', () => {
    const files = [
      { path: 'a.ts', text: 'use(process.env.A, process.env.B)' },
      { path: 'b.ts', text: 'const b = process.env.B ?? 1' },
    ];
    assert.deepEqual(requiredUses(files), [{ name: 'A', file: 'a.ts', line: 1 }]);
  });

  it('are found in schemas over the whole environment', () => {
    const schema = `const env = z.object({
  DATABASE_URL: z.string().url(),
  PORT: z.coerce.number().default(3000),
  REDIS_URL: z.string().optional(),
}).parse(process.env);`;
    assert.deepEqual(
      requiredUses([{ path: 'env.ts', text: schema }]).map(({ name, line }) => [name, line]),
      [['DATABASE_URL', 2]],
    );
  });
});

describe('servers that an environment points to', () => {
  it('come from connection strings and pairs of host and port, each once', () => {
    const values = new Map([
      ['DATABASE_URL', 'postgresql://user:p%40ss:word@db.internal/app?ssl=true'],
      ['REDIS_URL', 'redis://:secret@127.0.0.1:6380/0'],
      ['MONGO', 'mongodb://a:b@m1:27017,m2:27018/x'],
      ['DB_HOST', 'db.internal'],
      ['DB_PORT', '5432'],
      ['SOCKET_URL', 'postgresql://%2Fvar%2Frun/app'],
      ['ATLAS', 'mongodb+srv://cluster.example/x'],
      ['API_URL', 'https://api.example'],
      ['RABBITMQ_HOST', 'queue'],
      ['V6', 'redis://[::1]:6379'],
    ]);
    assert.deepEqual(
      dependenciesIn(values).map(({ kind, host, port }) => `${kind} ${host} ${port}`),
      [
        'postgres db.internal 5432',
        'redis 127.0.0.1 6380',
        'mongodb m1 27017',
        'mongodb m2 27018',
        'amqp queue 5672',
        'redis ::1 6379',
      ],
    );
  });

  it('never carry a secret of the value', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9]{8,20}$/), (secret) => {
        const found = JSON.stringify(dependenciesIn(new Map([['DATABASE_URL', `postgres://u:${secret}@db:5432/x`]])));
        assert.ok(!found.includes(secret));
      }),
    );
  });
});

describe('a range of versions', () => {
  const cases: readonly (readonly [string, string, boolean | undefined])[] = [
    ['v20.20.2', '>=18', true],
    ['18.1.0', '>=20', false],
    ['v20.20.2', '^18 || ^20', true],
    ['22.1.0', '18 - 20', false],
    ['20.9.9', '18 - 20', true],
    ['20.3.0', '20.x', true],
    ['20.3.0', '~20.3', true],
    ['20.4.0', '~20.3', false],
    ['0.2.5', '^0.2.3', true],
    ['0.3.0', '^0.2.3', false],
    ['24.0.0', '>= 20 < 24', false],
    ['24.0.0', '*', true],
    ['24.0.0', '24', true],
    ['24.0.0', 'lts/*', undefined],
  ];
  for (const [version, range, expected] of cases)
    it(`${version} ${expected === true ? 'is' : 'is not'} in ${range}`, () =>
      assert.equal(isInRange(version, range), expected));

  it('tells too old from too new', () => {
    assert.equal(isBelow('18.1.0', '>=20'), true);
    assert.equal(isBelow('24.0.0', '^18 || ^20'), false);
    assert.equal(isBelow('20.0.0', '>=20'), false);
  });
});

describe('git tells', () => {
  it('branch, changes, new and unmerged files, names with blanks', () => {
    const text = [
      '# branch.oid 0123456789abcdef',
      '# branch.head main',
      '1 .M N... 100644 100644 100644 a b src/my file.ts',
      'u UU N... 1 2 3 4 a b c package.json',
      '? dist/',
      '',
    ].join('\0');
    assert.deepEqual(parseStatus(text), {
      head: '0123456789ab',
      branch: 'main',
      dirty: ['src/my file.ts'],
      untracked: ['dist/'],
      unmerged: ['package.json'],
    });
  });

  it('where HEAD went', () => {
    assert.deepEqual(parseMoves('abcdef1234567890\0HEAD@{1766390585}\0pull: Fast-forward\nbroken line'), [
      { at: 1_766_390_585_000, what: 'pull: Fast-forward', commit: 'abcdef123456' },
    ]);
  });
});

describe('code imports', () => {
  it('by require, import, export and import(), types and comments left out', () => {
    const text = `const a = require('./a'); import b from "./b.js"; import './c'; export * from '../d';
import type { T } from './types'; // require('./no')
await import('./e'); const f = require('express');
import {
  g,
} from './g';`;
    assert.deepEqual([...relativeImports(text)].sort(), ['../d', './a', './b.js', './c', './e', './g']);
  });
});

describe('systemd tells', () => {
  it('the command of a unit and its properties', () => {
    const shown = parseShow(
      'ActiveState=failed\nExecStart={ path=/usr/bin/node ; argv[]=/usr/bin/node --import tsx src/server.ts ; ignore_errors=no ; }\nUser=\n',
    );
    assert.equal(shown['ActiveState'], 'failed');
    assert.deepEqual(parseExecStart(shown['ExecStart'] ?? ''), ['/usr/bin/node', '--import', 'tsx', 'src/server.ts']);
  });
});
