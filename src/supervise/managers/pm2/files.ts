import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { defined } from '../../../kernel/defined.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { ProcessEvent, ProcessState } from '../../model.ts';
import { fileNameOf, isAlive, pidIn, type Pm2Home } from './home.ts';
import { readLogLine, type LogLine } from './log-line.ts';

/** So much of PM2's log is read at once; what is more is passed over. */
const MOST_BYTES = 1024 * 1024;

interface Known {
  readonly app: string;
  readonly startedAt: EpochMs;
  readonly restarts: number;
  readonly status: string;
}

/** An app of PM2's saved list. */
export interface SavedApp {
  readonly name: string;
  readonly script: string;
  readonly errorFile?: string;
}

/** The apps that `pm2 save` has written down; none when there is nothing to be read. */
export const savedApps = (home: Pm2Home): readonly SavedApp[] => {
  try {
    const list = JSON.parse(readFileSync(home.dump, 'utf8')) as unknown;
    return (Array.isArray(list) ? (list as readonly Record<string, unknown>[]) : []).map((app) => ({
      name: String(app['name']),
      script: typeof app['pm_exec_path'] === 'string' ? app['pm_exec_path'] : '',
      ...(typeof app['pm_err_log_path'] === 'string' ? { errorFile: app['pm_err_log_path'] } : {}),
    }));
  } catch {
    // never saved, or half written: nothing is known from it
    return [];
  }
};

/**
 * Reads what PM2 writes down, where its sockets are closed to us: the new lines of its log and its pid files. Slower than the bus (a look each second),
 * without exception texts, and without what happened before it began.
 */
export class FileReader {
  readonly #home: Pm2Home;
  readonly #clock: Clock;
  readonly #tell: (app: string, event: ProcessEvent) => void;
  readonly #apps = new Set<string>();
  readonly #known = new Map<number, Known>();
  readonly #hints = new Map<number, 'stopping' | 'memory-limit' | 'cron'>();
  #offset = 0;
  #rest = '';
  #lastExit: number | undefined;

  constructor(home: Pm2Home, clock: Clock, tell: (app: string, event: ProcessEvent) => void) {
    this.#home = home;
    this.#clock = clock;
    this.#tell = tell;
  }

  follow(app: string): void {
    this.#apps.add(app);
  }

  leave(app: string): void {
    this.#apps.delete(app);
  }

  /** Starts at the log's present end. */
  begin(): void {
    this.#rest = '';
    try {
      this.#offset = statSync(this.#home.log).size;
    } catch {
      // no log yet: it will be read from its beginning
      this.#offset = 0;
    }
  }

