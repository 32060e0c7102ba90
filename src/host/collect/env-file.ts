import { basename, dirname, join, resolve } from 'node:path';
import { listFolder, readText, statOf } from './files.ts';

/** Names and values of an env file. The values stay inside the collector. */
export type EnvValues = ReadonlyMap<string, string>;

const LINE =
  /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.]*)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|`([^`]*)`|([^\r\n]*))/gm;

/** Reads an env file as dotenv does: `NAME=value`, quoted or not, several lines within quotes. */
export const parseEnvFile = (text: string): EnvValues => {
  const values = new Map<string, string>();
  for (const [, name = '', double, single, back, bare] of text.matchAll(LINE)) {
    const unquoted = bare?.replace(/\s+#.*$/, '').trim();
    values.set(name, double?.replaceAll('\\n', '\n') ?? single ?? back ?? unquoted ?? '');
  }
  return values;
};

const USUAL = [
  '.env',
  'env.env',
  '.env.production',
  '.env.prod',
  '.env.local',
  'production.env',
  'prod.env',
  'config/.env',
  'app.env',
];

/** Where the code or the start command says that the env file is: dotenv's path, `--env-file`, `env_file`. */
const namedIn = (text: string): string | undefined =>
  /--env-file(?:-if-exists)?[= ]["']?([^\s"']+)/.exec(text)?.[1] ??
  /\bconfig\s*\(\s*\{[^}]{0,300}?\bpath\s*:\s*[^'"`}]{0,120}?['"`]([^'"`]+)['"`]/.exec(text)?.[1] ??
  /\bdotenv(?:x)?\s+(?:run\s+)?-[ef]\s+(\S+)/.exec(text)?.[1] ??
  /\bDOTENV_CONFIG_PATH=(\S+)/.exec(text)?.[1];

/** What is known beforehand of where the env file lies. */
export interface EnvFileHints {
  readonly dir: string;
  /** As configured. */
  readonly named?: string | undefined;
  /** From the manager's record. */
  readonly launched?: string | undefined;
  /** Texts that may name it: start commands, the entry and what it imports. */
  readonly texts: readonly { readonly path: string; readonly text: string }[];
}

const candidatesIn = ({ dir, texts }: EnvFileHints): readonly string[] =>
  texts.flatMap(({ path, text }) => {
    const name = namedIn(text);
    if (name === undefined || name.includes('${')) return [];
    // A bare name in dotenv's path is often joined to a folder that cannot be told from here: both are tried.
    return [resolve(dir, name), resolve(dirname(path), name), join(dir, basename(name))];
  });

/** The env file that the app reads: named, else what the code says, else the usual names. A named one is given even when it is not there. */
export const findEnvFile = async (hints: EnvFileHints): Promise<string | undefined> => {
  const { dir, named, launched } = hints;
  if (named !== undefined) return resolve(dir, named);
  if (launched !== undefined) return launched;
  const spoken = candidatesIn(hints);
  const usual = USUAL.map((name) => join(dir, name));
  for (const path of [...spoken, ...usual]) if ((await statOf(path))?.isFile() === true) return path;
  return spoken[0];
};

/** The example beside it: `.env.example` and its sisters. */
export const findExample = async (dir: string): Promise<string | undefined> =>
  (await listFolder(dir))
    .map(({ name }) => name)
    .find((name) => /^\.?\w*\.?env\.?(example|sample|template|dist|defaults?)$|^(example|sample)\.env$/.test(name));

/** The values of an env file; undefined when it cannot be read. */
export const readEnvFile = async (path: string): Promise<EnvValues | undefined> => {
  const text = await readText(path);
  return text === undefined ? undefined : parseEnvFile(text);
};
