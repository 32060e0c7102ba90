import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  formatBounds,
  formatBytes,
  formatDate,
  formatDuration,
  formatMinute,
  formatMoment,
  formatNumber,
  formatPercent,
  formatRange,
  formatTime,
  minuteOfDay,
  plural,
  startOfDay,
} from './format.ts';

const almaty = (day: number, hour: number, minute: number, second: number): number =>
  Date.UTC(2026, 0, day, hour - 5, minute, second);

describe('times', () => {
  it('are those of the zone, with the date when it is not today', () => {
    const now = almaty(10, 8, 0, 0);
    assert.equal(formatMoment(almaty(10, 8, 3, 12), now, 'Asia/Almaty'), '08:03:12');
    assert.equal(formatMoment(almaty(9, 23, 59, 59), now, 'Asia/Almaty'), '2026-01-09 23:59:59');
    assert.equal(formatMoment(almaty(10, 0, 0, 0), now, 'Asia/Almaty'), '00:00:00');
  });

  it('are written alone as time, minute or date', () => {
    const at = almaty(10, 8, 3, 12);
    assert.equal(formatTime(at, 'Asia/Almaty'), '08:03:12');
    assert.equal(formatMinute(at, 'Asia/Almaty'), '08:03');
    assert.equal(formatDate(Date.UTC(2026, 0, 10, 22, 0), 'Asia/Almaty'), '2026-01-11');
  });

  it('make a range of two, and one of two that look the same', () => {
    const now = almaty(10, 9, 0, 0);
    const range = (from: number, to: number): string => formatRange(from, to, now, 'Asia/Almaty');
    assert.equal(range(almaty(10, 8, 3, 12), almaty(10, 8, 3, 22)), '08:03:12–08:03:22');
    assert.equal(range(almaty(10, 8, 3, 12), almaty(10, 8, 3, 12) + 400), '08:03:12');
    assert.equal(range(almaty(9, 8, 3, 12), almaty(9, 8, 3, 22)), '2026-01-09 08:03:12–08:03:22');
    assert.equal(range(almaty(9, 23, 0, 0), almaty(10, 1, 0, 0)), '2026-01-09 23:00:00 – 2026-01-10 01:00:00');
  });

  it('begin the day at midnight of the zone, also when the clocks change', () => {
    assert.equal(startOfDay(almaty(10, 8, 3, 12), 'Asia/Almaty'), almaty(10, 0, 0, 0));
    assert.equal(startOfDay(Date.UTC(2026, 2, 29, 12, 0), 'Europe/Berlin'), Date.UTC(2026, 2, 28, 23, 0));
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2030, 0) }),
        fc.constantFrom('UTC', 'Asia/Almaty', 'Asia/Kathmandu', 'America/New_York', 'Europe/Berlin'),
        (at, zone) => {
          const start = startOfDay(at, zone);
          assert.ok(start <= at && at - start <= 25 * 3_600_000);
          assert.equal(minuteOfDay(start, zone), 0);
        },
      ),
    );
  });
});

describe('spans', () => {
  it('are written in their two greatest units', () => {
    const cases: readonly (readonly [number, string, string])[] = [
      [0, '0 s', '0 с'],
      [40, '40 ms', '40 мс'],
      [600, '0.6 s', '0,6 с'],
      [87_000, '1 min 27 s', '1 мин 27 с'],
      [120_000, '2 min', '2 мин'],
      [511_000, '8 min 31 s', '8 мин 31 с'],
      [3_599_600, '1 h', '1 ч'],
      [10_920_000, '3 h 2 min', '3 ч 2 мин'],
      [183_600_000, '2 d 3 h', '2 д 3 ч'],
    ];
    for (const [span, en, ru] of cases) {
      assert.equal(formatDuration(span, 'en'), en);
      assert.equal(formatDuration(span, 'ru'), ru);
    }
  });

  it('between bounds name their unit once when they share it', () => {
    assert.equal(formatBounds(11_000, 21_000, 'en'), '11–21 s');
    assert.equal(formatBounds(11_000, 11_200, 'ru'), '11 с');
    assert.equal(formatBounds(90_000, 511_000, 'en'), '1 min 30 s – 8 min 31 s');
  });
});

describe('numbers', () => {
  it('take the Russian word that goes with them', () => {
    const words = { one: 'сервис', few: 'сервиса', many: 'сервисов' };
    const all = [1, 2, 4, 5, 11, 12, 21, 22, 25, 111, 101, 0].map((count) => plural(count, 'ru', words));
    assert.deepEqual(all, [
      'сервис',
      'сервиса',
      'сервиса',
      'сервисов',
      'сервисов',
      'сервисов',
      'сервис',
      'сервиса',
      'сервисов',
      'сервисов',
      'сервис',
      'сервисов',
    ]);
    assert.equal(plural(2, 'en', { one: 'service', many: 'services' }), 'services');
  });

  it('are never rounded up to all of it', () => {
    assert.equal(formatPercent(0.99999999, 'en'), '99.99 %');
    assert.equal(formatPercent(1, 'en'), '100 %');
    assert.equal(formatPercent(0.9995, 'ru'), '99,95 %');
    assert.equal(formatPercent(0, 'en'), '0 %');
  });

  it('have the decimal sign of the language, and bytes their unit', () => {
    assert.equal(formatNumber(0.6, 'ru'), '0,6');
    assert.equal(formatNumber(100, 'en'), '100');
    assert.equal(formatBytes(1_500_000_000, 'en'), '1.4 GiB');
    assert.equal(formatBytes(2_048, 'ru'), '2 КиБ');
    assert.equal(formatBytes(512, 'en'), '512 B');
  });
});
