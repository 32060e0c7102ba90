import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DAY_0, checkAt, putCheck } from '../contract-samples.test-suite.ts';
import { migrate } from './migrate.ts';
import { openStore } from './open.ts';
import { openEmpty, settingsFor, temporaryFolder } from './opened.test-suite.ts';
import { MIGRATIONS } from './schema.ts';

test('a second Dozor on the same data is refused with the number of the first, also from another process, until that is killed', async (t) => {
  const { dir, remove } = await temporaryFolder();
  t.after(remove);
  const program = fileURLToPath(new URL('./writing.test-suite.ts', import.meta.url));
  const child = spawn(process.execPath, [program, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  await once(lines, 'line');
  await assert.rejects(openStore(settingsFor(dir)), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'DATA_IN_USE');
    assert.match(error.message, new RegExp(`process ${child.pid}\\b`));
    return true;
  });
  child.kill('SIGKILL');
  await gone;
  const store = await openStore(settingsFor(dir));
  await assert.rejects(openStore(settingsFor(dir)), { code: 'DATA_IN_USE' });
  await store.close();
  await (await openStore(settingsFor(dir))).close();
});

test('a data folder that cannot be written is a clear fault', async (t) => {
  const { dir, remove } = await temporaryFolder();
  t.after(remove);
  writeFileSync(join(dir, 'file'), '');
  await assert.rejects(openStore(settingsFor(join(dir, 'file', 'data'))), { code: 'DATA_UNWRITABLE' });
  mkdirSync(join(dir, 'taken', 'dozor.db'), { recursive: true });
  await assert.rejects(openStore(settingsFor(join(dir, 'taken'))), { code: 'DATA_UNWRITABLE' });
  await assert.rejects(openStore(settingsFor('/proc/dozor/data')), { code: 'DATA_UNWRITABLE' });
});

test('a broken file is refused, kept as it is, and says what to do', async (t) => {
  const { dir, remove } = await temporaryFolder();
  t.after(remove);
  const file = join(dir, 'dozor.db');
  writeFileSync(file, 'not a database at all, but long enough to have a header'.repeat(100));
  const before = readFileSync(file);
  await assert.rejects(openStore(settingsFor(dir)), { code: 'STORE_BROKEN', hint: /restore/ });
  assert.deepEqual(readFileSync(file), before);
});

test('a file with damaged pages is refused', async (t) => {
  const { store, dir } = await openEmpty(t);
  await store.write([{ put: 'meta', key: 'a', value: 'x'.repeat(50_000) }]);
  await store.close();
  const handle = openSync(join(dir, 'dozor.db'), 'r+');
  for (let page = 3; page < 12; page += 1) writeSync(handle, new Uint8Array(4096).fill(0xa5), 0, 4096, page * 4096);
  closeSync(handle);
  await assert.rejects(openStore(settingsFor(dir)), { code: 'STORE_BROKEN' });
});

test('the file of another program is refused', async (t) => {
  const { dir, remove } = await temporaryFolder();
  t.after(remove);
  const other = new DatabaseSync(join(dir, 'dozor.db'));
  other.exec('CREATE TABLE theirs (x)');
  other.close();
  await assert.rejects(openStore(settingsFor(dir)), { code: 'STORE_BROKEN', message: /not one of Dozor/ });
});

test('a file of a newer Dozor is refused and left alone', async (t) => {
  const { store, dir } = await openEmpty(t);
  await store.close();
  const database = new DatabaseSync(join(dir, 'dozor.db'));
  database.exec('PRAGMA user_version = 999');
  database.close();
  await assert.rejects(openStore(settingsFor(dir)), { code: 'STORE_NEWER', message: /999/ });
});

test('a step of migration that fails leaves the format before it, and a copy of the file is kept', async (t) => {
  const { store, dir } = await openEmpty(t);
  await store.write([{ put: 'meta', key: 'kept', value: 1 }]);
  await store.close();
  const file = join(dir, 'dozor.db');
  const database = new DatabaseSync(file);
  const steps = [...MIGRATIONS, 'CREATE TABLE added (x)', 'CREATE TABLE half (x); CREATE TABLE half (x)'];
  assert.throws(() => migrate(database, file, steps), /half/);
  assert.equal(database.prepare('PRAGMA user_version').get()?.['user_version'], MIGRATIONS.length + 1);
  assert.equal(database.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'half'").get()?.['n'], 0);
  database.close();
  const copy = new DatabaseSync(`${file}.before-format-${MIGRATIONS.length + 1}`);
  assert.equal(copy.prepare('SELECT count(*) AS n FROM meta').get()?.['n'], 1);
  copy.close();
});

test('over its quota the store forgets the oldest raw checks first, keeps the roll-ups, and the file shrinks', async (t) => {
  const { dir, remove } = await temporaryFolder();
  t.after(remove);
  const quotaBytes = 700_000;
  const store = await openStore(settingsFor(dir, { quotaBytes }));
  const day = Array.from({ length: 40_000 }, (_, index) => putCheck(checkAt(DAY_0 + index * 2_000)));
  for (let at = 0; at < day.length; at += 1_000) await store.write(day.slice(at, at + 1_000), { urgent: true });
  await store.tend(DAY_0 + 80_000_000);
  assert.ok(store.health().bytes <= quotaBytes, `${store.health().bytes} bytes`);
  const [oldest] = (await store.checks({ monitor: 1, limit: 1, to: DAY_0 + 5_000_000 })).items;
  assert.equal(oldest, undefined);
  assert.equal((await store.checks({ monitor: 1, limit: 1 })).items[0]?.startedAt, DAY_0 + 39_999 * 2_000);
  const [point] = await store.history({ monitor: 1, from: DAY_0, to: DAY_0 + 86_400_000, spanMs: 86_400_000 });
  assert.equal(point?.ok, 40_000);
  await store.close();
});
