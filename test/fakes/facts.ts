import type {
  AppFacts,
  ArtifactFacts,
  EntryFacts,
  EnvironmentFacts,
  ManagerFacts,
  PackageFacts,
} from '#diagnose/app-facts.ts';
import type { Crash } from '#diagnose/crash.ts';
import type { Facts } from '#diagnose/facts.ts';
import { known, unknown } from '#diagnose/known.ts';
import type { MachineFacts } from '#diagnose/machine-facts.ts';

/** The moment of all these facts. */
export const NOW = 1_766_390_600_000;
/** Bytes. */
export const GB = 1_024 ** 3;
const nothing = unknown('absent');

/** A machine without trouble. */
export const machine = (more: Partial<MachineFacts> = {}): MachineFacts => ({
  at: NOW,
  hostname: 'vps',
  load: known({ averages: [0, 0, 0], cpus: 2 }),
  memory: known({ totalBytes: 4 * GB, availableBytes: 2 * GB, swapTotalBytes: 0, swapFreeBytes: 0 }),
  disks: known([
    { mount: '/', totalBytes: 40 * GB, freeBytes: 20 * GB, inodesTotal: 1_000, inodesFree: 900, isReadOnly: false },
  ]),
  largest: nothing,
  ports: known([]),
  oomKills: known([]),
  clockSkewMs: nothing,
  bootedAt: nothing,
  ...more,
});

/** PM2 that has given an app up. */
export const manager = (more: Partial<ManagerFacts> = {}): ManagerFacts => ({
  kind: 'pm2',
  isRunning: true,
  knowsApp: true,
  seenBy: 'socket',
  processes: [{ pid: 0, id: '0', status: 'errored', isAlive: false }],
  isSaved: known(true),
  bootStart: known('pm2-root.service'),
  ...more,
});

/** An entry that is source. */
export const source: EntryFacts = {
  from: 'manager',
  chain: ['PM2: /srv/app/src/server.ts'],
  file: 'src/server.ts',
  exists: true,
  interpreter: 'tsx',
  nodeOptions: [],
  cwd: '/srv/app',
  leadsInto: [],
};

/** An old build that is no part of what runs. */
export const dist: ArtifactFacts = {
  path: 'dist',
  kind: 'folder',
  bytes: 1_000,
  files: 3,
  newestAt: NOW - 30 * 86_400_000,
  oldestAt: NOW - 30 * 86_400_000,
  appearedAt: NOW - 32_000,
  isTracked: known(false),
  olderThanSource: [{ built: 'dist/server.js', source: 'src/server.ts', builtAt: 1, sourceAt: 2, differs: true }],
  withoutSource: [],
  brokenImports: [{ file: 'dist/server.js', specifier: './db/connect' }],
  holdsEntry: false,
};

/** An environment in which nothing is missing. */
export const env: EnvironmentFacts = {
  file: 'env.env',
  fileExists: true,
  namesInFile: ['PORT'],
  namesGiven: [],
  emptyNames: [],
  missing: [],
  missingOfExample: [],
  usedNames: [],
};

/** An installation in which nothing is missing. */
export const packages: PackageFacts = {
  hasNodeModules: true,
  missing: [],
  broken: [],
  differing: [],
  type: 'commonjs',
};

/** An app that is down for no visible reason. */
export const app = (more: Partial<AppFacts> = {}): AppFacts => ({
  name: 'api',
  dir: '/srv/app',
  port: 3_000,
  manager: known(manager()),
  entry: known(source),
  artifacts: known([]),
  git: nothing,
  packages: known(packages),
  environment: known(env),
  node: known({ runsOn: 'v20.0.0', wanted: [] }),
  denied: known([]),
  dependencies: known([]),
  logs: known({ errorLines: [], outLines: [], exits: [{ at: NOW - 20_000, code: 1 }], starts: [] }),
  health: known({ port: 3_000, isOpen: false, tookMs: 1, error: 'ECONNREFUSED' }),
  changes: known([]),
  ...more,
});

/** What is otherwise where the app is up. */
export const up: Partial<AppFacts> = {
  health: known({ url: 'http://127.0.0.1:3000/health', isOpen: true, status: 200, tookMs: 3 }),
  manager: known(manager({ processes: [{ pid: 5, id: '0', status: 'online', isAlive: true }] })),
};

/** The facts of a machine and an app. */
export const facts = (ofApp: Partial<AppFacts> = {}, ofMachine: Partial<MachineFacts> = {}): Facts => ({
  at: NOW,
  machine: machine(ofMachine),
  app: app(ofApp),
});

/** A crash with these words and exit code 1. */
export const crash = (output: string, more: Partial<Crash> = {}): Crash => ({ output, exitCode: 1, ...more });
