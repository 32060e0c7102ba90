import { createHash } from 'node:crypto';
import { catalog } from '#i18n/catalog.ts';
import { defined } from '#kernel/defined.ts';
import { Fault } from '#kernel/fault.ts';
import type { Locale } from '#kernel/locale.ts';
import type { Nothing, Plan } from '#protect/action.ts';
import { ACTIONS, actionOf } from '#protect/actions/index.ts';
import { isPlan } from '#protect/define.ts';
import type { RunKind } from '#protect/record.ts';
import type { RunEnd } from '#protect/runner/runner.ts';
import { carrying, recordOfPlans, underLock, type Carrying, type CarryOptions } from './carry.ts';
import { warned } from './double-work.ts';
import { openScene, type Scene, type Surroundings } from './scene.ts';
import type { Subject } from './subject.ts';
import { askOnce } from './verify.ts';
import {
  nothingView,
  planView,
  runView,
  settledText,
  triedView,
  wellnessView,
  type NothingView,
  type PlanView,
  type RunView,
  type TriedView,
  type WellnessView,
} from './view.ts';

/** What is asked of protect. */
export interface ProtectOrder {
  readonly subject: Subject;
  readonly only?: readonly string[];
  readonly locale: Locale;
  /** Apply also what no trial boot can prove. */
  readonly untried: boolean;
  /** Leave out what deletes for good: nobody was asked. */
  readonly keepsAll?: boolean;
  /** The digest of the plan that was agreed to. */
  readonly agreed?: string;
}

/** An item of the document's P0 list, by its own check. */
export interface ChecklistItem {
  readonly item: 'monitoring' | 'limits' | 'sentry' | 'artifacts';
  readonly state: 'done' | 'open' | 'unknown';
  readonly text: string;
}

/** What protect would do, or has done: what `--json` shows and the command line prints. */
export interface ProtectView {
  readonly app: string;
  readonly dir: string;
  readonly plans: readonly PlanView[];
  readonly nothing: readonly NothingView[];
  /** Tells this plan from another one. */
  readonly digest: string;
  readonly changes: boolean;
  readonly settled?: string;
  readonly runs: readonly RunView[];
  readonly tried?: TriedView;
  readonly health: { readonly before: WellnessView; readonly after?: WellnessView };
  readonly checklist: readonly ChecklistItem[];
}

interface Planned {
  readonly plans: readonly Plan[];
  readonly nothing: readonly Nothing[];
}

/** @throws Fault USAGE for an action that there is not */
const chosen = (only: readonly string[] | undefined): typeof ACTIONS => {
  const unknown = only?.find((id) => actionOf(id) === undefined);
  if (unknown !== undefined)
    throw new Fault('USAGE', `There is no action ${unknown}.`, `Actions: ${ACTIONS.map(({ id }) => id).join(', ')}`);
  return only === undefined ? ACTIONS : ACTIONS.filter(({ id }) => only.includes(id));
};

const planAll = async (scene: Scene, { only, keepsAll }: Pick<ProtectOrder, 'only' | 'keepsAll'>): Promise<Planned> => {
  const plans: Plan[] = [];
  const nothing: Nothing[] = [];
  for (const action of chosen(only)) {
    const outcome = await action.plan(scene.context);
    if (!isPlan(outcome)) nothing.push(outcome);
    else if (keepsAll !== true || !outcome.steps.some((step) => step.do === 'delete'))
      plans.push(await warned(outcome, scene));
  }
  return { plans, nothing };
};

const changesSomething = ({ steps }: Plan): boolean => steps.some((step) => step.do !== 'patch');

/** Two plans that write the same file follow each other: the second is made again from what the first left. */
const firstBatch = (plans: readonly Plan[]): readonly Plan[] => {
  const taken = new Set<string>();
  return plans.filter((plan) => {
    const paths = plan.steps.flatMap((step) => (step.do === 'write' ? [step.path] : []));
    if (!changesSomething(plan) || paths.some((path) => taken.has(path))) return false;
    for (const path of paths) taken.add(path);
    return true;
  });
};

const digestOf = (plans: readonly Plan[]): string =>
  createHash('sha256').update(JSON.stringify(plans)).digest('hex').slice(0, 16);

const CHECKED = { limits: 'pm2-limits', sentry: 'sentry-env', artifacts: 'stale-artifacts' } as const;

const checklistOf = async (scene: Scene, locale: Locale): Promise<readonly ChecklistItem[]> => {
  const words = catalog(locale).protect;
  const items: ChecklistItem[] = [];
  for (const item of ['limits', 'sentry', 'artifacts'] as const) {
    const standing = await actionOf(CHECKED[item])?.check(scene.context);
    const says = (words.says as Readonly<Record<string, (params: object) => string>>)[standing?.says ?? ''];
    const state = standing === undefined || standing.state === 'not-here' ? 'unknown' : standing.state;
    items.push({ item, state, text: standing === undefined ? '' : (says?.(standing.params) ?? standing.says) });
  }
  return items;
};

