import { extname, isAbsolute, join, relative, resolve } from 'node:path';
import type { EntryFacts } from '#diagnose/app-facts.ts';
import { defined } from '#kernel/defined.ts';
import { asRecord, asText, readJson, statOf } from './files.ts';
import type { Launch } from './launch.ts';
import { readStartCommand, type StartStep } from './start-command.ts';

/** What node tries when a path has no ending, in its order; TypeScript's own come last. */
const ENDINGS = ['', '.js', '.json', '.node', '.mjs', '.cjs', '.ts', '.mts', '.cts', '.tsx'];
const MOST_STEPS = 6;

const isFile = async (path: string): Promise<boolean> => (await statOf(path))?.isFile() === true;

/** The file that Node loads for a path: itself, with an ending, or a folder's main file. Undefined when there is none. */
export const resolveFile = async (path: string): Promise<string | undefined> => {
  for (const ending of ENDINGS) if (await isFile(path + ending)) return path + ending;
  if ((await statOf(path))?.isDirectory() !== true) return undefined;
  const main = asText(asRecord(await readJson(join(path, 'package.json')))?.['main']);
  if (main !== undefined) {
    const found = await resolveFile(resolve(path, main));
    if (found !== undefined) return found;
  }
  for (const ending of ENDINGS.slice(1))
    if (await isFile(join(path, `index${ending}`))) return join(path, `index${ending}`);
  return undefined;
};

interface Trace {
  readonly chain: string[];
  readonly options: string[];
  interpreter: string;
  cwd: string;
  target?: string;
}

const scriptLine = async (cwd: string, script: string): Promise<string | undefined> =>
  asText(asRecord(asRecord(await readJson(join(cwd, 'package.json')))?.['scripts'])?.[script]);

const follow = async (trace: Trace, step: StartStep | undefined, depth: number): Promise<void> => {
  if (step === undefined || depth > MOST_STEPS) return;
  if (step.runs === 'file') {
    trace.interpreter = step.by;
    trace.options.push(...step.options);
    trace.target = resolve(trace.cwd, step.file);
    return;
  }
  if (step.runs === 'framework') {
    trace.interpreter = step.by;
    if (step.file !== undefined) trace.target = resolve(trace.cwd, step.file);
    return;
  }
  const line = await scriptLine(trace.cwd, step.script);
  if (line === undefined) {
    // npm starts server.js where no start script is written.
    if (step.script === 'start') trace.target = join(trace.cwd, 'server.js');
    return;
  }
  trace.chain.push(`package.json scripts.${step.script}: ${line}`);
  await follow(trace, readStartCommand(line), depth + 1);
};

const isNode = (interpreter: string): boolean =>
  /^(node|nodejs|tsx|ts-node|bun)(\d+)?$/.test(interpreter.split('/').pop() ?? '');

const traceLaunch = async (launch: Launch): Promise<Trace> => {
  const words = [...launch.nodeArgs, launch.script, ...launch.args].join(' ');
  const trace: Trace = {
    chain: [
      `${launch.from === 'package' ? 'package.json' : launch.from === 'manager' ? 'PM2' : 'ecosystem'}: ${words}`,
    ],
    options: [...launch.nodeArgs],
    interpreter: launch.interpreter.split('/').pop() ?? launch.interpreter,
    cwd: launch.cwd,
  };
  const name = launch.script.split('/').pop() ?? '';
  const isProgram = /^(npm|pnpm|yarn|npx|npm-cli\.js|npx-cli\.js|yarn\.js|pnpm\.cjs|node|tsx|ts-node|nest|next)$/.test(
    name,
  );
  if (isProgram || /\s/.test(launch.script)) {
    const program = name.replace(/(-cli)?\.c?js$/, '');
    await follow(
      trace,
      readStartCommand([program, ...launch.args.map((one) => (/\s/.test(one) ? `"${one}"` : one))].join(' ')),
      0,
    );
  } else if (isNode(launch.interpreter)) trace.target = resolve(launch.cwd, launch.script);
  return trace;
};

