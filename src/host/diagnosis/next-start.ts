import { readlink } from 'node:fs/promises';
import { processEnvironment } from '#config/environment.ts';
import type { NextStart } from '#diagnose/diagnosis.ts';
import type { Facts } from '#diagnose/facts.ts';
import { valueOf } from '#diagnose/known.ts';
import { diagnose } from '#diagnose/rules/index.ts';
import { defined } from '#kernel/defined.ts';
import type { Ms } from '#kernel/time.ts';
import { bootTrial, type Trial } from '#protect/trial/boot.ts';
import type { TrialOutcome } from '#protect/trial/outcome.ts';
import { NO_CHANGES } from '#protect/trial/scratch.ts';
import type { AppStart, AppToCollect } from '../collect/app-start.ts';

/** What a trial of the next start needs. */
export interface NextStartQuestion {
  readonly app: AppToCollect;
  readonly start: AppStart;
  /** Processes whose Node is the one that starts the app: its own, or its manager. */
  readonly pids: readonly number[];
  readonly isSingle: boolean;
  readonly limit: Ms;
}

const isNode = (program: string): boolean => /\/node(js)?[\d.]*$/.test(program);

/** The Node that would start it. */
const nodeOf = async (pids: readonly number[]): Promise<string> => {
  const programs = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/exe`).catch(() => '')));
  return programs.find(isNode) ?? process.execPath;
};

/** A trial is cut off a little before the whole diagnosis is due: ending it and taking its copy away takes time as well. */
const ENDING_MS: Ms = 400;

/** Boots the app beside itself as it lies there. What a trial cannot show in time is not known; nothing is changed by it. */
export const tryNextStart = async ({ app, start, pids, isSingle, limit }: NextStartQuestion): Promise<TrialOutcome> => {
  const { dir, launch } = start;
  if (dir === undefined || launch === undefined) return { outcome: 'not-triable', why: 'no-start-command', detail: '' };
  if (isSingle) return { outcome: 'not-triable', why: 'never-two-at-once', detail: '' };
  const time = Math.round(Math.max(100, limit - ENDING_MS));
  const trial: Trial = defined({
    dir,
    launch,
    changes: NO_CHANGES,
    node: await nodeOf(pids),
    env: processEnvironment(),
    envFile: app.envFile,
    health: app.health,
    port: app.port,
    timeoutMs: time,
    signal: AbortSignal.timeout(time),
  });
  return bootTrial(trial);
};

/** A trial runs in a copy beside the app: its paths are told as those of the app itself. */
const inPlace = (output: string, dir: string | undefined): string =>
  dir === undefined ? output : output.replaceAll(/(?:\/[^\s'"`():]*)?\/\.dozor-trial-\w+\/app(?=[/\s'"):]|$)/g, dir);

/** What a trial's outcome means, with the causes of a failure. */
export const nextStartOf = (outcome: TrialOutcome, facts: Facts): NextStart => {
  if (outcome.outcome === 'booted')
    return defined({ outcome: 'starts' as const, status: outcome.status, tookMs: outcome.tookMs });
  if (outcome.outcome === 'not-triable') return { outcome: 'not-known', why: outcome.why, detail: outcome.detail };
  const { how, code, signal, status } = outcome;
  const output = inPlace(outcome.output, facts.app?.dir);
  const findings =
    how === 'ended'
      ? diagnose(defined({ output, exitCode: code, signal }), { at: facts.at, ...withoutCourse(facts) })
      : [];
  return defined({ outcome: 'fails' as const, how, code, signal, status, output, findings });
};

/** How the running app stands, and its log, say nothing of a trial. */
const withoutCourse = ({ machine, app }: Facts): Omit<Facts, 'at'> =>
  defined({
    machine,
    app:
      app === undefined
        ? undefined
        : {
            ...app,
            logs: { known: false as const, why: 'absent' as const },
            health: { known: false as const, why: 'absent' as const },
            ...withoutProcesses(app),
          },
  });

const withoutProcesses = (app: NonNullable<Facts['app']>): Pick<NonNullable<Facts['app']>, 'manager'> => {
  const manager = valueOf(app.manager);
  return { manager: manager === undefined ? app.manager : { known: true, value: { ...manager, processes: [] } } };
};
