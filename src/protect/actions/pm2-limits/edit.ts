import type { Said } from '../../action.ts';
import type { Finder } from './candidate.ts';
import { choose, composed } from './choose.ts';
import type { Evaluate } from './evaluate.ts';
import { onlyDiffers, probe, spotsOf, valueIn, type Effect, type Ground, type Wish } from './probe.ts';
import { BACKOFF, fulfils, LIMITS, type Setting } from './setting.ts';
import { spliced } from './splice.ts';
import type { Surroundings } from './surroundings.ts';
import { appsOf, nameOf, type Tree } from './tree.ts';

/** A configuration and what shall be so in it. */
export interface Job {
  readonly text: string;
  readonly evaluate: Evaluate;
  readonly find: Finder;
  readonly surroundings: readonly Surroundings[];
  /** The apps that shall have the limits. */
  readonly names: readonly string[];
  /** Whether a pause that grows is set as well, for apps that have none. */
  readonly backoff: boolean;
}

/** What came of it. `apps` has the wanted apps as they were evaluated before. */
export type Edited =
  | { readonly outcome: 'done'; readonly apps: readonly Tree[] }
  | { readonly outcome: 'edited'; readonly apps: readonly Tree[]; readonly text: string; readonly backoff: boolean }
  | {
      readonly outcome: 'refused';
      readonly why: Said;
      readonly apps: readonly Tree[];
      /** A text that proved right, but changes other apps as well: these. */
      readonly suggestion?: string;
      readonly others?: readonly string[];
    };

const refused = (says: string, params: Said['params'], apps: readonly Tree[] = []): Edited => ({
  outcome: 'refused',
  why: { says, params },
  apps,
});

/** Evaluates the original in every environment that it tells apart, twice; the error is the evaluation's in the environment that is there. */
const groundsOf = async (job: Job): Promise<{ readonly grounds: readonly Ground[]; readonly error: string }> => {
  const grounds: Ground[] = [];
  let error = '';
  for (const surroundings of job.surroundings) {
    const [first] = await job.evaluate([job.text], surroundings);
    if (first?.ok !== true) {
      error ||= first?.error ?? '';
      // What does not evaluate in the environment that is there may need what PM2's had: the others show it as well.
      continue;
    }
    const [second] = grounds.length === 0 ? await job.evaluate([job.text], surroundings) : [first];
    if (second?.ok === true) grounds.push({ surroundings, tree: first.value, again: second.value });
  }
  return { grounds, error };
};

const wantedIn = (tree: Tree, names: readonly string[]): readonly Tree[] =>
  appsOf(tree).filter((app) => names.includes(nameOf(app) ?? ''));

/** The apps that keep no pause between their restarts. */
const restless = (apps: readonly Tree[]): readonly string[] =>
  apps.flatMap((app) =>
    valueIn(app, 'restart_delay') === undefined && valueIn(app, BACKOFF.key) === undefined ? [nameOf(app) ?? ''] : [],
  );

const wishesOf = (job: Job, apps: readonly Tree[]): readonly Wish[] => {
  const limits = LIMITS.map((setting) => ({ setting, names: job.names }));
  const names = job.backoff ? restless(apps) : [];
  return names.length === 0 ? limits : [...limits, { setting: BACKOFF, names }];
};

const openOf = (wish: Wish, grounds: readonly Ground[]): ReadonlySet<string> =>
  new Set(grounds.flatMap(({ tree }, index) => [...spotsOf(wish, tree, index).open]));

const candidatesOf = (job: Job, wish: Wish, grounds: readonly Ground[]): ReturnType<Finder> => {
  const keys = LIMITS.map(({ key }) => key).filter((key) => key !== wish.setting.key);
  const current = grounds.flatMap(({ tree }) =>
    wantedIn(tree, wish.names).map((app) => valueIn(app, wish.setting.key)),
  );
  return job.find(
    wish.setting,
    [...keys].reverse(),
    current.filter((value) => value !== undefined),
  );
};

