import type {
  AppFacts,
  AppProcessFact,
  ChangeFact,
  DeniedPath,
  DependencyFact,
  EntryFacts,
  EnvironmentFacts,
  GitFacts,
  HealthFacts,
  LogFacts,
  NodeFacts,
  PackageFacts,
} from '#diagnose/app-facts.ts';
import { firstOfStreak } from '#diagnose/circumstance.ts';
import type { Diagnosis } from '#diagnose/diagnosis.ts';
import { inodeShare, roomShare } from '#diagnose/disk-room.ts';
import { valueOf, type Known } from '#diagnose/known.ts';
import type { DiskFact, MachineFacts, OomKillFact } from '#diagnose/machine-facts.ts';
import { catalog } from '#i18n/catalog.ts';
import { formatMoment } from '#i18n/format.ts';
import type { Locale } from '#kernel/locale.ts';
import type { EpochMs } from '#kernel/time.ts';

/** The names under which facts are shown. */
export type Label = keyof ReturnType<typeof catalog>['diagnosis']['label'];

/** A line of facts: its label, and what is to be said. */
export interface FactLine {
  readonly label: Label;
  readonly parts: readonly string[];
}

/** In whose words and clock. */
export interface Reader {
  readonly locale: Locale;
  readonly timezone: string;
  readonly now: EpochMs;
}

type Words = ReturnType<typeof catalog>['diagnosis'];

interface Telling {
  readonly words: Words;
  readonly moment: (at: EpochMs) => string;
  readonly now: EpochMs;
}

type Tell<Value> = (value: Value, telling: Telling) => readonly string[];

const NAMES: Readonly<Record<string, string>> = { pm2: 'PM2', systemd: 'systemd', gate: 'gate', none: '' };
const MOST_NAMES = 8;
const few = (names: readonly string[]): string =>
  names.slice(0, MOST_NAMES).join(', ') + (names.length > MOST_NAMES ? ' …' : '');

const managerName = (app: AppFacts): string => NAMES[valueOf(app.manager)?.kind ?? 'pm2'] ?? 'PM2';

const processParts = (one: AppProcessFact, name: string, { words, now }: Telling): readonly string[] => {
  const { isAlive, startedAt, memoryBytes } = one;
  const said = words.says(name, words.process(one.status, one.pid, one.restarts));
  if (!isAlive) return [said];
  const more = [
    startedAt === undefined ? '' : words.runningFor(now - startedAt),
    memoryBytes === undefined ? '' : words.held(memoryBytes),
  ];
  return [[said, ...more].filter((part) => part !== '').join(', ')];
};

const endParts = (logs: LogFacts | undefined, { words, moment }: Telling): readonly string[] => {
  const first = firstOfStreak(logs?.exits ?? []);
  if (logs === undefined || first === undefined) return [];
  const count = logs.exits.filter(({ at }) => at >= first.at).length;
  return [
    words.exits(count, moment(first.at)),
    ...(logs.gaveUpAt === undefined ? [] : [words.gaveUp(moment(logs.gaveUpAt))]),
  ];
};

const status = (app: AppFacts, telling: Telling): readonly string[] => {
  const manager = valueOf(app.manager);
  if (manager === undefined) return [];
  const { words } = telling;
  const name = managerName(app);
  return [
    ...(manager.isRunning ? [] : [words.managerGone(name)]),
    ...(manager.knowsApp ? [] : [words.notManaged(name)]),
    ...manager.processes.flatMap((one) => processParts(one, name, telling)),
    ...endParts(valueOf(app.logs), telling),
  ];
};

const health: Tell<HealthFacts> = (found, { words }) => {
  const what = found.url ?? `port ${found.port ?? '?'}`;
  return [found.error === undefined ? words.answers(what, found.status, found.tookMs) : words.fails(what, found.error)];
};

const port = (app: AppFacts, machine: MachineFacts | undefined, { words }: Telling): readonly string[] => {
  if (app.port === undefined) return [];
  const owner = valueOf(machine?.ports)?.find((one) => one.port === app.port);
  if (owner === undefined) return valueOf(machine?.ports) === undefined ? [] : [words.portClosed(app.port)];
  return [words.portOwner(app.port, `${owner.program ?? '?'} (pid ${owner.pid ?? '?'})`)];
};

const entry: Tell<EntryFacts> = (found, { words }) => [
  ...found.chain,
  ...(found.file === undefined ? [] : [found.exists ? found.file : `${found.file} ${words.missingFile}`]),
  ...found.leadsInto.slice(0, 2).map(({ from, to }) => words.leads(from, to)),
  ...(found.ecosystemFile === undefined ? [] : [words.otherEntry(found.ecosystemFile)]),
];

const artifacts = (app: AppFacts, { words, moment }: Telling): readonly string[] => {
  const all = valueOf(app.artifacts);
  if (all === undefined) return [];
  if (all.length === 0) return [words.noArtifact('dist/, build/, out/, *.tar.gz')];
  return all.map((one) => {
    const tracked = valueOf(one.isTracked);
    const isFolder = one.kind === 'folder';
    return [
      words.artifact(isFolder ? `${one.path}/` : one.path, one.files, moment(one.appearedAt)),
      ...(isFolder ? [one.holdsEntry ? words.product : words.ghost] : []),
      ...(tracked === undefined ? [] : [tracked ? words.tracked : words.untracked]),
      ...(one.olderThanSource.length === 0 ? [] : [words.older(one.olderThanSource.length)]),
      ...(one.brokenImports.length === 0 ? [] : [words.broken(one.brokenImports.length)]),
    ].join(', ');
  });
};

