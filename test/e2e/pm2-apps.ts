import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { runProgram, type Said } from './program.ts';

const PM2 = join(import.meta.dirname, '../../.cache/pm2-7/node_modules/.bin/pm2');
const WAIT_MS = 60_000;
const LOOK_EVERY_MS = 100;

/** A small backend under PM2. */
export interface Pm2App {
  readonly name: string;
  readonly dir: string;
  readonly port: number;
  write(files: Readonly<Record<string, string>>): void;
}

/** A PM2 of its own, with apps of their own, for one test. */
export interface Pm2Stage {
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  /** Lays out a folder; `files` are given the port that the app shall take. */
  app(name: string, files: (port: number) => Readonly<Record<string, string>>): Promise<Pm2App>;
  /** Starts what the ecosystem file of an app says. */
  start(app: Pm2App): Promise<void>;
  pm2(...args: readonly string[]): Promise<string>;
  dozor(app: Pm2App | undefined, ...args: readonly string[]): Promise<Said>;
  /** Waits until the log of the app's errors, or pm2.log, says something. */
  said(where: string, pattern: RegExp): Promise<void>;
}

/** A port that nobody listens on. */
export const freePort = async (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** Opens a PM2 with its own home; it and all that it started end with the test. */
export const openPm2Stage = (test: { after(end: () => Promise<void>): void }): Pm2Stage => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'dozor-pm2-')));
  const home = join(root, 'pm2');
  const env = { HOME: root, PM2_HOME: home, PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin` };
  const call = async (cwd: string, args: readonly string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      execFile(process.execPath, [PM2, ...args], { env, cwd, maxBuffer: 10_000_000 }, (error, out, said) =>
        error === null ? resolve(out) : reject(new Error(`pm2 ${args.join(' ')}: ${said}${out}`, { cause: error })),
      );
    });
  test.after(async () => {
    await call(root, ['kill']);
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  });
  return {
    home,
    env,
    pm2: async (...args) => call(root, args),
    app: async (name, files) => {
      const dir = join(root, name);
      const port = await freePort();
      const write: Pm2App['write'] = (all) => {
        for (const [path, text] of Object.entries(all)) {
          mkdirSync(dirname(join(dir, path)), { recursive: true });
          writeFileSync(join(dir, path), text);
        }
      };
      write(files(port));
      return { name, dir, port, write };
    },
    // PM2 takes relative paths from where it is called.
    start: async ({ dir }) => void (await call(dir, ['start', 'ecosystem.config.js'])),
    dozor: async (app, ...args) => runProgram(args, { env, cwd: app?.dir ?? root, withinMs: WAIT_MS }),
    said: async (where, pattern) => {
      const deadline = performance.now() + WAIT_MS;
      for (;;) {
        const text = await readFile(join(home, where), 'utf8').catch(() => '');
        if (pattern.test(text)) return;
        if (performance.now() > deadline) throw new Error(`waited for ${pattern} in ${where}, which says:\n${text}`);
        await pause(LOOK_EVERY_MS);
      }
    },
  };
};

/** An ecosystem file that gives up after two exits, so that a test need not wait long. */
export const ecosystem = (name: string, script: string, env: object = {}): string =>
  `module.exports = { apps: [{ name: '${name}', script: '${script}', max_restarts: 2, min_uptime: '30s', env: ${JSON.stringify(env)} }] };\n`;

/** A server that is well. */
export const server = (port: number): string =>
  `require('node:http').createServer((request, response) => response.end('ok')).listen(Number(process.env.PORT ?? ${port}), '127.0.0.1');\n`;
