import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters, styleText } from 'node:util';
import fc from 'fast-check';
import { table } from './table.ts';

test('columns are as wide as their widest cell, whatever the colours', () => {
  const red = styleText('red', 'down', { validateStream: false });
  const lines = stripVTControlCharacters(
    table([
      ['api', red, 'x'],
      ['database', 'up', 'y'],
    ]),
  ).split('\n');
  assert.deepEqual(lines, ['api       down  x', 'database  up    y', '']);
});

test('numbers stand to the right where they are asked to', () => {
  assert.equal(
    table(
      [
        ['tcp', '9 ms'],
        ['body', '120 ms'],
      ],
      [1],
    ),
    'tcp     9 ms\nbody  120 ms\n',
  );
});

test('the second column begins at the same place in every row', () => {
  const word = fc.stringMatching(/^[a-z]{0,12}$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(word, fc.constant('|')), { minLength: 1, maxLength: 20 }), (rows) => {
      const places = new Set(
        table(rows)
          .trimEnd()
          .split('\n')
          .map((line) => line.indexOf('|')),
      );
      assert.equal(places.size, 1);
    }),
  );
});
