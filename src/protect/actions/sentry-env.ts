import { readFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import type { Nothing, Plan, Said, Step } from '../action.ts';
import { defineAction, type ActionContext, type AppSources, type Standing } from '../define.ts';
import { assignmentsIn, valuesIn, withVariable } from './sentry-env/env-text.ts';
import { sdkPatch } from './sentry-env/patch.ts';
import { enabledWord, judgeSdk, type SdkStanding } from './sentry-env/sdk.ts';

const ID = 'sentry-env';
const RELOAD_MS = 120_000;
const [ENABLED, DSN] = ['SENTRY_ENABLED', 'SENTRY_DSN'] as const;

/** What is known of an app's way to Sentry. `text` holds values: it goes nowhere but into the file. */
interface Known {
  readonly sources: AppSources;
  readonly sdk: SdkStanding;
  readonly path?: string;
  readonly text?: string;
  readonly word: string;
}

const readText = async (path: string | undefined): Promise<string | undefined> =>
  path === undefined ? undefined : readFile(path, 'utf8').catch(() => undefined);

const manifestOf = async (dir: string): Promise<Readonly<Record<string, unknown>>> => {
  const text = await readText(join(dir, 'package.json'));
  try {
    return (JSON.parse(text ?? '{}') ?? {}) as Readonly<Record<string, unknown>>;
  } catch (error) {
    // A broken package.json names no SDK; that it is broken is told by the diagnosis.
    if (error instanceof SyntaxError) return {};
    throw error;
  }
};

const know = async (context: ActionContext): Promise<Known> => {
  const sources = await context.sources();
  const path = context.app.envFile ?? sources.envFile;
  const text = await readText(path);
  const base = { sources, sdk: judgeSdk(await manifestOf(context.app.dir), sources), word: enabledWord(sources) };
  if (path === undefined) return base;
  return text === undefined ? { ...base, path } : { ...base, path, text };
};

/** Whether a text is an address that an SDK takes: a public key before the host, a project after it. */
const isDsn = (text: string | undefined): text is string =>
  /^https?:\/\/[^\s/@:]+(?::[^\s/@]*)?@[^\s/@]+\/(?:\S*\/)?[\w-]+$/.test(text ?? '');

/** What documents and templates have in the place of a key is none. */
const isReal = (text: string | undefined): text is string =>
  isDsn(text) && !/^https?:\/\/(?:example|your|xxx|<)/i.test(text);

/** The DSN to be written: as given, else as the file has it, else as it stands there commented out. */
const dsnOf = (
  { given }: ActionContext,
  text: string,
): { readonly dsn?: string; readonly from: 'given' | 'file' | 'comment' } => {
  if (given['dsn'] !== undefined) return { dsn: given['dsn'], from: 'given' };
  const present = valuesIn(text).get(DSN);
  if (isReal(present)) return { dsn: present, from: 'file' };
  const comment = assignmentsIn(text).findLast(
    ({ name, commented, value }) => name === DSN && commented && isReal(value),
  );
  return comment === undefined ? { from: 'file' } : { dsn: comment.value, from: 'comment' };
};

const nothing = (
  context: ActionContext,
  because: Nothing['because'],
  says: string,
  params: Said['params'] = {},
): Nothing => ({
  action: ID,
  app: context.app.name,
  because,
  says,
  params: { app: context.app.name, ...params },
});

/** The variables are read at the start: the app is reloaded by the numbers that PM2 gave it, whatever its name is. */
const reloads = async ({ app, pm2 }: ActionContext): Promise<readonly Step[]> => {
  if (pm2?.command === undefined) return [];
  const { command, home } = pm2;
  const mine = ((await pm2.records()) ?? []).filter(({ name }) => name === app.name);
  return mine.map(({ id }) => {
    const argv = [...command, 'reload', String(id)];
    return { do: 'run', argv, cwd: app.dir, env: { PM2_HOME: home }, timeoutMs: RELOAD_MS, undo: argv };
  });
};

const sdkNote = ({ sdk }: Known): readonly Said[] => {
  if (sdk.is === 'started') return [{ says: 'sentry.sdk', params: { sdk: sdk.sdk, version: sdk.version } }];
  if (sdk.is === 'unread') return [{ says: 'sentry.unread', params: { sdk: sdk.sdk, version: sdk.version } }];
  return [];
};

const planned = async (context: ActionContext, known: Known, after: string, from: string): Promise<Plan> => {
  const { path = '', text } = known;
  const changed = text !== after;
  const runs = changed ? await reloads(context) : [];
  const patch = sdkPatch(context.app.dir, known.sdk, known.sources);
  const write: readonly Step[] = !changed
    ? []
    : [text === undefined ? { do: 'write', path, after, mode: 0o600 } : { do: 'write', path, before: text, after }];
  const notes: Said[] = [...sdkNote(known)];
  if (from === 'comment' && changed) notes.push({ says: 'sentry.from-comment', params: { file: basename(path) } });
  if (runs.length > 0) notes.push({ says: 'sentry.gap', params: { app: context.app.name } });
  else if (changed) notes.push({ says: 'sentry.next-start', params: { app: context.app.name } });
  return {
    action: ID,
    app: context.app.name,
    steps: [...write, ...runs, ...(patch === undefined ? [] : [patch])],
    notes,
    touchesApp: runs.length > 0,
    needsTrial: runs.length > 0,
  };
};

const plan = async (context: ActionContext): Promise<Plan | Nothing> => {
  const known = await know(context);
  const { path, text = '', word } = known;
  if (path === undefined) return nothing(context, 'not-here', 'sentry.no-file');
  if (known.text?.includes('\u{FFFD}') === true)
    return nothing(context, 'refused', 'sentry.not-text', { file: basename(path) });
  const { dsn, from } = dsnOf(context, text);
  if (dsn === undefined) return nothing(context, 'refused', 'sentry.no-dsn', { file: relative(context.app.dir, path) });
  if (!isDsn(dsn)) return nothing(context, 'refused', 'sentry.bad-dsn');
  const after = withVariable(withVariable(text, DSN, dsn, ENABLED), ENABLED, word, DSN);
  const outcome = await planned(context, known, after, from);
  return outcome.steps.length > 0 ? outcome : nothing(context, 'done', 'sentry.done', { sdk: nameOf(known.sdk) });
};

const nameOf = (sdk: SdkStanding): string => (sdk.is === 'absent' ? '–' : `${sdk.sdk} ${sdk.version}`);

const check = async (context: ActionContext): Promise<Standing> => {
  const standing = (state: Standing['state'], says: string, params: Said['params'] = {}): Standing => ({
    state,
    says,
    params: { app: context.app.name, ...params },
  });
  const { path, text, sdk, word } = await know(context);
  if (path === undefined) return standing('not-here', 'sentry.no-file');
  const values = valuesIn(text ?? '');
  if (!isDsn(values.get(DSN))) return standing('open', 'sentry.no-dsn', { file: relative(context.app.dir, path) });
  if (values.get(ENABLED) !== word) return standing('open', 'sentry.off', { file: relative(context.app.dir, path) });
  if (sdk.is === 'started' || sdk.is === 'unread') return standing('done', 'sentry.done', { sdk: nameOf(sdk) });
  return standing('open', `sentry.sdk-${sdk.is}`, { sdk: nameOf(sdk) });
};

/** Sentry is switched on where the app reads its variables, and the app really starts an SDK. */
export const sentryEnv = defineAction({
  id: ID,
  title: { en: 'Sentry on in production', ru: 'Sentry включён в production' },
  priority: 'P0',
  plan,
  check,
});
