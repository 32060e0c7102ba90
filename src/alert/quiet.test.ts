import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { minuteOfDay } from '../i18n/format.ts';
import type { Contact } from './model.ts';
import { capDay, mayStillSend, quietUntil } from './quiet.ts';

const duty: Contact = {
  id: 'c',
  name: 'duty',
  origin: 'file',
  timezone: 'Asia/Almaty',
  quiet: { fromMinute: 23 * 60, toMinute: 7 * 60, below: 'critical' },
};
/** Almaty is UTC+5. */
const almaty = (hour: number, minute = 0): number => Date.UTC(2026, 0, 10, hour - 5, minute, 20);

describe('quiet hours', () => {
  it('let a warning of the night wait for the morning', () => {
    assert.equal(quietUntil(duty, 'warning', almaty(3), 'UTC'), Date.UTC(2026, 0, 10, 2, 0));
    assert.equal(quietUntil(duty, 'warning', almaty(23, 30), 'UTC'), Date.UTC(2026, 0, 11, 2, 0));
  });

  it('hold nothing back by day, nor what is critical', () => {
    assert.equal(quietUntil(duty, 'warning', almaty(7), 'UTC'), undefined);
    assert.equal(quietUntil(duty, 'warning', almaty(22, 59), 'UTC'), undefined);
    assert.equal(quietUntil(duty, 'critical', almaty(3), 'UTC'), undefined);
  });

  it('follow the general zone when the contact names none', () => {
    const { timezone: _timezone, ...anywhere } = duty;
    assert.equal(quietUntil(anywhere, 'info', Date.UTC(2026, 0, 10, 1, 0), 'UTC'), Date.UTC(2026, 0, 10, 7, 0));
  });

  it('end at the right hour of the clock in the night of a change of clocks', () => {
    const berlin = { ...duty, timezone: 'Europe/Berlin' };
    assert.equal(quietUntil(berlin, 'warning', Date.UTC(2026, 2, 28, 23, 0), 'UTC'), Date.UTC(2026, 2, 29, 5, 0));
    assert.equal(quietUntil(berlin, 'warning', Date.UTC(2026, 9, 24, 22, 30), 'UTC'), Date.UTC(2026, 9, 25, 6, 0));
  });

  it('always end within a day at the minute that was asked for, outside of themselves', () => {
    const zones = fc.constantFrom('UTC', 'Asia/Almaty', 'Asia/Kathmandu', 'America/New_York', 'Europe/Berlin');
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2025, 0), max: Date.UTC(2027, 0) }),
        zones,
        fc.integer({ min: 0, max: 1439 }),
        fc.integer({ min: 240, max: 1439 }),
        (at, timezone, fromMinute, toMinute) => {
          const contact: Contact = { ...duty, timezone, quiet: { fromMinute, toMinute, below: 'critical' } };
          const until = quietUntil(contact, 'warning', at, 'UTC');
          if (until === undefined) return;
          assert.ok(until > at && until - at <= 25 * 3_600_000);
          assert.equal(minuteOfDay(until, timezone), toMinute);
        },
      ),
    );
  });
});

describe('a cap', () => {
  it('leaves room until its messages or its money are used up', () => {
    assert.equal(mayStillSend({ perDay: 2 }, { messages: 1, cost: 100 }), true);
    assert.equal(mayStillSend({ perDay: 2 }, { messages: 2, cost: 0 }), false);
    assert.equal(mayStillSend({ costPerDay: 5 }, { messages: 99, cost: 5 }), false);
    assert.equal(mayStillSend(undefined, { messages: 1e6, cost: 1e6 }), true);
  });

  it('counts from midnight in the zone of the contact', () => {
    assert.equal(capDay(duty, almaty(3), 'UTC'), Date.UTC(2026, 0, 9, 19, 0));
    assert.equal(capDay(undefined, almaty(7), 'UTC'), Date.UTC(2026, 0, 10, 0, 0));
  });
});
