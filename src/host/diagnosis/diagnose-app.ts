import { resolve } from 'node:path';
import { processEnvironment } from '#config/environment.ts';
import { standingOf } from '#diagnose/circumstance.ts';
import type { Diagnosis, NextStart } from '#diagnose/diagnosis.ts';
import type { Facts } from '#diagnose/facts.ts';
import type { Finding } from '#diagnose/finding.ts';
import { valueOf, type Known } from '#diagnose/known.ts';
import { isTroubled, lastCrash } from '#diagnose/last-crash.ts';
import { withLastChange } from '#diagnose/last-change.ts';
import { diagnose } from '#diagnose/rules/index.ts';
import { defined } from '#kernel/defined.ts';
import { Fault } from '#kernel/fault.ts';
import type { Ms } from '#kernel/time.ts';
import type { TrialOutcome } from '#protect/trial/outcome.ts';
import { collectApp } from '../collect/app.ts';
import { findStart, type AppStart, type AppToCollect } from '../collect/app-start.ts';
import { within } from '../collect/deadline.ts';
import { asRecord, asText, readJson, statOf } from '../collect/files.ts';
import { collectMachine } from '../collect/machine.ts';
import type { ManagedApp } from '../collect/managed.ts';
import { managerOf } from '../collect/manager-of.ts';
import { lookAtPm2, pm2AppNames, type Pm2Look } from '../collect/pm2-managed.ts';
import { askPm2 } from '../collect/pm2-rpc.ts';
import { pm2HomeOf } from '../collect/pm2-files.ts';
import { nextStartOf, tryNextStart } from './next-start.ts';

/** Which app is meant, and what is known of it beforehand. */
export interface AppInQuestion {
  readonly name?: string;
  readonly dir?: string;
  readonly manager?: 'pm2' | 'systemd' | 'gate';
  readonly ecosystem?: string;
  readonly envFile?: string;
  readonly health?: string;
  readonly port?: number;
  readonly artifacts?: readonly string[];
  readonly pm2Home?: string;
  /** Never two at once: it is not tried beside itself. */
  readonly isSingle?: boolean;
}

/** How a diagnosis is made. */
export interface DiagnosisOptions {
  readonly app: AppInQuestion;
  /** Where relative folders begin, and what is meant when nothing is named. */
  readonly cwd: string;
  /** Everything is answered, or told as not known, by then. */
  readonly limit: Ms;
  /** Boot it beside itself to see what the next start would do. */
  readonly trial: boolean;
}

const LINES = 400;
const PM2_MS: Ms = 1_500;
/** The judging and the telling come after the collecting. */
const COLLECT_SHARE = 0.7;

/** Names to choose from, for a person who named none. */
const choose = (names: readonly string[]): string => {
  const [only] = names;
  if (only !== undefined && names.length === 1) return only;
  if (only === undefined)
    throw new Fault(
      'USAGE',
      'There is no app here: neither in PM2 nor in this folder.',
      'Name its folder: dozor diagnose --dir DIR',
    );
  throw new Fault('USAGE', `Which app? ${names.join(', ')}`, `dozor diagnose ${only}`);
};

const nameIn = async (dir: string): Promise<string | undefined> => {
  const manifest = asRecord(await readJson(resolve(dir, 'package.json')));
  return manifest === undefined ? undefined : (asText(manifest['name']) ?? dir.split('/').pop());
};

/** In PM2's list the app that lies in a folder is the one meant by it; above several of them, none is. */
const nameByFolder = (look: Pm2Look | undefined, dir: string): string | undefined => {
  const launches = look?.records?.map(({ launch }) => launch) ?? look?.files.saved ?? [];
  const here = launches.filter(({ cwd, script }) => cwd === dir || script.startsWith(`${dir}/`));
  const names = new Set(here.map(({ name }) => name));
  return names.size === 1 ? here[0]?.name : undefined;
};

const nameOf = async ({ name, dir }: AppInQuestion, look: Pm2Look | undefined, cwd: string): Promise<string> => {
  if (name !== undefined) return name;
  const folder = resolve(cwd, dir ?? '.');
  const here = nameByFolder(look, folder);
  if (here !== undefined) return here;
  const names = dir === undefined && look !== undefined ? pm2AppNames(look) : [];
  return names.length > 0 ? choose(names) : ((await nameIn(folder)) ?? choose([]));
};

interface Chosen {
  readonly app: AppToCollect;
  readonly managed: Known<ManagedApp>;
  readonly daemon?: number;
}

