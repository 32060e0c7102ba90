import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { Fault } from '#kernel/fault.ts';
import { compile } from './compile.ts';
import type { SecretSource } from './contract.ts';
import { explainText } from './explain.ts';
import { loadText } from './load.ts';
import { merge } from './merge.ts';

const EXAMPLE = readFileSync(join(import.meta.dirname, '../../test/fixtures/dozor.yaml'), 'utf8');
const SECRET = 'hunter2-hunter2';
const secrets: SecretSource = {
  env: (name) => (name === 'TELEGRAM_BOT_TOKEN' ? `123456:${SECRET.repeat(3)}` : SECRET),
  file: () => undefined,
};

/** Loads and, when the text is right, merges and compiles all of it; true when it was right. */
const goesWell = (text: string): boolean => {
  try {
    const { definitions } = loadText(text, 'dozor.yaml', secrets);
    let count = 0;
    const make = { id: () => `id${(count += 1)}`, num: () => (count += 1), now: 0 };
    const { resources } = merge([], definitions, 'file', make);
    assert.equal(resources.length, definitions.length, 'nothing that is defined is lost');
    for (const resource of resources) compile(resource, secrets);
    return true;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    assert.equal(error.code, 'CONFIG_INVALID');
    assert.ok(error.places.length > 0);
    assert.doesNotMatch(JSON.stringify([error.message, error.places]), /hunter2/);
    for (const { line, column } of error.places) assert.ok((line ?? 1) >= 1 && (column ?? 1) >= 1);
    return false;
  }
};

test('the unchanged example goes well', () => {
  assert.equal(goesWell(EXAMPLE), true);
});

test('whatever bytes a file holds, loading ends with definitions or a Fault', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      goesWell(new TextDecoder().decode(bytes));
    }),
    { numRuns: 300 },
  );
});

test('whatever signs of YAML a file holds, loading ends with definitions or a Fault', () => {
  const sign = fc.constantFrom(
    '- ',
    ': ',
    '\n',
    '  ',
    '{',
    '}',
    '[',
    ']',
    '&a',
    '*a',
    '!!x ',
    '"',
    "'",
    '|',
    '>',
    '#',
    '<<',
    '? ',
    '---',
    '%',
    '${',
    '}',
    'services',
    'name',
    'kind',
    'http',
    '__proto__',
    'constructor',
    '1',
    '\t',
    '~',
    '.nan',
  );
  fc.assert(
    fc.property(fc.array(sign, { maxLength: 60 }), (signs) => {
      const text = signs.join('');
      goesWell(text);
      explainText(text, 'dozor.yaml', secrets);
    }),
    { numRuns: 500 },
  );
});

test('however the example is cut and pasted, loading ends with definitions or a Fault', () => {
  const place = fc.nat({ max: EXAMPLE.length });
  const change = fc.record({ at: place, drop: fc.nat({ max: 40 }), from: place, take: fc.nat({ max: 40 }) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      let text = EXAMPLE;
      for (const { at, drop, from, take } of changes)
        text = text.slice(0, at) + EXAMPLE.slice(from, from + take) + text.slice(at + drop);
      goesWell(text);
      explainText(text, 'dozor.yaml', secrets);
    }),
    { numRuns: 300 },
  );
});

test('whatever value stands in the place of another, loading ends with definitions or a Fault', () => {
  const lines = EXAMPLE.split('\n');
  const odd = fc.constantFrom(
    '~',
    '[]',
    '{}',
    '[[]]',
    '{ a: { b: c } }',
    '1',
    '-1',
    '1e9',
    'true',
    '""',
    '"${X}"',
    '.inf',
    '2026-01-01',
    '"\u0000"',
    '9007199254740993',
    '!!set {}',
    '*x',
  );
  fc.assert(
    fc.property(fc.nat({ max: lines.length - 1 }), odd, (index, value) => {
      goesWell(lines.map((line, at) => (at === index ? line.replace(/: .*$/, `: ${value}`) : line)).join('\n'));
    }),
    { numRuns: 400 },
  );
});
