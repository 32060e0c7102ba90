import { defined } from '../../../kernel/defined.ts';
import type { EpochMs, Ms } from '../../../kernel/time.ts';
import type { ProcessState } from '../../model.ts';

/** What PM2 holds of one process. Only these fields are ever taken: its records carry the environment, merged into them. */
export interface Pm2Record {
  readonly id: number;
  readonly name: string;
  readonly pid: number;
  readonly status: string;
  readonly mode: 'fork' | 'cluster';
  readonly restarts: number;
  readonly startedAt: EpochMs;
  readonly handledAt: EpochMs;
  readonly memoryBytes?: number;
  readonly cpuPercent?: number;
  readonly cwd: string;
  readonly script: string;
  readonly args: readonly string[];
  readonly interpreter?: string;
  readonly nodeArgs: readonly string[];
  readonly maxRestarts?: number;
  readonly minUptimeMs?: Ms;
  readonly backoffMs?: Ms;
  readonly restartDelayMs?: Ms;
  readonly autorestart: boolean;
  readonly stopExitCodes: readonly number[];
  readonly cron: boolean;
  readonly outFile?: string;
  readonly errorFile?: string;
}

type Raw = Readonly<Record<string, unknown>>;

const isRaw = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const number = (value: unknown): number | undefined => {
  const found = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
};

/** PM2 keeps spans as numbers, or as people wrote them: `30s`, `5m`, `1h`. */
const span = (value: unknown): Ms | undefined => {
  const written = typeof value === 'string' ? /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h)\s*$/.exec(value) : null;
  if (written === null) return number(value);
  const unit = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[written[2] ?? 'ms'] ?? 1;
  return Number(written[1]) * unit;
};

const texts = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return value === '' ? [] : [value];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
};

const numbers = (value: unknown): readonly number[] =>
  (Array.isArray(value) ? value : [value]).map((one) => number(one)).filter((one) => one !== undefined);

/** PM2's id of a process; while a cluster is reloaded, the old one's is `_old_3`. */
export const idOf = (value: unknown): { readonly id: number; readonly old: boolean } | undefined => {
  const found = /^(_old_)?(\d+)$/.exec(String(value));
  return found === null ? undefined : { id: Number(found[2]), old: found[1] !== undefined };
};

/** Takes what is wanted from the settings of a process (`pm2_env`), as the list and the bus give them; undefined when they are none of a process. */
export const recordOf = (env: unknown, process: Raw = {}): Pm2Record | undefined => {
  if (!isRaw(env)) return undefined;
  const id = idOf(env['pm_id']);
  const name = text(env['name']);
  if (id === undefined || name === undefined) return undefined;
  return defined({ id: id.id, name, ...nowOf(env, process), ...settingsOf(env) });
};

const nowOf = (env: Raw, process: Raw) => {
  const monit = isRaw(process['monit']) ? process['monit'] : {};
  return {
    pid: number(process['pid']) ?? 0,
    status: text(env['status']) ?? 'unknown',
    mode: env['exec_mode'] === 'cluster_mode' ? ('cluster' as const) : ('fork' as const),
    restarts: number(env['restart_time']) ?? 0,
    startedAt: number(env['pm_uptime']) ?? 0,
    handledAt: number(env['created_at']) ?? 0,
    memoryBytes: number(monit['memory']),
    cpuPercent: number(monit['cpu']),
  };
};

const settingsOf = (env: Raw) => ({
  cwd: text(env['pm_cwd']) ?? '',
  script: text(env['pm_exec_path']) ?? '',
  args: texts(env['args']),
  interpreter: text(env['exec_interpreter']),
  nodeArgs: texts(env['node_args']),
  maxRestarts: number(env['max_restarts']),
  minUptimeMs: span(env['min_uptime']),
  backoffMs: span(env['exp_backoff_restart_delay']),
  restartDelayMs: span(env['restart_delay']),
  autorestart: env['autorestart'] !== false && env['autorestart'] !== 'false',
  stopExitCodes: numbers(env['stop_exit_codes']),
  cron: text(env['cron_restart']) !== undefined,
  outFile: text(env['pm_out_log_path']),
  errorFile: text(env['pm_err_log_path']),
});

/** The processes of PM2's list; those that a cluster's reload is about to end are left out. */
export const recordsOf = (list: unknown): readonly Pm2Record[] =>
  (Array.isArray(list) ? list : [])
    .filter(isRaw)
    .filter((process) => isRaw(process['pm2_env']) && idOf(process['pm2_env']['pm_id'])?.old === false)
    .map((process) => recordOf(process['pm2_env'], process))
    .filter((record) => record !== undefined);

/** The part of a record that may leave the manager. */
export const stateOf = (record: Pm2Record, pid = record.pid): ProcessState =>
  defined({
    id: String(record.id),
    app: record.name,
    pid,
    status: record.status,
    restarts: record.restarts,
    startedAt: record.startedAt,
    handledAt: record.handledAt,
    mode: record.mode,
    memoryBytes: record.memoryBytes,
    cpuPercent: record.cpuPercent,
  });
