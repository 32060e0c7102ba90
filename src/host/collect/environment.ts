import { dirname, join, relative } from 'node:path';
import type { EnvironmentFacts } from '#diagnose/app-facts.ts';
import { known, type Known } from '#diagnose/known.ts';
import { defined } from '#kernel/defined.ts';
import { findEnvFile, findExample, readEnvFile, type EnvValues } from './env-file.ts';
import { requiredUses, usesIn } from './env-names.ts';
import { asRecord, asText, readJson, readProc, statOf } from './files.ts';
import type { ReachedFile } from './imports.ts';
import type { Launch } from './launch.ts';

/** What is asked about the environment of an app. */
export interface EnvironmentQuestion {
  readonly dir: string;
  /** As configured. */
  readonly envFile: string | undefined;
  readonly launch: Launch | undefined;
  /** What the ecosystem file would give it. */
  readonly ecosystem: Launch | undefined;
  readonly chain: readonly string[];
  readonly pids: readonly number[];
  /** The code that is reached from the entry. */
  readonly code: readonly ReachedFile[];
}

/** The facts, and the values that only the collector itself may use. */
export interface EnvironmentFound {
  readonly facts: EnvironmentFacts;
  readonly values: EnvValues;
}

/** Beside it, in the files of Docker and systemd, nothing is looked for: those who use them configure it. */
const hintTexts = async (question: EnvironmentQuestion): Promise<readonly { path: string; text: string }[]> => {
  const manifest = asRecord(await readJson(join(question.dir, 'package.json')));
  const scripts = Object.values(asRecord(manifest?.['scripts']) ?? {}).flatMap((one) => asText(one) ?? []);
  const spoken = [...question.chain, ...(question.launch?.nodeArgs ?? []), ...scripts].join('\n');
  return [{ path: join(question.dir, 'package.json'), text: spoken }, ...question.code];
};

/** What a running process was started with; only its owner and root may see it. */
const runningValues = async (pid: number | undefined): Promise<EnvValues> => {
  const text = pid === undefined ? undefined : await readProc(`/proc/${pid}/environ`);
  return new Map(
    (text ?? '').split('\0').flatMap((pair): readonly (readonly [string, string])[] => {
      const at = pair.indexOf('=');
      return at <= 0 ? [] : [[pair.slice(0, at), pair.slice(at + 1)]];
    }),
  );
};

const shownPath = (dir: string, path: string): string => {
  const inside = relative(dir, path);
  return inside.startsWith('..') ? path : inside;
};

const NONE: EnvValues = new Map();

interface EnvFile {
  readonly path?: string;
  readonly at?: number;
  readonly exists: boolean;
  readonly values: EnvValues;
  readonly example?: string;
  readonly exampleNames: readonly string[];
}

const readOne = async (
  path: string | undefined,
): Promise<{ readonly values: EnvValues; readonly at: number | undefined }> => {
  if (path === undefined) return { values: NONE, at: undefined };
  const [values, stats] = await Promise.all([readEnvFile(path), statOf(path)]);
  return { values: values ?? NONE, at: stats?.isFile() === true ? Math.round(stats.mtimeMs) : undefined };
};

const readFiles = async (question: EnvironmentQuestion): Promise<EnvFile> => {
  const { dir, launch, ecosystem } = question;
  const launched = launch?.envFile ?? ecosystem?.envFile;
  const path = await findEnvFile({ dir, named: question.envFile, launched, texts: await hintTexts(question) });
  const folder = path === undefined ? dir : dirname(path);
  const example = await findExample(folder);
  const [{ values, at }, inExample] = await Promise.all([
    readOne(path),
    readOne(example === undefined ? undefined : join(folder, example)),
  ]);
  return defined({
    path,
    at,
    exists: at !== undefined,
    values,
    example,
    exampleNames: [...inExample.values.keys()],
  });
};

/** Names in the env file and in the manager's record against those that the code uses. The values stay in `values`. */
export const collectEnvironment = async (question: EnvironmentQuestion): Promise<Known<EnvironmentFound>> => {
  const { dir, launch, ecosystem, code } = question;
  const [file, running] = await Promise.all([readFiles(question), runningValues(question.pids[0])]);
  const given: EnvValues = new Map([...(ecosystem?.env ?? NONE), ...(launch?.env ?? NONE), ...running]);
  // dotenv lets what is already set win.
  const values: EnvValues = new Map([...file.values, ...given]);
  const isMissing = (name: string): boolean => !values.has(name);
  return known({
    values,
    facts: defined({
      file: file.path === undefined ? undefined : shownPath(dir, file.path),
      fileExists: file.exists,
      fileAt: file.at,
      namesInFile: [...file.values.keys()],
      namesGiven: [...given.keys()].filter((name) => /^[A-Z][A-Z0-9_]*$/.test(name)),
      emptyNames: [...values].filter(([, value]) => value.trim() === '').map(([name]) => name),
      missing: requiredUses(code)
        .filter(({ name }) => isMissing(name))
        .map((use) => ({ ...use, file: shownPath(dir, use.file) })),
      missingOfExample: file.exists ? file.exampleNames.filter(isMissing) : [],
      exampleFile: file.example,
      usedNames: [...new Set(code.flatMap(({ text }) => usesIn(text).map(({ name }) => name)))],
    }),
  });
};
