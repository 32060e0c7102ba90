import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HOUR, MINUTE } from '#kernel/time.ts';
import { heartbeat } from './heartbeat.ts';

const read = (beat: object) => heartbeat.config.safeParse({ kind: 'heartbeat', ...beat });

describe('a heartbeat’s configuration', () => {
  it('is either an interval or a schedule, with grace', () => {
    assert.deepEqual(read({ every: '1h' }).data, { kind: 'heartbeat', every: HOUR, grace: 5 * MINUTE });
    assert.equal(read({ schedule: '0 3 * * *', timezone: 'Asia/Almaty', grace: '30m' }).success, true);
    assert.match(JSON.stringify(read({}).error?.issues), /write either every or schedule/);
    assert.match(JSON.stringify(read({ every: '1h', schedule: '0 3 * * *' }).error?.issues), /write either/);
  });

  it('refuses what is no schedule, no zone and no key', () => {
    assert.match(JSON.stringify(read({ schedule: '0 25 * * *' }).error?.issues), /cron/);
    assert.match(JSON.stringify(read({ schedule: '@daily', timezone: 'Mars/Olympus' }).error?.issues), /time zone/);
    assert.match(JSON.stringify(read({ every: '1h', key: '../etc' }).error?.issues), /letters/);
  });
});
