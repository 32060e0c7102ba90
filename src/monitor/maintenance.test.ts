import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HOUR, MINUTE } from '#kernel/time.ts';
import { nextMaintenanceChange, windowsCovering } from './maintenance.ts';
import type { MaintenanceWindow } from './model.ts';

const window = (more: Partial<MaintenanceWindow>): MaintenanceWindow => ({
  id: 'w',
  name: 'weekly restart',
  origin: 'file',
  forMs: 30 * MINUTE,
  services: [],
  ...more,
});
// Sundays at 04:00 in Almaty, which is UTC+5 the whole year.
const weekly = window({ cron: '0 4 * * 0', timezone: 'Asia/Almaty', services: ['API'] });
const sunday = Date.UTC(2026, 10, 21, 23, 0, 0);

describe('maintenance', () => {
  it('covers a moment from the start of a window until just before its end', () => {
    const covered = (at: number): boolean => windowsCovering([weekly], 'API', at).length === 1;
    assert.equal(covered(sunday - 1), false);
    assert.equal(covered(sunday), true);
    assert.equal(covered(sunday + 30 * MINUTE - 1), true);
    assert.equal(covered(sunday + 30 * MINUTE), false);
  });

  it('is for the services that a window names, and for all when it names none', () => {
    assert.equal(windowsCovering([weekly], 'Shop', sunday).length, 0);
    assert.equal(windowsCovering([window({ at: sunday })], 'Shop', sunday).length, 1);
  });

  it('ends for good after a window that happens once', () => {
    const once = window({ at: sunday });
    assert.equal(nextMaintenanceChange([once], sunday - HOUR), sunday);
    assert.equal(nextMaintenanceChange([once], sunday), sunday + 30 * MINUTE);
    assert.equal(nextMaintenanceChange([once], sunday + 30 * MINUTE), undefined);
  });

  it('names the nearest beginning or end of all windows', () => {
    const once = window({ at: sunday + 10 * MINUTE, forMs: HOUR });
    assert.equal(nextMaintenanceChange([weekly, once], sunday), sunday + 10 * MINUTE);
    assert.equal(nextMaintenanceChange([weekly, once], sunday + 10 * MINUTE), sunday + 30 * MINUTE);
    assert.equal(nextMaintenanceChange([], sunday), undefined);
  });

  it('changes at no moment between two that it names', () => {
    const windows = [weekly, window({ cron: '*/20 * * * *', forMs: 25 * MINUTE }), window({ at: sunday + HOUR })];
    const names = (at: number): string =>
      windowsCovering(windows, 'API', at)
        .map((one) => one.cron ?? 'once')
        .join();
    fc.assert(
      fc.property(
        fc.integer({ min: -3_600, max: 7_200 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (offset, part) => {
          const at = sunday + offset * 1_000;
          const next = nextMaintenanceChange(windows, at) ?? at;
          assert.ok(next > at);
          assert.equal(names(at + Math.floor((next - at) * part)), names(at));
        },
      ),
      { numRuns: 60 },
    );
  });
});
