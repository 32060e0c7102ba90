import { defined } from '#kernel/defined.ts';
import type { Locale } from '#kernel/locale.ts';
import { MINUTE } from '#kernel/time.ts';
import { judge } from '#diagnose/judge.ts';
import type { WordedFinding } from '#diagnose/finding.ts';
import { RULES } from '#diagnose/rules/index.ts';
import { wordFinding } from '#diagnose/word.ts';
import type { Plan, Step } from '#protect/action.ts';
import { actionOf } from '#protect/actions/index.ts';
import { isPlan, type Pm2Record } from '#protect/define.ts';
import { Fault } from '#kernel/fault.ts';
import { readTail } from '../collect/files.ts';
import { carrying, recordOfPlans, underLock, type CarryOptions } from './carry.ts';
import { warned } from './double-work.ts';
import { openScene, type Scene, type Surroundings } from './scene.ts';
import type { Subject } from './subject.ts';
import { askOnce, type Wellness } from './verify.ts';
import {
  planView,
  runView,
  settledText,
  triedView,
  wellnessView,
  type PlanView,
  type RunView,
  type TriedView,
  type WellnessView,
} from './view.ts';

/** What is asked of recover. */
export interface RecoverOrder {
  readonly subject: Subject;
  readonly locale: Locale;
  /** Restart even what is well. */
  readonly force: boolean;
}

/** What recovery would do, or has done. */
export interface RecoverView {
  readonly app: string;
  readonly dir: string;
  readonly plan?: PlanView;
  readonly settled?: string;
  readonly run?: RunView;
  readonly tried?: TriedView;
  readonly health: { readonly before: WellnessView; readonly after?: WellnessView };
  /** Why it is not well, best first; empty when it is. */
  readonly findings: readonly WordedFinding[];
}

const START_MS = 2 * MINUTE;
const LOG_BYTES = 64_000;

const run = (scene: Scene, words: readonly string[], more: Partial<Extract<Step, { do: 'run' }>> = {}): Step => {
  const { pm2, app } = scene;
  if (pm2?.command === undefined)
    throw new Fault(
      'MACHINE_LACKS',
      'No pm2 was found on the PATH or beside the Node of its daemon.',
      'Add its folder to PATH.',
    );
  return {
    do: 'run',
    argv: [...pm2.command, ...words],
    cwd: app.dir,
    env: { PM2_HOME: pm2.home },
    timeoutMs: START_MS,
    ...more,
  };
};

const startWords = (ecosystem: string, name: string): readonly string[] => ['start', ecosystem, '--only', name];

/** From the ecosystem file anew: what PM2 keeps of a broken app (old limits, an old path) goes with its entry. */
const anew = (
  scene: Scene,
  ecosystem: string,
  records: readonly Pm2Record[],
  trash: readonly Step[],
): readonly Step[] => {
  const { name } = scene.app;
  const command = scene.pm2?.command ?? [];
  const start = startWords(ecosystem, name);
  const gone =
    records.length === 0 ? [] : [run(scene, ['delete', name], { undo: [...command, ...start], mayFail: true })];
  return [...gone, ...trash, run(scene, start), run(scene, ['save'], { mayFail: true })];
};

const restarted = (scene: Scene, trash: readonly Step[]): readonly Step[] => {
  const words = ['restart', scene.app.name];
  return [...trash, run(scene, words, { undo: [...(scene.pm2?.command ?? []), ...words] })];
};

interface Stale {
  readonly trash: readonly Step[];
  readonly notes: Plan['notes'];
}

const staleOf = async ({ context }: Scene): Promise<Stale> => {
  const plan = await actionOf('stale-artifacts')?.plan(context);
  if (plan === undefined || !isPlan(plan)) return { trash: [], notes: [] };
  return {
    trash: plan.steps.filter((step) => step.do === 'trash'),
    notes: plan.notes.filter(({ says }) => says !== 'artifacts.restart'),
  };
};

/** The file from which the app can be started anew; undefined when it is well, or no file has it. */
const fileToStart = ({ app, ecosystemLaunch }: Scene, { isHealthy }: Wellness): string | undefined =>
  isHealthy || ecosystemLaunch === undefined ? undefined : app.ecosystem;

