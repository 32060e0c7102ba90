import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DAY_0, checkAt, putCheck } from '../contract-samples.test-suite.ts';
import { openStore } from './open.ts';
import { openEmpty, settingsFor } from './opened.test-suite.ts';
import { restoreStore } from './restore.ts';

test('a backup taken while writing goes on is whole, and restoring it brings the state of that moment back', async (t) => {
  const { store, dir } = await openEmpty(t);
  const file = join(dir, 'copy.db');
  await store.write(
    Array.from({ length: 500 }, (_, index) => putCheck(checkAt(DAY_0 + index))),
    { urgent: true },
  );
  const copying = store.backup(file);
  const later = store.write([{ put: 'meta', key: 'later', value: 1 }], { urgent: true });
  const { bytes } = await copying;
  await later;
  assert.equal(readFileSync(file).length, bytes);
  for (const own of [file, join(dir, 'dozor.db')]) assert.equal(statSync(own).mode & 0o777, 0o600);
  assert.deepEqual(
    readdirSync(dir).filter((name) => name.startsWith('copy.db')),
    ['copy.db'],
  );
  assert.throws(() => restoreStore({ from: file, dir, force: true }), { code: 'DATA_IN_USE' });
  await store.write([{ put: 'meta', key: 'after', value: 1 }], { urgent: true });
  await store.close();

  assert.throws(() => restoreStore({ from: file, dir }), { code: 'CONFLICT' });
  const { kept } = restoreStore({ from: file, dir, force: true });
  assert.ok(kept !== undefined && existsSync(kept));
  const again = await openStore(settingsFor(dir));
  const { meta } = await again.load(0, DAY_0);
  assert.equal(meta.has('after'), false);
  assert.equal((await again.checks({ monitor: 1, limit: 1000 })).items.length, 500);
  await again.close();
});

test('a truncated, damaged, foreign or missing backup is refused, and the store stays as it was', async (t) => {
  const { store, dir } = await openEmpty(t);
  const file = join(dir, 'copy.db');
  await store.write([{ put: 'meta', key: 'a', value: 'x'.repeat(100_000) }], { urgent: true });
  await store.backup(file);
  await store.close();
  const whole = readFileSync(file);
  const before = readFileSync(join(dir, 'dozor.db'));
  const names = readdirSync(dir).toSorted((a, b) => a.localeCompare(b));
  const refuse = (): void => {
    assert.throws(() => restoreStore({ from: file, dir, force: true }), { code: 'BACKUP_INVALID' });
    assert.deepEqual(readFileSync(join(dir, 'dozor.db')), before);
    assert.deepEqual(
      readdirSync(dir).toSorted((a, b) => a.localeCompare(b)),
      names,
    );
  };
  truncateSync(file, whole.length - 8192);
  refuse();
  writeFileSync(file, Buffer.concat([whole.subarray(0, 8192), Buffer.alloc(whole.length - 8192, 0x5a)]));
  refuse();
  writeFileSync(file, 'garbage');
  refuse();
  writeFileSync(file, '');
  refuse();
  assert.throws(() => restoreStore({ from: join(dir, 'nowhere.db'), dir, force: true }), { code: 'BACKUP_INVALID' });
});

test('a broken store is restored over and kept aside', async (t) => {
  const { store, dir } = await openEmpty(t);
  const file = join(dir, 'copy.db');
  await store.write([{ put: 'meta', key: 'a', value: 1 }], { urgent: true });
  await store.backup(file);
  await store.close();
  writeFileSync(join(dir, 'dozor.db'), 'broken '.repeat(1000));
  await assert.rejects(openStore(settingsFor(dir)), { code: 'STORE_BROKEN' });
  const { kept } = restoreStore({ from: file, dir, force: true });
  assert.match(readFileSync(kept ?? '', 'utf8'), /^broken /);
  const again = await openStore(settingsFor(dir));
  assert.ok((await again.load(0, DAY_0)).meta.has('a'));
  await again.close();
});

test('a backup that cannot be written leaves no half file and the store goes on', async (t) => {
  const { store, dir } = await openEmpty(t);
  await assert.rejects(store.backup(join(dir, 'no', 'such', 'folder', 'copy.db')), { code: 'STORE_UNAVAILABLE' });
  assert.ok(!existsSync(join(dir, 'no')));
  await store.write([{ put: 'meta', key: 'a', value: 1 }]);
});
