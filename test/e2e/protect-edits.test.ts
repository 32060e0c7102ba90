import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '../fakes/eventually.ts';
import { openMending, type Mending } from './mending.ts';

const DSN = 'https://0123456789abcdef@127.0.0.1/42';

const healthy = async (mending: Mending): Promise<void> =>
  void (await eventually('the app to be healthy', async () => (await mending.status()) === 200));

interface Limits {
  readonly restarts: unknown;
  readonly uptime: unknown;
  readonly backoff: unknown;
}

interface Entry {
  readonly name: string;
  readonly pm2_env?: Readonly<Record<string, unknown>>;
}

const limitsOf = ({
  max_restarts,
  min_uptime,
  exp_backoff_restart_delay,
}: Readonly<Record<string, unknown>>): Limits => ({
  restarts: max_restarts,
  uptime: min_uptime,
  backoff: exp_backoff_restart_delay,
});

/** What the daemon holds, by PM2's own words. */
const live = async (mending: Mending): Promise<Limits> => {
  const said = await mending.pm2('jlist');
  const list = JSON.parse(said.slice(said.indexOf('['))) as readonly Entry[];
  return limitsOf(list[0]?.pm2_env ?? {});
};

const saved = async (mending: Mending): Promise<Limits> =>
  limitsOf((JSON.parse(await readFile(join(mending.home, '.pm2/dump.pm2'), 'utf8')) as readonly Entry[])[0] as never);

const protect = (mending: Mending, only: string, ...more: readonly string[]) =>
  mending.dozor('protect', '.', '--only', only, '--health', mending.health, ...more);

test('the limits are set in the file, in the running daemon and in the saved list; an undo sets all three back', async (t) => {
  const mending = await openMending(t);
  await healthy(mending);
  const path = join(mending.dir, 'ecosystem.config.js');
  const before = await readFile(path, 'utf8');
  assert.deepEqual(await live(mending), { restarts: 15, uptime: 5000, backoff: undefined });
  const dry = await protect(mending, 'pm2-limits', '--dry-run');
  assert.match(dry.out, /\+.*max_restarts: 3, min_uptime: '30s', exp_backoff_restart_delay: 100/);
  assert.match(dry.out, /fork mode/);
  assert.equal(await readFile(path, 'utf8'), before);
  const done = await protect(mending, 'pm2-limits', '--yes', '--json');
  assert.equal(done.code, 0, done.out + done.error);
  const view = JSON.parse(done.out);
  assert.equal(view.health.after.healthy, true);
  assert.equal(view.checklist.find((one: { item: string }) => one.item === 'limits').state, 'done');
  const wanted = { restarts: 3, uptime: 30_000, backoff: 100 };
  assert.deepEqual(await live(mending), wanted);
  assert.deepEqual(await saved(mending), wanted);
  assert.match((await protect(mending, 'pm2-limits', '--yes')).out, /Nothing to change/);
  const back = await mending.dozor('protect', '.', '--undo', view.runs[0].id, '--health', mending.health, '--yes');
  assert.equal(back.code, 0, back.out + back.error);
  assert.equal(await readFile(path, 'utf8'), before);
  const { restarts, uptime } = await live(mending);
  assert.deepEqual([restarts, uptime], [15, 5000]);
  assert.equal((await saved(mending)).restarts, 15);
});

test('limits that are right in the file alone are brought into the daemon', async (t) => {
  const mending = await openMending(t);
  await healthy(mending);
  await mending.write({
    'ecosystem.config.js':
      "module.exports = { apps: [{ name: 'onai-backend', script: 'src/server.js', max_restarts: 3, min_uptime: '30s' }] };\n",
  });
  const open = JSON.parse((await protect(mending, 'pm2-limits', '--dry-run', '--json')).out);
  assert.equal(open.checklist.find((one: { item: string }) => one.item === 'limits').state, 'open');
  const done = await protect(mending, 'pm2-limits', '--yes');
  assert.equal(done.code, 0, done.out + done.error);
  const { restarts, uptime } = await live(mending);
  assert.deepEqual([restarts, uptime], [3, 30_000]);
});

test('Sentry is switched on in the variables file, whose values nobody sees, and the missing SDK is a patch', async (t) => {
  const mending = await openMending(t);
  await healthy(mending);
  await mending.write({ 'package.json': '{"name":"onai-backend","private":true}\n' });
  const path = join(mending.dir, 'env.env');
  const { mode } = await stat(path);
  const done = await protect(mending, 'sentry-env', '--dsn', DSN, '--yes');
  assert.equal(done.code, 0, done.out + done.error);
  assert.equal(
    await readFile(path, 'utf8'),
    `DATABASE_URL=postgres://user:hunter2@db/onai\nSENTRY_DSN=${DSN}\nSENTRY_ENABLED=true\n`,
  );
  assert.equal((await stat(path)).mode, mode);
  assert.match(done.out, /Sentry\.init\(/);
  assert.ok(!/hunter2|0123456789abcdef/.test(done.out + done.error));
  assert.equal(await mending.status(), 200);
});

test('after pm2 save the app is in the list that PM2 starts from; what starts PM2 at boot is printed, not done', async (t) => {
  const mending = await openMending(t);
  await healthy(mending);
  const done = await protect(mending, 'boot-start', '--yes', '--json');
  assert.equal(done.code, 0, done.out + done.error);
  assert.equal((await saved(mending)).restarts, 15);
  assert.match(JSON.stringify(JSON.parse(done.out).plans), /startup|resurrect/);
});
