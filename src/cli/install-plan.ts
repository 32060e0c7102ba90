import { accessSync, constants, existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Fault } from '#kernel/fault.ts';
import { FILES } from '#witness/files.ts';
import { INSTALLED_DATA } from './data-folder.ts';
import type { Terminal } from './terminal.ts';
import { environmentLines, unitFile, unitName, type UnitPlan } from './unit.ts';

/** What the command line asks for. */
export interface InstallOptions {
  readonly witness?: boolean;
  readonly user: string;
  readonly data?: string;
  readonly config?: string;
  readonly listen?: string;
  readonly ping: boolean;
  /** Another root folder, for building images. */
  readonly root?: string;
}

/** One thing that an installation does, as data, so that it can be shown before it is done. */
export type InstallStep =
  | { readonly do: 'user'; readonly name: string; readonly home: string }
  | { readonly do: 'folder'; readonly path: string; readonly mode: number; readonly owner?: string }
  | {
      readonly do: 'file';
      readonly path: string;
      readonly mode: number;
      readonly text: string;
      /** What the plan shows of it when it holds secrets. */
      readonly shown?: string;
    }
  | { readonly do: 'run'; readonly command: readonly string[]; readonly needsSystemd: boolean };

/** What is true of the machine; passed in so that tests own it. */
export interface Machine {
  readonly hasSystemd: boolean;
  readonly runsSystemd: boolean;
  readonly isRoot: boolean;
  readonly node: string;
  readonly program: string;
  readonly pingIsOpen: boolean;
  hasUser(name: string): boolean;
}

const UNIT_FOLDER = '/etc/systemd/system';
const CONFIG_FOLDER = '/etc/dozor';

/** Looks at this machine. */
export const thisMachine = (): Machine => ({
  hasSystemd: ['/usr/bin/systemctl', '/bin/systemctl'].some((path) => existsSync(path)),
  runsSystemd: existsSync('/run/systemd/system'),
  isRoot: process.getuid?.() === 0,
  node: realpathSync(process.execPath),
  program: realpathSync(process.argv[1] ?? ''),
  pingIsOpen: isPingOpen(),
  hasUser: (name) =>
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .some((line) => line.startsWith(`${name}:`)),
});

const isPingOpen = (): boolean => {
  const file = '/proc/sys/net/ipv4/ping_group_range';
  if (!existsSync(file)) return false;
  const [from, to] = readFileSync(file, 'utf8').trim().split(/\s+/).map(Number);
  return (from ?? 1) <= (to ?? 0);
};

const isReadableByOthers = (path: string): boolean => {
  for (let at = path; ; at = dirname(at)) {
    const { mode } = statSync(at);
    if ((mode & (at === path ? 0o004 : 0o001)) === 0) return false;
    if (dirname(at) === at) return true;
  }
};

const checkReadable = (paths: readonly string[], user: string): void => {
  if (user === 'root') return;
  const hidden = paths.find((path) => !isReadableByOthers(path));
  if (hidden !== undefined)
    throw new Fault(
      'MACHINE_LACKS',
      `The user ${user} could not read ${hidden}.`,
      'Move it to where all may read (such as /opt/dozor), or name another user with --user NAME.',
    );
};

/** A line break in a unit or an environment file would begin a directive of its own; a user's name with a dash would be an option of useradd. */
const checkWords = (user: string, words: readonly string[]): void => {
  if (!/^[a-z_][a-z0-9_-]{0,31}$/i.test(user))
    throw new Fault('USAGE', `"${user}" is no name of a user.`, 'Write --user dozor.');
  const unfit = words.find((word) => /\p{Cc}/u.test(word));
  if (unfit !== undefined)
    throw new Fault('USAGE', `${JSON.stringify(unfit)} has control characters, which no unit may have.`);
};

const checkMachine = (machine: Machine): void => {
  if (!machine.hasSystemd)
    throw new Fault(
      'MACHINE_LACKS',
      'This machine has no systemd.',
      'Start `dozor up` by the means that this machine has.',
    );
  for (const path of [machine.node, machine.program])
    if (path.includes('/_npx/'))
      throw new Fault(
        'MACHINE_LACKS',
        `${path} lies in a cache of npx, which may be emptied at any time.`,
        'Install it first: npm install --global dozor node@24',
      );
};

const configOf = (options: InstallOptions, urls: readonly string[], terminal: Terminal): string | undefined => {
  const standard = join(CONFIG_FOLDER, options.witness === true ? 'witness.yaml' : 'dozor.yaml');
  const named = options.config ?? (urls.length === 0 && existsSync(standard) ? standard : undefined);
  if (named === undefined) return undefined;
  const file = resolve(terminal.cwd, named);
  try {
    accessSync(file, constants.R_OK);
  } catch (cause) {
    throw new Fault('CONFIG_UNREADABLE', `${file} cannot be read.`, '', { cause });
  }
  return file;
};

