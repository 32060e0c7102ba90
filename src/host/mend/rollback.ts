import { realpath } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { defined } from '#kernel/defined.ts';
import { Fault } from '#kernel/fault.ts';
import type { Locale } from '#kernel/locale.ts';
import { MINUTE } from '#kernel/time.ts';
import type { Plan, Step } from '#protect/action.ts';
import { isThere } from '#protect/runner/durable.ts';
import { nearFolder } from '#protect/runner/place.ts';
import { keepTree, keptTrees, type KeptTree } from '#protect/tree/kept.ts';
import type { TreeQuestion } from '#protect/tree/code-files.ts';
import { differenceTo, makeReady, returnSteps, type Difference } from '#protect/tree/restore.ts';
import { carrying, recordOf, runId, underLock, type CarryOptions } from './carry.ts';
import { warned } from './double-work.ts';
import { openScene, type Scene, type Surroundings } from './scene.ts';
import type { Subject } from './subject.ts';
import { askOnce } from './verify.ts';
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

/** What is asked of rollback. */
export interface RollbackOrder {
  readonly subject: Subject;
  readonly locale: Locale;
  /** The kept tree; the last healthy one that differs from what is there, without it. */
  readonly to?: string;
}

/** A kept tree, for people and programs. */
export interface TreeView {
  readonly id: string;
  readonly keptAt: number;
  readonly healthyAt: number;
  readonly commit?: string;
  readonly files: number;
  readonly bytes: number;
  readonly packages: boolean;
}

/** What a rollback would do, or has done. */
export interface RollbackView {
  readonly app: string;
  readonly dir: string;
  readonly trees: readonly TreeView[];
  /** What it returns to; absent when there is nothing to return to, or nothing differs. */
  readonly to?: string;
  readonly plan?: PlanView;
  readonly settled?: string;
  readonly run?: RunView;
  readonly tried?: TriedView;
  readonly health: { readonly before: WellnessView; readonly after?: WellnessView };
}

const RESTART_MS = 2 * MINUTE;

const treeView = ({ id, keptAt, healthyAt, commit, files, bytes, hasPackages }: KeptTree): TreeView =>
  defined({ id, keptAt, healthyAt, commit, files: files.length, bytes, packages: hasPackages });

const nearOf = async ({ app, surroundings }: Scene): Promise<string> => {
  const near = await nearFolder(app.name, app.dir, surroundings.home);
  if (near === undefined)
    throw new Fault(
      'MACHINE_LACKS',
      `There is no place on the file system of ${app.dir} that this user may write.`,
      'Call Dozor as the user who owns the app.',
    );
  return near;
};

/** The folder just below the app's in which the file that runs lies. */
const builtBy = (file: string | undefined, dir: string): TreeQuestion['built'] => {
  if (file === undefined) return undefined;
  const path = resolve(dir, file);
  if (!path.startsWith(dir + sep)) return undefined;
  const [top = ''] = path.slice(dir.length + 1).split(sep);
  return { file: path, folder: join(dir, top) };
};

/** What belongs to the tree besides what git tracks: the variables, and the product that the app runs from. */
const questionOf = async ({ app, context, launch }: Scene): Promise<TreeQuestion> => {
  const dir = await realpath(app.dir);
  const usual = await Promise.all(
    ['.env', 'env.env'].map(async (name) => ((await isThere(join(dir, name))) ? [join(dir, name)] : [])),
  );
  const files = [app.envFile, launch?.envFile, app.ecosystem].flatMap((path) => path ?? []);
  return defined({ dir, also: [...files, ...usual.flat()], built: builtBy(context.entry?.file, dir) });
};

interface Aim {
  readonly near: string;
  readonly trees: readonly KeptTree[];
  readonly tree?: KeptTree;
  readonly difference?: Difference;
}

const differs = ({ returns, packages }: Difference): boolean => returns.length > 0 || packages;

/** The tree that is meant, with what differs from it. */
const aimOf = async (scene: Scene, to: string | undefined): Promise<Aim> => {
  const near = await nearOf(scene);
  const trees = await keptTrees(near);
  const question = await questionOf(scene);
  const wanted = to === undefined ? trees : trees.filter(({ id, commit }) => id === to || commit === to);
  if (to !== undefined && wanted.length === 0)
    throw new Fault(
      'NOT_FOUND',
      `No tree ${to} of ${scene.app.name} is kept.`,
      `dozor rollback ${scene.app.name} --list shows them.`,
    );
  for (const tree of wanted) {
    const difference = await differenceTo(tree, question);
    if (differs(difference)) return { near, trees, tree, difference };
  }
  return { near, trees };
};

