import { basename, isAbsolute, resolve } from 'node:path';
import { defined } from '#kernel/defined.ts';
import { asNumber, asRecord, asText } from './files.ts';

/**
 * How a process manager, an ecosystem file or a package starts an app. Holds the values of the environment: it never leaves the host's memory, and
 * nothing of `env` but names may be told.
 */
export interface Launch {
  readonly from: 'manager' | 'ecosystem' | 'package';
  readonly name: string;
  /** As written, or as the manager resolved it; absolute from a manager. */
  readonly script: string;
  readonly cwd: string;
  readonly args: readonly string[];
  /** `node`, `bash`, `none`, a path. */
  readonly interpreter: string;
  /** Options before the script. */
  readonly nodeArgs: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly envFile?: string;
  readonly mode?: 'fork' | 'cluster';
  readonly instances?: number;
  readonly outFile?: string;
  readonly errorFile?: string;
  readonly pidFile?: string;
  readonly maxRestarts?: number;
  readonly minUptimeMs?: number;
  readonly maxMemoryBytes?: number;
  readonly user?: string;
  /** The Node that the manager itself runs on. */
  readonly nodeVersion?: string;
  /** PM2's ids of it, from its record. */
  readonly ids: readonly string[];
}

/** One word of a command line: pieces in quotes and without, next to each other. */
const WORD = /(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'\\]|\\.|["'\\])+/g;
const PIECE = /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)|([^])/g;

/** Splits a command line as a shell would, quotes heeded; nothing is expanded. */
export const splitWords = (line: string): readonly string[] =>
  (line.match(WORD) ?? []).map((word) =>
    word.replaceAll(PIECE, (_, double?: string, single?: string, escaped?: string, bare?: string) =>
      double === undefined ? (single ?? escaped ?? bare ?? '') : double.replaceAll(/\\(["\\])/g, '$1'),
    ),
  );

const words = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return splitWords(value);
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
};

const texts = (value: unknown): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const [name, one] of Object.entries(asRecord(value) ?? {}))
    if (typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean') found.set(name, String(one));
  return found;
};

const SIZE: Readonly<Record<string, number>> = { K: 1_024, M: 1_024 ** 2, G: 1_024 ** 3 };
const SPAN: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

const bytesOf = (value: unknown): number | undefined => {
  if (typeof value !== 'string') return asNumber(value);
  const [, count, unit] = /^(\d+(?:\.\d+)?)\s*([KMG])?B?$/i.exec(value) ?? [];
  return count === undefined ? undefined : Number(count) * (SIZE[(unit ?? '').toUpperCase()] ?? 1);
};

const spanOf = (value: unknown): number | undefined => {
  if (typeof value !== 'string') return asNumber(value);
  const [, count, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)?$/.exec(value) ?? [];
  return count === undefined ? undefined : Number(count) * (SPAN[unit ?? 'ms'] ?? 1);
};

const firstOf = (record: Readonly<Record<string, unknown>>, ...keys: readonly string[]): unknown =>
  keys.map((key) => record[key]).find((one) => one !== undefined && one !== null && one !== '');

const limitsOf = (
  record: Readonly<Record<string, unknown>>,
): Pick<Launch, 'maxRestarts' | 'minUptimeMs' | 'maxMemoryBytes'> =>
  defined({
    maxRestarts: asNumber(firstOf(record, 'max_restarts')),
    minUptimeMs: spanOf(firstOf(record, 'min_uptime')),
    maxMemoryBytes: bytesOf(firstOf(record, 'max_memory_restart')),
  });

const filesOf = (
  record: Readonly<Record<string, unknown>>,
  cwd: string,
): Pick<Launch, 'outFile' | 'errorFile' | 'pidFile' | 'envFile'> => {
  const path = (...keys: readonly string[]): string | undefined => {
    const text = asText(firstOf(record, ...keys));
    return text === undefined ? undefined : resolve(cwd, text);
  };
  return defined({
    outFile: path('pm_out_log_path', 'out_file', 'output', 'out', 'log_file'),
    errorFile: path('pm_err_log_path', 'error_file', 'error', 'err', 'err_file', 'log_file'),
    pidFile: path('pm_pid_path', 'pid_file', 'pid'),
    envFile: path('env_file'),
  });
};

const isCluster = (record: Readonly<Record<string, unknown>>): boolean => {
  const mode = asText(record['exec_mode']);
  return mode === undefined ? (asNumber(record['instances']) ?? 1) > 1 : mode.startsWith('cluster');
};

/** `script: "npm start"` is taken apart by PM2; an absolute path is one word, whatever it holds. */
const scriptWords = (script: string): readonly string[] =>
  isAbsolute(script) || !/\s/.test(script) ? [script] : splitWords(script);

const nodeArgsOf = (record: Readonly<Record<string, unknown>>): readonly string[] => [
  ...new Set([...words(record['node_args']), ...words(firstOf(record, 'interpreter_args', 'interpreterArgs'))]),
];

const interpreterOf = (record: Readonly<Record<string, unknown>>, script: string): string =>
  asText(firstOf(record, 'exec_interpreter', 'interpreter')) ?? (/\.(sh|bash)$/.test(script) ? 'bash' : 'node');

/** Reads one app of an ecosystem file (evaluated) or one of PM2's own records; undefined when it names no script. */
export const readLaunch = (value: unknown, from: 'manager' | 'ecosystem', folder: string): Launch | undefined => {
  const record = asRecord(value);
  const script = record === undefined ? undefined : asText(firstOf(record, 'pm_exec_path', 'script', 'cmd'));
  if (record === undefined || script === undefined) return undefined;
  const cwd = resolve(folder, asText(firstOf(record, 'pm_cwd', 'cwd')) ?? '.');
  const [head = script, ...rest] = scriptWords(script);
  const id = asNumber(record['pm_id']);
  return defined({
    from,
    name: asText(record['name']) ?? basename(head).replace(/\.[^.]*$/, ''),
    script: head,
    cwd,
    args: [...rest, ...words(record['args'])],
    interpreter: interpreterOf(record, head),
    nodeArgs: nodeArgsOf(record),
    env: texts(record['env']),
    mode: isCluster(record) ? ('cluster' as const) : ('fork' as const),
    ids: id === undefined ? [] : [String(id)],
    instances: asNumber(record['instances']),
    user: asText(firstOf(record, 'uid', 'username')),
    nodeVersion: asText(record['node_version']),
    ...filesOf(record, cwd),
    ...limitsOf(record),
  });
};
