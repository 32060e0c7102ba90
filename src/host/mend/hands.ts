import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '#kernel/defined.ts';
import { Fault } from '#kernel/fault.ts';
import type { Locale } from '#kernel/locale.ts';
import { redact } from '#kernel/redact.ts';
import { err, ok } from '#kernel/result.ts';
import { MINUTE } from '#kernel/time.ts';
import { actionOf } from '#protect/actions/index.ts';
import { isPlan } from '#protect/define.ts';
import { traitOf, type RunRecord } from '#protect/record.ts';
import { runCommand } from '#protect/runner/command.ts';
import { isAbsence, writeDurably } from '#protect/runner/durable.ts';
import { appKey, privateFolder, protectFolder } from '#protect/runner/place.ts';
import { pastRuns, type RunEnd } from '#protect/runner/runner.ts';
import type { AppSpec } from '../contract.ts';
import type { Carried, Hands, RepairEnd } from '../hands.ts';
import { carrying, recordOfPlans, underLock, type CarryOptions } from './carry.ts';
import { carryOutProtection, planProtection } from './protect.ts';
import { carryOutRecover } from './recover.ts';
import { carryOutRollback, keepNow } from './rollback.ts';
import { openScene, type Scene, type Surroundings } from './scene.ts';
import type { Subject } from './subject.ts';
import { tryState } from './trial.ts';
import { nothingView, planView, runView, triedView, type PlanView, type RunView } from './view.ts';

/** What an agent's hands are made with. */
export interface HandsOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly locale: Locale;
  /** PM2's folder, when it is not the user's usual one. */
  readonly pm2Home?: string;
}

/** What was proven so long ago is tried again before it is done. */
const PROVEN_MS = 10 * MINUTE;
const START_MS = 2 * MINUTE;

const subjectOf = (app: AppSpec, { pm2Home }: HandsOptions): Subject => {
  const { name, dir, manager, ecosystem, envFile, health, port, artifacts } = app;
  return defined({ name, dir, manager, ecosystem, envFile, health, port, artifacts, pm2Home });
};

const surroundingsOf = ({ env, home, now, signal }: HandsOptions): Surroundings => ({
  env,
  home,
  now,
  signal,
  cwd: home,
  agent: true,
  given: {},
});

const textOf = ({ title, steps, notes }: PlanView): string =>
  [title, ...steps.map(({ text, diff }) => (diff === undefined ? `- ${text}` : `- ${text}\n${diff}`)), ...notes].join(
    '\n',
  );

const planFile = async (app: string, dir: string, { home }: HandsOptions, id: string): Promise<string> => {
  const folder = join(protectFolder(home), appKey(app, dir), 'plans');
  await privateFolder(protectFolder(home));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return join(folder, `${id.replaceAll(/[^\w-]/g, '_')}.json`);
};

const readPlan = async (file: string): Promise<RunRecord | undefined> => {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as RunRecord;
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
};

const endOf = (end: Pick<RunEnd, 'state'> & Partial<RunEnd>, view: RunView): RepairEnd => {
  const { phase } = end.state;
  const error = [view.text, ...view.errors, ...view.left].join('; ');
  if (phase === 'done') return { outcome: 'verified' };
  return { outcome: phase === 'undone' ? 'undone' : 'failed', error };
};

/** What is wrong with set-up or surroundings is an answer; a bug stays one. */
const asAnswer = async <T>(work: () => Promise<T>, answer: (message: string) => T): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return answer([error.message, error.hint].filter((one) => one !== '').join(' '));
  }
};

const failedRepair = (error: string): RepairEnd => ({ outcome: 'failed', error });
const refusedOrder = (output: string): Carried => ({ outcome: 'refused', output });

const carriedOf = (runs: readonly RunView[], isGood: boolean, more: readonly string[]): Carried => {
  const lines = [...runs.flatMap(({ text, errors, left }) => [text, ...errors, ...left]), ...more].filter(
    (one) => one !== '',
  );
  return { outcome: isGood ? 'done' : 'failed', output: redact(lines.join('\n')) };
};

