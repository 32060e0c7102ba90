import { parse, parseExpressionAt, type AnyNode, type Comment } from 'acorn';
import { err, ok, type Result } from '../../../kernel/result.ts';

/** How Node takes a file: PM2 evaluates JSON as an expression of JavaScript. */
export type ScriptKind = 'commonjs' | 'esm' | 'json';

/** A JavaScript or JSON file that was understood. */
export interface Script {
  readonly text: string;
  readonly kind: ScriptKind;
  readonly root: AnyNode;
  readonly comments: readonly Comment[];
}

/** Reads a script; the error is the parser's sentence with line and column. `code` may be `text` with its types blanked out. */
export const readScript = (text: string, code: string, kind: ScriptKind): Result<Script, string> => {
  const comments: Comment[] = [];
  const options = {
    ecmaVersion: 'latest' as const,
    sourceType: kind === 'esm' ? ('module' as const) : ('script' as const),
    allowHashBang: true,
    allowReturnOutsideFunction: kind === 'commonjs',
    allowAwaitOutsideFunction: kind === 'esm',
    onComment: comments,
  };
  try {
    const root = kind === 'json' ? parseExpressionAt(code, 0, options) : parse(code, options);
    return ok({ text, kind, root: root as AnyNode, comments });
  } catch (error) {
    if (error instanceof SyntaxError) return err(error.message);
    throw error;
  }
};

const isNode = (value: unknown): value is AnyNode =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

/** Every node of a tree, parents first. */
export function* nodesOf(root: AnyNode): Generator<AnyNode> {
  yield root;
  for (const value of Object.values(root) as unknown[]) {
    if (Array.isArray(value)) {
      for (const one of value as unknown[]) if (isNode(one)) yield* nodesOf(one);
    } else if (isNode(value)) yield* nodesOf(value);
  }
}

/** The name of a property as written, when it is known without evaluating. */
export const keyOf = (key: AnyNode, computed: boolean): string | undefined => {
  if (key.type === 'Identifier') return computed ? undefined : key.name;
  if (key.type === 'Literal') return String(key.value);
  if (key.type !== 'TemplateLiteral' || key.expressions.length > 0) return undefined;
  return key.quasis[0]?.value.cooked ?? undefined;
};
