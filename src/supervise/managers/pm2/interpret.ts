import { defined } from '../../../kernel/defined.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { ProcessEvent, ProcessState } from '../../model.ts';
import { readLogLine } from './log-line.ts';
import { idOf, recordOf, stateOf, type Pm2Record } from './record.ts';

type Why = NonNullable<Extract<ProcessEvent, { type: 'exited' }>['why']>;

/** No exception text is longer. */
const TEXT_LIMIT = 8 * 1024;

/** A hint from the log counts for the exit that follows within so long (a process may take its time to end). */
const HINT_MS = 60_000;

interface Hint {
  readonly at: EpochMs;
  readonly why: Why;
}

type Raw = Readonly<Record<string, unknown>>;

const isRaw = (value: unknown): value is Raw => typeof value === 'object' && value !== null;

/**
 * Turns what PM2's bus tells into events. PM2 says `exit` twice for what it stops itself: first with `stopping`, which is how a wanted end is told
 * from a crash, then with `stopped` for the same run. The signal stands only in the log line just before, and `manually` is false for every exit.
 */
export class BusInterpreter {
  /** The run (its start) of each process whose end has been told. */
  readonly #ended = new Map<string, EpochMs>();
  readonly #signals = new Map<string, { readonly code: number; readonly signal: string }>();
  readonly #hints = new Map<number, Hint>();
  readonly #thrown = new Map<number, EpochMs>();
  readonly #states = new Map<number, ProcessState>();
  /** The number of each process and the run that it belongs to, from the latest look. */
  readonly #pids = new Map<number, { readonly pid: number; readonly startedAt: EpochMs }>();

  /** The events in a frame of the bus; `killed` when a person ended the daemon. */
  read(name: string, data: unknown, now: EpochMs): readonly ProcessEvent[] | 'killed' {
    if (name === 'pm2:kill') return 'killed';
    if (!isRaw(data)) return [];
    const at = typeof data['at'] === 'number' ? Math.min(data['at'], now) : now;
    if (name === 'log:PM2') this.#log(data['data'], at);
    if (name === 'process:event') return this.#event(data, at);
    if (name === 'process:exception') return this.#exception(data, at);
    return [];
  }

  /** Takes a look into account, so that exceptions, which carry little, can be told with their process. */
  known(records: readonly Pm2Record[]): void {
    for (const record of records) {
      this.#states.set(record.id, stateOf(record));
      if (record.pid > 0) this.#pids.set(record.id, { pid: record.pid, startedAt: record.startedAt });
    }
    const ids = new Set(records.map(({ id }) => id));
    for (const map of [this.#states, this.#pids, this.#hints, this.#thrown, this.#ended, this.#signals])
      forgetOthers(map, ids);
  }

  #log(text: unknown, at: EpochMs): void {
    if (typeof text !== 'string') return;
    const line = readLogLine(text);
    if (line === undefined || !('id' in line)) return;
    if (line.says === 'exited')
      this.#signals.set(`${line.old ? '_old_' : ''}${line.id}`, { code: line.code, signal: line.signal });
    if (line.says === 'memory-limit' || line.says === 'cron') this.#hints.set(line.id, { at, why: line.says });
    if (line.says === 'stopping' && line.old) this.#hints.set(line.id, { at, why: 'reload' });
  }

  #event(data: Raw, at: EpochMs): readonly ProcessEvent[] {
    const env = isRaw(data['process']) ? data['process'] : {};
    const record = recordOf(env);
    const id = idOf(env['pm_id']);
    if (record === undefined || id === undefined) return [];
    if (data['event'] === 'exit') return this.#exit(record, id.old, env, at);
    if (data['event'] !== 'online' || id.old) return [];
    const state = stateOf(record);
    this.#states.set(id.id, state);
    return [{ type: 'started', at, process: state }];
  }

  #exit(record: Pm2Record, old: boolean, env: Raw, at: EpochMs): readonly ProcessEvent[] {
    const key = `${old ? '_old_' : ''}${record.id}`;
    if (this.#ended.get(key) === record.startedAt) return [];
    this.#ended.set(key, record.startedAt);
    const how = this.#howItEnded(record, key, env['exit_code'], at);
    const why = isFinished(record, how) ? ('finished' as const) : this.#why(record, old, at);
    const process = stateOf(record, this.#pidOf(record));
    const gone = { ...process, pid: 0 };
    if (!old) this.#states.set(record.id, gone);
    const exited: ProcessEvent = {
      type: 'exited',
      at,
      process,
      uptimeMs: Math.max(0, at - record.startedAt),
      wanted: why !== undefined,
      ...defined({ ...how, why }),
    };
    return record.status === 'errored' ? [exited, { type: 'gave-up', at, process: gone }] : [exited];
  }

  #pidOf({ id, startedAt }: Pm2Record): number {
    const run = this.#pids.get(id);
    return run !== undefined && run.startedAt === startedAt ? run.pid : 0;
  }

  /** PM2 gives code 0 for deaths by signal, SIGINT where there was no signal, and in cluster mode code 0 for exceptions as well. */
  #howItEnded(
    record: Pm2Record,
    key: string,
    exitCode: unknown,
    at: EpochMs,
  ): { readonly code?: number | undefined; readonly signal?: string | undefined } {
    const line = this.#signals.get(key);
    this.#signals.delete(key);
    const thrownAt = this.#thrown.get(record.id) ?? 0;
    this.#thrown.delete(record.id);
    if (line !== undefined && line.signal !== 'SIGINT') return { signal: line.signal };
    const code = typeof exitCode === 'number' ? exitCode : line?.code;
    const hidden = record.mode === 'cluster' && code === 0 && thrownAt > record.startedAt && at - thrownAt < 5_000;
    return hidden ? {} : { code };
  }

  /** Why the end was wanted; undefined when it was not. */
  #why({ id, status }: Pm2Record, old: boolean, at: EpochMs): Why | undefined {
    const hint = this.#hints.get(id);
    this.#hints.delete(id);
    if (old) return 'reload';
    if (status !== 'stopping') return undefined;
    return hint !== undefined && at - hint.at < HINT_MS ? hint.why : 'by-hand';
  }

  #exception(data: Raw, at: EpochMs): readonly ProcessEvent[] {
    const from = isRaw(data['process']) ? data['process'] : {};
    const id = idOf(from['pm_id']);
    const error = isRaw(data['data']) ? data['data'] : {};
    const text = [error['stack'], error['message']].find((one) => typeof one === 'string' && one !== '');
    if (id === undefined || typeof text !== 'string') return [];
    this.#thrown.set(id.id, at);
    const process = this.#states.get(id.id);
    return process === undefined ? [] : [{ type: 'exception', at, process, text: text.slice(0, TEXT_LIMIT) }];
  }
}

const forgetOthers = (map: Map<string, unknown> | Map<number, unknown>, ids: ReadonlySet<number>): void => {
  for (const key of map.keys()) if (!ids.has(idOf(key)?.id ?? -1)) (map as Map<unknown, unknown>).delete(key);
};

/** An end that the app's own settings call one: a job that is not to be restarted and ended well, or an exit code that stops it. */
const isFinished = (record: Pm2Record, how: { readonly code?: number | undefined }): boolean => {
  if (how.code === undefined || record.status === 'stopping') return false;
  return record.stopExitCodes.includes(how.code) || (!record.autorestart && how.code === 0);
};
