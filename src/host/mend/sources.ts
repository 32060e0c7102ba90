import { join, resolve } from 'node:path';
import type { EntryFacts } from '#diagnose/app-facts.ts';
import { defined } from '#kernel/defined.ts';
import type { ActionApp, AppSources } from '#protect/define.ts';
import { findEnvFile } from '../collect/env-file.ts';
import { asRecord, asText, readJson } from '../collect/files.ts';
import { walkImports } from '../collect/imports.ts';
import type { Launch } from '../collect/launch.ts';

const MOST_FILES = 200;

/** Files that Node loads before the entry: `--import ./instrument.mjs`, `-r ./tracing`. */
const preloaded = (options: readonly string[], cwd: string): readonly string[] =>
  options.flatMap((word, at) => {
    const [flag = '', inline] = word.split('=', 2);
    if (!['--import', '--require', '-r'].includes(flag)) return [];
    const name = inline ?? options[at + 1] ?? '';
    return /^\.{0,2}\//.test(name) ? [resolve(cwd, name)] : [];
  });

/** What is said of the start, in which an env file may be named. */
const spokenOf = async (manifest: string, chain: readonly string[], options: readonly string[]): Promise<string> => {
  const scripts = asRecord(asRecord(await readJson(manifest))?.['scripts']) ?? {};
  return [...chain, ...options, ...Object.values(scripts).map((one) => asText(one) ?? '')].join('\n');
};

/** The app's own code in the order in which Node reaches it, and the file that its environment comes from. */
export const sourcesOf = async (
  app: ActionApp,
  launch: Launch | undefined,
  entry: Pick<EntryFacts, 'file' | 'nodeOptions' | 'cwd' | 'chain'> | undefined,
  signal: AbortSignal,
): Promise<AppSources> => {
  const { file, nodeOptions, cwd, chain } = entry ?? { file: undefined, nodeOptions: [], cwd: app.dir, chain: [] };
  const first = preloaded(nodeOptions, cwd);
  const main = file === undefined ? [] : [resolve(app.dir, file)];
  const code = await walkImports([...first, ...main], { files: MOST_FILES, signal });
  const manifest = join(app.dir, 'package.json');
  const text = await spokenOf(manifest, chain, nodeOptions);
  const envFile = await findEnvFile({
    dir: app.dir,
    named: app.envFile,
    launched: launch?.envFile,
    texts: [{ path: manifest, text }, ...code],
  });
  return defined({
    envFile,
    code: code.map(({ path, text: words }) => ({ path, text: words })),
    preloaded: first.length > 0,
  });
};
