import { judge } from '#diagnose/judge.ts';
import { RULES } from '#diagnose/rules/index.ts';
import type { Finding } from '#diagnose/finding.ts';
import { defined } from '#kernel/defined.ts';
import type { WorkStep } from '#protect/record.ts';
import { bootTrial } from '#protect/trial/boot.ts';
import { notTriable, type TrialOutcome } from '#protect/trial/outcome.ts';
import { NO_CHANGES, type PlannedChanges } from '#protect/trial/scratch.ts';
import type { Launch } from '../collect/launch.ts';
import type { Scene } from './scene.ts';

/** What a trial boot showed, and what a crash in it means. */
export interface Tried {
  readonly outcome: TrialOutcome;
  readonly findings: readonly Finding[];
}

/** What would lie where after these steps. */
export const changesOf = (steps: readonly WorkStep[]): PlannedChanges => {
  const gone: string[] = [];
  const written = new Map<string, string>();
  const placed = new Map<string, string>();
  for (const step of steps) {
    if (step.do === 'trash' || step.do === 'delete') gone.push(step.path);
    if (step.do === 'write') written.set(step.path, step.after);
    if (step.do === 'swap' && step.staged !== undefined) placed.set(step.path, step.staged);
    if (step.do === 'swap' && step.staged === undefined) gone.push(step.path);
  }
  return { gone, written, placed };
};

const findingsOf = (outcome: TrialOutcome): readonly Finding[] => {
  if (outcome.outcome !== 'failed' || outcome.how !== 'ended') return [];
  const { output, code, signal } = outcome;
  return judge(defined({ output, exitCode: code, signal }), RULES);
};

/** Boots an app beside itself as it would be after these steps; with none, as it would start next time. Changes nothing. */
export const tryState = async (scene: Scene, steps: readonly WorkStep[], launch?: Launch): Promise<Tried> => {
  const started = launch ?? scene.launch;
  if (started === undefined) return { outcome: notTriable('no-start-command'), findings: [] };
  if (scene.isSingle) return { outcome: notTriable('never-two-at-once'), findings: [] };
  const { app, context, surroundings } = scene;
  const outcome = await bootTrial(
    defined({
      dir: app.dir,
      launch: started,
      changes: steps.length === 0 ? NO_CHANGES : changesOf(steps),
      node: context.node,
      env: surroundings.env,
      envFile: app.envFile,
      health: app.health,
      port: app.port,
      user: scene.user,
      signal: surroundings.signal,
    }),
  );
  return { outcome, findings: findingsOf(outcome) };
};
