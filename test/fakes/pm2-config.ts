import { execFile } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';

const run = promisify(execFile);

/** Loads a configuration as Node and PM2 do, by a way of its own: written to its place in a scratch copy, then required or imported. */
const LOAD = `
const { pathToFileURL } = require('node:url'); const fs = require('node:fs'); const vm = require('node:vm');
const file = process.argv[1];
const RealDate = Date; Date = class extends RealDate { constructor(...a) { a.length ? super(...a) : super(0); } static now() { return 0; } };
require('node:crypto').randomUUID = () => 'uuid';
const show = (value) => JSON.stringify(value, (key, one) => typeof one === 'function' ? 'function ' + one : one === undefined ? 'undefined' : one);
(async () => {
  const root = file.endsWith('.json') ? vm.runInThisContext('(' + fs.readFileSync(file, 'utf8') + ')')
    : /\\.[mc]?ts$|\\.mjs$/.test(file) ? { ...await import(pathToFileURL(file)) } : require(file);
  const config = root.apps || root.pm2 ? root : root.default ?? root;
  process.stdout.write(show(config));
})();
`;

/** A configuration, with its apps apart. */
export interface Loaded {
  readonly whole: unknown;
  readonly apps: readonly Record<string, unknown>[];
}

/** What a text evaluates to in the place of `file` in a copy of the fixtures' folder. */
export const loadConfig = async (folder: string, file: string, text: string, env = {}): Promise<Loaded> => {
  const path = join(folder, file);
  await writeFile(path, text);
  const whole = /\.ya?ml$/.test(file)
    ? (parse(await readFile(path, 'utf8'), { merge: true }) as unknown)
    : (JSON.parse(
        (
          await run(process.execPath, ['--no-warnings', '-e', LOAD, path], {
            cwd: folder,
            env: { ...process.env, ...env },
          })
        ).stdout,
      ) as unknown);
  const { apps, pm2 } = whole as { apps?: unknown; pm2?: unknown };
  const list = apps ?? pm2 ?? whole;
  return { whole, apps: (Array.isArray(list) ? list : [list]) as Record<string, unknown>[] };
};

/** A scratch copy of the fixtures. */
export const copyConfigs = async (to: string): Promise<void> =>
  cp(join(import.meta.dirname, '../fixtures/pm2-configs'), to, { recursive: true });

/** The configuration without some settings of the apps of those names, as one text in which order counts. */
export const withoutSettings = ({ whole, apps }: Loaded, names: readonly string[], keys: readonly string[]): string => {
  const wanted = new Set(apps.filter((app) => names.includes(appName(app))).map((app) => JSON.stringify(app)));
  const strip = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(strip);
    if (typeof value !== 'object' || value === null) return value;
    const drops = wanted.has(JSON.stringify(value));
    return Object.entries(value)
      .filter(([key]) => !drops || !keys.includes(key))
      .map(([key, inner]) => [key, strip(inner)]);
  };
  return JSON.stringify(strip(whole));
};

/** An app's name as PM2 takes it. */
export const appName = (app: Record<string, unknown>): string =>
  typeof app['name'] === 'string'
    ? app['name']
    : String(app['script'])
        .replace(/^.*\//, '')
        .replace(/\.[^.]*$/, '');
