import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Said, Step } from '../../action.ts';
import type { ActionContext, Pm2Access, Pm2Record } from '../../define.ts';
import { LIMITS, numberOf } from './setting.ts';

/** How the limits stand outside the file: in the running daemon and in the list that it starts from at boot. */
export interface Live {
  /** The app's processes; empty when PM2 does not run it. */
  readonly processes: readonly Pm2Record[];
  readonly right: boolean;
  /** Undefined when there is no saved list, or the app is not in it. */
  readonly saved?: boolean;
}

const RELOAD_MS = 120_000;
const SAVE_MS = 30_000;

const [RESTARTS, UPTIME] = LIMITS.map(({ value }) => numberOf(value));

const isRight = (restarts: unknown, uptime: unknown): boolean => restarts === RESTARTS && uptime === UPTIME;

interface Saved {
  readonly name?: unknown;
  readonly max_restarts?: unknown;
  readonly min_uptime?: unknown;
}

/** What PM2's saved list holds of an app; it carries the environment, so nothing but these fields is looked at. */
const savedOf = async (home: string, name: string): Promise<boolean | undefined> => {
  const text = await readFile(join(home, 'dump.pm2'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const list = JSON.parse(text) as readonly Saved[];
    const mine = list.filter((one) => one.name === name);
    if (mine.length === 0) return undefined;
    return mine.every((one) => isRight(numberOf(one.max_restarts as number), numberOf(one.min_uptime as number)));
  } catch (error) {
    // A list that is cut off is one that PM2 cannot start from either.
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
};

/** Looks at the daemon and the saved list. */
export const liveOf = async ({ app, pm2 }: ActionContext): Promise<Live> => {
  if (pm2 === undefined) return { processes: [], right: false };
  const processes = ((await pm2.records()) ?? []).filter(({ name }) => name === app.name);
  const right =
    processes.length > 0 && processes.every(({ maxRestarts, minUptimeMs }) => isRight(maxRestarts, minUptimeMs));
  const saved = await savedOf(pm2.home, app.name);
  return saved === undefined ? { processes, right } : { processes, right, saved };
};

/** PM2 takes several names after `--only`, parted by commas and blanks: a name with one of these cannot be said. */
const canBeNamed = (name: string): boolean => !/[\s,]/.test(name);

const command = (pm2: Pm2Access, words: readonly string[], cwd: string, timeoutMs: number): Step => {
  const argv = [...(pm2.command ?? ['pm2']), ...words];
  return { do: 'run', argv, cwd, env: { PM2_HOME: pm2.home }, timeoutMs, undo: argv };
};

/** The steps that bring the file's limits into the daemon and the saved list; empty where PM2 does not run the app. */
export const liveSteps = ({ app, pm2 }: ActionContext, live: Live, file: string, changed: boolean): readonly Step[] => {
  if (pm2?.command === undefined || live.processes.length === 0) return [];
  const reloads = changed || !live.right;
  if (reloads && !canBeNamed(app.name)) return [];
  const folder = dirname(file);
  const save = command(pm2, ['save'], folder, SAVE_MS);
  if (!reloads) return live.saved === true ? [] : [save];
  return [command(pm2, ['reload', file, `--only=${app.name}`], folder, RELOAD_MS), save];
};

/** What has to be known before: where requests are lost, what is left for a person. */
export const liveNotes = ({ app, pm2 }: ActionContext, live: Live, steps: readonly Step[]): readonly Said[] => {
  const said = (says: string): Said => ({ says, params: { app: app.name } });
  if (live.processes.length === 0) return pm2 === undefined ? [said('limits.no-pm2')] : [said('limits.not-running')];
  if (pm2?.command === undefined) return [said('limits.no-command')];
  if (!canBeNamed(app.name)) return [said('limits.odd-name')];
  if (!steps.some((step) => step.do === 'run' && step.argv.includes('reload'))) return [said('limits.saves-list')];
  const mode = live.processes.some((one) => one.mode === 'fork') ? said('limits.gap') : said('limits.cluster');
  return [mode, said('limits.saves-list')];
};