  /** Tells what has been written since the last look, and what runs now. */
  look(): void {
    for (const line of this.#newLines()) this.#line(line);
    for (const app of this.#apps)
      this.#tell(app, { type: 'seen', at: this.#clock.now(), app, processes: this.#processes(app) });
  }

  #newLines(): readonly string[] {
    let file: number;
    try {
      file = openSync(this.#home.log, 'r');
    } catch {
      // not readable: the pid files remain
      return [];
    }
    try {
      const { size } = fstatSync(file);
      // rotated or emptied
      if (size < this.#offset) this.#offset = 0;
      const from = Math.max(this.#offset, size - MOST_BYTES);
      const buffer = Buffer.alloc(size - from);
      const read = readSync(file, buffer, 0, buffer.length, from);
      this.#offset = from + read;
      const lines = (this.#rest + buffer.toString('utf8', 0, read)).split('\n');
      this.#rest = lines.pop() ?? '';
      return lines;
    } finally {
      closeSync(file);
    }
  }

  #line(text: string): void {
    const line = readLogLine(text);
    if (line === undefined) return;
    if (line.says === 'overlimit') this.#gaveUp();
    if (line.says === 'memory-limit' || line.says === 'cron') this.#hints.set(line.id, line.says);
    if ('app' in line && !line.old) this.#ofProcess(line);
  }

  #ofProcess(line: Extract<LogLine, { readonly app: string }>): void {
    if (line.says === 'stopping' && !this.#hints.has(line.id)) this.#hints.set(line.id, 'stopping');
    if (line.says === 'starting') this.#started(line);
    if (line.says === 'exited') this.#exited(line);
  }

  #started({ app, id }: { readonly app: string; readonly id: number }): void {
    const before = this.#known.get(id);
    const now = this.#clock.now();
    const restarts = before === undefined ? 0 : before.restarts + 1;
    this.#known.set(id, { app, startedAt: now, restarts, status: 'online' });
    this.#hints.delete(id);
    this.#tell(app, { type: 'started', at: now, process: this.#state(id, app, 0) });
  }

  #exited(line: Extract<LogLine, { says: 'exited' }>): void {
    const { app, id, code, signal } = line;
    const at = this.#clock.now();
    const hint = this.#hints.get(id);
    this.#hints.delete(id);
    this.#lastExit = id;
    const { startedAt, restarts } = this.#known.get(id) ?? { startedAt: this.#pidFile(app, id)?.at ?? 0, restarts: 0 };
    this.#known.set(id, { app, startedAt, restarts, status: 'stopped' });
    const why = hint === 'stopping' ? ('by-hand' as const) : hint;
    this.#tell(app, {
      type: 'exited',
      at,
      process: this.#state(id, app, 0),
      uptimeMs: startedAt === 0 ? 0 : Math.max(0, at - startedAt),
      wanted: hint !== undefined,
      ...(signal === 'SIGINT' ? { code } : { signal }),
      ...defined({ why }),
    });
  }

  /** The line names the script, not the process: it is the one whose exit was written just before. */
  #gaveUp(): void {
    const id = this.#lastExit;
    const known = id === undefined ? undefined : this.#known.get(id);
    if (id === undefined || known === undefined) return;
    this.#known.set(id, { ...known, status: 'errored' });
    this.#tell(known.app, { type: 'gave-up', at: this.#clock.now(), process: this.#state(id, known.app, 0) });
  }

  #state(id: number, app: string, pid: number): ProcessState {
    const known = this.#known.get(id);
    return {
      id: String(id),
      app,
      pid,
      status: known?.status ?? 'online',
      restarts: known?.restarts ?? 0,
      startedAt: known?.startedAt ?? 0,
    };
  }

  #pidFile(app: string, id: number): { readonly pid: number; readonly at: EpochMs } | undefined {
    const path = join(this.#home.pids, `${fileNameOf(app)}-${id}.pid`);
    const pid = pidIn(path);
    if (pid === undefined) return undefined;
    try {
      return { pid, at: Math.round(statSync(path).mtimeMs) };
    } catch {
      // removed in this moment: it has ended
      return undefined;
    }
  }

  #processes(app: string): readonly ProcessState[] {
    const ids = new Set([...this.#known].filter(([, known]) => known.app === app).map(([id]) => id));
    for (const id of this.#listed(app)) ids.add(id);
    return [...ids].toSorted((one, other) => one - other).map((id) => this.#seen(app, id));
  }

  #seen(app: string, id: number): ProcessState {
    const file = this.#pidFile(app, id);
    const alive = file !== undefined && isAlive(file.pid);
    if (!this.#known.has(id)) {
      const status = alive ? 'online' : 'stopped';
      this.#known.set(id, { app, startedAt: file?.at ?? 0, restarts: 0, status });
    }
    return this.#state(id, app, alive ? file.pid : 0);
  }

  #listed(app: string): readonly number[] {
    const start = `${fileNameOf(app)}-`;
    try {
      return readdirSync(this.#home.pids)
        .filter((name) => name.startsWith(start))
        .map((name) => /^(\d+)\.pid$/.exec(name.slice(start.length))?.[1])
        .filter((id) => id !== undefined)
        .map(Number);
    } catch {
      // no such folder: nothing runs
      return [];
    }
  }
}
