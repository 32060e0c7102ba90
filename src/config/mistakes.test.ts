import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Fault } from '#kernel/fault.ts';
import type { SecretSource } from './contract.ts';
import { loadText } from './load.ts';

const ENV: Readonly<Record<string, string>> = { TOKEN: 'T0P-SECRET', EMPTY: '', BAD: 'no-span-hidden' };
const secrets: SecretSource = { env: (name) => ENV[name], file: () => undefined };

/** Each mistake as `line:column path: message (hint)`. */
const mistakesIn = (text: string): readonly string[] => {
  try {
    loadText(text, 'dozor.yaml', secrets);
    return [];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    assert.equal(error.code, 'CONFIG_INVALID');
    return error.places.map(
      ({ line, column, path, message, hint }) =>
        `${line}:${column} ${path}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
    );
  }
};

const SINGLE: readonly (readonly [title: string, text: string, expected: string])[] = [
  ['an empty file', '', '1:1 : is empty (docs/configuration.md begins with a small example)'],
  ['a file of comments', '# nothing\n', '1:1 : is empty (docs/configuration.md begins with a small example)'],
  ['a list', '- a\n', '1:1 : must be a mapping: lines of key: value (begin with services:)'],
  ['a text', 'hello', '1:1 : must be a mapping: lines of key: value (begin with services:)'],
  ['an open bracket', 'services: [1', '1:13 : wrongly indented, or a closing ] or } is missing'],
  ['a tab', 'services:\n\t- name: x\n', '2:1 : a tab; YAML is indented with spaces (replace each tab by two spaces)'],
  [
    'a key written twice',
    'locale: ru\nlocale: en\n',
    '2:1 locale: "locale" is written twice (it stands in line 1 already)',
  ],
  [
    'a second document',
    'locale: ru\n---\nlocale: en\n',
    '2:1 : a second document begins here (keep everything in one document, without ---)',
  ],
  [
    'an alias of nothing',
    'services: *nope',
    '1:11 services: an alias (*) without its anchor (&) before it (put the text in quotes if it begins with *)',
  ],
  ['a key with a letter wrong', 'servces: []', '1:1 servces: unknown key "servces" (did you mean "services"?)'],
  [
    'a key in other case',
    'publicurl: https://a.example',
    '1:1 publicurl: unknown key "publicurl" (did you mean "publicUrl"?)',
  ],
  ['a language that is none of ours', 'locale: fr', '1:9 locale: must be one of en, ru'],
  [
    'a zone that does not exist',
    'timezone: Asia/Almata',
    '1:11 timezone: "Asia/Almata" is no time zone (did you mean "Asia/Almaty"?)',
  ],
  ['a number for an address', 'listen: 4600', '1:9 listen: must be a text, and is a number (put it in quotes)'],
  [
    'a port beyond all ports',
    'listen: "localhost:99999"',
    '1:9 listen: "localhost:99999" is no address to listen on (write 127.0.0.1:4600)',
  ],
  [
    'a section left empty',
    'services:\n',
    '1:10 services: must be a list, and is empty (leave the line out, or write a value)',
  ],
  [
    'a tag',
    'locale: !!binary cnU=',
    '1:18 locale: a value of a type that is not used here (leave out the tag that begins with !)',
  ],
  ['a mapping as a key', '? { a: 1 }\n: 2\n', '1:1 : a key that is no plain text (keys are words such as name or url)'],
  [
    'a colon without quotes',
    'publicUrl: https://a.example: 1',
    '1:12 : a second ": " in one line (put the text in quotes if it holds a colon; else check the indentation)',
  ],
  [
    'a reference that is none',
    'publicUrl: "${a b}"',
    '1:12 publicUrl: "${…}" with something in it that is no name (write ${NAME}, ${file:/path}, or $${ for the signs themselves)',
  ],
  [
    'a file that is not named wholly',
    'publicUrl: "${file:x}"',
    '1:12 publicUrl: ${file:x} needs the whole path (write ${file:/path/from/the/root})',
  ],
];

for (const [title, text, expected] of SINGLE) {
  test(`${title} is told with its place and what to do`, () => {
    assert.deepEqual(mistakesIn(text), [expected]);
  });
}

test('aliases that contain themselves or multiply are refused at once', () => {
  const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefghij'
    .split('')
    .map((letter, index) => `${letter}: &${letter} [${Array(9).fill(`*${'abcdefghij'[index]}`).join(', ')}]`)
    .join('\n')}\n`;
  for (const text of ['services: &x [*x]', bomb])
    assert.ok(
      mistakesIn(text).some((mistake) => mistake.includes('multiply without end')),
      text.slice(0, 40),
    );
});

test('a text of open brackets exhausts nothing', () => {
  assert.match(mistakesIn('['.repeat(500_000)).join(), /nested too deeply|closing \]/);
});

test('every mistake of a file is told at once, in its order', () => {
  const text = readFileSync(join(import.meta.dirname, '../../test/fixtures/broken.yaml'), 'utf8');
  const expected = readFileSync(join(import.meta.dirname, '../../test/fixtures/broken.txt'), 'utf8');
  assert.deepEqual(mistakesIn(text), expected.trimEnd().split('\n'));
});

test('what a reference stands for is never repeated', () => {
  const text = `
services:
  - name: api
    monitors: [{ name: a, kind: http, url: https://a.example, every: "\${BAD}", timeout: "x\${BAD}" }]
contacts: [{ name: c, timezone: "\${BAD}" }]
`;
  assert.deepEqual(mistakesIn(text), [
    '4:70 services[0].monitors[0].every: "${BAD}" is no span of time; write 10s, 2m or 1h30m (the value comes from ${BAD})',
    '4:89 services[0].monitors[0].timeout: "x${BAD}" is no span of time; write 10s, 2m or 1h30m (the value comes from ${BAD})',
    '5:33 contacts[0].timezone: "${BAD}" is no time zone (the value comes from ${BAD})',
  ]);
});

test('a circle of services is told at each of them', () => {
  const text = `
services:
  - { name: a, dependsOn: [b], monitors: [] }
  - { name: b, dependsOn: [c] }
  - { name: c, dependsOn: [a] }
  - { name: d, dependsOn: [a] }
`;
  assert.deepEqual(
    mistakesIn(text).map((mistake) => mistake.slice(mistake.indexOf(' ') + 1)),
    ['a', 'b', 'c'].map((name, index) => `services[${index}].dependsOn: "${name}" depends on itself, in a circle`),
  );
});

test('more than a hundred mistakes are counted and the first hundred shown', () => {
  const text = Array.from({ length: 250 }, (_, index) => `key${index}: 1`).join('\n');
  assert.throws(
    () => loadText(text, 'dozor.yaml', secrets),
    (error) => error instanceof Fault && error.places.length === 100 && /250 mistakes/.test(error.message),
  );
});

test('what a channel kind finds wrong in itself is told at the channel', () => {
  const text = 'contacts:\n  - name: c\n    channels:\n      - { name: s, kind: sms, provider: smsc, to: "123" }\n';
  const [mistake, ...others] = mistakesIn(text);
  assert.match(mistake ?? '', /^4:9 contacts\[0\]\.channels\[0\]: /);
  assert.deepEqual(others, []);
});