const viewOf = async (scene: Scene, { plans, nothing }: Planned, locale: Locale): Promise<ProtectView> => ({
  app: scene.app.name,
  dir: scene.app.dir,
  plans: plans.map((plan) => planView(plan, scene, locale)),
  nothing: nothing.map((one) => nothingView(one, locale)),
  digest: digestOf(plans),
  changes: plans.some(changesSomething),
  runs: [],
  health: { before: wellnessView(await askOnce(scene), scene, locale) },
  checklist: await checklistOf(scene, locale),
});

/**
 * Works out what protect would do; changes nothing.
 * @throws Fault NOT_FOUND, USAGE
 */
export const planProtection = async (order: ProtectOrder, surroundings: Surroundings): Promise<ProtectView> => {
  const scene = await openScene(order.subject, surroundings);
  return viewOf(scene, await planAll(scene, order), order.locale);
};

interface Batches {
  readonly ends: readonly RunEnd[];
  readonly carried: Carrying;
  readonly settled?: RunEnd;
}

/** Carries out plans one batch after the other, each in a run of its own, until all are done or one is not. */
const carryAll = async (
  order: ProtectOrder,
  surroundings: Surroundings,
  first: Scene,
  options: CarryOptions & { readonly kind: RunKind },
): Promise<Batches> => {
  const carried = carrying(first, options);
  return underLock(first, carried.parts, async (held) => {
    const settled = await held.settle();
    const ends: RunEnd[] = [];
    let rest: readonly string[] = chosen(order.only).map(({ id }) => id);
    while (rest.length > 0) {
      const scene = await openScene(order.subject, surroundings);
      const { plans } = await planAll(scene, { ...order, only: rest });
      if (ends.length === 0 && settled === undefined && order.agreed !== undefined && order.agreed !== digestOf(plans))
        throw new Fault(
          'CONFLICT',
          'The plan is no longer the one that was agreed to: something has changed meanwhile.',
          'Call it again.',
        );
      const batch = firstBatch(plans);
      if (batch.length === 0) break;
      const traits = { kind: options.kind, isCure: order.only?.length === 1, mayGoUntried: order.untried };
      const end = await held.carryOut(await recordOfPlans(scene, batch, traits));
      ends.push(end);
      if (end.state.phase !== 'done') break;
      rest = plans.filter((plan) => !batch.includes(plan) && changesSomething(plan)).map(({ action }) => action);
    }
    return defined({ ends, carried, settled });
  });
};

/**
 * Does what protect planned: trial boot, backup, apply, verify; what goes wrong is taken back.
 * @throws Fault NOT_FOUND, USAGE; CONFLICT when somebody else works on the app or the plan is no longer the agreed one
 */
export const carryOutProtection = async (
  order: ProtectOrder,
  surroundings: Surroundings,
  options: Partial<CarryOptions> = {},
): Promise<ProtectView> => {
  const before = await openScene(order.subject, surroundings);
  const view = await viewOf(before, await planAll(before, order), order.locale);
  const full: CarryOptions = { kind: 'protect', ...options, mayGoUntried: order.untried };
  const { ends, carried, settled } = await carryAll(order, surroundings, before, full);
  const scene = await openScene(order.subject, surroundings);
  const { tried } = carried.seen;
  return defined({
    ...view,
    settled: settled === undefined ? undefined : settledText(settled, order.locale),
    runs: ends.map((end) => runView(end, order.locale)),
    tried: tried === undefined ? undefined : triedView(tried, order.locale),
    health: { ...view.health, after: wellnessView(await askOnce(scene), scene, order.locale) },
    checklist: await checklistOf(scene, order.locale),
  });
};

/** A run that was asked to be taken back. */
export interface UndoOrder {
  readonly subject: Subject;
  readonly id: string;
  readonly locale: Locale;
}

/** What became of it. */
export interface UndoView {
  readonly app: string;
  readonly settled?: string;
  readonly run: RunView;
}

/**
 * Takes a run back.
 * @throws Fault NOT_FOUND, CONFLICT
 */
export const undoRun = async (
  { subject, id, locale }: UndoOrder,
  surroundings: Surroundings,
  options: Partial<CarryOptions> = {},
): Promise<UndoView> => {
  const scene = await openScene(subject, surroundings);
  const { parts } = carrying(scene, { ...options, mayGoUntried: false });
  return underLock(scene, parts, async (held) => {
    const settled = await held.settle();
    const run = runView(await held.undo(id), locale);
    return defined({
      app: scene.app.name,
      settled: settled === undefined ? undefined : settledText(settled, locale),
      run,
    });
  });
};
