import { resolve } from 'node:path';
import type { AppFacts, EntryFacts } from '#diagnose/app-facts.ts';
import type { PortFact } from '#diagnose/machine-facts.ts';
import { known, unknown, valueOf, type Known } from '#diagnose/known.ts';
import { defined } from '#kernel/defined.ts';
import type { Ms } from '#kernel/time.ts';
import { collectAnswering } from './app-health.ts';
import type { AppStart, AppToCollect } from './app-start.ts';
import { collectArtifacts } from './artifacts.ts';
import { collectChanges } from './changes.ts';
import { within } from './deadline.ts';
import { collectDenied, findUser } from './denied.ts';
import { askDependencies } from './dependencies.ts';
import { resolveEntry, withLeads } from './entry.ts';
import { collectEnvironment, type EnvironmentFound } from './environment.ts';
import { collectGit } from './git.ts';
import { walkImports, type ReachedFile } from './imports.ts';
import type { Launch } from './launch.ts';
import type { ManagedApp } from './managed.ts';
import { neededPaths } from './needed-paths.ts';
import { collectNode } from './node-wanted.ts';
import { collectPackages } from './packages.ts';

/** What is asked about an app. */
export interface AppQuestion {
  readonly app: AppToCollect;
  /** Where it lies and how it is started. */
  readonly start: AppStart;
  /** The manager's view of it. */
  readonly managed: Known<ManagedApp>;
  /** Everything is answered, or told as not known, by then. */
  readonly limit: Ms;
  /** Who listens where. */
  readonly ports: Promise<Known<readonly PortFact[]>>;
}

/** The facts, and what only this process may go on working with: the way the app is started, with the values of its environment. */
export interface CollectedApp {
  readonly facts: AppFacts;
  readonly launch?: Launch;
  /** Absolute. */
  readonly envFile?: string;
}

/** One collection under way: what every part of it needs. */
interface Course extends AppQuestion {
  readonly dir: string;
  readonly pids: readonly number[];
  readonly left: () => Ms;
}

const MOST_CODE = 400;
const EACH_DEPENDENCY_MS: Ms = 1_500;

const entryOf = async ({ start, dir, app, left }: Course): Promise<Known<EntryFacts>> => {
  const { launch } = start;
  if (launch === undefined) return unknown('absent', 'no start command');
  return within(left() * 0.4, async () => known(await resolveEntry(launch, dir, app.artifacts, start.ecosystem)));
};

const codeOf = async (course: Course, entry: Known<EntryFacts>): Promise<readonly ReachedFile[]> => {
  const file = valueOf(entry)?.file;
  if (file === undefined) return [];
  const look = async (signal: AbortSignal): Promise<Known<readonly ReachedFile[]>> =>
    known(await walkImports([resolve(course.dir, file)], { files: MOST_CODE, signal }));
  return valueOf(await within(course.left() * 0.5, look)) ?? [];
};

const environmentOf = async (
  { app, start, dir, pids, left }: Course,
  entry: Known<EntryFacts>,
  code: readonly ReachedFile[],
): Promise<Known<EnvironmentFound>> => {
  const chain = valueOf(entry)?.chain ?? [];
  const { launch, ecosystem } = start;
  return within(left(), async () =>
    collectEnvironment({ dir, envFile: app.envFile, launch, ecosystem, chain, pids, code }),
  );
};

type FromEnvironment = Pick<AppFacts, 'environment' | 'dependencies' | 'health'> & {
  readonly port?: number;
  readonly code: readonly ReachedFile[];
};

/** The code names the variables, those lead to the servers and the port: one after the other, beside everything else. */
const followEnvironment = async (course: Course, entry: Known<EntryFacts>): Promise<FromEnvironment> => {
  const { app, pids, left } = course;
  const code = await codeOf(course, entry);
  const environment = await environmentOf(course, entry, code);
  const values = valueOf(environment)?.values ?? new Map<string, string>();
  const ports = valueOf(await course.ports) ?? [];
  const [dependencies, answering] = await Promise.all([
    within(left(), async (signal) =>
      known(await askDependencies(values, Math.min(left(), EACH_DEPENDENCY_MS), signal)),
    ),
    collectAnswering({ app, pids, ports, writtenPort: values.get('PORT'), limit: left() }),
  ]);
  return {
    code,
    environment: environment.known ? known(environment.value.facts) : environment,
    dependencies: environment.known ? dependencies : environment,
    ...answering,
  };
};

const managerFacts = ({ managed }: AppQuestion): Pick<AppFacts, 'manager' | 'logs'> =>
  managed.known
    ? { manager: known(managed.value.facts), logs: managed.value.logs }
    : { manager: managed, logs: managed };

const withoutFolder = (question: AppQuestion): AppFacts => {
  const absent = unknown('absent', 'no folder');
  const keys = [
    'entry',
    'artifacts',
    'git',
    'packages',
    'environment',
    'node',
    'denied',
    'dependencies',
    'health',
    'changes',
  ] as const;
  const nothing = Object.fromEntries(keys.map((key) => [key, absent])) as Record<(typeof keys)[number], Known<never>>;
  return { name: question.app.name, ...managerFacts(question), ...nothing };
};

const collectFolder = async (course: Course): Promise<AppFacts> => {
  const { app, dir, start, pids, left } = course;
  const entry = await entryOf(course);
  const [artifacts, git, packages, node, followed] = await Promise.all([
    within(left(), (signal) => collectArtifacts({ dir, globs: app.artifacts, entry: valueOf(entry), signal })),
    within(left(), (signal) => collectGit(dir, signal)),
    within(left(), () => collectPackages(dir)),
    within(left(), (signal) => collectNode(dir, pids, start.launch?.nodeVersion, signal)),
    followEnvironment(course, entry),
  ]);
  const { code, ...answers } = followed;
  const led = entry.known ? known(withLeads(entry.value, dir, code, app.artifacts)) : entry;
  const told = { entry: led, artifacts, git, packages, ...answers };
  const [denied, changes] = await Promise.all([
    within(left(), async () =>
      known(await collectDenied(dir, await neededPaths(dir, start.launch, told), await findUser(start.launch?.user))),
    ),
    within(left(), async () => known(await collectChanges(dir, told, code, start.ecosystemFile))),
  ]);
  return { name: app.name, dir, ...managerFacts(course), ...told, node, denied, changes };
};

/** All facts of an app, collected side by side under one deadline. */
export const collectApp = async (question: AppQuestion): Promise<CollectedApp> => {
  const end = performance.now() + question.limit;
  const left = (): Ms => Math.max(1, end - performance.now());
  const manager = valueOf(question.managed);
  const { dir, launch } = question.start;
  if (dir === undefined) return defined({ facts: withoutFolder(question), launch: manager?.launch });
  const pids = (manager?.facts.processes ?? []).filter(({ isAlive }) => isAlive).map(({ pid }) => pid);
  const facts = await collectFolder({ ...question, dir, pids, left });
  const envFile = valueOf(facts.environment)?.file;
  return defined({ facts, launch, envFile: envFile === undefined ? undefined : resolve(dir, envFile) });
};
