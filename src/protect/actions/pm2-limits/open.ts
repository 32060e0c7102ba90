import { readFile } from 'node:fs/promises';
import module from 'node:module';
import { dirname, extname } from 'node:path';
import { parseDocument } from 'yaml';
import { err, ok, type Result } from '../../../kernel/result.ts';
import type { Said } from '../../action.ts';
import type { ActionContext } from '../../define.ts';
import type { Finder } from './candidate.ts';
import { evaluateScript, evaluateYaml, type Evaluate } from './evaluate.ts';
import { readScript, type ScriptKind } from './script.ts';
import { scriptCandidates } from './script-candidates.ts';
import { surroundingsOf, type Surroundings } from './surroundings.ts';
import { yamlCandidates } from './yaml-candidates.ts';

/** A configuration file that can be evaluated and edited. */
export interface Opened {
  readonly text: string;
  readonly kind: ScriptKind | 'yaml';
  readonly evaluate: Evaluate;
  readonly find: Finder;
  readonly surroundings: readonly Surroundings[];
}

type Opening = Result<Opened, Said>;

const LARGEST = 1_000_000;

const unreadable = (path: string, why: string): Opening => err({ says: 'limits.unreadable', params: { path, why } });

/** What exports is a module by its syntax: a `.js` file that only one of the two can read is taken for that. */
const kindsOf = (extension: string): readonly ScriptKind[] => {
  if (extension === '.json') return ['json'];
  if (extension === '.mjs') return ['esm'];
  return extension === '.cjs' ? ['commonjs'] : ['commonjs', 'esm'];
};

/** The text with its types blanked out, letter for letter; undefined where this Node cannot or the types have code of their own. */
const withoutTypes = (text: string): string | undefined => {
  const strip = (module as { stripTypeScriptTypes?: (code: string) => string }).stripTypeScriptTypes;
  if (strip === undefined) return undefined;
  try {
    const code = strip(text);
    return code.length === text.length ? code : undefined;
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
};

const openYaml = (path: string, text: string): Opening => {
  const document = parseDocument(text, { merge: true, logLevel: 'silent' });
  const [mistake] = document.errors;
  if (mistake !== undefined) return unreadable(path, mistake.message.split('\n')[0] ?? '');
  const evaluate: Evaluate = async (texts) => texts.map((one) => evaluateYaml(one));
  return ok({ text, kind: 'yaml', evaluate, find: yamlCandidates(text, document), surroundings: [{}] });
};

const openTypes = (context: ActionContext, path: string, text: string): Opening => {
  const code = withoutTypes(text);
  if (code === undefined) return unreadable(path, 'TypeScript that cannot be read here');
  const kind = /^\s*(?:import|export)\b/m.test(code) && !/\bmodule\s*\.\s*exports\b/.test(code) ? 'esm' : 'commonjs';
  const script = readScript(text, code, kind);
  if (!script.ok) return unreadable(path, script.error);
  const evaluateCode = evaluateScript(context, path, kind, dirname(path));
  const evaluate: Evaluate = (texts, surroundings) =>
    evaluateCode(
      // A text whose types cannot be stripped fails its evaluation.
      texts.map((one) => withoutTypes(one) ?? 'throw new SyntaxError("not TypeScript")'),
      surroundings,
    );
  return ok({ text, kind, evaluate, find: scriptCandidates(script.value), surroundings: surroundingsOf(text) });
};

const openScript = (context: ActionContext, path: string, text: string, kinds: readonly ScriptKind[]): Opening => {
  const scripts = kinds.map((kind) => readScript(text, text, kind));
  const script = scripts.find((one) => one.ok);
  if (script?.ok !== true) {
    const [first] = scripts;
    return unreadable(path, first?.ok === false ? first.error : '');
  }
  const { kind } = script.value;
  const evaluate = evaluateScript(context, path, kind, dirname(path));
  return ok({ text, kind, evaluate, find: scriptCandidates(script.value), surroundings: surroundingsOf(text) });
};

/** Reads a configuration file of PM2 in any of its forms. */
export const openConfig = async (context: ActionContext, path: string): Promise<Opening> => {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => error);
  if (bytes instanceof Error) return unreadable(path, bytes.message);
  if (bytes.length > LARGEST) return unreadable(path, `${bytes.length} bytes`);
  const text = bytes.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(bytes)) return unreadable(path, 'not UTF-8');
  const extension = extname(path);
  if (extension === '.yml' || extension === '.yaml') return openYaml(path, text);
  if (['.ts', '.mts', '.cts'].includes(extension)) return openTypes(context, path, text);
  return openScript(context, path, text, kindsOf(extension));
};
