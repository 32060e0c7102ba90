import { constants } from 'node:os';
import { defined } from '../../../kernel/defined.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { ProcessState } from '../../model.ts';

/** What `systemctl show` is asked for. */
export const PROPERTIES = [
  'Id',
  'LoadState',
  'ActiveState',
  'SubState',
  'Result',
  'MainPID',
  'NRestarts',
  'InvocationID',
  'ExecMainPID',
  'ExecMainStartTimestamp',
  'ExecMainExitTimestamp',
  'ExecMainCode',
  'ExecMainStatus',
  'MemoryCurrent',
  'FragmentPath',
  'ExecStart',
] as const;

/** A unit at one moment. */
export interface Unit {
  readonly id: string;
  readonly loaded: boolean;
  /** active, activating, deactivating, inactive, failed, reloading. */
  readonly active: string;
  /** running, auto-restart, dead, failed … */
  readonly sub: string;
  /** success, exit-code, signal, core-dump, watchdog, start-limit-hit, oom-kill, timeout … */
  readonly result: string;
  readonly pid: number;
  readonly restarts: number;
  readonly invocation: string;
  readonly lastPid: number;
  readonly startedAt: EpochMs;
  /** When the latest run ended; 0 while none has. */
  readonly exitedAt: EpochMs;
  readonly code?: number;
  readonly signal?: string;
  readonly memoryBytes?: number;
  readonly entry?: string;
}

/**
 * A moment as systemctl writes it: `@1795510000` (with --timestamp=unix, from 248 on), with microseconds, or `Tue 2026-11-24 08:46:51 UTC`. 0 when
 * there is none.
 */
export const momentOf = (text: string): EpochMs => {
  const unix = /^@(\d+)(?:\.(\d{1,6}))?$/.exec(text.trim());
  if (unix !== null) return Number(unix[1]) * 1_000 + Math.floor(Number((unix[2] ?? '0').padEnd(6, '0')) / 1_000);
  const found = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d{1,6})? (UTC|GMT|Z)$/.exec(text.trim());
  const moment = found === null ? Number.NaN : Date.parse(`${found[1]}T${found[2]}${(found[3] ?? '').slice(0, 4)}Z`);
  return Number.isFinite(moment) ? moment : 0;
};

const count = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) && Number(text) <= Number.MAX_SAFE_INTEGER ? Number(text) : undefined;

/** The name of a signal by its number. */
export const signalName = (number: number): string =>
  Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? `SIG${number}`;

/** How the main process ended: ExecMainCode is 1 for an exit, 2 for a signal, 3 for a signal with a core. */
const ending = (values: ReadonlyMap<string, string>): Pick<Unit, 'code' | 'signal'> => {
  const status = count(values.get('ExecMainStatus'));
  const how = count(values.get('ExecMainCode'));
  if (status === undefined || how === undefined || how === 0) return {};
  return how === 1 ? { code: status } : { signal: signalName(status) };
};

/** `{ path=/usr/bin/node ; argv[]=/usr/bin/node src/server.js ; … }`: the first argument that is no option, else the program. */
const entryOf = (text: string | undefined): string | undefined => {
  const argv = /argv\[\]=(.*?) ;/.exec(text ?? '')?.[1]?.split(/\s+/) ?? [];
  return argv.slice(1).find((word) => !word.startsWith('-')) ?? argv[0];
};

/** Reads what `systemctl show` printed of one unit: `Key=value` lines, in any order, unknown ones ignored; undefined when there is none. */
export const readUnit = (text: string): Unit | undefined => {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const at = line.indexOf('=');
    if (at > 0) values.set(line.slice(0, at), line.slice(at + 1));
  }
  const id = values.get('Id');
  if (id === undefined || id === '') return undefined;
  const word = (key: string): string => values.get(key) ?? '';
  const number = (key: string): number => count(values.get(key)) ?? 0;
  return defined({
    id,
    loaded: word('LoadState') === 'loaded',
    active: word('ActiveState'),
    sub: word('SubState'),
    result: word('Result'),
    pid: number('MainPID'),
    restarts: number('NRestarts'),
    invocation: word('InvocationID'),
    lastPid: number('ExecMainPID'),
    startedAt: momentOf(word('ExecMainStartTimestamp')),
    exitedAt: momentOf(word('ExecMainExitTimestamp')),
    ...ending(values),
    memoryBytes: count(values.get('MemoryCurrent')),
    entry: entryOf(values.get('ExecStart')),
  });
};

/** The unit as the state of a process. While systemd waits before a restart, its word is `activating` with no process. */
export const unitState = (unit: Unit, app: string): ProcessState =>
  defined({
    id: unit.id,
    app,
    pid: unit.pid,
    status: unit.active,
    restarts: unit.restarts,
    startedAt: unit.startedAt,
    memoryBytes: unit.memoryBytes,
  });
