import type { LogFacts, ManagerFacts } from '#diagnose/app-facts.ts';
import { known, unknown, type Known } from '#diagnose/known.ts';
import { defined } from '#kernel/defined.ts';
import { redact } from '#kernel/redact.ts';
import { runCommand } from './command.ts';
import { splitWords, type Launch } from './launch.ts';
import type { ManagedApp } from './managed.ts';
import { readProcess } from './processes.ts';

const KEYS = [
  'LoadState',
  'ActiveState',
  'SubState',
  'MainPID',
  'NRestarts',
  'Result',
  'ExecMainCode',
  'ExecMainStatus',
  'ExecStart',
  'WorkingDirectory',
  'EnvironmentFiles',
  'UnitFileState',
  'User',
  'MemoryMax',
  'ActiveEnterTimestamp',
  'ExecMainExitTimestamp',
] as const;

type Shown = Readonly<Record<string, string>>;

/** What `systemctl show` prints: a key and its value a line. */
export const parseShow = (text: string): Shown =>
  Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf('=');
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)]];
    }),
  );

/** `{ path=/usr/bin/node ; argv[]=/usr/bin/node server.js ; … }`: the command of a unit. */
export const parseExecStart = (value: string): readonly string[] =>
  splitWords(/argv\[\]=(.*?) ; /.exec(value)?.[1] ?? '');

/** A value that is set; systemctl prints keys without one as well. */
const set = (shown: Shown, key: string): string | undefined => (shown[key] === '' ? undefined : shown[key]);

type Command = Pick<Launch, 'script' | 'args' | 'interpreter' | 'nodeArgs'>;

const commandOf = (program: string, words: readonly string[]): Command => {
  const at = words.findIndex((word) => !word.startsWith('-'));
  if (!/\/node(js)?$/.test(program) || at < 0)
    return { script: program, args: words, interpreter: 'none', nodeArgs: [] };
  return { script: words[at] ?? '', args: words.slice(at + 1), interpreter: program, nodeArgs: words.slice(0, at) };
};

const launchOf = (name: string, shown: Shown): Launch | undefined => {
  const [program, ...words] = parseExecStart(shown['ExecStart'] ?? '');
  if (program === undefined) return undefined;
  return defined({
    from: 'manager' as const,
    name,
    ...commandOf(program, words),
    cwd: set(shown, 'WorkingDirectory')?.replace(/^[-!]/, '') ?? '/',
    env: new Map<string, string>(),
    ids: [name],
    envFile: /^-?(\S+)/.exec(set(shown, 'EnvironmentFiles') ?? '')?.[1],
    user: set(shown, 'User'),
  });
};

const momentOf = (value: string | undefined): number | undefined => {
  // `Mon 2025-12-22 08:03:12 UTC`: the weekday is in the way of Date.parse.
  const at = Date.parse((value ?? '').replace(/^\w{3} /, ''));
  return Number.isNaN(at) ? undefined : at;
};

const exitsOf = (shown: Shown): LogFacts['exits'] => {
  const at = momentOf(shown['ExecMainExitTimestamp']);
  const status = Number(shown['ExecMainStatus']);
  if (at === undefined) return [];
  // 1: it exited; 2 and 3: by a signal (and a core).
  return shown['ExecMainCode'] === '1'
    ? [{ at, code: status }]
    : [{ at, signal: status === 9 ? 'SIGKILL' : `SIG${status}` }];
};

const logsOf = async (unit: string, shown: Shown, lines: number, signal: AbortSignal): Promise<Known<LogFacts>> => {
  const said = await runCommand('journalctl', ['-u', unit, '-n', String(lines), '--no-pager', '-o', 'cat'], { signal });
  if (!said.known) return said;
  const all = said.value
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => redact(line.slice(0, 2_000)));
  return known({ errorLines: all, outLines: [], exits: exitsOf(shown), starts: [] });
};

const factsOf = async (unit: string, shown: Shown): Promise<ManagerFacts> => {
  const pid = Number(shown['MainPID'] ?? 0);
  const live = pid > 0 ? await readProcess(pid, 0) : undefined;
  const isEnabled = /^(enabled|static|alias|generated)/.test(shown['UnitFileState'] ?? '');
  const process = defined({
    pid,
    id: unit,
    status: `${shown['ActiveState']} (${shown['SubState']})`,
    isAlive: live !== undefined,
    restarts: Number(shown['NRestarts'] ?? 0),
    startedAt: momentOf(shown['ActiveEnterTimestamp']),
    memoryBytes: live?.rssBytes,
  });
  return {
    kind: 'systemd',
    isRunning: true,
    knowsApp: true,
    seenBy: 'command',
    processes: [process],
    isSaved: known(true),
    bootStart: isEnabled ? known(unit) : unknown('absent', `${unit} is not enabled`),
  };
};

/** An app that runs as a unit of systemd; `absent` when there is none of that name. */
export const managedBySystemd = async (
  name: string,
  lines: number,
  signal: AbortSignal,
): Promise<Known<ManagedApp>> => {
  const unit = name.includes('.') ? name : `${name}.service`;
  const said = await runCommand('systemctl', ['show', '-p', KEYS.join(','), '--', unit], { signal });
  if (!said.known) return said;
  const shown = parseShow(said.value);
  if (shown['LoadState'] !== 'loaded') return unknown('absent', unit);
  const [facts, logs] = await Promise.all([factsOf(unit, shown), logsOf(unit, shown, lines, signal)]);
  return known(defined({ facts, launch: launchOf(name, shown), logs }));
};
