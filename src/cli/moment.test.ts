import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DAY, HOUR, MINUTE, SECOND } from '#kernel/time.ts';
import { lasted, moment, timeOfDay } from './moment.ts';

test('a span is told in its two largest units', () => {
  assert.equal(lasted(0), '0 s');
  assert.equal(lasted(42 * SECOND), '42 s');
  assert.equal(lasted(8 * MINUTE + 31 * SECOND), '8 min 31 s');
  assert.equal(lasted(3 * HOUR + 4 * MINUTE + 9 * SECOND), '3 h 4 min');
  assert.equal(lasted(2 * DAY + 5 * MINUTE), '2 d');
});

test('a span that rounds up to a larger unit is told in that unit', () => {
  assert.equal(lasted(MINUTE - 1), '1 min');
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 * DAY }), (span) =>
      assert.doesNotMatch(lasted(span), /\b60 (s|min)|\b24 h/),
    ),
  );
});

test('a moment of another day carries its date', () => {
  const at = new Date(2026, 10, 24, 8, 3, 12).getTime();
  assert.equal(timeOfDay(at), '08:03:12');
  assert.equal(moment(at, at + HOUR), '08:03:12');
  assert.equal(moment(at, at + 2 * DAY), '2026-11-24 08:03:12');
});
