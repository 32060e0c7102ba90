import { basename, relative } from 'node:path';
import type { WordedFinding } from '#diagnose/finding.ts';
import { wordFinding } from '#diagnose/word.ts';
import { catalog } from '#i18n/catalog.ts';
import { formatBytes, formatDuration } from '#i18n/format.ts';
import type { Locale } from '#kernel/locale.ts';
import { redact } from '#kernel/redact.ts';
import type { Nothing, Plan, Step } from '#protect/action.ts';
import { actionOf } from '#protect/actions/index.ts';
import { unifiedDiff, withoutValues } from '#protect/diff.ts';
import type { WorkStep } from '#protect/record.ts';
import { stuckSteps } from '#protect/run.ts';
import type { RunEnd } from '#protect/runner/runner.ts';
import type { TrialOutcome } from '#protect/trial/outcome.ts';
import type { Scene } from './scene.ts';
import type { Tried } from './trial.ts';
import type { Wellness } from './verify.ts';

/** A step in somebody's words, with the change of its file where it has one. */
export interface StepView {
  readonly do: Step['do'];
  readonly text: string;
  readonly diff?: string;
}

/** What an action would do. */
export interface PlanView {
  readonly action: string;
  readonly title: string;
  readonly steps: readonly StepView[];
  readonly notes: readonly string[];
}

/** What an action leaves as it is, and why. */
export interface NothingView {
  readonly action: string;
  readonly title: string;
  readonly because: Nothing['because'];
  readonly text: string;
}

/** What a trial boot showed. */
export interface TriedView {
  readonly outcome: TrialOutcome['outcome'];
  readonly text: string;
  readonly findings: readonly WordedFinding[];
}

/** How a run came to its end. */
export interface RunView {
  readonly id: string;
  readonly phase: string;
  readonly text: string;
  /** What failed on the way, in the words of the system. */
  readonly errors: readonly string[];
  /** Steps that are left as somebody else made them. */
  readonly left: readonly string[];
}

/** How the app is. */
export interface WellnessView {
  readonly healthy: boolean;
  readonly by: Wellness['by'];
  readonly text: string;
}

type Says = Readonly<Record<string, (params: Readonly<Record<string, string | number>>) => string>>;

/** A sentence of an action; its key when the catalogs do not know it. */
export const sayIn = (locale: Locale, says: string, params: Readonly<Record<string, string | number>>): string =>
  (catalog(locale).protect.says as Says)[says]?.(params) ?? says;

const titleOf = (action: string, locale: Locale): string => actionOf(action)?.title[locale] ?? action;

const shownPath = (path: string, dir: string): string => {
  const inside = relative(dir, path);
  return inside === '' || inside.startsWith('..') ? path : inside;
};

const isVariables = (path: string, { app }: Scene): boolean =>
  path === app.envFile || /(^|[._-])env([._-]|$)/.test(basename(path));

const diffOf = (step: Extract<Step, { do: 'write' }>, scene: Scene): string => {
  const diff = unifiedDiff(shownPath(step.path, scene.app.dir), step.before, step.after);
  return redact(isVariables(step.path, scene) ? withoutValues(diff) : diff);
};

type SomeStep = Step | WorkStep;

const isNewFile = (step: Extract<SomeStep, { do: 'write' }>): boolean =>
  'afterHash' in step ? step.beforeHash === undefined : step.before === undefined;

const stepText = (step: SomeStep, dir: string, locale: Locale): string => {
  const words = catalog(locale).protect.runs.step;
  if (step.do === 'run')
    return words.run(redact(step.argv.map((one, at) => (at === 0 ? basename(one) : one)).join(' ')));
  const path = shownPath(step.path, dir);
  if (step.do === 'trash') return words.trash(path, formatBytes(step.bytes, locale));
  if (step.do === 'delete') return words.delete(path, formatBytes(step.bytes, locale));
  if (step.do === 'swap') return step.staged === undefined ? words.swapAway(path) : words.swap(path);
  if (step.do === 'patch') return words.patch(path, sayIn(locale, step.why.says, step.why.params));
  return isNewFile(step) ? words.make(path) : words.write(path);
};

