import { join } from 'node:path';
import type { Nothing, Plan, Said, Step } from '../action.ts';
import { defineAction, type ActionContext, type Pm2Access, type Pm2Record, type Standing } from '../define.ts';
import { savedStanding, type SavedStanding } from './boot-start/saved-list.ts';
import { initSystem, startupCommand } from './boot-start/startup.ts';

const ID = 'boot-start';
const SAVE_MS = 30_000;

/** What is known of how an app comes back after a reboot. */
interface Known {
  readonly pm2: Pm2Access;
  readonly running: readonly Pm2Record[];
  readonly saved: SavedStanding;
  readonly bootedBy: string | undefined;
}

const know = async (context: ActionContext): Promise<Known | undefined> => {
  const { app, pm2 } = context;
  if (app.manager !== 'pm2' || pm2 === undefined) return undefined;
  const running = ((await pm2.records()) ?? []).filter(({ name }) => name === app.name);
  return { pm2, running, saved: await savedStanding(pm2.home, app.name, running), bootedBy: await context.bootedBy() };
};

const nothing = (
  { app }: ActionContext,
  because: Nothing['because'],
  says: string,
  params: Said['params'] = {},
): Nothing => ({
  action: ID,
  app: app.name,
  because,
  says,
  params: { app: app.name, ...params },
});

/** Only what runs can be saved: an app that is away now would be lost from the list. */
const saveStep = (context: ActionContext, { pm2, running, saved }: Known): readonly Step[] => {
  if (saved.is === 'right' || running.length === 0 || pm2.command === undefined) return [];
  const argv = [...pm2.command, 'save'];
  return [{ do: 'run', argv, cwd: context.app.dir, env: { PM2_HOME: pm2.home }, timeoutMs: SAVE_MS }];
};

const startupStep = async (context: ActionContext, { pm2, bootedBy }: Known): Promise<readonly Step[]> => {
  if (bootedBy !== undefined) return [];
  const init = await initSystem();
  const path = init === undefined ? 'crontab' : '/etc';
  const why: Said = { says: init === undefined ? 'boot.startup-cron' : 'boot.startup', params: {} };
  return [{ do: 'patch', path, patch: `${startupCommand(context, pm2, init)}\n`, why }];
};

const plan = async (context: ActionContext): Promise<Plan | Nothing> => {
  const known = await know(context);
  if (known === undefined) return nothing(context, 'not-here', 'boot.not-pm2');
  const { saved, running, bootedBy } = known;
  const steps = [...saveStep(context, known), ...(await startupStep(context, known))];
  if (steps.length === 0)
    return saved.is === 'right'
      ? nothing(context, 'done', 'boot.done', { by: bootedBy ?? '' })
      : nothing(context, 'refused', running.length === 0 ? 'boot.not-running' : 'boot.no-command');
  const saves = steps.some((step) => step.do === 'run');
  return {
    action: ID,
    app: context.app.name,
    steps,
    notes: saves ? [{ says: 'boot.saves-list', params: { list: join(known.pm2.home, 'dump.pm2') } }] : [],
    touchesApp: false,
    needsTrial: false,
  };
};

const check = async (context: ActionContext): Promise<Standing> => {
  const known = await know(context);
  const standing = (state: Standing['state'], says: string, params: Said['params'] = {}): Standing => ({
    state,
    says,
    params: { app: context.app.name, ...params },
  });
  if (known === undefined) return standing('not-here', 'boot.not-pm2');
  const { saved, bootedBy } = known;
  if (saved.is !== 'right')
    return standing('open', `boot.saved-${saved.is}`, 'script' in saved ? { script: saved.script } : {});
  return bootedBy === undefined
    ? standing('open', 'boot.not-started')
    : standing('done', 'boot.done', { by: bootedBy });
};

/** The app comes back after a reboot: it is in PM2's saved list with the right path, and something starts PM2. */
export const bootStart = defineAction({
  id: ID,
  title: { en: 'Back after a reboot', ru: 'Запуск после перезагрузки' },
  priority: 'P1',
  plan,
  check,
});
