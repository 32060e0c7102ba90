import { basename, relative } from 'node:path';
import { redact } from '../../kernel/redact.ts';
import type { Nothing, Plan, Said, Step } from '../action.ts';
import { defineAction, type ActionContext, type Standing } from '../define.ts';
import { unifiedDiff } from '../diff.ts';
import { editConfig, provesRight, type Edited, type Job } from './pm2-limits/edit.ts';
import { findConfigs } from './pm2-limits/find.ts';
import { liveNotes, liveOf, liveSteps, type Live } from './pm2-limits/live.ts';
import { newConfig } from './pm2-limits/new-config.ts';
import { openConfig, type Opened } from './pm2-limits/open.ts';
import { appendix } from './pm2-limits/appendix.ts';
import { valueIn } from './pm2-limits/probe.ts';
import { BACKOFF } from './pm2-limits/setting.ts';

const ID = 'pm2-limits';

const nothing = (
  context: ActionContext,
  because: Nothing['because'],
  says: string,
  params: Said['params'],
): Nothing => ({
  action: ID,
  app: context.app.name,
  because,
  says,
  params: { app: context.app.name, ...params },
});

/** The file that configures the app, with what came of the attempt to edit it. */
interface Found {
  readonly path: string;
  readonly opened?: Opened;
  readonly job?: Job;
  readonly edited: Edited;
  /** Other apps that the edit changes as well. */
  readonly also?: readonly string[];
}

/** What the app shares with others that are protected as well is changed for all; else the app alone. */
const editFor = async (context: ActionContext, job: Job): Promise<Pick<Found, 'edited' | 'also'>> => {
  const edited = await editConfig(job);
  if (edited.outcome !== 'refused' || edited.suggestion === undefined) return { edited };
  const also = edited.others ?? [];
  if (!also.every((name) => context.protected.includes(name))) return { edited };
  return {
    edited: { outcome: 'edited', apps: edited.apps, text: edited.suggestion, backoff: job.backoff },
    also,
  };
};

const tryFile = async (context: ActionContext, path: string): Promise<Found> => {
  const opened = await openConfig(context, path);
  if (!opened.ok) return { path, edited: { outcome: 'refused', why: opened.error, apps: [] } };
  const job: Job = { ...opened.value, names: [context.app.name], backoff: !context.agent };
  return { path, opened: opened.value, job, ...(await editFor(context, job)) };
};

/** The first file that has the app; a file that cannot be read is told only when none has it. */
const findApp = async (context: ActionContext): Promise<Found | undefined> => {
  let first: Found | undefined;
  for (const path of await findConfigs(context.app)) {
    const found = await tryFile(context, path);
    if (found.edited.outcome !== 'refused' || found.edited.apps.length > 0) return found;
    first ??= found;
  }
  return first;
};

/** A patch for people: what proved right, else an addition that proves right, else the settings alone. */
const patchOf = async (context: ActionContext, found: Found): Promise<string> => {
  const shown = relative(context.app.dir, found.path) || basename(found.path);
  const settings = `max_restarts: 3,\nmin_uptime: '30s',\n`;
  const { job, edited, opened } = found;
  if (edited.outcome !== 'refused' || job === undefined || opened === undefined) return settings;
  if (edited.suggestion !== undefined) return redact(unifiedDiff(shown, opened.text, edited.suggestion));
  const longer = appendix(opened, context.app.name);
  if (longer === undefined || !(await provesRight({ ...job, backoff: false }, longer))) return settings;
  return redact(unifiedDiff(shown, opened.text, longer));
};

const printed = async (context: ActionContext, found: Found, why: Said): Promise<Plan> => ({
  action: ID,
  app: context.app.name,
  steps: [{ do: 'patch', path: found.path, patch: await patchOf(context, found), why }],
  notes: [],
  touchesApp: false,
  needsTrial: false,
});

/** An app that was started without a file gets one to look at: what it needs is known only to people. */
const withoutFile = async (context: ActionContext): Promise<Plan | Nothing> => {
  const [record] = (await liveOf(context)).processes;
  if (record === undefined) return nothing(context, 'not-here', 'limits.no-file', { dir: context.app.dir });
  const { path, text } = newConfig(context.app.dir, record);
  const why: Said = { says: 'limits.started-without-file', params: { app: context.app.name, path } };
  return {
    action: ID,
    app: context.app.name,
    steps: [{ do: 'patch', path, patch: redact(unifiedDiff(basename(path), undefined, text)), why }],
    notes: [],
    touchesApp: false,
    needsTrial: false,
  };
};

