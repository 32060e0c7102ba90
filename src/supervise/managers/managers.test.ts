import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { systemClock } from '#engine/system-clock.ts';
import { LOCALES } from '#kernel/locale.ts';
import { ProcessRecord } from '../../../test/fakes/process-record.ts';
import { MANAGERS, managerOf } from './index.ts';

describe('every process manager', () => {
  it('has a name of its own, by which it is found, and a title in each language', () => {
    assert.equal(new Set(MANAGERS.map(({ manager }) => manager)).size, MANAGERS.length);
    for (const one of MANAGERS) {
      assert.equal(managerOf(one.manager), one);
      for (const locale of LOCALES) assert.ok(one.title[locale].length > 0);
    }
    assert.equal(managerOf('forever'), undefined);
  });

  for (const one of MANAGERS)
    it(`of kind ${one.manager} that is not there is gone: no throw, no words, a refusal, and an end`, async () => {
      const home = mkdtempSync(join(tmpdir(), 'dozor-managers-'));
      const watch = one.open({ clock: systemClock, home, path: home });
      const record = new ProcessRecord(watch, 'api');
      assert.equal((await record.first('manager')).running, false);
      assert.equal(watch.standing().via, 'gone');
      assert.equal(await watch.words({ name: 'api' }, { process: '0' }), '');
      assert.equal(watch.entryOf({ name: 'api' }), undefined);
      assert.equal((await watch.act('restart', '0')).ok, false);
      await watch.stop();
      rmSync(home, { recursive: true });
    });

  it('survives what speaks another language on its socket', async () => {
    const home = mkdtempSync(join(tmpdir(), 'dozor-managers-'));
    const server = createServer((line) => {
      line.on('error', () => undefined);
      line.write('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    await new Promise<void>((done) => {
      server.listen(join(home, 'pub.sock'), done);
    });
    const watch = managerOf('pm2')?.open({ clock: systemClock, home, pm2Home: home, path: home });
    assert.ok(watch !== undefined);
    const record = new ProcessRecord(watch, 'api');
    await record.first('manager');
    await watch.stop();
    await new Promise<void>((done) => {
      server.close(() => done());
    });
    rmSync(home, { recursive: true });
  });
});
