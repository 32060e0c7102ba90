import { dirname, join } from 'node:path';
import type { PackageFacts } from '#diagnose/app-facts.ts';
import { known, unknown, type Known } from '#diagnose/known.ts';
import { defined } from '#kernel/defined.ts';
import { asRecord, asText, listFolder, readText, statOf } from './files.ts';

const LOCKS = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb'];
const MOST_FOUND = 30;

type Parsed = { readonly value: Readonly<Record<string, unknown>> } | { readonly problem: string };

const CONFLICT = /^(<{7}|={7}|>{7})( |$)/m;

/** A JSON file that should be right; its problem in words when it is not. Undefined when it is not there. */
const readChecked = async (path: string): Promise<Parsed | undefined> => {
  const text = await readText(path, 50_000_000);
  if (text === undefined) return undefined;
  if (CONFLICT.test(text)) return { problem: 'conflict markers' };
  try {
    const value = asRecord(JSON.parse(text));
    return value === undefined ? { problem: 'no object' } : { value };
  } catch (error) {
    if (error instanceof SyntaxError) return { problem: error.message.slice(0, 160) };
    throw error;
  }
};

const valueIn = (parsed: Parsed | undefined): Readonly<Record<string, unknown>> | undefined =>
  parsed !== undefined && 'value' in parsed ? parsed.value : undefined;

const problemIn = (parsed: Parsed | undefined): string | undefined =>
  parsed !== undefined && 'problem' in parsed ? parsed.problem : undefined;

const folderOf = async (dir: string, name: string): Promise<string | undefined> => {
  for (let folder = dir; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if ((await statOf(candidate))?.isDirectory() === true) return candidate;
    if (dirname(folder) === folder) return undefined;
  }
};

const isBroken = async (folder: string): Promise<boolean> => {
  const manifest = valueIn(await readChecked(join(folder, 'package.json')));
  if (manifest === undefined) return true;
  const main = asText(manifest['main']);
  if (main === undefined || manifest['exports'] !== undefined) return false;
  const paths = [main, `${main}.js`, `${main}.json`, `${main}.node`, join(main, 'index.js'), 'index.js'];
  const found = await Promise.all(paths.map((path) => statOf(join(folder, path))));
  // Packages of types alone have a main that was never there.
  return (
    found.every((one) => one === undefined) && !(await listFolder(folder)).some(({ name }) => name.endsWith('.d.ts'))
  );
};

interface Asked {
  readonly missing: readonly string[];
  readonly broken: readonly string[];
}

const askPackages = async (dir: string, manifest: Readonly<Record<string, unknown>> | undefined): Promise<Asked> => {
  const names = Object.keys(asRecord(manifest?.['dependencies']) ?? {});
  const found = await Promise.all(names.map(async (name) => ({ name, folder: await folderOf(dir, name) })));
  const broken = await Promise.all(
    found.map(async ({ name, folder }) => (folder !== undefined && (await isBroken(folder)) ? [name] : [])),
  );
  return {
    missing: found
      .filter(({ folder }) => folder === undefined)
      .map(({ name }) => name)
      .slice(0, MOST_FOUND),
    broken: broken.flat().slice(0, MOST_FOUND),
  };
};

/** What npm need not have installed in production. */
const LEFT_OUT = ['optional', 'dev', 'peer', 'devOptional', 'link'];

const versionsIn = (lock: Readonly<Record<string, unknown>> | undefined): ReadonlyMap<string, string> => {
  const versions = new Map<string, string>();
  for (const [path, one] of Object.entries(asRecord(lock?.['packages']) ?? {})) {
    const entry = asRecord(one);
    const version = asText(entry?.['version']);
    const isLeftOut = LEFT_OUT.some((key) => entry?.[key] === true);
    if (path.startsWith('node_modules/') && version !== undefined && !isLeftOut) versions.set(path, version);
  }
  return versions;
};

/** npm keeps what it has installed in node_modules/.package-lock.json: the lock against that shows what was never brought up to date. */
const differingBetween = (lock: Parsed | undefined, installed: Parsed | undefined): PackageFacts['differing'] => {
  if (valueIn(lock) === undefined || valueIn(installed) === undefined) return [];
  const here = versionsIn(valueIn(installed));
  return [...versionsIn(valueIn(lock))]
    .filter(([path, wanted]) => here.get(path) !== wanted)
    .map(([path, wanted]) => ({ name: path.slice('node_modules/'.length), wanted, found: here.get(path) ?? '–' }))
    .slice(0, MOST_FOUND);
};

const lockOf = async (
  dir: string,
): Promise<{ readonly folder: string; readonly name: string; readonly at: number } | undefined> => {
  for (let folder = dir; ; folder = dirname(folder)) {
    for (const name of LOCKS) {
      const found = await statOf(join(folder, name));
      if (found?.isFile() === true) return { folder, name, at: Math.round(found.mtimeMs) };
    }
    const isRepository = (await statOf(join(folder, '.git'))) !== undefined;
    if (isRepository || dirname(folder) === folder) return undefined;
  }
};

const installedIn = async (
  folder: string,
): Promise<{ readonly list: Parsed | undefined; readonly at?: number; readonly isThere: boolean }> => {
  const path = join(folder, 'node_modules');
  const [list, marker, modules] = await Promise.all([
    readChecked(join(path, '.package-lock.json')),
    statOf(join(path, '.package-lock.json')),
    statOf(path),
  ]);
  const at = marker?.mtimeMs ?? modules?.mtimeMs;
  return { list, isThere: modules?.isDirectory() === true, ...(at === undefined ? {} : { at: Math.round(at) }) };
};

/** What package.json and the lock file ask for, against what node_modules holds. `absent` without a package.json. */
export const collectPackages = async (dir: string): Promise<Known<PackageFacts>> => {
  const manifest = await readChecked(join(dir, 'package.json'));
  if (manifest === undefined) return unknown('absent', 'package.json');
  const lock = await lockOf(dir);
  const [asked, lockText, installed] = await Promise.all([
    askPackages(dir, valueIn(manifest)),
    lock?.name.endsWith('.json') === true ? readChecked(join(lock.folder, lock.name)) : undefined,
    installedIn(lock?.folder ?? dir),
  ]);
  return known(
    defined({
      lockFile: lock?.name,
      lockAt: lock?.at,
      installedAt: installed.at,
      hasNodeModules: installed.isThere,
      ...asked,
      differing: differingBetween(lockText, installed.list),
      lockProblem: problemIn(lockText),
      type: valueIn(manifest)?.['type'] === 'module' ? ('module' as const) : ('commonjs' as const),
      manifestProblem: problemIn(manifest),
    }),
  );
};