/** Secrets that the configuration names and the environment has now, so that they can be kept for the boot. */
const secretsOf = (config: string | undefined, env: Terminal['env']): Readonly<Record<string, string>> => {
  const text = config === undefined ? '' : readFileSync(config, 'utf8');
  const names = [...text.matchAll(/\$\{([A-Z_][A-Z0-9_]*)\}/gi)].map((match) => match[1] ?? '');
  const values: Record<string, string> = {};
  for (const name of ['TELEGRAM_BOT_TOKEN', ...names]) {
    const value = env[name];
    if (value !== undefined && value !== '') values[name] = value;
  }
  return values;
};

const environmentStep = (path: string, secrets: Readonly<Record<string, string>>): readonly InstallStep[] => {
  // What a person has written there is never changed.
  if (existsSync(path)) return [];
  const masked = environmentLines(Object.fromEntries(Object.keys(secrets).map((name) => [name, '…'])));
  return [
    {
      do: 'file',
      path,
      mode: 0o600,
      text: environmentLines(secrets),
      shown: masked || '(empty: for NAME="value" lines)',
    },
  ];
};

const wordsOf = (options: InstallOptions, urls: readonly string[], dataDir: string, config: string | undefined) => [
  options.witness === true ? 'witness' : 'up',
  ...urls,
  ...(config === undefined ? [] : ['--config', config]),
  '--data',
  dataDir,
  ...(options.listen === undefined ? [] : ['--listen', options.listen]),
];

const runSteps = (unit: string, root: string | undefined): readonly InstallStep[] => {
  if (root !== undefined)
    return [{ do: 'run', command: ['systemctl', `--root=${root}`, 'enable', unit], needsSystemd: false }];
  return [
    { do: 'run', command: ['systemctl', 'daemon-reload'], needsSystemd: true },
    { do: 'run', command: ['systemctl', 'enable', unit], needsSystemd: false },
    { do: 'run', command: ['systemctl', 'restart', unit], needsSystemd: true },
  ];
};

/** @throws Fault USAGE for what a witness does not take; NOT_FOUND when it has joined nobody, since it would only fail at each start. */
const checkWitness = (options: InstallOptions, urls: readonly string[], dataDir: string): void => {
  if (options.witness !== true) return;
  if (urls.length > 0 || options.listen !== undefined)
    throw new Fault('USAGE', 'A witness watches no URLs and listens nowhere.', 'Leave out the URLs and --listen.');
  if (options.root === undefined && !existsSync(join(dataDir, FILES.membership)))
    throw new Fault(
      'NOT_FOUND',
      `${dataDir} has joined no Dozor yet.`,
      `There: dozor watchers code NAME. Here: sudo dozor join CODE --data ${dataDir}`,
    );
};

/**
 * What an installation would do here, in order; nothing is changed yet.
 * @throws Fault MACHINE_LACKS (no systemd, not readable for the user, inside npx's cache), CONFIG_UNREADABLE, NOT_FOUND, USAGE
 */
export const installPlan = (
  urls: readonly string[],
  options: InstallOptions,
  machine: Machine,
  terminal: Terminal,
): readonly InstallStep[] => {
  checkMachine(machine);
  const role: UnitPlan['role'] = options.witness === true ? 'witness' : 'brain';
  const at = (path: string): string => (options.root === undefined ? path : join(options.root, path));
  const dataDir = resolve(terminal.cwd, options.data ?? (role === 'brain' ? INSTALLED_DATA : '/var/lib/dozor-witness'));
  checkWitness(options, urls, dataDir);
  const config = configOf(options, urls, terminal);
  const read = [machine.node, machine.program, ...(config === undefined ? [] : [config])];
  const words = wordsOf(options, urls, dataDir, config);
  checkWords(options.user, [...words, ...read]);
  checkReadable(read, options.user);
  const environmentFile = join(CONFIG_FOLDER, role === 'brain' ? 'env' : 'witness.env');
  const unit = unitFile({
    role,
    user: options.user,
    node: machine.node,
    program: machine.program,
    words,
    dataDir,
    environmentFile,
    readsHome: [...read, dataDir].some((path) => /^\/(home|root)\//.test(path)),
    pingNeedsCapability: options.ping && !machine.pingIsOpen,
  });
  const needsUser = options.root === undefined && !machine.hasUser(options.user);
  return [
    ...(needsUser ? [{ do: 'user' as const, name: options.user, home: dataDir }] : []),
    { do: 'folder', path: at(CONFIG_FOLDER), mode: 0o755 },
    { do: 'folder', path: at(dataDir), mode: 0o700, ...(options.root === undefined ? { owner: options.user } : {}) },
    ...environmentStep(at(environmentFile), secretsOf(config, terminal.env)),
    { do: 'file', path: at(join(UNIT_FOLDER, unitName(role))), mode: 0o644, text: unit },
    ...runSteps(unitName(role), options.root),
  ];
};
