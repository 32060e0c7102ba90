import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDocument } from 'yaml';
import type { Json } from '#kernel/json.ts';
import type { SecretSource } from './contract.ts';
import { explain, explainText, type Explained } from './explain.ts';
import { isMapping } from './path.ts';

const EXAMPLE = join(import.meta.dirname, '../../test/fixtures/dozor.yaml');
const secrets: SecretSource = { env: (name) => `hidden-${name}`, file: () => 'hidden-file' };
const values = (text: string): readonly Explained[] => explainText(text, 'dozor.yaml', secrets).values;
const at = (text: string, path: string): Explained | undefined => values(text).find((value) => value.path === path);

/** Paths of all that is written: each is explained itself, or with the list or mapping that holds it. */
const writtenPaths = (value: Json, path = ''): readonly string[] => {
  if (Array.isArray(value))
    return (value as readonly Json[]).flatMap((item, index) => writtenPaths(item, `${path}[${index}]`));
  if (!isMapping(value)) return [path];
  return Object.entries(value).flatMap(([key, item]) => {
    const step = /^[\w-]+$/.test(key) ? `${path === '' ? '' : '.'}${key}` : `[${JSON.stringify(key)}]`;
    return writtenPaths(item, `${path}${step}`);
  });
};

const unexplained = (text: string): readonly string[] => {
  const explained = values(text).map(({ path }) => path);
  const written = writtenPaths(parseDocument(text, { version: '1.2' }).toJS() as Json);
  return written.filter(
    (path) =>
      !explained.some((known) => path === known || path.startsWith(`${known}.`) || path.startsWith(`${known}[`)),
  );
};

test('each value of the example is explained with its line', async () => {
  assert.deepEqual(unexplained(readFileSync(EXAMPLE, 'utf8')), []);
  const { values: all, mistakes } = await explain(EXAMPLE, { ...secrets, env: () => `123456:${'A'.repeat(35)}` });
  assert.deepEqual(mistakes, []);
  const url = all.find(({ path }) => path === 'services[0].monitors[0].url');
  assert.deepEqual(url?.value, 'https://api.onai.example/health');
  assert.deepEqual(url?.origin, { from: 'file', file: 'dozor.yaml', line: 13, column: 14 });
});

test('what is not written is explained by its default', () => {
  const text = 'services: [{ name: a, severity: info, monitors: [{ name: m, kind: http, url: "https://a.example" }] }]';
  const shown = ['listen', 'detection.minSpan', 'storage.quota', 'retention.hours', 'services[0].monitors[0].every'];
  assert.deepEqual(
    shown.map((path) => at(text, path)).map((value) => [value?.value, value?.origin.from]),
    [
      ['127.0.0.1:4600', 'default'],
      ['10s', 'default'],
      ['2GB', 'default'],
      ['730d', 'default'],
      ['2m', 'default'],
    ],
  );
  assert.equal(at(text, 'services[0].monitors[0].pulse')?.value, '10s');
  assert.equal(at(text, 'services[0].monitors[0].severity')?.value, 'info');
  assert.equal(at(text.replace('kind:', 'every: 20s, kind:'), 'services[0].monitors[0].pulse')?.value, 'off');
});

test('what comes from the environment is named by its variables and never shown', () => {
  const text =
    'publicUrl: "https://${HOST}.example"\ncontacts: [{ name: c, channels: [{ name: h, kind: webhook, url: "https://u:pw@h.example", secret: literal, headers: { X-Token: t0ken } }] }]';
  const url = at(text, 'publicUrl');
  assert.equal(url?.value, 'https://${HOST}.example');
  assert.deepEqual(url?.origin.from === 'environment' && url.origin.names, ['HOST']);
  const shown = JSON.stringify(values(text));
  assert.doesNotMatch(shown, /hidden|literal|t0ken|:pw@/);
});

test('a file with mistakes is explained as far as it goes', () => {
  const { values: all, mistakes } = explainText('locle: ru\nlisten: 1\n', 'dozor.yaml', secrets);
  assert.deepEqual(
    mistakes.map(({ line }) => line),
    [1, 2],
  );
  assert.deepEqual(
    all
      .filter(({ origin }) => origin.from === 'file')
      .map(({ path, value }) => `${path} ${JSON.stringify(value)}`)
      .toSorted(),
    ['listen 1', 'locle "ru"'],
  );
  assert.ok(explainText('', 'dozor.yaml', secrets).values.length > 30, 'an empty file has all defaults');
});

const scalar = fc.oneof(
  fc.constantFrom('ru', '10s', 'off', 'http', 'x'),
  fc.integer({ min: -5, max: 5 }),
  fc.boolean(),
  fc.constant(null),
);
const key = fc.constantFrom(
  'services',
  'monitors',
  'name',
  'kind',
  'url',
  'expect',
  'json',
  'detection',
  'storm',
  'hold',
  'contacts',
  'channels',
  'headers',
  'quiet',
  'pulse',
  'every',
  'other',
);
const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    scalar,
    fc.dictionary(key, tie('tree'), { maxKeys: 5, noNullPrototype: true }),
    fc.array(tie('tree'), { maxLength: 3 }),
  ),
}));

test('whatever is written, each value of it is explained', () => {
  fc.assert(
    fc.property(fc.dictionary(key, tree, { noNullPrototype: true }), (root) => {
      const filled = (value: Json): boolean =>
        typeof value !== 'object' ||
        value === null ||
        (Object.keys(value).length > 0 && Object.values(value).every((item) => filled(item as Json)));
      fc.pre(filled(root));
      assert.deepEqual(unexplained(JSON.stringify(root)), []);
    }),
    { numRuns: 300 },
  );
});
