import { dirname } from 'node:path';
import { valueOf } from '#diagnose/known.ts';
import { defined } from '#kernel/defined.ts';
import type { Ms } from '#kernel/time.ts';
import { within } from './deadline.ts';
import { findEcosystem, readEcosystem } from './ecosystem.ts';
import { packageLaunch } from './entry.ts';
import { statOf } from './files.ts';
import type { Launch } from './launch.ts';

/** The app, as far as it is known beforehand: from the configuration, or found in PM2's list or a folder. */
export interface AppToCollect {
  readonly name: string;
  readonly dir?: string;
  readonly ecosystem?: string;
  readonly envFile?: string;
  readonly health?: string;
  readonly port?: number;
  readonly artifacts: readonly string[];
}

/** Where an app lies and how it is started. */
export interface AppStart {
  /** Absent when neither the configuration nor the manager names a folder. */
  readonly dir?: string;
  /** What counts: the manager's record, else the ecosystem file, else the package. */
  readonly launch?: Launch;
  /** What the ecosystem file says, beside the record. */
  readonly ecosystem?: Launch;
  readonly ecosystemFile?: string;
}

/** The folder of the package that a file belongs to. */
const packageFolder = async (file: string): Promise<string | undefined> => {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if ((await statOf(`${folder}/package.json`)) !== undefined) return folder;
    if (dirname(folder) === folder) return undefined;
  }
};

/** A record's working folder is where somebody stood when he typed `pm2 start`: it counts when it is a package's or holds the script. */
const folderOf = async (launch: Launch): Promise<string> => {
  const holds = launch.script.startsWith(`${launch.cwd}/`);
  const isPackage = (await statOf(`${launch.cwd}/package.json`)) !== undefined;
  if (isPackage || !launch.script.startsWith('/')) return launch.cwd;
  const found = await packageFolder(launch.script);
  return found ?? (holds ? launch.cwd : dirname(launch.script));
};

const inEcosystem = async (
  dir: string,
  app: AppToCollect,
  limit: Ms,
): Promise<{ readonly file?: string; readonly launch?: Launch }> => {
  const file = await findEcosystem(dir, app.ecosystem);
  if (file === undefined) return {};
  const apps = valueOf(await within(limit, (signal) => readEcosystem(file, signal))) ?? [];
  const one = apps.find(({ name }) => name === app.name) ?? (apps.length === 1 ? apps[0] : undefined);
  return defined({ file, launch: one });
};

/** Finds where the app lies and how it is started. */
export const findStart = async (app: AppToCollect, managed: Launch | undefined, limit: Ms): Promise<AppStart> => {
  const dir = app.dir ?? (managed === undefined ? undefined : await folderOf(managed));
  if (dir === undefined) return {};
  const ecosystem = await inEcosystem(dir, app, limit);
  const launch = managed ?? ecosystem.launch ?? (await packageLaunch(dir));
  return defined({ dir, launch, ecosystem: ecosystem.launch, ecosystemFile: ecosystem.file });
};