/** A step in somebody's words. */
export const stepView = (step: Step, scene: Scene, locale: Locale): StepView => {
  const text = stepText(step, scene.app.dir, locale);
  if (step.do === 'write') return { do: step.do, text, diff: diffOf(step, scene) };
  if (step.do === 'patch') return { do: step.do, text, diff: redact(step.patch) };
  return { do: step.do, text };
};

/** What an action would do, in somebody's words. */
export const planView = (plan: Plan, scene: Scene, locale: Locale): PlanView => ({
  action: plan.action,
  title: titleOf(plan.action, locale),
  steps: plan.steps.map((step) => stepView(step, scene, locale)),
  notes: plan.notes.map(({ says, params }) => sayIn(locale, says, params)),
});

/** Why an action would do nothing, in somebody's words. */
export const nothingView = ({ action, because, says, params }: Nothing, locale: Locale): NothingView => ({
  action,
  title: titleOf(action, locale),
  because,
  text: sayIn(locale, says, params),
});

type TrialWords = ReturnType<typeof catalog>['protect']['runs']['trial'];

const failedText = (outcome: Extract<TrialOutcome, { outcome: 'failed' }>, trial: TrialWords): string => {
  if (outcome.how === 'silent') return trial.silent();
  if (outcome.how === 'unhealthy') return trial.unhealthy(String(outcome.status ?? '—'));
  return trial.ended(outcome.signal ?? `exit ${outcome.code ?? '?'}`);
};

const trialText = (outcome: TrialOutcome, locale: Locale): string => {
  const { trial, untried } = catalog(locale).protect.runs;
  if (outcome.outcome === 'failed') return failedText(outcome, trial);
  if (outcome.outcome === 'not-triable') {
    const detail = outcome.detail === '' ? '' : ` (${redact(outcome.detail)})`;
    return trial.untried(`${untried[outcome.why]}${detail}`);
  }
  const took = formatDuration(outcome.tookMs, locale);
  const listens = outcome.status !== undefined || outcome.askedPort !== undefined;
  return listens ? trial.booted(took) : trial.bootedWorker(took);
};

/** What a trial boot showed, in somebody's words. */
export const triedView = ({ outcome, findings }: Tried, locale: Locale): TriedView => ({
  outcome: outcome.outcome,
  text: trialText(outcome, locale),
  findings: findings.map((finding) => wordFinding(finding, locale)),
});

const errorsOf = ({ events }: RunEnd): readonly string[] =>
  events.flatMap((event) => ('error' in event && event.error !== undefined ? [redact(event.error)] : []));

/** How a run ended, in somebody's words. */
export const runView = (end: RunEnd, locale: Locale): RunView => {
  const { phase: phases, turned, refusedUndo } = catalog(locale).protect.runs;
  const { record, state, refused } = end;
  const at = (steps: readonly number[]): readonly string[] =>
    steps.flatMap((one) => {
      const step = record.steps[one];
      return step === undefined ? [] : [stepText(step, record.dir, locale)];
    });
  const [first] = refused.flatMap((one) => record.steps[one] ?? []);
  const word =
    state.phase === 'done' || state.phase === 'undone' || state.phase === 'failed' ? phases[state.phase] : phases.other;
  const why = state.turned === undefined ? '' : ` (${turned[state.turned]})`;
  const text =
    first === undefined || first.do === 'run' ? `${word}${why}` : refusedUndo(shownPath(first.path, record.dir));
  return {
    id: record.id,
    phase: state.phase,
    text,
    errors: errorsOf(end),
    left: at([...stuckSteps(state), ...refused]),
  };
};

/** What is told of a run that a process had left unfinished. */
export const settledText = ({ record, state }: RunEnd, locale: Locale): string => {
  const { settled } = catalog(locale).protect.runs;
  return settled[state.phase === 'done' || state.phase === 'undone' ? state.phase : 'failed'](record.id);
};

/** How the app is, in somebody's words. */
export const wellnessView = (wellness: Wellness, scene: Scene, locale: Locale): WellnessView => {
  const { isHealthy: healthy, by, answer } = wellness;
  const { health: url = '', port = 0 } = scene.app;
  const why = String(answer?.status ?? answer?.error ?? '?');
  const says = { health: healthy ? 'health.good' : 'health.bad', port: 'health.port', manager: 'health.unknown' }[by];
  return { healthy, by, text: sayIn(locale, says, { url, status: answer?.status ?? 0, why, port }) };
};
