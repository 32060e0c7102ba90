import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** A value in the environment of every app that must never be seen anywhere. */
export const SECRET = 'hunter2-in-the-environment';

/** The real PM2 of a major version in a PM2_HOME of its own; its daemon and apps end with it. */
export class RealPm2 implements AsyncDisposable {
  readonly dir = mkdtempSync(join(tmpdir(), 'dozor-pm2-'));
  readonly home = join(this.dir, 'pm2');
  readonly #bin: string;
  #commands = 0;
  readonly #pids = new Set<number>();
  readonly #onExit = (): void => this.#kill();
  readonly #onSignal = (): void => process.exit(143);

  constructor(major: number) {
    this.#bin = join(ROOT, `.cache/pm2-${major}/node_modules/pm2/bin/pm2`);
    mkdirSync(this.home);
    // also when the tests are broken off
    process.on('exit', this.#onExit);
    process.on('SIGTERM', this.#onSignal);
  }

  /** Runs its command line; resolves with what it printed. */
  async cli(...words: readonly string[]): Promise<string> {
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: this.dir,
      PM2_HOME: this.home,
      PM2_WORKER_INTERVAL: '1000',
      DOZOR_TEST_SECRET: SECRET,
    };
    // into a file: the daemon that a command may begin keeps pipes open
    const path = join(this.dir, `said-${this.#commands++}`);
    const said = openSync(path, 'w');
    const child = spawn(process.execPath, [this.#bin, ...words], { cwd: this.dir, env, stdio: ['ignore', said, said] });
    closeSync(said);
    const code = await new Promise<number | null>((done, failed) => {
      child.on('error', failed);
      child.on('exit', done);
    });
    this.#remember();
    const text = readFileSync(path, 'utf8');
    if (code !== 0) throw new Error(`pm2 ${words.join(' ')} ended with ${code}: ${text}`);
    return text;
  }

  /** Writes a program. */
  script(name: string, text: string): string {
    const path = join(this.dir, name);
    writeFileSync(path, text);
    return path;
  }

  /** Starts apps by an ecosystem file. */
  async start(...apps: readonly object[]): Promise<void> {
    const path = join(this.dir, 'apps.json');
    writeFileSync(path, JSON.stringify({ apps }));
    await this.cli('start', path);
  }

  daemon(): number {
    return Number(readFileSync(join(this.home, 'pm2.pid'), 'utf8'));
  }

  /** The number of an app's process. */
  async pid(app: string): Promise<number> {
    return Number((await this.cli('pid', app)).trim().split('\n').at(-1));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('SIGTERM', this.#onSignal);
    try {
      await this.cli('kill');
    } finally {
      this.#kill();
      process.off('exit', this.#onExit);
      rmSync(this.dir, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  /** Every process that this PM2 has begun and that still lives: those whose environment names its home. */
  #remember(): void {
    for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
      try {
        if (readFileSync(`/proc/${name}/environ`, 'utf8').includes(this.home)) this.#pids.add(Number(name));
      } catch {
        // another user's, or gone meanwhile
      }
    }
    this.#pids.delete(process.pid);
  }

  #kill(): void {
    this.#remember();
    for (const pid of this.#pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // has ended by itself
      }
    }
    this.#pids.clear();
  }
}
