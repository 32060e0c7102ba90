import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, down, tell } from '../../test/fakes/told.ts';
import { smsLength } from './sms-length.ts';

test('a Russian SMS keeps its reason with a link to acknowledge, which takes a second part', () => {
  const { short } = tell(down, 'ru', at(8, 3, 34), { ackLink: 'https://watch.onai.example/a/AbCdEfGhIjKl' });
  assert.equal(short, 'OnAI Backend API НЕ РАБОТАЕТ с 08:03 (соединение отклонено). watch.onai.example/a/AbCdEfGhIjKl');
  assert.equal(smsLength(short).parts, 2);
});
