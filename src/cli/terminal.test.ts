import assert from 'node:assert/strict';
import { styleText } from 'node:util';
import { test } from 'node:test';
import { harmless } from './terminal.ts';

test('what strangers say moves no cursor, retitles no window and turns no line around', () => {
  const hostile = [
    '\u001B[2J',
    '\u001B]0;title\u0007',
    '\u009B31m',
    '\u001BP',
    'a\rb',
    '\u202Eevil',
    '\u001B[1;31m',
    '\u001B[8A',
  ];
  for (const text of hostile) assert.doesNotMatch(harmless(`x ${text} y`), /\p{Cc}|\u202E/u, JSON.stringify(text));
});

test('line breaks, tabs and our own colours stay', () => {
  const text = `a\tb\n${styleText(['bold', 'red'], '✖ down', { validateStream: false })}\nслужба 🔴\n`;
  assert.equal(harmless(text), text);
});
