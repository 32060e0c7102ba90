import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '#kernel/fault.ts';
import { fakeTerminal } from '../../test/fakes/terminal.ts';
import { faultJson, faultText } from './fault-text.ts';

const fault = new Fault('CONFIG_INVALID', 'dozor.yaml has 2 mistakes', 'Nothing was changed.', {
  places: [
    {
      path: 'services[0].url',
      message: 'is no URL',
      hint: 'did you mean https://x?',
      file: 'dozor.yaml',
      line: 12,
      column: 7,
    },
    { path: 'policies', message: 'is missing' },
  ],
});

test('a fault is a sentence, each place with file:line:column, and what to do', () => {
  assert.equal(
    faultText(fault, fakeTerminal()),
    [
      'dozor: dozor.yaml has 2 mistakes',
      '  dozor.yaml:12:7 services[0].url: is no URL',
      '    did you mean https://x?',
      '  policies: is missing',
      '  Nothing was changed.',
      '',
    ].join('\n'),
  );
});

test('for programs a fault carries its code and places', () => {
  assert.deepEqual(faultJson(new Fault('NOT_FOUND', 'no such thing')), {
    error: { code: 'NOT_FOUND', message: 'no such thing' },
  });
  assert.deepEqual(faultJson(fault), {
    error: { code: 'CONFIG_INVALID', message: fault.message, hint: fault.hint, places: fault.places },
  });
});
