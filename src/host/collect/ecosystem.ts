import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse as parseYaml, YAMLError } from 'yaml';
import { known, unknown, type Known } from '#diagnose/known.ts';
import { runCommand } from './command.ts';
import { asRecord, readText, statOf } from './files.ts';
import { readLaunch, type Launch } from './launch.ts';

/** The names under which PM2 looks for it, most usual first. */
const NAMES = [
  'ecosystem.config.js',
  'ecosystem.config.cjs',
  'ecosystem.config.mjs',
  'ecosystem.json',
  'ecosystem.config.json',
  'ecosystem.yml',
  'ecosystem.yaml',
  'ecosystem.config.yml',
  'ecosystem.config.yaml',
  'ecosystem.js',
  'pm2.config.js',
  'pm2.config.cjs',
  'pm2.json',
  'process.json',
  'process.yml',
];

/** Finds the ecosystem file: the one that is named, else by PM2's usual names in the folder and the one above. */
export const findEcosystem = async (dir: string, named: string | undefined): Promise<string | undefined> => {
  const candidates =
    named === undefined
      ? [dir, dirname(dir)].flatMap((folder) => NAMES.map((name) => join(folder, name)))
      : [resolve(dir, named)];
  const found = await Promise.all(
    candidates.map(async (path) => ((await statOf(path))?.isFile() === true ? path : undefined)),
  );
  return found.find((path) => path !== undefined);
};

/**
 * Loads the file as PM2 does, in a process of its own, and writes what it holds: only what names how an app starts. The values of the environment go
 * through this pipe to the collector and no further.
 */
const LOADER = `
const done = (value) => process.stdout.write('\\n\\u0001' + JSON.stringify(value, (key, one) => typeof one === 'function' ? undefined : one), () => process.exit(0));
const [file] = process.argv.slice(1);
Promise.resolve(file.endsWith('.mjs') ? import(process.argv[2]) : undefined).then((loaded) => {
  const text = file.endsWith('json') ? require('vm').runInNewContext('(' + require('fs').readFileSync(file, 'utf8').replace(/^\\uFEFF/, '') + ')') : (loaded ?? require(file));
  done(text.apps ? { apps: text.apps } : text.default ?? text);
}).catch((error) => { process.stderr.write(String(error && error.message)); process.exit(1); });
`;

const MARK = '\n\u0001';

const evaluate = async (file: string, signal: AbortSignal): Promise<Known<unknown>> => {
  const words = ['-e', LOADER, file, pathToFileURL(file).href];
  // What the file prints while it is loaded stands before the mark.
  const said = await runCommand(process.execPath, words, { signal, cwd: dirname(file), env: { NODE_OPTIONS: '' } });
  if (!said.known) return said;
  const at = said.value.lastIndexOf(MARK);
  if (at < 0) return unknown('broken', 'it ended before it was loaded');
  return known(JSON.parse(said.value.slice(at + MARK.length)));
};

const fromYaml = async (file: string): Promise<Known<unknown>> => {
  const text = await readText(file);
  if (text === undefined) return unknown('absent');
  try {
    return known(parseYaml(text));
  } catch (error) {
    if (error instanceof YAMLError) return unknown('broken', error.message.split('\n')[0] ?? '');
    throw error;
  }
};

const listOf = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value as readonly unknown[];
  const apps = asRecord(value)?.['apps'];
  if (Array.isArray(apps)) return apps as readonly unknown[];
  return [apps ?? value];
};

/** The apps of an ecosystem file, evaluated as PM2 does it (.js, .cjs, .mjs, .json, .yml). */
export const readEcosystem = async (file: string, signal: AbortSignal): Promise<Known<readonly Launch[]>> => {
  const value = /\.ya?ml$/.test(basename(file)) ? await fromYaml(file) : await evaluate(file, signal);
  if (!value.known) return value;
  return known(listOf(value.value).flatMap((one) => readLaunch(one, 'ecosystem', dirname(file)) ?? []));
};