const writeOf = ({ path, opened, edited }: Found): readonly Step[] =>
  edited.outcome === 'edited' && opened !== undefined
    ? [{ do: 'write', path, before: opened.text, after: edited.text }]
    : [];

const backoffNote = (edited: Edited): readonly Said[] =>
  edited.outcome === 'edited' && edited.backoff
    ? [{ says: 'limits.backoff', params: { ms: Number(BACKOFF.value) } }]
    : [];

const alsoNote = ({ app }: ActionContext, { also = [] }: Found): readonly Said[] =>
  also.length === 0 ? [] : [{ says: 'limits.also', params: { app: app.name, others: also.join(', ') } }];

/** Nothing is to be changed: because all is right, or because what is not cannot be done from here. */
const idle = (context: ActionContext, live: Live, notes: readonly Said[]): Nothing =>
  live.processes.length > 0 && !live.right
    ? nothing(context, 'refused', notes[0]?.says ?? 'limits.no-command', {})
    : nothing(context, 'done', 'limits.done', {});

const whole = (context: ActionContext, found: Found, live: Live): Plan | Nothing => {
  const writes = writeOf(found);
  const runs = liveSteps(context, live, found.path, writes.length > 0);
  const notes = liveNotes(context, live, runs);
  if (writes.length === 0 && runs.length === 0) return idle(context, live, notes);
  const reloads = runs.some((step) => step.do === 'run' && step.argv.includes('reload'));
  return {
    action: ID,
    app: context.app.name,
    steps: [...writes, ...runs],
    notes: [...notes, ...alsoNote(context, found), ...backoffNote(found.edited)],
    touchesApp: reloads,
    needsTrial: reloads,
  };
};

const plan = async (context: ActionContext): Promise<Plan | Nothing> => {
  if (context.app.manager !== 'pm2') return nothing(context, 'not-here', 'limits.not-pm2', {});
  const found = await findApp(context);
  if (found === undefined) return withoutFile(context);
  const { edited } = found;
  if (edited.outcome === 'refused') return printed(context, found, edited.why);
  return whole(context, found, await liveOf(context));
};

const standing = (
  context: ActionContext,
  state: Standing['state'],
  says: string,
  params: Said['params'],
): Standing => ({
  state,
  says,
  params: { app: context.app.name, ...params },
});

const shown = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '–';

const checkFile = (context: ActionContext, { edited, path }: Found): Standing | undefined => {
  if (edited.outcome === 'refused' && edited.apps.length === 0)
    return standing(context, 'open', edited.why.says, { path, ...edited.why.params });
  if (edited.outcome === 'done') return undefined;
  const [app] = edited.apps;
  const value = (key: string): string => shown(app === undefined ? undefined : valueIn(app, key));
  return standing(context, 'open', 'limits.open', { restarts: value('max_restarts'), uptime: value('min_uptime') });
};

/** Whether the daemon has the limits (its word counts), the file has them for the next start, and the saved list for the next boot. */
const check = async (context: ActionContext): Promise<Standing> => {
  if (context.app.manager !== 'pm2') return standing(context, 'not-here', 'limits.not-pm2', {});
  const [found, live] = [await findApp(context), await liveOf(context)];
  const [process] = live.processes;
  if (process !== undefined && !live.right)
    return standing(context, 'open', 'limits.open-live', {
      restarts: shown(process.maxRestarts),
      uptime: shown(process.minUptimeMs),
    });
  if (found === undefined && process === undefined)
    return standing(context, 'not-here', 'limits.no-file', { dir: context.app.dir });
  const file = found === undefined ? undefined : checkFile(context, found);
  if (file !== undefined) return file;
  if (live.saved !== true && process !== undefined) return standing(context, 'open', 'limits.not-saved', {});
  return standing(context, 'done', 'limits.done', {});
};

/** PM2 gives up after three starts that fail, instead of hiding a crash loop for hours. */
export const pm2Limits = defineAction({
  id: ID,
  title: { en: 'PM2 gives up on a crash loop', ru: 'PM2 прекращает бесконечные перезапуски' },
  priority: 'P0',
  plan,
  check,
});
