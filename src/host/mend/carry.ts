import { randomBytes } from 'node:crypto';
import { defined } from '#kernel/defined.ts';
import { timedId } from '#kernel/id.ts';
import { HOUR, MINUTE } from '#kernel/time.ts';
import type { Plan } from '#protect/action.ts';
import { prepareSteps } from '#protect/runner/prepare.ts';
import { holding, type Held, type RunNews, type RunParts } from '#protect/runner/runner.ts';
import type { RunKind, RunRecord, WorkStep } from '#protect/record.ts';
import { clearTrials } from '#protect/trial/home.ts';
import type { Launch } from '../collect/launch.ts';
import type { Scene } from './scene.ts';
import { tryState, type Tried } from './trial.ts';
import { askOnce, becomesHealthy, type Wellness } from './verify.ts';

const HEALTHY_WITHIN = MINUTE;

/** How a run is carried out. */
export interface CarryOptions {
  readonly kind: RunKind;
  readonly mayGoUntried: boolean;
  /** What is started afterwards, where that is another command than the one that runs now. */
  readonly launch?: Launch;
  readonly onNews?: (news: RunNews) => void;
  readonly onTried?: (tried: Tried) => void;
  /** Called at each point at which the process may die. */
  readonly point?: (name: string) => void;
}

/** What carrying out needs of the world, and what it saw there. */
export interface Carrying {
  readonly parts: RunParts;
  readonly seen: { tried?: Tried; after?: Wellness };
}

/** Binds the runner to an app: its trial, its health. */
export const carrying = (scene: Scene, options: Omit<CarryOptions, 'kind'>): Carrying => {
  const seen: Carrying['seen'] = {};
  const { surroundings } = scene;
  const verify = async (record: RunRecord, of: 'plan' | 'return'): Promise<boolean> => {
    // What was ill before is not waited for when it is ill again.
    const isWaitedFor = of === 'plan' || record.healthyBefore !== false;
    seen.after = await becomesHealthy(scene, isWaitedFor ? HEALTHY_WITHIN : 0);
    // What was ill before and is no cure cannot be blamed for it.
    const isNoWorse = of === 'plan' && record.healthyBefore === false && !record.isCure;
    return seen.after.isHealthy || isNoWorse;
  };
  const parts: RunParts = defined({
    home: surroundings.home,
    env: surroundings.env,
    now: surroundings.now,
    try: async (record: RunRecord) => {
      seen.tried = await tryState(scene, record.steps, options.launch);
      options.onTried?.(seen.tried);
      return seen.tried.outcome.outcome;
    },
    verify,
    tell: options.onNews,
    signal: surroundings.signal,
    point: options.point,
  });
  return { parts, seen };
};

/** Works under the app's lock; what trials left behind is cleared away first. */
export const underLock = async <T>(scene: Scene, parts: RunParts, work: (held: Held) => Promise<T>): Promise<T> =>
  holding(scene.app.name, scene.app.dir, parts, async (held) => {
    await clearTrials(scene.app.dir, scene.surroundings.now());
    return work(held);
  });

/** A fresh id of a run; later ones sort behind earlier ones. */
export const runId = (at: number): string => timedId(at, (count) => randomBytes(count));

/** What a record says besides its steps. */
export interface RecordTraits {
  readonly id: string;
  readonly kind: RunKind;
  readonly actions: readonly string[];
  readonly needsTrial: boolean;
  readonly touchesApp: boolean;
  readonly isCure: boolean;
  readonly mayGoUntried: boolean;
}

/** Makes the record of a run from its steps, with how the app is now. */
export const recordOf = async (scene: Scene, steps: readonly WorkStep[], traits: RecordTraits): Promise<RunRecord> => {
  const { app, surroundings } = scene;
  const before = traits.touchesApp ? (await askOnce(scene)).isHealthy : undefined;
  const { mayGoUntried, ...rest } = traits;
  return defined({
    version: 1 as const,
    ...rest,
    app: app.name,
    dir: app.dir,
    at: surroundings.now(),
    steps,
    healthyBefore: before,
    rules: { mayGoUntried, finishWithinMs: HOUR },
    health: app.health,
    port: app.port,
  });
};

/**
 * Turns plans into a record that can be carried out.
 * @throws Fault when what the plans saw has changed meanwhile, or nothing may be moved
 */
export const recordOfPlans = async (
  scene: Scene,
  plans: readonly Plan[],
  traits: Pick<RecordTraits, 'kind' | 'isCure' | 'mayGoUntried'>,
): Promise<RunRecord> => {
  const { app, surroundings } = scene;
  const id = runId(surroundings.now());
  const steps = await prepareSteps(plans, { runId: id, app: app.name, dir: app.dir, home: surroundings.home });
  if (!steps.ok) throw steps.error;
  return recordOf(scene, steps.value, {
    ...traits,
    id,
    actions: plans.map(({ action }) => action),
    needsTrial: plans.some(({ needsTrial }) => needsTrial),
    touchesApp: plans.some(({ touchesApp }) => touchesApp),
  });
};
