import { parseDocument } from 'yaml';
import { err, ok, type Result } from '../../../kernel/result.ts';
import type { ActionContext } from '../../define.ts';
import { EVALUATION_SCRIPT } from './evaluation-script.ts';
import type { ScriptKind } from './script.ts';
import { treeOf, type Tree } from './tree.ts';

/** One text of a configuration, evaluated; the error is one sentence. */
export type Evaluated = Result<Tree, string>;

/** Evaluates texts of one file in one surrounding; fewer answers than texts when the time was up. */
export type Evaluate = (
  texts: readonly string[],
  surroundings: Readonly<Record<string, string>>,
) => Promise<readonly Evaluated[]>;

const MARK = 'dozor-evaluated:';
const LIMIT_MS = 20_000;
const BUDGET_MS = 8000;

/** Evaluates a YAML text; PM2 refuses what has two values for one key, or several documents. */
export const evaluateYaml = (text: string): Evaluated => {
  const document = parseDocument(text, { merge: true, logLevel: 'silent' });
  const [mistake] = document.errors;
  if (mistake !== undefined) return err(mistake.message.split('\n')[0] ?? '');
  try {
    return ok(treeOf(document.toJS({ maxAliasCount: 1000 })));
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
};

interface Answer {
  readonly tree?: Tree;
  readonly error?: string;
}

/** Evaluates a script in a process of the app's Node, under the name of the file and without writing anything. */
export const evaluateScript =
  (context: ActionContext, file: string, kind: ScriptKind, folder: string): Evaluate =>
  async (texts, surroundings) => {
    const mark = `${MARK}${String(context.now)}:`;
    const request = { file, kind, texts, mark, budgetMs: BUDGET_MS, now: context.now };
    const argv = [
      context.node,
      '--no-warnings',
      '--experimental-vm-modules',
      '--experimental-import-meta-resolve',
      '--input-type=module',
      '--eval',
      EVALUATION_SCRIPT,
    ];
    const ran = await context.look(argv, {
      cwd: folder,
      input: JSON.stringify(request),
      timeoutMs: LIMIT_MS,
      env: { NODE_OPTIONS: '', ...surroundings },
    });
    const at = ran.stdout.lastIndexOf(mark);
    if (at === -1) return [err(lastLine(ran.stderr) || 'it did not come to an end')];
    const answers = parsed(ran.stdout.slice(at + mark.length));
    return answers.map(({ tree, error }) => (error === undefined && tree !== undefined ? ok(tree) : err(error ?? '')));
  };

const parsed = (text: string): readonly Answer[] => {
  try {
    return JSON.parse(text) as readonly Answer[];
  } catch (error) {
    if (error instanceof SyntaxError) return [{ error: 'its evaluation was cut off' }];
    throw error;
  }
};

const lastLine = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => /error/i.test(line)) ?? '';