const open = async (app: AppSpec, options: HandsOptions): Promise<Scene> =>
  openScene(subjectOf(app, options), surroundingsOf(options));

const plan = async (options: HandsOptions, app: AppSpec, id: string): ReturnType<Hands['plan']> => {
  const action = actionOf(id);
  if (action === undefined) return err(`there is no action ${id}`);
  const scene = await open(app, options);
  const outcome = await action.plan(scene.context);
  if (!isPlan(outcome)) return err(nothingView(outcome, options.locale).text);
  if (outcome.steps.every((step) => step.do === 'patch')) return err(textOf(planView(outcome, scene, options.locale)));
  const record = await recordOfPlans(scene, [outcome], { kind: 'repair', isCure: true, mayGoUntried: false });
  const tried = record.needsTrial ? await tryState(scene, record.steps) : undefined;
  await writeDurably(await planFile(app.name, scene.app.dir, options, record.id), JSON.stringify(record));
  const shown = [textOf(planView(outcome, scene, options.locale))];
  if (tried !== undefined) shown.push(triedView(tried, options.locale).text);
  return ok({
    id: record.id,
    action: id,
    isProven: tried?.outcome.outcome === 'booted',
    isUndoable: record.steps.every((step) => traitOf(step) === 'file' || traitOf(step) === 'command'),
    text: redact(shown.join('\n')),
  });
};

const underHands = async <T>(
  options: HandsOptions,
  app: AppSpec,
  more: Partial<CarryOptions>,
  work: (scene: Scene, held: Parameters<Parameters<typeof underLock>[2]>[0]) => Promise<T>,
): Promise<T> => {
  const scene = await open(app, options);
  const { parts } = carrying(scene, { mayGoUntried: false, ...more });
  return underLock(scene, parts, async (held) => work(scene, held));
};

const apply = async (options: HandsOptions, app: AppSpec, id: string, onApplied: () => void): Promise<RepairEnd> => {
  const onNews: CarryOptions['onNews'] = (news) => {
    if ('now' in news && news.now.do === 'verify' && news.now.of === 'plan') onApplied();
  };
  return underHands(options, app, { onNews }, async (scene, held) => {
    await held.settle();
    const done = await past(scene, options, id);
    if (done !== undefined) return done;
    const record = await readPlan(await planFile(app.name, scene.app.dir, options, id));
    if (record === undefined) return failedRepair(`there is no plan ${id}`);
    const isFresh = options.now() - record.at < PROVEN_MS;
    const end = await held.carryOut({ ...record, needsTrial: record.needsTrial && !isFresh });
    return endOf(end, runView(end, options.locale));
  });
};

const past = async (scene: Scene, { home, locale }: HandsOptions, id: string): Promise<RepairEnd | undefined> => {
  const run = (await pastRuns(scene.app.name, scene.app.dir, home)).find(({ record }) => record.id === id);
  return run === undefined ? undefined : endOf(run, runView({ ...run, refused: [] }, locale));
};

const resume = async (options: HandsOptions, app: AppSpec, id: string): Promise<RepairEnd> =>
  underHands(options, app, {}, async (scene, held) => {
    await held.settle();
    // A plan that was never begun changed nothing.
    return (await past(scene, options, id)) ?? { outcome: 'undone', error: 'it had not begun' };
  });

const undo = async (options: HandsOptions, app: AppSpec, id: string): Promise<RepairEnd> =>
  underHands(options, app, {}, async (_scene, held) => {
    await held.settle();
    const end = await held.undo(id);
    return endOf(end, runView(end, options.locale));
  });