const restartStep = ({ app, pm2 }: Scene): Step => {
  if (pm2?.command === undefined)
    throw new Fault('MACHINE_LACKS', 'No pm2 was found on the PATH.', 'Add its folder to PATH.');
  const words =
    app.ecosystem === undefined ? ['restart', app.name] : ['startOrRestart', app.ecosystem, '--only', app.name];
  const argv = [...pm2.command, ...words];
  return { do: 'run', argv, undo: argv, cwd: app.dir, env: { PM2_HOME: pm2.home }, timeoutMs: RESTART_MS };
};

const planOf = (scene: Scene, place: string, difference: Difference): Plan => {
  const params = { app: scene.app.name };
  const packages = difference.lacksPackages ? [{ says: 'rollback.packages', params: {} }] : [];
  return {
    action: 'rollback',
    app: scene.app.name,
    steps: [...returnSteps(scene.app.dir, place, difference), restartStep(scene)],
    notes: [{ says: 'rollback.gap', params }, { says: 'rollback.schema', params: {} }, ...packages],
    touchesApp: true,
    needsTrial: true,
  };
};

const placeOf = ({ near }: Aim, id: string): string => join(near, 'returns', id);

const viewOf = async (scene: Scene, aim: Aim, locale: Locale): Promise<RollbackView> => {
  const { tree, difference } = aim;
  const plan =
    difference === undefined
      ? undefined
      : planView(await warned(planOf(scene, placeOf(aim, 'new'), difference), scene), scene, locale);
  return defined({
    app: scene.app.name,
    dir: scene.app.dir,
    trees: aim.trees.map(treeView),
    to: tree?.id,
    plan,
    health: { before: wellnessView(await askOnce(scene), scene, locale) },
  });
};

/**
 * Works out what a rollback would do, and lists what is kept; changes nothing.
 * @throws Fault NOT_FOUND, MACHINE_LACKS
 */
export const planRollback = async (order: RollbackOrder, surroundings: Surroundings): Promise<RollbackView> => {
  const scene = await openScene(order.subject, surroundings);
  return viewOf(scene, await aimOf(scene, order.to), order.locale);
};

/**
 * Returns an app to a kept tree: tried beside it, what is there put aside, swapped by renames, restarted, verified; when it is not healthy then, what
 * was there comes back.
 * @throws Fault NOT_FOUND, CONFLICT, MACHINE_LACKS
 */
export const carryOutRollback = async (
  order: RollbackOrder,
  surroundings: Surroundings,
  options: Partial<CarryOptions> = {},
): Promise<RollbackView> => {
  const { locale } = order;
  const scene = await openScene(order.subject, surroundings);
  const carried = carrying(scene, { ...options, mayGoUntried: true });
  return underLock(scene, carried.parts, async (held) => {
    const settledRun = await held.settle();
    const settled = settledRun === undefined ? undefined : settledText(settledRun, locale);
    const aim = await aimOf(scene, order.to);
    const view = defined({ ...(await viewOf(scene, aim, locale)), settled });
    if (aim.tree === undefined || aim.difference === undefined) return view;
    const id = runId(surroundings.now());
    const place = placeOf(aim, id);
    await makeReady(aim.near, place, aim.tree, aim.difference);
    const { steps } = planOf(scene, place, aim.difference);
    const work = steps.filter(
      (step): step is Extract<Step, { do: 'swap' | 'run' }> => step.do === 'swap' || step.do === 'run',
    );
    const traits = {
      kind: 'rollback',
      actions: ['rollback'],
      needsTrial: true,
      touchesApp: true,
      isCure: true,
    } as const;
    const end = await held.carryOut(await recordOf(scene, work, { ...traits, id, mayGoUntried: true }));
    const { tried } = carried.seen;
    return defined({
      ...view,
      run: runView(end, locale),
      tried: tried === undefined ? undefined : triedView(tried, locale),
      health: { ...view.health, after: wellnessView(await askOnce(scene), scene, locale) },
    });
  });
};

/** What is asked of keeping. */
export interface KeepOrder {
  readonly subject: Subject;
  readonly locale: Locale;
}

/** What keeping came to. */
export interface KeepView {
  readonly app: string;
  readonly outcome: 'kept' | 'known' | 'no-room' | 'not-healthy';
  readonly tree?: TreeView;
}

/**
 * Keeps the app's tree for a rollback, if the app is healthy now; does nothing but note the moment when it is kept already.
 * @throws Fault NOT_FOUND, CONFLICT, MACHINE_LACKS
 */
export const keepNow = async ({ subject }: KeepOrder, surroundings: Surroundings): Promise<KeepView> => {
  const scene = await openScene(subject, surroundings);
  const app = scene.app.name;
  if (!(await askOnce(scene)).isHealthy) return { app, outcome: 'not-healthy' };
  const { parts } = carrying(scene, { mayGoUntried: false });
  return underLock(scene, parts, async () => {
    const keeping = await keepTree(await nearOf(scene), await questionOf(scene), surroundings.now());
    return keeping.outcome === 'no-room'
      ? { app, outcome: 'no-room' }
      : { app, outcome: keeping.outcome, tree: treeView(keeping.tree) };
  });
};
