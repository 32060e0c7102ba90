import type { SaidParams } from './protect-files.ts';

/** What stale artifacts, disk space and health say: keys of `says`. */
export const runSays = {
  'artifacts.none': (): string => 'no artifacts lie in the folder',
  'artifacts.there': ({ paths }: SaidParams): string => `still there: ${paths}`,
  'artifacts.entry': ({ path, entry }: SaidParams): string => `${path} stays: the app runs from it (${entry})`,
  'artifacts.named': ({ path }: SaidParams): string => `${path} stays: the start command names it`,
  'artifacts.tracked': ({ path }: SaidParams): string =>
    `${path} stays: git tracks it; take it out with git rm -r --cached`,
  'artifacts.git-silent': ({ path }: SaidParams): string =>
    `${path} stays: git could not be asked whether it tracks it`,
  'artifacts.open': ({ path, pid, program }: SaidParams): string =>
    `${path} stays: ${program} (pid ${pid}) has it open`,
  'artifacts.fresh': ({ path }: SaidParams): string =>
    `${path} stays: it was written a moment ago; a build may be running`,
  'artifacts.link': ({ path }: SaidParams): string => `${path} stays: it is a link, or leads out of the app's folder`,
  'artifacts.mount': ({ path }: SaidParams): string => `${path} stays: another file system is mounted there`,
  'artifacts.own': ({ path }: SaidParams): string => `${path} stays: it is a part of the app, no artifact`,
  'artifacts.restart': ({ app }: SaidParams): string => `${app} is down and is started again`,
  'space.enough': ({ free, mount }: SaidParams): string => `${mount} has ${free} free`,
  'space.low': ({ free, mount }: SaidParams): string => `only ${free} free on ${mount}`,
  'space.nothing': ({ free, mount }: SaidParams): string =>
    `only ${free} free on ${mount}, and nothing that could go safely was found`,
  'space.for-good': ({ bytes }: SaidParams): string => `${bytes} are deleted for good; this cannot be undone`,
  'health.good': ({ url, status }: SaidParams): string => `${url} answers ${status}`,
  'health.bad': ({ url, why }: SaidParams): string => `${url} does not answer well: ${why}`,
  'health.port': ({ port }: SaidParams): string =>
    `port ${port} is open, but no health address is known: set apps[].health`,
  'health.unknown': (): string => 'no health address is known: set apps[].health, or --health URL',
  'recover.gap': ({ app }: SaidParams): string => `${app} is stopped and started: it is away for a second or more`,
  'recover.list': ({ app }: SaidParams): string =>
    `${app} is deleted from PM2's list and started anew from its ecosystem file`,
  'rollback.gap': ({ app }: SaidParams): string => `${app} is restarted: it is away for a second or so`,
  'rollback.schema': (): string => 'changes of the database are not taken back',
  'rollback.packages': (): string => 'node_modules is as it is: the packages of that time are not kept',
  'trial.work': ({ names }: SaidParams): string =>
    `the trial boot starts the app a second time for some seconds: jobs and bots may act twice (${names})`,
} satisfies Readonly<Record<string, (params: SaidParams) => string>>;

/** How runs of protect, recover and rollback are told. */
export const runs = {
  step: {
    write: (path: string): string => `change ${path}`,
    make: (path: string): string => `make ${path}`,
    trash: (path: string, bytes: string): string => `move ${path} (${bytes}) to the trash`,
    delete: (path: string, bytes: string): string => `delete ${path} (${bytes}) for good`,
    swap: (path: string): string => `put back ${path}`,
    swapAway: (path: string): string => `take away ${path}`,
    run: (command: string): string => `run ${command}`,
    patch: (path: string, why: string): string => `by hand in ${path}: ${why}`,
  },
  trial: {
    booted: (took: string): string => `trial boot of the planned state: healthy after ${took}`,
    bootedWorker: (took: string): string =>
      `trial boot of the planned state: still running after ${took} (it listens nowhere)`,
    ended: (how: string): string => `trial boot of the planned state: it ended (${how})`,
    silent: (): string => 'trial boot of the planned state: it did not listen in time',
    unhealthy: (status: string): string =>
      `trial boot of the planned state: it listens, but its health is bad (${status})`,
    untried: (why: string): string => `the planned state could not be tried: ${why}`,
    skipped: (): string => 'no trial boot needed',
  },
  untried: {
    'no-start-command': 'no start command is known',
    'too-large': 'the folder is too large to copy',
    'no-space': 'the disk has no room for a copy',
    'no-place': 'no folder for a copy may be written',
    'another-port': 'it wants a port of its own that is taken',
    'never-two-at-once': 'it must never run twice at once',
    'too-much-memory': 'it took too much memory',
    stopped: 'stopped by hand',
    'not-started': 'it could not be started at all',
  },
  phase: {
    done: 'done',
    undone: 'taken back: everything is as it was before',
    failed: 'failed: not everything could be taken back',
    other: 'not finished',
  },
  turned: {
    'trial-failed': 'the trial boot failed; nothing was changed',
    untried: 'the planned state could not be tried; nothing was changed',
    'backup-failed': 'a backup could not be made; nothing was changed',
    'apply-failed': 'a step failed',
    unhealthy: 'the app was not healthy afterwards',
    interrupted: 'it had been interrupted',
    asked: 'as asked for',
  },
  settled: {
    done: (id: string): string => `Run ${id} had been interrupted: it was finished.`,
    undone: (id: string): string => `Run ${id} had been interrupted: it was taken back; everything is as before it.`,
    failed: (id: string): string => `Run ${id} had been interrupted, and could not be finished or taken back whole.`,
  },
  refusedUndo: (path: string): string => `${path} has been changed since: nothing was taken back`,
  checklist: {
    title: 'P0, critical, today',
    monitoring: 'monitoring set up',
    limits: 'PM2 max_restarts = 3 and min_uptime = 30s',
    sentry: 'Sentry on in production',
    artifacts: 'artifacts: dist/ removed',
    done: 'done',
    open: 'open',
    unknown: 'not known',
  },
  monitoringSeen: (where: string): string => `Dozor watches it (${where})`,
  monitoringUnseen: 'no Dozor that watches it was found: dozor https://…/health',
};
