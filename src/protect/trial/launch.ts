import { access, constants, readFile } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve, sep } from 'node:path';
import { isAbsence } from '../runner/durable.ts';

/** How an app is started, as its manager or ecosystem file says. Holds values of the environment: it never leaves this process. */
export interface TrialLaunch {
  readonly script: string;
  readonly cwd: string;
  readonly args: readonly string[];
  /** `node`, `none`, `bash`, a path. */
  readonly interpreter: string;
  readonly nodeArgs: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  /** A file of variables that the manager itself reads. */
  readonly envFile?: string;
}

/** A command, ready to be started in the scratch copy. */
export interface TrialCommand {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Maps what lies in the app's folder to the same thing in the scratch copy. */
export type PathMap = (path: string) => string;

/** Makes the map; both the folder as it is named and as it really is count. */
export const pathMap =
  (dirs: readonly string[], scratch: string): PathMap =>
  (path) => {
    for (const dir of dirs) {
      if (path === dir) return scratch;
      if (path.startsWith(dir + sep)) return scratch + path.slice(dir.length);
    }
    return path;
  };

const isFile = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.F_OK);
    return true;
  } catch (error) {
    if (isAbsence(error)) return false;
    throw error;
  }
};

/** A program as a shell would find it. */
const onPath = async (name: string, path: string): Promise<string | undefined> => {
  for (const folder of path.split(delimiter).filter((one) => isAbsolute(one)))
    if (await isFile(join(folder, name))) return join(folder, name);
  return undefined;
};

/** In a word such as `--env-file=/srv/app/.env`, what follows the sign is a path as well; relative ones follow the working folder. */
const mapWord = (word: string, cwd: string, map: PathMap): string => {
  const at = word.startsWith('-') ? word.indexOf('=') + 1 : 0;
  if (word.startsWith('-') && at === 0) return word;
  const value = word.slice(at);
  const whole = resolve(cwd, value);
  // Relative words that are meant for the scratch's own working folder stay as they are.
  if (isAbsolute(value) || map(cwd) === cwd) return map(whole) === whole ? word : word.slice(0, at) + map(whole);
  return word;
};

/** Under a debugger's port the running app and the trial would be in each other's way. */
const isDebugging = (word: string): boolean => /^--(inspect|debug)/.test(word);

const ASSIGNED = /^\s*(?:export\s+)?([\w.-]+)\s*=\s*(.*?)\s*$/;

const readVariables = async (file: string | undefined): Promise<Record<string, string>> => {
  if (file === undefined || !(await isFile(file))) return {};
  const found: Record<string, string> = {};
  for (const line of (await readFile(file, 'utf8')).split('\n')) {
    const [, name, value = ''] = ASSIGNED.exec(line) ?? [];
    if (name !== undefined) found[name] = value.replace(/^(['"])(.*)\1$/, '$2');
  }
  return found;
};

const isOurs = (name: string): boolean =>
  name.startsWith('DOZOR_') || name === 'NODE_OPTIONS' || name === 'NODE_CHANNEL_FD';

/** Makes the command that starts the app in its scratch copy; undefined when its program cannot be found. */
export const trialCommand = async (
  launch: TrialLaunch,
  map: PathMap,
  node: string,
  base: Readonly<Record<string, string | undefined>>,
): Promise<TrialCommand | undefined> => {
  const own = Object.fromEntries(
    Object.entries(base).filter((one): one is [string, string] => one[1] !== undefined && !isOurs(one[0])),
  );
  const env: Record<string, string> = { ...own, ...(await readVariables(launch.envFile)) };
  for (const [name, value] of launch.env) env[name] = map(value);
  env['PATH'] = [join(node, '..'), env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'].join(delimiter);
  const cwd = map(launch.cwd);
  const script = resolve(launch.cwd, launch.script);
  const found = await scriptOf(launch, script, map, env['PATH']);
  if (found === undefined) return undefined;
  const args = launch.args.map((word) => mapWord(word, launch.cwd, map));
  const options = launch.nodeArgs.filter((word) => !isDebugging(word)).map((word) => mapWord(word, launch.cwd, map));
  return {
    argv: [...interpreterWords(launch, found, node, map), ...placed(launch, found, options), ...args],
    cwd,
    env,
  };
};

interface FoundScript {
  readonly path: string;
  /** A program of the system (npm): it is run by itself. */
  readonly isProgram: boolean;
}

const scriptOf = async (
  launch: TrialLaunch,
  script: string,
  map: PathMap,
  path: string,
): Promise<FoundScript | undefined> => {
  // PM2 and Node find `server` as `server.js` as well; what is missing altogether is a failure that the boot shows best.
  if (launch.script.includes('/') || (await isFile(script))) return { path: map(script), isProgram: false };
  const program = await onPath(launch.script, path);
  if (program !== undefined) return { path: program, isProgram: true };
  return { path: map(script), isProgram: false };
};

const interpreterWords = (
  { interpreter, cwd }: TrialLaunch,
  found: FoundScript,
  node: string,
  map: PathMap,
): readonly string[] => {
  if (found.isProgram || interpreter === 'none') return [];
  if (interpreter === 'node' || interpreter === 'nodejs') return [node];
  return [interpreter.includes('/') ? map(resolve(cwd, interpreter)) : interpreter];
};

const placed = ({ interpreter }: TrialLaunch, found: FoundScript, options: readonly string[]): readonly string[] =>
  found.isProgram || interpreter === 'none' ? [found.path] : [...options, found.path];
