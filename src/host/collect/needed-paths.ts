import { dirname, join, resolve } from 'node:path';
import type { AppFacts } from '#diagnose/app-facts.ts';
import { valueOf } from '#diagnose/known.ts';
import type { NeededPath } from './denied.ts';
import { listFolder } from './files.ts';
import type { Launch } from './launch.ts';

/** Folders in an app that programs write into by habit. */
const WRITTEN = /^(logs?|uploads?|tmp|temp|data|storage|cache|\.cache|public\/uploads|sessions?)$/;

/** What the app must be able to read and write: its folder, entry, packages, env file; its logs and what it usually writes into. */
export const neededPaths = async (
  dir: string,
  launch: Launch | undefined,
  { entry, environment }: Pick<AppFacts, 'entry' | 'environment'>,
): Promise<readonly NeededPath[]> => {
  const read = (path: string, mustExist = false): NeededPath => ({ path, needs: 'read', mustExist });
  const write = (path: string): NeededPath => ({ path, needs: 'write', mustExist: false });
  const file = valueOf(entry)?.file;
  const envFile = valueOf(environment)?.file;
  const written = (await listFolder(dir)).filter((one) => one.isDirectory() && WRITTEN.test(one.name));
  return [
    read(dir, true),
    read(join(dir, 'package.json')),
    read(join(dir, 'node_modules')),
    ...(file === undefined ? [] : [read(resolve(dir, file))]),
    ...(envFile === undefined ? [] : [read(resolve(dir, envFile))]),
    ...written.map(({ name }) => write(join(dir, name))),
    // PM2's daemon writes the logs, under its own user; only a folder that is closed to the app's user hurts an app that logs by itself.
    ...(launch?.user === undefined ? [launch?.outFile, launch?.errorFile] : []).flatMap((path) =>
      path === undefined || path === '/dev/null' ? [] : [write(dirname(path))],
    ),
  ];
};
