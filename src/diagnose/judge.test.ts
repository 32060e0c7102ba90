import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LOCALES } from '../kernel/locale.ts';
import { CAUSES, type CauseId } from './causes.ts';
import type { Crash } from './crash.ts';
import { diagnose, RULES } from './rules/index.ts';
import { wordFinding } from './word.ts';

const PIECES = [
  'Error: connect ECONNREFUSED 127.0.0.1:5432',
  '    at Object.<anonymous> (/srv/app/index.js:1:7)',
  '    at Module._compile (node:internal/modules/cjs/loader:1929:14) {',
  "  code: 'ECONNREFUSED',",
  '  [cause]: TypeError [ERR_X]: y',
  '      at f (/srv/app/a.js:1:1)',
  '}',
  '/srv/app/index.js:1',
  'const a = process.env.A.b;',
  '      ^',
  '',
  'Node.js v20.20.2',
  "Error: Cannot find module './x'",
  'Require stack:',
  '- /srv/app/dist/main.js',
  'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
  '{"level":50,"err":{"type":"Error","message":"x","stack":"Error: x\\n    at y (/a.js:1:1)"},"msg":"died"}',
  '0|api  | 2025-12-22T08:03:12: listening',
  'npm ERR! code ELIFECYCLE',
  '[Error: ENOENT: no such file] {',
  '\u001B[31mTypeError: x is not a function\u001B[39m',
];

const crash: fc.Arbitrary<Crash> = fc.record(
  {
    output: fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc
        .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 40 })), { maxLength: 30 })
        .map((all) => all.join('\n')),
    ),
    exitCode: fc.constantFrom(0, 1, 9, 13, 134, 137, 139, 255),
    signal: fc.constantFrom('SIGKILL', 'SIGTERM', 'SIGSEGV', 'SIGABRT', '9', 'x y'),
    nodeVersion: fc.constantFrom('v20.20.2', '18', ''),
  },
  { requiredKeys: ['output'] },
);

test('any text is judged: no throw, the same each time, confidence from 0 to 1, best first, each cause once', () => {
  fc.assert(
    fc.property(crash, (one) => {
      const findings = diagnose(one);
      assert.deepEqual(diagnose(one), findings);
      const sureness = findings.map(({ confidence }) => confidence);
      assert.ok(sureness.every((confidence) => confidence >= 0 && confidence <= 1));
      assert.deepEqual(
        sureness,
        sureness.toSorted((a, b) => b - a),
      );
      assert.equal(new Set(findings.map(({ cause }) => cause)).size, findings.length);
      assert.ok(findings.every(({ cause }) => cause !== 'unknown') || findings.length === 1);
    }),
    { numRuns: 400 },
  );
});

test('every finding has a title, a remedy and evidence in each language', () => {
  fc.assert(
    fc.property(crash, fc.constantFrom(...LOCALES), (one, locale) => {
      for (const finding of diagnose(one)) {
        const { title, remedy, evidence } = wordFinding(finding, locale);
        assert.ok(title !== '' && remedy !== '');
        for (const { text } of evidence) assert.ok(text.length <= 300, text);
      }
    }),
    { numRuns: 200 },
  );
});

test('no secret of the output stands in a finding', () => {
  const secrets = ['s3cr3tPassw0rd', 'ghp_0123456789abcdefghijABCDEFGHIJ012345', 'AKIAIOSFODNN7EXAMPLE'];
  const outputs = secrets.flatMap((secret) => [
    `Error: connect ECONNREFUSED postgres://app:${secret}@127.0.0.1:5432/db\n    at x (/srv/a.js:1:1)`,
    `Failed: password=${secret} is wrong`,
    `/srv/a.js:1\nthrow 'token: ${secret}';\n^\ntoken: ${secret}\n`,
    `TypeError [ERR_INVALID_URL]: Invalid URL\n    at x (/srv/a.js:1:1) {\n  code: 'ERR_INVALID_URL',\n  input: 'redis://:${secret}@h:1'\n}`,
  ]);
  for (const output of outputs) {
    const findings = diagnose({ output, exitCode: 1 });
    for (const locale of LOCALES) {
      const text = JSON.stringify([findings, findings.map((finding) => wordFinding(finding, locale))]);
      for (const secret of secrets) assert.ok(!text.includes(secret), `${output}\n${text}`);
    }
  }
});

test('a log of several megabytes is read within reason, however nasty its lines', () => {
  const nasty = [
    'a'.repeat(100_000),
    '('.repeat(50_000),
    ' at '.repeat(20_000),
    '[Error: '.repeat(9_000),
    '{"a":'.repeat(9_000),
    '^'.repeat(9_000),
  ];
  const output = `${nasty.join('\n')}\n${'Error: x\n    at y (/z.js:1:1)\n'.repeat(40_000)}`;
  assert.equal(diagnose({ output, exitCode: 1 })[0]?.cause, 'uncaught-exception');
});

test('what nobody knows is unknown, with the last lines', () => {
  const [finding, ...rest] = diagnose({ output: 'alpha\nbeta\ngamma delta', exitCode: 1 });
  assert.equal(finding?.cause, 'unknown');
  assert.deepEqual(rest, []);
  assert.deepEqual(
    finding.evidence.flatMap((clue) => ('quote' in clue ? [clue.quote] : [])),
    ['alpha', 'beta', 'gamma delta'],
  );
});

test('a mention of a signature is no cause while another error ended the program', () => {
  const handled = [
    'WARN redis not reachable, retrying: Error: connect ECONNREFUSED 127.0.0.1:6379',
    '    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16)',
    'see EADDRINUSE in the handbook; JWT_SECRET is required there',
    'listening on 3000',
    '/srv/app/index.js:3',
    '  user.name.trim()',
    '       ^',
    '',
    "TypeError: Cannot read properties of undefined (reading 'name')",
    '    at handler (/srv/app/index.js:3:8)',
    '',
    'Node.js v20.20.2',
  ].join('\n');
  const findings = diagnose({ output: handled, exitCode: 1 });
  assert.equal(findings[0]?.cause, 'uncaught-exception');
  assert.ok(findings.slice(1).every(({ confidence }) => confidence < 0.5));
});

test('dist/ in a stack is no sign of a stale build by itself', () => {
  const output =
    'TypeError: x is null\n    at run (/srv/app/dist/main.js:7:3)\n    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)';
  assert.deepEqual(
    diagnose({ output, exitCode: 1 }).map(({ cause }) => cause),
    ['uncaught-exception'],
  );
});

test('the list of rules names each rule once, and only causes that there are', () => {
  assert.equal(new Set(RULES.map(({ name }) => name)).size, RULES.length);
  const known = new Set<string>(Object.keys(CAUSES));
  for (const { causes } of RULES) for (const cause of causes) assert.ok(known.has(cause));
});

test('every cause is found by some rule', () => {
  const found = new Set(RULES.flatMap(({ causes }) => causes));
  const causes = Object.keys(CAUSES) as CauseId[];
  assert.deepEqual(
    causes.filter((cause) => !found.has(cause)),
    [],
  );
});