const folderFor = async (
  { dir }: AppInQuestion,
  isManaged: boolean,
  name: string,
  cwd: string,
): Promise<string | undefined> => {
  if (dir !== undefined) {
    const folder = resolve(cwd, dir);
    if ((await statOf(folder))?.isDirectory() === true) return folder;
    throw new Fault('NOT_FOUND', `There is no folder ${folder}.`);
  }
  if (isManaged) return undefined;
  if ((await nameIn(cwd)) === name) return cwd;
  return undefined;
};

const chosen = async ({ app, cwd }: DiagnosisOptions): Promise<Chosen> => {
  const home = pm2HomeOf(app.pm2Home, processEnvironment());
  const look = await within(PM2_MS, (signal) => lookAtPm2(home, askPm2, signal));
  const seen = valueOf(look);
  const name = await nameOf(app, seen, cwd);
  const managed = await managerOf(look, name, { isUnit: app.manager === 'systemd', limit: PM2_MS, lines: LINES });
  const isManaged = valueOf(managed)?.facts.knowsApp === true;
  const dir = await folderFor(app, isManaged, name, cwd);
  if (!isManaged && dir === undefined) throw unknownApp(name, seen);
  const { health, port, ecosystem, envFile, artifacts = [] } = app;
  const toCollect = defined({ name, dir, health, port, ecosystem, envFile, artifacts });
  return defined({ app: toCollect, managed, daemon: seen?.files.daemon });
};

const unknownApp = (name: string, look: Pm2Look | undefined): Fault => {
  const names = look === undefined ? [] : pm2AppNames(look);
  const hint =
    names.length === 0
      ? `Name its folder: dozor diagnose ${name} --dir DIR`
      : `PM2 has: ${names.join(', ')}. Or name its folder with --dir.`;
  return new Fault('NOT_FOUND', `Nothing here is called ${name}.`, hint);
};

const trialOf = async (
  { app, managed, daemon }: Chosen,
  start: AppStart,
  options: DiagnosisOptions,
  left: Ms,
): Promise<TrialOutcome> => {
  if (!options.trial) return { outcome: 'not-triable', why: 'stopped', detail: '--no-trial' };
  const alive = (valueOf(managed)?.facts.processes ?? []).filter(({ isAlive }) => isAlive).map(({ pid }) => pid);
  const pids = daemon === undefined ? alive : [...alive, daemon];
  const isSingle = options.app.isSingle === true && alive.length > 0;
  return tryNextStart({ app, start, pids, isSingle, limit: left });
};

/** A failing trial tells what the log does not: of an app that is down without a word, or that is up and would not come up again. */
const findingsOf = (facts: Facts, next: NextStart): readonly Finding[] => {
  const { app } = facts;
  if (app === undefined) return [];
  const own = diagnose(lastCrash(app, facts.at), facts);
  const clear = own.filter(({ cause, confidence }) => cause !== 'unknown' && confidence >= 0.3);
  const judged = isTroubled(app, facts.at) ? own : clear;
  const isSilent = !judged.some(({ cause, confidence }) => cause !== 'unknown' && confidence >= 0.5);
  const fromTrial = next.outcome === 'fails' && isSilent && standingOf(app) !== 'up' ? next.findings : [];
  return withLastChange(fromTrial.length > 0 ? fromTrial : judged, facts);
};

/**
 * The quick diagnosis of an app on this machine: facts, what the next start would do, ranked findings. Reads only.
 * @throws Fault USAGE, NOT_FOUND when it cannot be told which app is meant
 */
export const diagnoseApp = async (options: DiagnosisOptions): Promise<Diagnosis> => {
  const started = performance.now();
  const left = (): Ms => Math.max(50, options.limit - (performance.now() - started));
  const at = Date.now();
  const machineFound = collectMachine({ limit: options.limit * COLLECT_SHARE });
  const choice = await chosen(options);
  const start = await findStart(choice.app, valueOf(choice.managed)?.launch, left() * 0.3);
  const trial = trialOf(choice, start, options, left());
  const ports = machineFound.then((machine) => machine.ports);
  const [machine, collected, outcome] = await Promise.all([
    machineFound,
    collectApp({ app: choice.app, managed: choice.managed, start, limit: left() * COLLECT_SHARE, ports }),
    trial,
  ]);
  const facts: Facts = { at, machine, app: collected.facts };
  const next = nextStartOf(outcome, facts);
  const findings = findingsOf(facts, next);
  return {
    at,
    tookMs: Math.round(performance.now() - started),
    app: choice.app.name,
    standing: standingOf(collected.facts),
    facts,
    next,
    findings,
  };
};