/** Whether an edited text gives every wanted app its settings and changes nothing else, in every environment. */
const verify = async (
  job: Job,
  text: string,
  wishes: readonly Wish[],
  grounds: readonly Ground[],
): Promise<boolean> => {
  const names = [...new Set(wishes.flatMap((wish) => wish.names))];
  const keys = wishes.map(({ setting }) => setting.key);
  for (const [index, ground] of grounds.entries()) {
    const [before, after] = await job.evaluate([job.text, text], ground.surroundings);
    if (before?.ok !== true || after?.ok !== true) return false;
    if (!onlyDiffers({ ...ground, again: before.value }, after.value, names, keys)) return false;
    if (wishes.some((wish) => spotsOf(wish, after.value, index).open.size > 0)) return false;
  }
  return true;
};

/** Why no edit was found: what these apps have is shared with others, or made by code that no edit of this file reaches. */
const cannot = async (job: Job, apps: readonly Tree[], grounds: readonly Ground[]): Promise<Edited> => {
  const app = job.names.join(', ');
  const others = new Set(grounds.flatMap(({ tree }) => appsOf(tree).map((one) => nameOf(one) ?? '')));
  for (const name of job.names) others.delete(name);
  if (others.size === 0) return refused('limits.computed', { app }, apps);
  const wider = await editConfig({ ...job, names: [...job.names, ...others] });
  if (wider.outcome !== 'edited') return refused('limits.computed', { app }, apps);
  return {
    outcome: 'refused',
    why: { says: 'limits.shared', params: { app, others: [...others].join(', ') } },
    apps,
    suggestion: wider.text,
    others: [...others],
  };
};

/** Works out the edit of a configuration file and proves it by evaluating; writes nothing. */
export const editConfig = async (job: Job): Promise<Edited> => {
  const { grounds, error } = await groundsOf(job);
  if (grounds.length === 0) return refused('limits.not-evaluated', { why: error });
  const apps = grounds.flatMap(({ tree }) => wantedIn(tree, job.names));
  if (apps.length === 0) {
    const names = new Set(grounds.flatMap(({ tree }) => appsOf(tree).map((app) => nameOf(app) ?? '?')));
    return refused('limits.no-such-app', {
      app: job.names.join(', '),
      apps: [...names].join(', '),
    });
  }
  if (apps.every((app) => LIMITS.every((setting: Setting) => fulfils(valueIn(app, setting.key), setting))))
    return { outcome: 'done', apps };
  const wishes = wishesOf(job, apps);
  const asked = wishes.flatMap((wish) => candidatesOf(job, wish, grounds).map((candidate) => ({ wish, candidate })));
  const probed = await probe(job.text, grounds, asked, job.evaluate);
  const effectsOf = (wish: Wish): readonly Effect[] => probed.flatMap((one) => (one.wish === wish ? [one.effect] : []));
  const choices = wishes.map((wish) => ({ wish, chosen: choose(openOf(wish, grounds), effectsOf(wish)) }));
  // A pause that cannot be set for these apps alone is no reason to leave the limits as they are.
  const kept = choices.filter(({ wish, chosen }) => wish.setting !== BACKOFF || chosen !== undefined);
  const splices = kept.some(({ chosen }) => chosen === undefined)
    ? undefined
    : composed(kept.flatMap(({ chosen }) => chosen ?? []));
  const text = splices === undefined ? undefined : spliced(job.text, splices);
  const made = kept.map(({ wish }) => wish);
  if (text === undefined || !(await verify(job, text, made, grounds))) return cannot(job, apps, grounds);
  return { outcome: 'edited', apps, text, backoff: made.some(({ setting }) => setting === BACKOFF) };
};

/** Whether a text proves right for a job: for a suggestion that is printed. */
export const provesRight = async (job: Job, text: string): Promise<boolean> => {
  const { grounds } = await groundsOf(job);
  const apps = grounds.flatMap(({ tree }) => wantedIn(tree, job.names));
  return apps.length > 0 && (await verify(job, text, wishesOf(job, apps), grounds));
};