const environment: Tell<EnvironmentFacts> = (found, { words }) => [
  found.file === undefined
    ? words.noEnvFile
    : found.fileExists
      ? words.envFile(found.file, found.namesInFile.length)
      : `${found.file} ${words.missingFile}`,
  found.missing.length === 0 ? words.allSet : words.notSet(few(found.missing.map(({ name }) => name))),
];

const dependencies: Tell<readonly DependencyFact[]> = (found, { words }) =>
  found.length === 0
    ? [words.noServer]
    : found.map((one) => words.server(one.kind, `${one.host}:${one.port}`, one.error));

const packages: Tell<PackageFacts> = (found, { words }) => {
  const troubles = [
    ...(found.missing.length === 0 ? [] : [words.notInstalled(few(found.missing))]),
    ...(found.broken.length === 0 ? [] : [words.notWhole(few(found.broken))]),
    ...(found.differing.length === 0 ? [] : [words.differing(found.differing.length)]),
    ...[found.manifestProblem, found.lockProblem].filter((one): one is string => one !== undefined),
  ];
  return troubles.length === 0 ? [words.installed] : troubles;
};

const node: Tell<NodeFacts> = (found, { words }) => [
  ...(found.runsOn === undefined ? [] : [words.runsOn(found.runsOn)]),
  ...found.wanted.map(({ from, range, isMet }) => words.wants(from, range, isMet)),
];

const git: Tell<GitFacts> = (found, { words, moment }) => {
  const [move] = found.lastMoves;
  return [
    words.git(found.branch ?? 'HEAD', found.head.slice(0, 8), found.subject ?? ''),
    ...(move === undefined ? [] : [`${moment(move.at)} ${move.what}`]),
    ...(found.dirty.length === 0 ? [] : [words.dirty(found.dirty.length)]),
  ];
};

const changes: Tell<readonly ChangeFact[]> = (found, { words, moment }) =>
  found.slice(0, 4).map(({ at, what, path }) => `${moment(at)} ${words.change[what] ?? what} ${path}`);

const denied: Tell<readonly DeniedPath[]> = (found, { words }) =>
  found.length === 0
    ? [words.readable]
    : found.map(({ path, needs, user, why }) =>
        why === 'missing' ? `${path} ${words.missingFile}` : words.mayNot(needs, path, user),
      );

const boot = (app: AppFacts, { words }: Telling): readonly string[] => {
  const manager = valueOf(app.manager);
  if (manager === undefined) return [];
  const saved = valueOf(manager.isSaved);
  const by = valueOf(manager.bootStart);
  const isAbsent = !manager.bootStart.known && manager.bootStart.why === 'absent';
  const isUnit = manager.kind === 'systemd';
  return [
    ...(saved === undefined || isUnit ? [] : [words.saved(saved)]),
    ...(by === undefined
      ? isAbsent
        ? [isUnit ? words.notStartedUnit : words.notStarted]
        : []
      : [words.startedBy(by)]),
  ];
};

const killParts: Tell<readonly OomKillFact[]> = (kills, { words, moment }) => {
  const last = kills.at(-1);
  if (last === undefined) return [];
  return [words.kills(kills.length, last.at === undefined ? last.program : `${moment(last.at)} ${last.program}`)];
};

const diskParts: Tell<readonly DiskFact[]> = (disks, { words }) =>
  disks
    .filter(({ isReadOnly }) => !isReadOnly)
    .map((disk) => words.disk(disk.mount, disk.freeBytes, roomShare(disk), inodeShare(disk)));

const machineLines = (machine: MachineFacts, telling: Telling): readonly FactLine[] => {
  const { words } = telling;
  const memory = valueOf(machine.memory);
  const load = valueOf(machine.load);
  const held =
    memory === undefined ? [] : [words.memory(memory.availableBytes, memory.totalBytes, memory.swapTotalBytes)];
  return [
    { label: 'memory', parts: held },
    { label: 'load', parts: load === undefined ? [] : [words.load(load.averages.join(' '), load.cpus)] },
    { label: 'disks', parts: told(machine.disks, diskParts, telling) },
    { label: 'oom', parts: told(machine.oomKills, killParts, telling) },
  ];
};

const told = <Value>(known: Known<Value>, tell: Tell<Value>, telling: Telling): readonly string[] =>
  known.known ? tell(known.value, telling) : [];

/** What the facts say, a line a subject, in the order in which somebody asks; subjects of which nothing is known are left out. */
export const factLines = ({ facts }: Diagnosis, reader: Reader): readonly FactLine[] => {
  const { app, machine } = facts;
  const telling: Telling = {
    words: catalog(reader.locale).diagnosis,
    moment: (at) => formatMoment(at, reader.now, reader.timezone),
    now: facts.at,
  };
  const lines: readonly FactLine[] =
    app === undefined
      ? []
      : [
          { label: 'status', parts: status(app, telling) },
          { label: 'health', parts: told(app.health, health, telling) },
          { label: 'ports', parts: port(app, machine, telling) },
          { label: 'entry', parts: told(app.entry, entry, telling) },
          { label: 'artifacts', parts: artifacts(app, telling) },
          { label: 'changes', parts: told(app.changes, changes, telling) },
          { label: 'dependencies', parts: told(app.dependencies, dependencies, telling) },
          { label: 'environment', parts: told(app.environment, environment, telling) },
          { label: 'packages', parts: told(app.packages, packages, telling) },
          { label: 'node', parts: told(app.node, node, telling) },
          { label: 'denied', parts: told(app.denied, denied, telling) },
          { label: 'git', parts: told(app.git, git, telling) },
          { label: 'boot', parts: boot(app, telling) },
        ];
  return [...lines, ...(machine === undefined ? [] : machineLines(machine, telling))].filter(
    ({ parts }) => parts.length > 0,
  );
};