/** How an app is started by its package alone: `npm start`, else its main file. Undefined without a package.json. */
export const packageLaunch = async (dir: string): Promise<Launch | undefined> => {
  const manifest = asRecord(await readJson(join(dir, 'package.json')));
  if (manifest === undefined) return undefined;
  const name = asText(manifest['name']) ?? dir.split('/').pop() ?? dir;
  const hasStart = asText(asRecord(manifest['scripts'])?.['start']) !== undefined;
  const main = asText(manifest['main']) ?? 'index.js';
  return {
    from: 'package',
    name,
    script: hasStart ? 'npm' : main,
    args: hasStart ? ['start'] : [],
    cwd: dir,
    interpreter: 'node',
    nodeArgs: [],
    env: new Map(),
    ids: [],
  };
};

const BUILT = /^(dist|build|out|lib|\.next|\.output|output|compiled|target|bundle)(\/|$)/;

/** The top folder of a path when it is one that holds what is built: by its name, or because it is configured as an artifact. */
export const artifactOf = (file: string, artifacts: readonly string[]): string | undefined => {
  const configured = artifacts
    .map((one) => one.replace(/^\.\//, '').replace(/\/+$/, ''))
    .find((one) => file === one || file.startsWith(`${one}/`));
  return configured ?? BUILT.exec(file)?.[1];
};

/** A path as it is told: relative to the app's folder when it lies inside. */
export const shownFrom = (dir: string, path: string): string => {
  const inside = relative(dir, path);
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? path : inside;
};

/** The file that runs, there or not; without an ending Node would have looked for a .js. */
const targetFile = async (trace: Trace): Promise<string | undefined> => {
  const { target } = trace;
  if (target === undefined) return undefined;
  return (await resolveFile(target)) ?? (extname(target) === '' ? `${target}.js` : target);
};

const otherEntry = async (
  ecosystem: Launch | undefined,
  file: string | undefined,
  dir: string,
): Promise<string | undefined> => {
  const other = ecosystem === undefined ? undefined : await targetFile(await traceLaunch(ecosystem));
  return other === undefined || other === file ? undefined : shownFrom(dir, other);
};

/** What starts the app, down to the file that runs; `ecosystem` is told where it would start another file. */
export const resolveEntry = async (
  launch: Launch,
  dir: string,
  artifacts: readonly string[],
  ecosystem?: Launch,
): Promise<EntryFacts> => {
  const trace = await traceLaunch(launch);
  const file = await targetFile(trace);
  const shown = file === undefined ? undefined : shownFrom(dir, file);
  const found = file === undefined ? undefined : await statOf(file);
  return defined({
    from: launch.from,
    chain: trace.chain,
    exists: found?.isFile() === true,
    interpreter: trace.interpreter,
    nodeOptions: trace.options,
    cwd: trace.cwd,
    file: shown,
    changedAt: found?.mtimeMs,
    artifact: shown === undefined ? undefined : artifactOf(shown, artifacts),
    leadsInto: [],
    ecosystemFile: await otherEntry(ecosystem, file, dir),
  });
};

/** Adds where the code that is reached from a source entry leads into what is built. */
export const withLeads = (
  entry: EntryFacts,
  dir: string,
  code: readonly { readonly path: string; readonly targets: readonly string[] }[],
  artifacts: readonly string[],
): EntryFacts => {
  const leadsInto = code.flatMap(({ path, targets }) => {
    const from = shownFrom(dir, path);
    if (artifactOf(from, artifacts) !== undefined) return [];
    return targets.flatMap((target) => {
      const to = shownFrom(dir, target);
      const artifact = artifactOf(to, artifacts);
      return artifact === undefined ? [] : [{ from, to, artifact }];
    });
  });
  return { ...entry, leadsInto: leadsInto.slice(0, 20) };
};