/** Restarted where PM2 has it; else started from its ecosystem file. */
const startWords = async ({ app, pm2 }: Scene): Promise<readonly string[] | undefined> => {
  if (pm2?.command === undefined) return undefined;
  const isKnown = ((await pm2.records()) ?? []).some(({ name }) => name === app.name);
  if (!isKnown && app.ecosystem !== undefined) return [...pm2.command, 'start', app.ecosystem, '--only', app.name];
  return [...pm2.command, 'restart', app.name];
};

const start = async (options: HandsOptions, app: AppSpec): ReturnType<Hands['start']> => {
  const scene = await open(app, options);
  const words = app.manager === 'systemd' ? ['systemctl', 'start', app.name] : await startWords(scene);
  if (words === undefined) return err('no pm2 was found on the PATH or beside the Node of its daemon');
  const home = scene.pm2 === undefined ? {} : { PM2_HOME: scene.pm2.home };
  const env = { ...scene.surroundings.env, ...home };
  const { code, error, said } = await runCommand(words, { env, cwd: scene.app.dir, timeoutMs: START_MS });
  return code === 0
    ? ok(undefined)
    : err(
        redact(error ?? said)
          .trim()
          .slice(-1_000),
      );
};

const recover = async (options: HandsOptions, app: AppSpec): Promise<Carried> => {
  const order = { subject: subjectOf(app, options), locale: options.locale, force: false };
  const view = await carryOutRecover(order, surroundingsOf(options));
  const runs = view.run === undefined ? [] : [view.run];
  const why = view.findings.slice(0, 3).map(({ title }) => title);
  return carriedOf(runs, view.health.after?.healthy === true, [view.health.after?.text ?? '', ...why]);
};

const rollback = async (options: HandsOptions, app: AppSpec, to: string | undefined): Promise<Carried> => {
  const order = defined({ subject: subjectOf(app, options), locale: options.locale, to });
  const view = await carryOutRollback(order, surroundingsOf(options));
  if (view.run === undefined) return refusedOrder('no kept tree differs from what is there');
  return carriedOf([view.run], view.run.phase === 'done', [
    view.to ?? '',
    view.tried?.text ?? '',
    view.health.after?.text ?? '',
  ]);
};

const protect = async (
  options: HandsOptions,
  app: AppSpec,
  only: readonly string[] | undefined,
  applies: boolean,
): Promise<Carried> => {
  // Nobody was asked about what goes for good.
  const order = defined({
    subject: subjectOf(app, options),
    locale: options.locale,
    only,
    untried: false,
    keepsAll: true,
  });
  const view = await (applies ? carryOutProtection : planProtection)(order, surroundingsOf(options));
  const told = [
    ...(applies ? [] : view.plans.map(textOf)),
    ...view.nothing.map(({ title, text }) => `${title}: ${text}`),
  ];
  return carriedOf(
    view.runs,
    view.runs.every(({ phase }) => phase === 'done'),
    [...told, view.tried?.text ?? ''],
  );
};

/** The hands of an agent: the same runner, trial and journal as the command line's. */
export const createHands = (options: HandsOptions): Hands => ({
  plan: async (app, action) =>
    asAnswer(
      async () => plan(options, app, action),
      (message) => err(message),
    ),
  apply: async (app, id, onApplied) => asAnswer(async () => apply(options, app, id, onApplied), failedRepair),
  undo: async (app, id) => asAnswer(async () => undo(options, app, id), failedRepair),
  resume: async (app, id) => asAnswer(async () => resume(options, app, id), failedRepair),
  start: async (app) =>
    asAnswer(
      async () => start(options, app),
      (message) => err(message),
    ),
  recover: async (app) => asAnswer(async () => recover(options, app), refusedOrder),
  rollback: async (app, to) => asAnswer(async () => rollback(options, app, to), refusedOrder),
  protect: async (app, only, applies) => asAnswer(async () => protect(options, app, only, applies), refusedOrder),
  keepHealthy: async (app) =>
    asAnswer(
      async () =>
        void (await keepNow({ subject: subjectOf(app, options), locale: options.locale }, surroundingsOf(options))),
      () => undefined,
    ),
});
