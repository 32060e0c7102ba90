import { resolve } from 'node:path';
import { Fault } from '#kernel/fault.ts';
import { valueOf } from '#diagnose/known.ts';
import { findEcosystem, readEcosystem } from '../collect/ecosystem.ts';
import type { Launch } from '../collect/launch.ts';
import type { Pm2Process } from './pm2.ts';

/** What is asked to be mended, as far as the caller knows it: from the command line, the configuration, the agent's briefing. */
export interface Subject {
  readonly name?: string;
  readonly dir?: string;
  readonly manager?: 'pm2' | 'systemd' | 'gate';
  readonly ecosystem?: string;
  readonly envFile?: string;
  readonly health?: string;
  readonly port?: number;
  readonly artifacts?: readonly string[];
  readonly pm2Home?: string;
  /** Never two at once (jobs, bots): no trial while it runs. */
  readonly isSingle?: boolean;
}

const LOAD_MS = 15_000;

/** The apps of the ecosystem file of a folder. */
export const ecosystemApps = async (
  dir: string,
  named: string | undefined,
): Promise<{ readonly file?: string; readonly apps: readonly Launch[] }> => {
  const file = await findEcosystem(dir, named);
  if (file === undefined) return { apps: [] };
  return { file, apps: valueOf(await readEcosystem(file, AbortSignal.timeout(LOAD_MS))) ?? [] };
};

const isBelow = (path: string, dir: string): boolean => path === dir || path.startsWith(`${dir}/`);

const namesIn = (dir: string, apps: readonly Launch[], processes: readonly Pm2Process[]): readonly string[] => {
  const run = processes.filter(({ record }) => isBelow(record.cwd, dir) || isBelow(record.script, dir));
  return [...new Set([...apps.map(({ name }) => name), ...run.map(({ record }) => record.name)])];
};

/**
 * The name of the app that is meant by a folder: the only one that its ecosystem file or PM2 knows there.
 * @throws Fault NOT_FOUND, USAGE when there are several
 */
export const nameOfFolder = async (
  dir: string,
  subject: Subject,
  processes: readonly Pm2Process[],
): Promise<string> => {
  const { apps } = await ecosystemApps(dir, subject.ecosystem);
  const names = namesIn(dir, apps, processes);
  const [name, ...more] = names;
  if (name === undefined)
    throw new Fault(
      'NOT_FOUND',
      `No app is known in ${dir}: there is no ecosystem file, and PM2 runs nothing from it.`,
      'Name its folder (dozor protect DIR), or its name in PM2 (--app NAME).',
    );
  if (more.length > 0)
    throw new Fault('USAGE', `${dir} has several apps: ${names.join(', ')}.`, 'Name one: --app NAME');
  return name;
};

/** The folder that is meant: as named, else where the app runs. */
export const absoluteDir = (dir: string | undefined, cwd: string): string | undefined =>
  dir === undefined ? undefined : resolve(cwd, dir);
