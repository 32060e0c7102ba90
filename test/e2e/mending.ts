import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, realpath, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runProgram, type Said } from './program.ts';

const PM2 = join(import.meta.dirname, '../../.cache/pm2-7/node_modules/.bin');
const WITHIN_MS = 120_000;

/** A PM2 of its own with one small backend, as it was on the day of the incident. */
export interface Mending {
  readonly home: string;
  /** The app's folder. */
  readonly dir: string;
  readonly health: string;
  readonly port: number;
  /** Runs `dozor` with this PM2, as the user who owns it. */
  dozor(...args: readonly string[]): Promise<Said>;
  /** The environment that `dozor` is run with. */
  readonly env: Readonly<Record<string, string>>;
  pm2(...args: readonly string[]): Promise<string>;
  /** Writes files below the app's folder; they look an hour old, so that nothing seems to be written just now. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** The status of the health address now; undefined when nothing answers. */
  status(): Promise<number | undefined>;
  names(): Promise<readonly string[]>;
}

/** A port of 127.0.0.1 that nobody listens on. */
export const freePort = async (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** Runs from source, and is shadowed by whatever lies in dist/. */
const serverText = (port: number): string => `
let db = { name: 'source' };
try { db = require('../dist/db'); } catch (error) { if (!/Cannot find module '..\\/dist\\/db'/.test(error.message)) throw error; }
require('http').createServer((request, response) => {
  response.statusCode = request.url === '/health' ? 200 : 404;
  response.end(JSON.stringify(db));
}).listen(${port});
`;

const hourAgo = new Date(Date.now() - 3_600_000);

/** Lays out an app called onai-backend and starts it under a PM2 of its own; all of it ends with the test. */
export const openMending = async (test: { after(end: () => Promise<void>): void }): Promise<Mending> => {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'dozor-mend-')));
  const [home, dir] = [join(root, 'home'), join(root, 'app/backend')];
  const port = await freePort();
  const health = `http://127.0.0.1:${port}/health`;
  const env = {
    HOME: home,
    PM2_HOME: join(home, '.pm2'),
    PATH: `${PM2}:${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
  };
  const pm2: Mending['pm2'] = async (...args) =>
    new Promise((resolve, reject) => {
      execFile(join(PM2, 'pm2'), args, { env, cwd: dir, maxBuffer: 10_000_000 }, (error, out, said) =>
        error === null ? resolve(out) : reject(new Error(`pm2 ${args.join(' ')}: ${said}${out}`, { cause: error })),
      );
    });
  const write: Mending['write'] = async (files) => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(dir, path)), { recursive: true });
      await writeFile(join(dir, path), text);
      for (let one = join(dir, path); one !== dir; one = dirname(one)) await utimes(one, hourAgo, hourAgo);
    }
  };
  await mkdir(home, { recursive: true });
  await mkdir(dir, { recursive: true });
  test.after(async () => {
    await pm2('kill').catch(() => undefined);
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  });
  await write({
    'src/server.js': serverText(port),
    'env.env': 'DATABASE_URL=postgres://user:hunter2@db/onai\n',
    'ecosystem.config.js':
      "module.exports = { apps: [{ name: 'onai-backend', script: 'src/server.js', max_restarts: 15, min_uptime: '5s' }] };\n",
  });
  await pm2('start', 'ecosystem.config.js');
  return {
    home,
    dir,
    health,
    port,
    env,
    pm2,
    write,
    dozor: async (...args) => runProgram(args, { env, cwd: dir, withinMs: WITHIN_MS }),
    status: async () => {
      try {
        return (await fetch(health)).status;
      } catch {
        // Nothing answers, which is what the test wants to know.
        return undefined;
      }
    },
    names: async () => (await readdir(dir)).sort(),
  };
};