/** Recovery by the document: PM2's entry away when it is broken, artifacts away, the ecosystem file started, the list saved. */
const planRecovery = async (scene: Scene, health: Wellness): Promise<Plan> => {
  const { app } = scene;
  if (app.manager !== 'pm2')
    throw new Fault('CONFLICT', `${app.name} is run by ${app.manager}: only PM2 can be recovered yet.`);
  const { trash, notes } = await staleOf(scene);
  const records = ((await scene.pm2?.records()) ?? []).filter(({ name }) => name === app.name);
  const file = fileToStart(scene, health);
  if (file === undefined && records.length === 0)
    throw new Fault(
      'CONFLICT',
      `PM2 does not know ${app.name}, and no ecosystem file that has it was found.`,
      'Name the file: --ecosystem FILE.',
    );
  const params = { app: app.name };
  const listed = file === undefined || records.length === 0 ? [] : [{ says: 'recover.list', params }];
  return {
    action: 'recover',
    app: app.name,
    steps: file === undefined ? restarted(scene, trash) : anew(scene, file, records, trash),
    notes: [{ says: 'recover.gap', params }, ...listed, ...notes],
    touchesApp: true,
    needsTrial: true,
  };
};

const viewOf = (scene: Scene, health: Wellness, { locale }: RecoverOrder): RecoverView => ({
  app: scene.app.name,
  dir: scene.app.dir,
  health: { before: wellnessView(health, scene, locale) },
  findings: [],
});

/**
 * Works out what recovery would do; changes nothing. Without a plan the app is well.
 * @throws Fault NOT_FOUND, CONFLICT, MACHINE_LACKS
 */
export const planRecover = async (order: RecoverOrder, surroundings: Surroundings): Promise<RecoverView> => {
  const scene = await openScene(order.subject, surroundings);
  const health = await askOnce(scene);
  const view = viewOf(scene, health, order);
  if (health.isHealthy && !order.force) return view;
  return { ...view, plan: planView(await warned(await planRecovery(scene, health), scene), scene, order.locale) };
};

/** What its error log says of an app that is not well. */
const diagnosed = async ({ launch }: Scene, locale: Locale): Promise<readonly WordedFinding[]> => {
  const output = launch?.errorFile === undefined ? undefined : await readTail(launch.errorFile, LOG_BYTES);
  return output === undefined ? [] : judge({ output }, RULES).map((finding) => wordFinding(finding, locale));
};

/**
 * Recovers an app: tried beside itself, then done, then verified; what does not make it healthy is taken back.
 * @throws Fault NOT_FOUND, CONFLICT, MACHINE_LACKS
 */
export const carryOutRecover = async (
  order: RecoverOrder,
  surroundings: Surroundings,
  options: Partial<CarryOptions> = {},
): Promise<RecoverView> => {
  const { locale } = order;
  const first = await openScene(order.subject, surroundings);
  const { ecosystemLaunch } = first;
  const carried = carrying(first, defined({ launch: ecosystemLaunch, ...options, mayGoUntried: true }));
  return underLock(first, carried.parts, async (held) => {
    const settledRun = await held.settle();
    const settled = settledRun === undefined ? undefined : settledText(settledRun, locale);
    const scene = await openScene(order.subject, surroundings);
    const health = await askOnce(scene);
    const view = defined({ ...viewOf(scene, health, order), settled });
    if (health.isHealthy && !order.force) return { ...view, health: { ...view.health, after: view.health.before } };
    const plan = await planRecovery(scene, health);
    const traits = { kind: 'recover', isCure: true, mayGoUntried: true } as const;
    const end = await held.carryOut(await recordOfPlans(scene, [plan], traits));
    const after = await askOnce(scene);
    const tried = carried.seen.tried === undefined ? undefined : triedView(carried.seen.tried, locale);
    const found = tried !== undefined && tried.findings.length > 0 ? tried.findings : await diagnosed(scene, locale);
    return defined({
      ...view,
      plan: planView(plan, scene, locale),
      run: runView(end, locale),
      tried,
      health: { ...view.health, after: wellnessView(after, scene, locale) },
      findings: after.isHealthy ? [] : found,
    });
  });
};
