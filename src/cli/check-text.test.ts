import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeTerminal } from '../../test/fakes/terminal.ts';
import { checkText, exitOf } from './check-text.ts';

test('each phase has its line, aligned, and what did not happen has none', () => {
  const text = checkText(
    { tookMs: 38.4, phases: { dns: 1.25, tcp: 12, ttfb: 20.4, body: 0.5 }, ip: '192.0.2.1', status: 200 },
    'up',
    fakeTerminal(),
  );
  assert.equal(
    text,
    [
      '● up',
      '  name (DNS)        1.3 ms',
      '  connection (TCP)   12 ms',
      '  first byte         20 ms',
      '  body              0.5 ms',
      '  in all             38 ms',
      '  address  192.0.2.1',
      '  status   200',
      '',
    ].join('\n'),
  );
});

test('a bad check says why in its first line', () => {
  const text = checkText({ tookMs: 3, phases: {}, reason: { text: 'connection refused' } }, 'down', fakeTerminal());
  assert.equal(text.split('\n')[0], '✖ down: connection refused');
});

test('up, down and unknown have exit codes of their own', () => {
  assert.deepEqual((['up', 'down', 'unknown'] as const).map(exitOf), [0, 1, 2]);
});
